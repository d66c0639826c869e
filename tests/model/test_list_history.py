"""What a list that was not read, because it did not change, adds to its history."""

from datetime import UTC, datetime, timedelta

from newscrawl.model.list_history import ListReading, observe, sized

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def reading(count: int) -> ListReading:
    found = ListReading("https://example.org/feed")
    found.add({str(n): NOW - n * HOUR for n in range(count)}, 2)
    return found


def unchanged(count: int) -> ListReading:
    found = ListReading("https://example.org/feed")
    found.add_unchanged(count)
    return found


def test_it_adds_the_same_as_the_list_read_again() -> None:
    before = sized(observe(None, reading(30), NOW), NOW, odd=False)
    whole, not_read = (
        sized(observe(before, found, NOW + HOUR), NOW + HOUR, odd=False)
        for found in (reading(30), unchanged(30))
    )
    assert not_read == whole
    assert not_read.read == NOW + HOUR


def test_a_list_of_several_pages_of_which_one_was_read_has_its_whole_size() -> None:
    before = observe(None, reading(30), NOW)
    found = unchanged(20)
    found.add({"new": NOW}, 0)
    assert not found.unchanged
    after = observe(before, found, NOW + HOUR)
    assert (after.entries, after.articles) == (20, 21)
    assert after.changed == NOW + HOUR


def test_without_a_history_nothing_is_made_up() -> None:
    made = observe(None, unchanged(30), NOW)
    assert (made.newest, made.hours, made.entries) == (None, b"", 30)
