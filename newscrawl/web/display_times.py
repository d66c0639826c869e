"""Formats times for pages: on the source's clock, to the precision that the source stated."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo

from newscrawl.model.post import Precision

_WEEKDAYS = "一二三四五六日"


def local(date: datetime, offset: str) -> datetime:
    """A time at an offset such as `+08:00`; in UTC if the calendar has no such day.

    >>> local(datetime(2022, 2, 26, 8, 34, tzinfo=UTC), "+08:00").isoformat()
    '2022-02-26T16:34:00+08:00'
    """
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    ahead = timedelta(hours=hours, minutes=minutes)
    try:
        return date.astimezone(timezone(-ahead if offset[0] == "-" else ahead))
    except (ValueError, OverflowError):
        return date.astimezone(UTC)


def machine(date: datetime, offset: str, precision: Precision) -> str:
    """For the attribute datetime: `2022-02-26T16:34:18+08:00`, `…T16:34+08:00` or `2022-02-26`."""
    there = local(date, offset)
    if precision == "day":
        return f"{there.year:04}-{there:%m-%d}"
    return there.isoformat(timespec="seconds" if precision == "second" else "minutes")


def whole(date: datetime, offset: str, precision: Precision, home: tzinfo) -> str:
    """`2022年2月26日 16:34:18`; with `（UTC+1）` if the source's offset is not the site's."""
    there = local(date, offset)
    day = f"{there.year}年{there.month}月{there.day}日"
    if precision == "day":
        return day
    clock = f"{there:%H:%M:%S}" if precision == "second" else f"{there:%H:%M}"
    return f"{day} {clock}{_zone_note(there, home)}"


def in_day(date: datetime, offset: str, precision: Precision, home: tzinfo) -> str:
    """In a list under a day's heading: `16:34`, with the day if it differs on the source's clock."""
    there, here = local(date, offset), _at_home(date, home)
    if precision == "day":
        return "当日" if there.date() == here.date() else f"{there.month}月{there.day}日"
    if there.date() == here.date():
        return f"{there:%H:%M}{_zone_note(there, home)}"
    return f"{there.month}月{there.day}日 {there:%H:%M}{_zone_note(there, home)}"


def brief(date: datetime, offset: str, precision: Precision, now: datetime) -> str:
    """In a list without days: `16:34` today, `2月26日` this year, otherwise `2022年2月26日`."""
    there = local(date, offset)
    today = local(now, offset)
    if there.date() == today.date() and precision != "day":
        return f"{there:%H:%M}"
    day = f"{there.month}月{there.day}日"
    return day if there.year == today.year else f"{there.year}年{day}"


def day_heading(date: datetime, home: tzinfo) -> str:
    """`2026年3月8日 星期日` at home."""
    here = _at_home(date, home)
    return f"{here.year}年{here.month}月{here.day}日 星期{_WEEKDAYS[here.weekday()]}"


def ours(moment: datetime | None, home: tzinfo) -> str:
    """The time of one of our own actions, such as a crawl: `2026-03-08 16:34`; `—` for None."""
    return "—" if moment is None else f"{_at_home(moment, home):%Y-%m-%d %H:%M}"


def stamp(moment: datetime) -> str:
    """A time for the attribute datetime, in UTC."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _at_home(date: datetime, home: tzinfo) -> datetime:
    try:
        return date.astimezone(home)
    except (ValueError, OverflowError):
        return date.astimezone(UTC)


def _zone_note(there: datetime, home: tzinfo) -> str:
    ahead = there.utcoffset()
    if ahead is None or ahead == _at_home(there, home).utcoffset():
        return ""
    minutes = int(ahead.total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"（UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}）"
