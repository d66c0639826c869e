from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from newscrawl.jobs.clock import cron_trigger, interval_trigger, next_due, parse_duration

SHANGHAI = ZoneInfo("Asia/Shanghai")
SATURDAY = datetime(2022, 2, 26, 16, 34, tzinfo=SHANGHAI)


def due(line, now=SATURDAY, zone=SHANGHAI):
    return next_due(cron_trigger(line, zone), now)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1s", 1), ("90s", 90), ("5m", 300), ("2h", 7200), ("1d", 86400), ("1w", 604800), ("1h30m", 5400)],
)
def test_lengths_of_time(text, seconds):
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "5", "m", "0s", "-5m", "5 m", "1.5h", "5min", "5m x", "五分", "9" * 40 + "s"]
)
def test_no_lengths_of_time(text):
    with pytest.raises(ValueError, match="not a length of time"):
        parse_duration(text)


def test_every_five_minutes():
    assert due("*/5 * * * *") == SATURDAY.replace(minute=35)


def test_the_zone_is_the_jobs():
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
def test_days_of_the_week_are_crons(weekday, day):
    found = due(f"0 9 * * {weekday}")
    assert (found.hour, found.day) == (9, day)


def test_either_day_suffices_where_both_are_restricted():
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
def test_bad_cron_lines(line):
    with pytest.raises(ValueError, match=r"."):
        cron_trigger(line, UTC)


def test_a_day_that_never_comes():
    assert due("0 0 31 2 *") is None


def test_intervals_keep_their_beat():
    trigger = interval_trigger(timedelta(minutes=5), SATURDAY)
    assert next_due(trigger, SATURDAY - timedelta(hours=1)) == SATURDAY
    assert next_due(trigger, SATURDAY + timedelta(minutes=7)) == SATURDAY + timedelta(minutes=10)
