"""Formats times for pages: to the precision that the source stated, in the page's language.

A list has one clock, the site's; a post shows its time on its source's clock.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING

from newscrawl.model.post import Precision

if TYPE_CHECKING:
    from newscrawl.web.languages import Language


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


def whole(date: datetime, offset: str, precision: Precision, home: tzinfo, language: Language) -> str:
    """`2022年2月26日 16:34:18`; with `（UTC+1）` if the source's offset is not the site's."""
    there = local(date, offset)
    day = language.long_date(there)
    if precision == "day":
        return day
    clock = f"{there:%H:%M:%S}" if precision == "second" else f"{there:%H:%M}"
    return f"{day} {clock}{_zone_note(there, home, language)}"


def in_day(date: datetime, offset: str, precision: Precision, home: tzinfo, language: Language) -> str:
    """In a list under a day's heading, on the site's clock: `16:34`; the source's day if that is all it
    stated and it is another one."""
    here = _at_home(date, home)
    if precision != "day":
        return f"{here:%H:%M}"
    there = local(date, offset)
    return language.gettext("all day") if there.date() == here.date() else language.short_date(there)


def brief(
    date: datetime, offset: str, precision: Precision, now: datetime, home: tzinfo, language: Language
) -> str:
    """In a list without days, on the site's clock: `16:34` today, `2月26日` this year, otherwise
    `2022年2月26日`."""
    here = local(date, offset) if precision == "day" else _at_home(date, home)
    today = _at_home(now, home)
    if here.date() == today.date() and precision != "day":
        return f"{here:%H:%M}"
    return language.short_date(here, year=here.year != today.year)


def day_heading(date: datetime, home: tzinfo, language: Language) -> str:
    """`2026年3月8日星期日` at home."""
    return language.full_date(_at_home(date, home))


def hour(date: datetime, home: tzinfo, language: Language) -> str:
    """`3月8日 16:00` at home."""
    here = _at_home(date, home)
    return f"{language.short_date(here)} {here:%H:00}"


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


def _zone_note(there: datetime, home: tzinfo, language: Language) -> str:
    ahead = there.utcoffset()
    if ahead is None or ahead == _at_home(there, home).utcoffset():
        return ""
    minutes = int(ahead.total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    offset = f"{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"
    return language.gettext(" (UTC{offset})").format(offset=offset)
