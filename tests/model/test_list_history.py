"""What a list's history keeps of when entries came onto it, also when the list was found unchanged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.model.list_history import KEPT_ARRIVALS, SLOTS, ListHistory, ListReading, observe, sized

NOON = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def reading(*dates: datetime | None, first: int = 0) -> ListReading:
    made = ListReading(None)
    made.add({f"a:{number}": at for number, at in enumerate(dates, first)}, 0)
    return made


def arrivals(history: ListHistory) -> dict[datetime, int]:
    """The hours with arrivals."""
    assert history.arrived is not None or not history.arrivals
    return {
        history.arrived - back * HOUR: count
        for back, count in enumerate(reversed(history.arrivals))
        if count and history.arrived
    }


def test_at_the_first_reading_the_dates_are_the_arrivals() -> None:
    seen = observe(None, reading(NOON - 30 * HOUR, NOON - 3 * HOUR - 7 * MINUTE, None), NOON)
    assert arrivals(seen) == {NOON - 30 * HOUR: 1, NOON - 4 * HOUR: 1}
    assert list(seen.minutes) == [1, *[0] * 9, 1, 0]  # minutes 0 and 53


def test_dates_without_a_time_of_day_say_nothing_at_the_first_reading() -> None:
    midnight = NOON - 12 * HOUR
    seen = observe(None, reading(midnight, midnight - DAY, midnight - 2 * DAY), NOON)
    assert (arrivals(seen), seen.minutes) == ({}, b"")


@pytest.mark.parametrize(
    ("date", "hour", "exact"),
    [
        (NOON + 40 * MINUTE, NOON, True),  # between the readings
        (NOON - 12 * HOUR, NOON + HOUR, False),  # the day only
        (NOON - 8 * HOUR + 30 * MINUTE, NOON + HOUR, False),  # the zone is wrong
        (NOON + 8 * HOUR, NOON + HOUR, False),  # ahead of the clock
        (None, NOON + HOUR, False),
    ],
)
def test_later_a_date_counts_if_it_is_between_two_readings(
    date: datetime | None, hour: datetime, exact: bool
) -> None:
    before = ListHistory(NOON - DAY, NOON)
    seen = observe(before, reading(date), NOON + HOUR)
    assert arrivals(seen) == {hour: 1}
    assert sum(seen.minutes) == exact


def test_a_longer_page_of_old_entries_counts_as_one_arrival() -> None:
    before = ListHistory(NOON - DAY, NOON)
    old = [NOON - day * DAY for day in range(3, 23)]
    assert arrivals(observe(before, reading(NOON + 5 * MINUTE, *old), NOON + HOUR)) == {
        NOON: 1,
        NOON + HOUR: 1,
    }


def test_an_entry_arrives_once() -> None:
    seen = observe(ListHistory(NOON - DAY, NOON), reading(NOON + MINUTE), NOON + HOUR)
    again = observe(seen, reading(NOON + MINUTE), NOON + 2 * HOUR)
    assert arrivals(again) == arrivals(seen) == {NOON: 1}


def test_arrivals_are_bounded_and_old_minutes_fade() -> None:
    seen = ListHistory(NOON - 60 * DAY, NOON - 60 * DAY)
    for day in range(60):
        at = NOON - (60 - day) * DAY
        seen = observe(seen, reading(*[at + MINUTE] * 9, first=day * 9), at + HOUR)
    assert len(seen.arrivals) == KEPT_ARRIVALS
    assert sum(seen.arrivals) == 28 * 9
    assert len(seen.minutes) == SLOTS
    assert 128 <= seen.minutes[0] <= 255
    assert sum(seen.minutes[1:]) == 0


def test_a_document_is_read_back_and_an_older_one_lends_its_hours() -> None:
    seen = observe(None, reading(NOON - 30 * HOUR, NOON - 3 * HOUR), NOON)
    stored = seen.to_document()
    assert ListHistory.from_document(stored) == seen
    for name in ("arrivals", "arrived", "minutes"):
        del stored[name]
    old = ListHistory.from_document(stored)
    assert (old.arrivals, old.arrived, old.minutes) == (seen.hours, seen.until, b"")


# --- a list that was not read, because it did not change


def reading_of(count: int) -> ListReading:
    found = ListReading("https://example.org/feed")
    found.add({str(n): NOON - n * HOUR for n in range(count)}, 2)
    return found


def unchanged(count: int) -> ListReading:
    found = ListReading("https://example.org/feed")
    found.add_unchanged(count)
    return found


def test_it_adds_the_same_as_the_list_read_again() -> None:
    before = sized(observe(None, reading_of(30), NOON), NOON, odd=False)
    whole, not_read = (
        sized(observe(before, found, NOON + HOUR), NOON + HOUR, odd=False)
        for found in (reading_of(30), unchanged(30))
    )
    assert not_read == whole
    assert not_read.read == NOON + HOUR


def test_a_list_of_several_pages_of_which_one_was_read_has_its_whole_size() -> None:
    before = observe(None, reading_of(30), NOON)
    found = unchanged(20)
    found.add({"new": NOON}, 0)
    assert not found.unchanged
    after = observe(before, found, NOON + HOUR)
    assert (after.entries, after.articles) == (20, 21)
    assert after.changed == NOON + HOUR


def test_without_a_history_nothing_is_made_up() -> None:
    made = observe(None, unchanged(30), NOON)
    assert (made.newest, made.hours, made.entries) == (None, b"", 30)
