import itertools
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest

from newscrawl.jobs.triggers import cron_trigger, interval_trigger, next_due, parse_duration

BERLIN = ZoneInfo("Europe/Berlin")
SHANGHAI = ZoneInfo("Asia/Shanghai")
SATURDAY = datetime(2022, 2, 26, 16, 34, tzinfo=SHANGHAI)


def due(line: str, now: datetime = SATURDAY, zone: tzinfo = SHANGHAI) -> Any:
    return next_due(cron_trigger(line, zone), now)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1s", 1), ("90s", 90), ("5m", 300), ("2h", 7200), ("1d", 86400), ("1w", 604800), ("1h30m", 5400)],
)
def test_lengths_of_time(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    ["", "5", "m", "0s", "-5m", "5 m", "1.5h", "5min", "5m x", "五分", "9" * 40 + "s", "3651d", "999999w"],
)
def test_no_lengths_of_time(text: Any) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text)


def test_every_five_minutes() -> None:
    assert due("*/5 * * * *") == SATURDAY.replace(minute=35)


def test_the_zone_is_the_jobs() -> None:
    assert due("0 8 * * *", zone=UTC) == datetime(2022, 2, 27, 8, tzinfo=UTC)
    assert due("0 8 * * *") == datetime(2022, 2, 27, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("weekday", "day"),
    [
        ("0", 27),  # Sunday, which APScheduler takes for Monday
        ("7", 27),
        ("sun", 27),
        ("1", 28),
        ("MON", 28),
        ("1-5", 28),
        ("mon-fri", 28),
        ("fri-sun", 27),
        ("6-7", 27),
        ("*/2", 27),  # sun, tue, thu, sat
        ("2/2", 1),  # tue, thu, sat
        ("2,4", 1),
    ],
)
def test_days_of_the_week_are_crons(weekday: int, day: int) -> None:
    found = due(f"0 9 * * {weekday}")
    assert (found.hour, found.day) == (9, day)


def test_either_day_suffices_where_both_are_restricted() -> None:
    assert due("0 9 15 * 1").day == 28
    assert due("0 9 27 * 1").day == 27


@pytest.mark.parametrize(
    "line",
    [
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "x * * * *",
        "*/0 * * * *",
        "* * 32 * *",
        "* * * 13 *",
        "* * * * 8",
        "* * * * 5-1",
        "* * * * */0",
        "* * * * mon-",
        "* * * * ,",
    ],
)
def test_bad_cron_lines(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        cron_trigger(line, UTC)


def test_a_day_that_never_comes() -> None:
    assert due("0 0 31 2 *") is None


def test_intervals_keep_their_beat() -> None:
    trigger = interval_trigger(timedelta(minutes=5), SATURDAY)
    assert next_due(trigger, SATURDAY - timedelta(hours=1)) == SATURDAY
    assert next_due(trigger, SATURDAY + timedelta(minutes=7)) == SATURDAY + timedelta(minutes=10)


def moments(line: str, now: datetime, count: int) -> Any:
    """The first moments after `now`, UTC, at which a line in Berlin's time is due."""
    trigger, found = cron_trigger(line, BERLIN), []
    for _ in range(count):
        found.append(trigger.get_next_fire_time(found[-1] if found else None, now))
        now = found[-1] + timedelta(seconds=1)
    return [f"{moment.astimezone(UTC):%d %H:%M}" for moment in found]


def test_an_hour_that_is_left_out_in_spring_is_made_up_for() -> None:
    eve = datetime(2027, 3, 27, 12, tzinfo=BERLIN)
    assert moments("30 2 * * *", eve, 2) == ["28 01:30", "29 00:30"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("30 2 * * *", ["31 00:30", "01 01:30", "02 01:30"]),  # once, though 02:30 comes twice
        ("30 2 31 10 0", ["31 00:30", "01 00:30", "08 00:30"]),  # either: the Sundays of October 2028 follow
        ("0 * * * *", ["30 23:00", "31 00:00", "31 01:00"]),  # each hour, however it is called
    ],
)
def test_an_hour_that_comes_twice_in_autumn(line: str, expected: Any) -> None:
    eve = datetime(2027, 10, 31, 0, 30, tzinfo=BERLIN)
    assert moments(line, eve, 3) == expected


YEAR = datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)


def runs_in_2027(line: Any, zone: Any, span: tuple[datetime, datetime] = YEAR) -> Any:
    """All moments of a span of 2027 in a zone at which a line is due, in UTC."""
    trigger = cron_trigger(line, zone)
    due: datetime | None = span[0]
    found = []
    while due and (due := next_due(trigger, due)) and due.astimezone(UTC) < span[1]:
        due = due.astimezone(UTC)
        found.append(due)
        due += timedelta(seconds=1)
    return found


def changes_in_2027(zone: Any) -> Any:
    """The days of 2027 around which a zone's clock is changed, and some others."""
    days = [datetime(2027, 1, 1, 12, tzinfo=UTC) + timedelta(n) for n in range(365)]
    if len({day.astimezone(zone).utcoffset() for day in days[::7]}) == 1:
        return []  # most zones; a change that is undone within a week is not known
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    return [day for day, one, other in zip(days, offsets, offsets[1:], strict=False) if one != other]


def _clocks() -> list[str]:
    """One zone for each clock that is changed in 2027: zones that show the same all year behave the same."""
    clocks: dict[Any, str] = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        if days := changes_in_2027(zone):
            shown = tuple((day, day.astimezone(zone).utcoffset()) for day in days)
            clocks.setdefault(shown, name)
    return list(clocks.values())


CHANGING = _clocks()


@pytest.mark.parametrize("name", CHANGING)
def test_a_daily_job_runs_once_each_day_of_a_change_in_every_zone(name: Any) -> None:
    """At each half hour of the day: which of them the clock skips or repeats differs from zone to zone.

    What is skipped is made up for as much later, which in Nuuk, where 23:00 is skipped, is the next day.
    """
    zone = ZoneInfo(name)
    for change in changes_in_2027(zone):
        first = (change.astimezone(zone) - timedelta(days=2)).replace(hour=0, minute=0)
        for half in range(48):
            time = timedelta(minutes=30 * half)
            trigger = cron_trigger(f"{half % 2 * 30} {half // 2} * * *", zone)
            due, found = first.astimezone(UTC), []
            for _ in range(5):
                due = next_due(trigger, due).astimezone(UTC)
                found.append(due)
                due += timedelta(seconds=1)
            assert found == [(first + timedelta(n) + time).astimezone(UTC) for n in range(5)]


@pytest.mark.parametrize("name", ["America/New_York", "Europe/Berlin", "Africa/Cairo", "Asia/Shanghai"])
def test_a_job_of_midnight_runs_on_every_day_of_the_year(name: Any) -> None:
    zone = ZoneInfo(name)
    days = [at.astimezone(zone).date() for at in runs_in_2027("0 0 * * *", zone)]
    assert days == [days[0] + timedelta(n) for n in range(len(days))]
    assert len(days) in (364, 365)


@pytest.mark.parametrize("name", ["America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"])
def test_a_job_of_every_hour_goes_by_the_hours_that_pass(name: Any) -> None:
    """At the minute that the wall shows; Lord Howe's clock is put forward and back by half an hour."""
    zone = ZoneInfo(name)
    half, days = timedelta(minutes=30), timedelta(days=2)
    wanted = {2 * half, half, 3 * half} if name == "Australia/Lord_Howe" else {2 * half}
    for change in changes_in_2027(zone):
        runs = runs_in_2027("15 * * * *", zone, (change - days, change + days))
        assert all(at.astimezone(zone).minute == 15 for at in runs)
        assert {later - earlier for earlier, later in itertools.pairwise(runs)} <= wanted
        assert len(runs) in (95, 96, 97)


def test_a_weekly_job_of_midnight_leaves_no_week_out() -> None:
    days = [f"{at.astimezone(BERLIN):%m-%d}" for at in runs_in_2027("0 0 * * 1", BERLIN)]
    assert len(days) == 52
    assert {"03-22", "03-29", "04-05", "10-25", "11-01"} <= set(days)


def test_times_that_the_clock_skips_come_in_the_order_of_the_day() -> None:
    eve = datetime(2027, 3, 28, 0, 30, tzinfo=BERLIN)  # 02:30 is skipped: due at 03:30, after 03:15
    assert moments("15,30 2,3 28 * *", eve, 2) == ["28 01:15", "28 01:30"]


def test_after_the_second_of_two_equal_hours_the_next_one_is_due() -> None:
    """As the scheduler asks: with the run before, on the zone's own clock."""
    trigger = cron_trigger("15 * * * *", BERLIN)
    now = datetime(2027, 10, 30, 23, tzinfo=UTC)
    due, found = next_due(trigger, now), []
    for _ in range(5):
        assert due is not None
        found.append(f"{due.astimezone(UTC):%H:%M}")
        due = trigger.get_next_fire_time(due, now)
    assert found == ["23:15", "00:15", "01:15", "02:15", "03:15"]
