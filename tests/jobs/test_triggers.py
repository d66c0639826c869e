from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

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
