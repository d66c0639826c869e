"""When a job is due: cron lines with cron's own rules, and intervals, as APScheduler triggers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from apscheduler.triggers.combining import OrTrigger  # type: ignore[import-untyped]
from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped]

LONGEST = timedelta(days=3650)  #: beyond, due times may overflow datetime

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(\d{1,6})([smhdw])")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_DAY_RANGE = re.compile(r"(?:\*|(\w+)(?:-(\w+))?)(?:/(\d+))?")


def parse_duration(text: str) -> timedelta:
    """`90s`, `5m`, `2h`, `1d`, `1w`, or several together (`1h30m`).

    Raises ValueError for anything else, for zero, and for more than LONGEST.
    """
    seconds, end = 0, 0
    for part in _DURATION.finditer(text):
        if part.start() != end:
            break
        seconds += int(part[1]) * _UNITS[part[2]]
        end = part.end()
    if end != len(text) or not 0 < seconds <= LONGEST.total_seconds():
        raise ValueError(f"not a duration: {text!r}")
    return timedelta(seconds=seconds)


def cron_trigger(line: str, zone: tzinfo) -> Any:
    """The trigger of a cron line of five fields: minute, hour, day of month, month, day of week.

    Follows cron(8) where APScheduler differs: Sunday is 0 and 7 (APScheduler's 0 is Monday), a job with
    both a day of month and a day of week runs on either, and a job at a fixed hour runs once in the night
    in which the hour is repeated. Raises ValueError.
    """
    fields = line.split()
    if len(fields) != 5:
        raise ValueError(f"{len(fields)} fields instead of 5")
    minute, hour, day, month, weekday = fields
    at = {"minute": minute, "hour": hour, "month": month, "timezone": zone}
    weekdays = _weekdays(weekday)
    kind = CronTrigger if hour.startswith("*") else _OnceANight
    if not day.startswith("*") and not weekday.startswith("*"):
        return OrTrigger([kind(day=day, **at), kind(day_of_week=weekdays, **at)])
    return kind(day=day, day_of_week=weekdays, **at)


class _OnceANight(CronTrigger):  # type: ignore[misc]
    """Not due in the repeated hour when clocks are set back."""

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        due: datetime | None = super().get_next_fire_time(previous, now)
        while due is not None and due.astimezone(UTC).astimezone(self.timezone).fold:
            # In UTC: adding to wall time forgets which of the two hours it is.
            due = super().get_next_fire_time(None, due.astimezone(UTC) + timedelta(seconds=1))
        return due


def interval_trigger(every: timedelta, first: datetime) -> Any:
    """Due at `first` (aware) and every `every` after it."""
    return IntervalTrigger(seconds=int(every.total_seconds()), start_date=first, timezone=UTC)


def next_due(trigger: Any, now: datetime) -> datetime | None:
    """When `trigger` is next due, from `now` on; None: never again."""
    due: datetime | None = trigger.get_next_fire_time(None, now)
    return due


def _weekdays(text: str) -> str:
    """The days of cron's fifth field: `1-5` -> `mon,tue,wed,thu,fri`."""
    if text == "*":
        return text
    days: set[int] = set()
    for part in text.lower().split(","):
        days |= _day_range(part)
    return ",".join(name for number, name in enumerate(_DAYS) if number in days)


def _day_range(part: str) -> set[int]:
    match = _DAY_RANGE.fullmatch(part)
    if not match:
        raise ValueError(f"day of week {part!r}")
    step = int(match[3] or 1)
    first = _day(match[1]) if match[1] else 0
    # `2/3` is cron's `2-6/3`; `2` alone is that day only.
    last = _day(match[2]) if match[2] else 6 if match[3] or not match[1] else first
    if last < first and last == 0:
        last = 7  # fri-sun
    if step == 0 or last < first:
        raise ValueError(f"day of week {part!r}")
    return {day % 7 for day in range(first, last + 1, step)}


def _day(text: str) -> int:
    if text in _DAYS:
        return _DAYS.index(text)
    if text.isdecimal() and int(text) <= 7:
        return int(text)
    raise ValueError(f"day of week {text!r}")
