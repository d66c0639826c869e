"""Which validators of a server are believed. The cases are those reported to feed readers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newscrawl.model.list_validator import (
    DISTRUST,
    ListValidator,
    patience_of,
    sent_tags,
    usable_etag,
    usable_last_modified,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DATE = "Fri, 20 Nov 2026 12:00:00 GMT"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    "value",
    [
        '"5f2-61c"',
        'W/"5f2-61c"',
        "5f2-61c",  # without quotes, as many servers send it
        '"63f7635e-6d8b:gzip"',
        '"Fri, 20 Nov 2026 11:00:00 GMT"',  # a date of the past
        '"caf\u00e9"',
    ],
)
def test_tags_that_are_sent_back_as_they_came(value: str) -> None:
    assert usable_etag(f" {value} ", NOW) == value


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        '""',
        'W/""',
        '"' + "x" * 600 + '"',
        '"Sat, 16 Nov 2041 19:11:00 GMT"',  # FreshRSS 1020: answers 304 until then
        '"a"b"',
        '"a", "b"',
        'W/5 f"',
    ],
)
def test_tags_that_say_nothing(value: str | None) -> None:
    assert usable_etag(value, NOW) is None


@pytest.mark.parametrize(
    ("etag", "sent"),
    [
        ('"5f-gzip"', '"5f-gzip", "5f"'),  # Apache's mod_deflate
        ('"5f;gzip"', '"5f;gzip", "5f"'),
        ('W/"5f--gzip"', 'W/"5f--gzip", W/"5f"'),  # Jetty 952: with two, it compares them
        ('"5f:br"', '"5f:br", "5f"'),
        ('"5f-zstd"', '"5f-zstd", "5f"'),
        ('"5f"', '"5f"'),
        ('"-gzip"', '"-gzip"'),
        ('"gzip"', '"gzip"'),
        ("5f-gzip", "5f-gzip"),
        (None, None),
    ],
)
def test_the_suffix_of_a_compressing_proxy_is_sent_with_and_without(
    etag: str | None, sent: str | None
) -> None:
    assert sent_tags(etag) == sent


@pytest.mark.parametrize(
    ("value", "answered"),
    [
        ("Fri, 20 Nov 2026 11:59:00 GMT", DATE),
        ("Fri, 20 Nov 2026 11:59:00 GMT", None),
        ("Fri, 20 Nov 2026 11:59:00 GMT", "yesterday"),
        ("Friday, 20-Nov-26 11:00:00 GMT", DATE),
        ("Thu, 12 Jan 2017 00:12:01 GMT", DATE),
    ],
)
def test_dates_that_are_sent_back_as_they_came(value: str, answered: str | None) -> None:
    assert usable_last_modified(value, answered, NOW) == value


@pytest.mark.parametrize(
    ("value", "answered"),
    [
        (None, DATE),
        ("", DATE),
        ("0", DATE),
        ("2026-11-20", DATE),
        ("Sat, 16 Nov 2041 19:11:00 GMT", DATE),  # FreshRSS 1020, miniflux 51
        ("Fri, 20 Nov 2026 12:30:00 GMT", "Fri, 20 Nov 2026 13:00:00 GMT"),  # a server whose clock is ahead
        ("Fri, 20 Nov 2026 11:30:00 GMT", "Fri, 20 Nov 2026 11:30:01 GMT"),  # a second change may be as late
        (DATE, DATE),  # of every answer: made as it is asked for
        ("Thu, 01 Jan 1970 00:00:00 GMT", DATE),
        ("Mon, 01 Jan 0001 00:00:00 GMT", DATE),
        ("Fri, 99 Nov 2026 12:00:00 GMT", DATE),
        ("Fri, 20 Nov 99999 12:00:00 GMT", DATE),
    ],
)
def test_dates_that_say_nothing(value: str | None, answered: str) -> None:
    assert usable_last_modified(value, answered, NOW) is None


def validator(**values: Any) -> ListValidator:
    usual: dict[str, Any] = {
        "key": "k",
        "asked": "https://example.com/feed",
        "url": "https://example.com/feed",
        "variant": "v",
        "read": NOW,
        "confirmed": NOW,
        "patience": HOUR,
        "count": 30,
        "digest": "d",
        "etag": '"1"',
        "last_modified": "Fri, 20 Nov 2026 11:00:00 GMT",
    }
    return ListValidator(**(usual | values))


def test_both_are_sent_and_nothing_of_what_was_wrong_for_a_month() -> None:
    both = {"If-None-Match": '"1"', "If-Modified-Since": "Fri, 20 Nov 2026 11:00:00 GMT"}
    assert validator().conditions(NOW) == both
    assert validator(etag=None, last_modified=None).conditions(NOW) == {}
    assert validator(distrusted=NOW).conditions(NOW + DISTRUST - HOUR) == {}
    assert validator(distrusted=NOW).conditions(NOW + DISTRUST) == both


def test_it_is_usable_for_its_patience_and_its_variant() -> None:
    assert validator().is_usable("v", NOW + HOUR - MINUTE)
    assert not validator().is_usable("v", NOW + HOUR)
    assert not validator().is_usable("w", NOW)
    assert not validator().is_usable("v", NOW - MINUTE), "the clock was set back"


def test_marks_are_the_same_by_the_tag_or_without_one_by_the_date() -> None:
    assert validator().has_same_marks(validator(last_modified=None))
    assert not validator().has_same_marks(validator(etag='"2"'))
    assert not validator(etag=None).has_same_marks(validator())
    assert validator(etag=None).has_same_marks(validator(etag=None))
    nothing = validator(etag=None, last_modified=None)
    assert not nothing.has_same_marks(nothing)


@pytest.mark.parametrize(
    ("gap", "patience"),
    [
        (timedelta(minutes=5), HOUR),
        (HOUR, 4 * HOUR),
        (timedelta(hours=5), 20 * HOUR),
        (timedelta(days=9), timedelta(days=1)),
    ],
)
def test_patience_is_four_usual_gaps_between_an_hour_and_a_day(gap: timedelta, patience: timedelta) -> None:
    dates = [NOW - n * gap for n in range(12)]
    assert patience_of([*dates, None, NOW - timedelta(days=900)]) == patience
    assert patience_of(reversed(dates)) == patience


def test_a_list_without_dates_is_read_whole_a_few_times_a_day() -> None:
    assert patience_of([None, None]) == patience_of([NOW]) == 6 * HOUR
