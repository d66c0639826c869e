"""Moments of the command line."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from newscrawl.errors import UsageError
from newscrawl.text.times import parse_moment, parse_span

NOW = datetime(2026, 3, 8, 12, 30, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("45m", timedelta(minutes=45)),
        ("3h", timedelta(hours=3)),
        ("2d", timedelta(days=2)),
        ("1w", timedelta(weeks=1)),
        (" 2 D ", timedelta(days=2)),
        ("0d", timedelta(0)),
    ],
)
def test_so_long_ago(text: str, ago: timedelta) -> None:
    assert parse_moment(text, NOW) == NOW - ago


@pytest.mark.parametrize(("text", "span"), [("45m", timedelta(minutes=45)), (" 2 D ", timedelta(days=2))])
def test_a_span(text: str, span: timedelta) -> None:
    assert parse_span("--stale", text) == span


@pytest.mark.parametrize("text", ["2x", "", "2026-03-08", "-2d", "999999999w"])
def test_what_is_not_a_span_names_the_option_and_shows_spans_only(text: str) -> None:
    with pytest.raises(UsageError, match=r"^invalid --stale '.*'; use 45m, 3h, 2d or 1w$"):
        parse_span("--stale", text)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-08", "2026-03-07T16:00:00+00:00"),
        ("2026-3-8", "2026-03-07T16:00:00+00:00"),
        ("2026-03-08 12:00", "2026-03-08T04:00:00+00:00"),
        ("2026-03-08T12:00:30", "2026-03-08T04:00:30+00:00"),
        ("2026-03-08T12:00+01:00", "2026-03-08T11:00:00+00:00"),
        ("2026-03-08 12:00 -0530", "2026-03-08T17:30:00+00:00"),
        ("2026-03-08T12:00Z", "2026-03-08T12:00:00+00:00"),
        ("2026-03-08T12:00:00z", "2026-03-08T12:00:00+00:00"),
    ],
)
def test_a_date_takes_the_zone_only_where_it_states_none(text: str, at: str) -> None:
    assert parse_moment(text, NOW, SHANGHAI).isoformat() == at


def test_without_a_zone_it_is_the_machines_at_that_time_of_the_year() -> None:
    for month in (1, 7):
        local = datetime(2026, month, 8).astimezone()
        assert parse_moment(f"2026-{month:02}-08", NOW) == local


def test_the_answer_is_in_utc_whatever_now_is_in() -> None:
    assert parse_moment("1d", NOW.astimezone(SHANGHAI)).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "yesterday", "2", "d", "-2d", "2dd", "2y", "2026-03", "2026/03/08", "20260308", "08.03.2026",
        "2026-13-08", "2026-02-30", "2026-03-08 25:00", "2026-03-08T12", "2026-03-08T12:00+08:75",
        "2026-03-08T12:00+99:00", "999999999w", "٢d", "2026-03-08\n2026", "0000-01-01", "2d; rm", "今天",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_told_with_examples(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_moment(text, NOW)
    assert repr(text) in str(caught.value)
    assert "2026-03-08T12:00+08:00" in str(caught.value)
