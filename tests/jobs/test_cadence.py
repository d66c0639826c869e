"""When a source is asked next, by its history."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.jobs.cadence import PRICE, Bounds, Rhythm, next_due
from newscrawl.model.list_history import KEPT_ARRIVALS, SLOTS, ListHistory

MONDAY = datetime(2026, 3, 30, tzinfo=UTC)
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
WIDE = Bounds(timedelta(seconds=1), 7 * DAY)


def history(
    arrivals: Callable[[datetime], int], until: datetime = MONDAY, minutes: bytes = b"", days: int = 28
) -> ListHistory:
    """A list with so many arrivals in each hour (given with its beginning) before `until`."""
    hours = [until - back * HOUR for back in range(days * 24, 0, -1)]
    counts = bytes(map(arrivals, hours))
    return ListHistory(hours[0], until, arrivals=counts[-KEPT_ARRIVALS:], arrived=hours[-1], minutes=minutes)


def at_eight(hour: datetime) -> int:
    """Three articles at eight o'clock on weekdays."""
    return 3 * (hour.hour == 8 and hour.weekday() < 5)


@pytest.mark.parametrize(("rate", "minutes"), [(1, 10.95), (4, 5.48), (16, 2.74), (30, 2.0)])
def test_a_steady_source_is_asked_by_the_square_root_of_its_rate(rate: int, minutes: float) -> None:
    wait = next_due(history(lambda _: rate), MONDAY, WIDE) - MONDAY
    assert wait / MINUTE == pytest.approx(minutes, rel=0.03)
    assert (2 * PRICE / rate) ** 0.5 * 60 == pytest.approx(minutes, rel=0.01)


def test_an_unknown_source_is_taken_for_one_of_an_article_an_hour() -> None:
    assert (next_due(None, MONDAY, Bounds()) - MONDAY) / MINUTE == pytest.approx(10.95, rel=0.01)


def test_the_bounds_hold() -> None:
    assert next_due(history(lambda _: 200), MONDAY, Bounds()) == MONDAY + 2 * MINUTE
    assert next_due(history(lambda _: 0), MONDAY, Bounds()) == MONDAY + HOUR
    bounds = Bounds(5 * MINUTE, 30 * MINUTE)
    assert next_due(history(lambda _: 200), MONDAY, bounds) == MONDAY + 5 * MINUTE
    assert next_due(history(lambda _: 0), MONDAY, bounds) == MONDAY + 30 * MINUTE


def test_bounds_are_stored_in_seconds() -> None:
    bounds = Bounds(90 * timedelta(seconds=1), 6 * HOUR)
    assert bounds.to_document() == {"shortest": 90.0, "longest": 21600.0}
    assert Bounds.from_document(bounds.to_document()) == bounds


def test_before_a_burst_the_next_request_is_just_after_it_begins() -> None:
    punctual = bytes([60, *[0] * (SLOTS - 1)])
    known = history(at_eight, minutes=punctual)
    due = next_due(known, MONDAY + 7 * HOUR + 20 * MINUTE, Bounds())
    assert MONDAY + 8 * HOUR < due < MONDAY + 8 * HOUR + 5 * MINUTE
    assert next_due(known, MONDAY + 3 * HOUR, Bounds()) > MONDAY + 3 * HOUR + 35 * MINUTE  # at night
    again = next_due(known, MONDAY + 8 * HOUR + MINUTE, Bounds())
    assert again < MONDAY + 8 * HOUR + 6 * MINUTE  # it may come a little late


def test_the_weekend_is_another_rhythm() -> None:
    rhythm = Rhythm.of(history(at_eight), MONDAY)
    assert rhythm.rate(MONDAY + 8 * HOUR) > 5 * rhythm.rate(MONDAY + 5 * DAY + 8 * HOUR)


def test_a_rhythm_that_moved_is_learned_within_two_weeks() -> None:
    moved = history(lambda hour: 4 * (hour.hour == (8 if hour < MONDAY - 14 * DAY else 15)))
    rhythm = Rhythm.of(moved, MONDAY)
    assert rhythm.rate(MONDAY + 15 * HOUR) > 1.5 * rhythm.rate(MONDAY + 8 * HOUR)


def test_breaking_news_is_asked_for_more_often_and_a_silent_day_less() -> None:
    def usual(hour: datetime) -> int:
        return 2

    def busy(hour: datetime) -> int:
        return 12 if hour >= MONDAY - 2 * HOUR else 2

    def silent(hour: datetime) -> int:
        return 0 if hour >= MONDAY - 8 * HOUR else 2

    waits = [next_due(history(kind), MONDAY, WIDE) - MONDAY for kind in (busy, usual, silent)]
    assert waits[0] < 0.8 * waits[1]
    assert waits[2] > 1.3 * waits[1]


def test_a_source_that_died_is_asked_at_the_longest_interval() -> None:
    dead = history(lambda hour: 3, until=MONDAY)
    assert next_due(dead, MONDAY + 90 * DAY, Bounds()) == MONDAY + 90 * DAY + HOUR


def test_jitter_is_added_and_at_the_longest_interval_taken_off() -> None:
    steady = history(lambda _: 4)
    bare = next_due(steady, MONDAY, Bounds())
    dues = [next_due(steady, MONDAY, Bounds(), random.Random(seed)) for seed in range(50)]
    assert bare < min(dues) < max(dues) <= bare + timedelta(seconds=30)
    assert len(set(dues)) == 50
    quiet = {next_due(history(lambda _: 0), MONDAY, Bounds(), random.Random(seed)) for seed in range(9)}
    assert len(quiet) == 9
    assert MONDAY + HOUR - timedelta(seconds=30) <= min(quiet) < max(quiet) <= MONDAY + HOUR


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_history_the_bounds_hold(seed: int) -> None:
    chance = random.Random(seed)
    made = history(lambda _: chance.choice((0, 0, 1, 255)), days=chance.choice((1, 3, 28, 40)))
    now = MONDAY + chance.uniform(-40, 40) * DAY  # also before what it says, if a clock was set back
    bounds = Bounds(chance.uniform(1, 300) * MINUTE, 300 * MINUTE)
    assert now + bounds.shortest <= next_due(made, now, bounds, chance) <= now + bounds.longest
