"""When a job is due: cron lines with cron's own rules, and intervals, as APScheduler triggers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from apscheduler.triggers.base import BaseTrigger  # type: ignore[import-untyped]
from apscheduler.triggers.combining import OrTrigger  # type: ignore[import-untyped]
from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped]

LONGEST = timedelta(days=3650)  #: beyond it, due times may overflow datetime

_SHIFT = timedelta(hours=3)  # more than any clock change
_TICK = timedelta(microseconds=1)
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
    at = {"minute": minute, "hour": hour, "month": month}
    weekdays = _weekdays(weekday)
    every_hour = hour.startswith("*")
    if not day.startswith("*") and not weekday.startswith("*"):
        either = ({"day": day, **at}, {"day_of_week": weekdays, **at})
        return OrTrigger([_LocalCron(fields, zone, every_hour=every_hour) for fields in either])
    return _LocalCron({"day": day, "day_of_week": weekdays, **at}, zone, every_hour=every_hour)


class _LocalCron(BaseTrigger):  # type: ignore[misc]
    """Cron fields in a zone's wall time.

    APScheduler's own arithmetic loses a midnight after the clocks go forward, so it computes with a fixed
    offset, and the result is taken as wall time. If the clock skips a time, a job at a fixed hour is due that
    much later; if a time occurs twice, at the first. A job for every hour counts elapsed hours: it is due at
    each occurrence and at no skipped time.
    """

    def __init__(self, fields: dict[str, str], zone: tzinfo, *, every_hour: bool) -> None:
        self._cron = CronTrigger(timezone=UTC, **fields)
        self._zone = zone
        self._folds = (0, 1) if every_hour else (0,)
        self._skipped_count = not every_hour

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        """The first time from `now` on, or after `previous`."""
        # In UTC: adding to wall time loses which of two equal hours it is.
        start = now.astimezone(UTC) if previous is None else previous.astimezone(UTC) + _TICK
        best: datetime | None = None
        last: datetime | None = None  # wall time; later ones cannot come before the best
        for wall in self._walls(start):
            if last is not None and wall > last:
                break
            for at in self._moments(wall):
                if at >= start and (best is None or at < best):
                    best = at
            if best is not None and last is None:
                last = wall + _SHIFT if self._changes_near(best) else wall
        return None if best is None else best.astimezone(self._zone)

    def _walls(self, start: datetime) -> Iterator[datetime]:
        """Wall times matching the fields, labelled UTC, from a little before the wall time of `start`."""
        wall = start.astimezone(self._zone).replace(tzinfo=UTC, fold=0)
        wall -= _SHIFT if self._changes_near(start) else timedelta()
        due: datetime | None = self._cron.get_next_fire_time(None, wall)
        while due is not None:
            yield due
            due = self._cron.get_next_fire_time(None, due + _TICK)

    def _moments(self, wall: datetime) -> Iterator[datetime]:
        """When this wall time occurs, in UTC."""
        for fold in self._folds:
            at = wall.replace(tzinfo=self._zone, fold=fold).astimezone(UTC)
            if self._skipped_count or at.astimezone(self._zone).replace(tzinfo=UTC, fold=0) == wall:
                yield at

    def _changes_near(self, moment: datetime) -> bool:
        """Whether the clock changes within a few hours."""
        before, after = ((moment + shift).astimezone(self._zone).utcoffset() for shift in (-_SHIFT, _SHIFT))
        return before != after


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
