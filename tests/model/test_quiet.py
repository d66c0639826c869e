"""Lists that went quiet: judged by their own history, at a given time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.model.list_history import KEPT_DAYS, KEPT_HOURS, ListHistory, ListReading, observe, sized
from newscrawl.model.quiet import problems, silence_of, size_problems, thinned

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def reading(moments: Iterable[datetime], not_articles: int = 0) -> ListReading:
    made = ListReading("https://a.example/rss")
    made.add({f"a:{moment:%Y%m%d%H}": moment for moment in moments}, not_articles)
    return made


def first_seen(moments: Iterable[datetime], now: datetime) -> ListHistory:
    return observe(None, reading(moments), now)


def weekdays(count: int) -> list[datetime]:
    """Nine articles a day on weekdays, hourly from 9 to 17."""
    days = [MONDAY + day * DAY for day in range(count)]
    return [day + hour * HOUR for day in days if day.weekday() < 5 for hour in range(9, 18)]


def test_a_feed_that_froze_long_ago_is_found_at_its_first_reading() -> None:
    frozen = first_seen([MONDAY + n * HOUR for n in range(12)], MONDAY + 540 * DAY)
    [problem] = problems(frozen, MONDAY + 540 * DAY)
    assert problem.startswith("nothing new since 2026-03-02 11:00 UTC, 539 days ago")


@pytest.mark.parametrize(("days", "told"), [(1, False), (5, False), (8, True)])
def test_a_new_source_is_given_time(days: int, told: bool) -> None:
    begin = [MONDAY + n * HOUR for n in range(12)]
    now = begin[-1] + days * DAY
    assert bool(problems(first_seen(begin, now), now)) is told


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (MONDAY + 28 * DAY + 8 * HOUR, False),  # Monday morning, after a weekend
        (MONDAY + 26 * DAY + 12 * HOUR, False),  # Saturday
        (MONDAY + 28 * DAY + 23 * HOUR, True),  # Monday night: nothing came on a working day
    ],
)
def test_weekends_and_nights_are_no_silence(now: datetime, told: bool) -> None:
    history = first_seen(weekdays(28), now)
    assert bool(problems(history, now)) is told


def test_the_zone_says_which_days_are_the_weekend() -> None:
    moments = [moment - 8 * HOUR for moment in weekdays(28)]  # as in Shanghai
    history = first_seen(moments, moments[-1])
    friday_evening = moments[-1]
    silence = silence_of(history, friday_evening + 60 * HOUR, "Asia/Shanghai")
    assert (silence.unusual, silence.longest) == (False, 64 * HOUR)


def test_a_source_that_declares_its_pauses_is_judged_by_them() -> None:
    moments = [MONDAY + n * DAY for n in range(30)]
    now = moments[-1] + 10 * DAY
    history = first_seen(moments, now)
    assert problems(history, now)
    assert problems(history, now, quiet=14 * DAY) == []
    [problem] = problems(history, now, quiet=9 * DAY)
    assert "10 days ago (declared as quiet for at most 9 days)" in problem


def test_a_source_that_dies_slowly_is_thin_before_it_is_silent() -> None:
    lively = [MONDAY + n * HOUR for n in range(28 * 24)]
    dying = [lively[-1] + n * 6 * HOUR for n in range(1, 9)]
    now = dying[-1] + HOUR
    short = ListHistory(since=MONDAY, read=MONDAY, hours=bytes([1] * 9 * 24), until=lively[-1])
    assert thinned(observe(short, reading(dying), now), now) is None
    history = ListHistory(since=MONDAY, read=MONDAY, hours=bytes([1] * 28 * 24), until=lively[-1])
    assert thinned(observe(history, reading(dying), now), now) == "4 new entries in 24 hours, usually 24"


def with_sizes(entries: int, links: int, days: int = 5) -> ListHistory:
    history = ListHistory(since=MONDAY, read=MONDAY)
    for day in range(days):
        shown = ListHistory(MONDAY, MONDAY, entries=entries, articles=entries, links=links, days=history.days)
        history = sized(shown, MONDAY + day * DAY, odd=False)
    return history


@pytest.mark.parametrize(
    ("entries", "links", "mixed", "told"),
    [
        (30, 30, False, []),
        (14, 14, False, ["only 14 articles are listed, before at least 30"]),
        (4, 40, False, ["only 4 of 40 links are articles", "only 4 articles are listed, before at least 30"]),
        (20, 80, True, ["only 20 of 80 links are articles, before at least 100% of them"]),
        (16, 16, True, []),
        (0, 3, True, ["only 0 articles are listed, before at least 30"]),
    ],
)
def test_the_size_of_a_list(entries: int, links: int, mixed: bool, told: list[str]) -> None:
    days = with_sizes(30, 30).days
    now = ListHistory(MONDAY, MONDAY, entries=entries, articles=entries, links=links, days=days)
    assert [*size_problems(now, MONDAY + 6 * DAY, mixed=mixed)] == told


def test_a_new_feed_with_hardly_an_article_is_wrong_at_once() -> None:
    [problem] = problems(observe(None, reading([MONDAY], 9), MONDAY), MONDAY, mixed=False)
    assert problem == "only 1 of 10 links are articles"
    assert problems(observe(None, reading([MONDAY], 9), MONDAY), MONDAY, mixed=True) == []


def test_an_odd_size_is_not_learned_but_forgiven_after_a_month() -> None:
    days = with_sizes(30, 30).days
    thin = ListHistory(MONDAY, MONDAY, entries=5, articles=5, links=5, days=days)
    odd = sized(thin, MONDAY + 6 * DAY, odd=True)
    assert (odd.days, odd.odd_since) == (days, MONDAY + 6 * DAY)
    assert [*size_problems(odd, MONDAY + 36 * DAY, mixed=True)] != []
    assert [*size_problems(odd, MONDAY + 37 * DAY, mixed=True)] == []


def test_entries_without_dates_count_from_when_they_appear() -> None:
    plain = ListReading(None, dates={"a:1": None, "a:2": None})
    history = observe(None, plain, MONDAY)
    assert (history.until, history.changed, history.hours) == (None, None, b"")
    plain.dates["a:3"] = None
    history = observe(history, plain, MONDAY + 2 * HOUR)
    assert (history.until, history.changed) == (MONDAY + 2 * HOUR, MONDAY + 2 * HOUR)
    assert observe(history, plain, MONDAY + 9 * HOUR).until == MONDAY + 2 * HOUR


def test_a_date_to_come_is_not_believed() -> None:
    history = observe(None, reading([MONDAY + 400 * DAY]), MONDAY)
    assert (history.newest, history.until) == (MONDAY, MONDAY)


def test_a_history_is_bounded_and_survives_its_document() -> None:
    history = None
    for day in range(0, 400, 2):
        now = MONDAY + day * DAY
        history = observe(history, reading(now - n * HOUR for n in range(300)), now)
        history = sized(history, now, odd=False)
    assert history is not None
    assert (len(history.hours), len(history.days), len(history.seen)) == (KEPT_HOURS, KEPT_DAYS, 400)
    assert ListHistory.from_document(history.to_document()) == history
