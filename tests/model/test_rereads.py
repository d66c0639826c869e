"""When a stored article is read again."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from newscrawl.model.rereads import is_due, is_look_for_return_due, is_retry_due

START = datetime(2026, 11, 20, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def looks(every: timedelta, until: timedelta, late: timedelta = timedelta()) -> list[timedelta]:
    """The ages at which an article is read again that is polled so often; the first poll stored it, `late`
    after its beginning."""
    seen, found = START + late, []
    for poll in range(1, until // every + 1):
        now = START + poll * every
        if is_due(now, START + late, seen):
            seen = now
            found.append(now - START)
    return found


def test_in_its_first_day_an_article_is_read_again_five_times() -> None:
    ages = looks(5 * MINUTE, 24 * HOUR)
    assert ages == [5 * MINUTE, 15 * MINUTE, 55 * MINUTE, 220 * MINUTE, 650 * MINUTE]


@pytest.mark.parametrize("seconds", [1, 20, 29])
def test_a_poll_that_began_a_little_earlier_after_its_store_does_not_wait_for_the_next(seconds: int) -> None:
    assert looks(5 * MINUTE, HOUR, timedelta(seconds=seconds))[0] == 5 * MINUTE


def test_a_slow_poll_reads_it_once_for_all_steps_that_passed() -> None:
    assert looks(6 * HOUR, 24 * HOUR) == [6 * HOUR, 12 * HOUR]


def test_after_its_first_day_the_gaps_go_on_growing() -> None:
    ages = looks(HOUR, timedelta(days=14))
    assert [age // HOUR for age in ages] == [1, 4, 11, 33, 98, 292]


def test_a_change_starts_the_steps_anew() -> None:
    changed = START + 3 * HOUR
    assert not is_due(changed + 4 * MINUTE, START, changed, changed, 2)
    assert is_due(changed + 5 * MINUTE, START, changed, changed, 2)


def test_one_that_changes_at_every_look_is_read_once_an_hour() -> None:
    seen = changed = START
    found, revision = [], 1
    for poll in range(1, 24 * 12 + 1):
        now = START + poll * 5 * MINUTE
        if is_due(now, START, seen, changed if revision > 1 else None, revision):
            seen, changed, revision = now, now, revision + 1
            found.append(now - START)
    assert found[:3] == [5 * MINUTE, 10 * MINUTE, 25 * MINUTE]
    assert {later - earlier for earlier, later in pairwise(found[2:])} == {55 * MINUTE}
    assert len(found) < 30


def test_what_could_not_be_fetched_is_tried_again_by_the_next_run() -> None:
    assert is_retry_due(START, START, START, failures=1)
    assert not is_retry_due(START, START, START, failures=2)


def test_and_then_every_hour() -> None:
    seen, found = START, []
    for poll in range(1, 12 * 6 + 1):
        now = START + poll * 5 * MINUTE
        if is_retry_due(now, START, seen):
            seen = now
            found.append((now - START) // MINUTE)
    assert found == [5, 15, 70, 125, 180, 235, 290, 345]


def test_one_that_is_gone_is_looked_for_after_as_long_as_it_was_gone() -> None:
    assert not is_look_for_return_due(START + 4 * MINUTE, START, START)
    assert is_look_for_return_due(START + 5 * MINUTE, START, START)
    assert not is_look_for_return_due(START + 119 * MINUTE, START, START + HOUR)
    assert is_look_for_return_due(START + 2 * HOUR, START, START + HOUR)
