"""Dates and times as pages print them: where they stand in a text, and what they say.

Only to choose among candidates and to compare them; the date of a post is parsed in
newscrawl/dates.py from the value as printed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from newscrawl.text.dates import day_periods
from newscrawl.text.dates.month_names import months
from newscrawl.text.dates.weekdays import weekday_names
from newscrawl.text.dates.zones import ZONE_IN_PROSE
from newscrawl.text.lazy_regex import lazy

_MONTHS = months()
_MOST_MONTHS = 12
_GLUED = re.compile(r"[^\W\d_A-Z](?=[A-Z][^\W\d_]+$)")  # the end of a name before the name of a month
_ARCHIVED = lazy(r"^https?://[^/]+/web/\d{14}[a-z_]{0,4}/")  # an archive's address before the page's own
_YEAR = r"(?:19[89]\d|20[0-4]\d)"
_DAY = lazy(
    rf"(?<!\d)(?P<y1>{_YEAR})(?:\s?[-/.年년]\s?|\s(?=\d\d\s?/\s?\d\d\s\d\d:))(?P<m1>\d{{1,2}})\s?[-/.月월]\s?(?P<d1>\d{{1,2}}(?!\d)|\d\d(?=\d\d:\d\d))\s?[日일号號]?"
    rf"|(?<![\d.])(?P<d2>\d{{1,2}})(?P<sep>[./-])\s?(?P<m2>\d{{1,2}})[./-]\s?(?P<y2>{_YEAR}|[12]\d(?![\d:.%]))(?!\d)"
    rf"|(?<!\d)(?P<d3>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?[\s-]*(?:de\s+|of\s+)?(?P<n3>[^\W\d_]{{3,14}})\.?,?[\s-]*(?:del?\s+)?(?P<y3>{_YEAR})"
    rf"|(?P<n4>[^\W\d_]{{3,14}})\.?\s+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y4>{_YEAR})",
    re.IGNORECASE,
)
_CLOCK = (
    r"(?P<h>[01]?\d|2[0-4])\s?[:：.hH时時点點시]\s?(?P<mi>[0-5]\d)"
    r"(?:[:：.分](?P<s>[0-5]\d)(?:[.,]\d{1,9}(?!\d))?)?(?!\d)"
)
_BETWEEN = (
    r"(?:[\s.,|·•–—\-－T()/]|um|om|at|at the|às|à|as|alle|ore|kl\.?|klo|o|a las|de|Uhr|lúc|pukul|jam|saat"
    r"|в|στις|الساعة|בשעה|เวลา|[(（]?(?:星期|周|週).[)）]?|[(（][月火水木金土日][)）]"
    rf"|[月火水木金土日]曜日?|[월화수목금토일]요일|(?:{weekday_names()})(?![^\W\d_])){{0,6}}?"
)


@cache
def _after() -> re.Pattern[str]:
    """The time behind a day, with the half of the day and the zone."""
    return re.compile(
        rf"{_BETWEEN}(?:(?P<noon>{day_periods.before()})\s*)?{_CLOCK}"
        rf"(?:\s*(?P<half>{day_periods.after()}))?(?:\s*Uhr|\s*h\b)?(?P<zone>(?-i:{ZONE_IN_PROSE}))?\)?",
        re.IGNORECASE,
    )


@cache
def _before() -> re.Pattern[str]:
    """The same where it stands before a day."""
    return re.compile(
        rf"(?<!\d)(?:(?P<noon>{day_periods.before()})\s*)?{_CLOCK}"
        rf"(?:\s*(?P<half>{day_periods.after()}))?(?:\s*Uhr|\s*h\b)?(?P<zone>(?-i:{ZONE_IN_PROSE}))?\)?"
        r"[\s,|·•–\-]{0,5}(?:on\s+)?(?:[^\W\d_]{2,10}\.?,?\s+)?$",
        re.IGNORECASE,
    )


HAS_YEAR = re.compile(_YEAR)
_IN_URL = lazy(
    rf"(?<!\d)(?P<y>{_YEAR})(?:[-_/.](?P<m>[01]?\d)[-_/.](?P<d>[0-3]?\d)(?!\d)|[-/]?(?P<m2>0[1-9]|1[0-2])[/_-]?(?P<d2>0[1-9]|[12]\d|3[01])(?!\d{{3,5}}[/.]))"
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """One date in a text, as printed and as read."""

    text: str  #: as printed, with its time and zone
    start: int
    end: int
    day: date
    minute: tuple[int, int] | None  #: hour and minute of the printed clock; None if no time stands there
    zone: str = ""  #: behind the time, as printed
    settled: bool = False  #: of two orders of its figures, the one that another date has

    def plain(self) -> str:
        """`2024-05-01 10:30`, with its zone as printed, or the day alone."""
        clock = f" {self.minute[0]:02}:{self.minute[1]:02} {self.zone}" if self.minute else ""
        return self.day.isoformat() + clock.rstrip()


def find(
    text: str,
    *,
    month_first: bool = False,
    language: str | None = None,
    known: Collection[date] = (),
) -> list[Stamp]:
    """The dates in a text, in order. `month_first`: whether 3/4/2024 is the 4th of March, unless the other
    order makes a day that is `known`; `language` (BCP 47) tells which words are halves of the day."""
    found: list[Stamp] = []
    for match in _DAY.finditer(text):
        day = _day(match, month_first)
        if day is None:
            continue
        since = found[-1].end if found else 0
        other = _other_order(day) if known and match["d2"] and day not in known else None
        settled = other is not None and other in known
        stamp = _with_time(
            text, match, other if other is not None and settled else day, since, language or ""
        )
        found.append(replace(stamp, settled=True) if settled else stamp)
    return found


def _other_order(day: date) -> date | None:
    """The day that figures mean in the other order; None if only one is possible."""
    return day.replace(month=day.day, day=day.month) if day.day <= _MOST_MONTHS else None


def _day(match: re.Match[str], month_first: bool) -> date | None:
    kind = next(n for n in "1234" if match[f"d{n}"])
    year, day = int(match[f"y{kind}"]), int(match[f"d{kind}"])
    if kind in "12":
        month = int(match[f"m{kind}"])
        swapped = month > 12 or (month_first and day <= 12)
        if kind == "2" and match["sep"] != "." and swapped:  # points are always day first
            month, day = day, month
    else:
        month = _month(match[f"n{kind}"], glued=kind == "4")
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


def _month(name: str, *, glued: bool) -> int:
    """The number of the month, 0 if it is none; what is glued before it may be a name: `LindqvistMay`."""
    month = _MONTHS.get(name.lower(), 0)
    if month or not glued or (capital := _GLUED.search(name)) is None:
        return month
    return _MONTHS.get(name[capital.end() :].lower(), 0)


def _with_time(text: str, match: re.Match[str], day: date, since: int, language: str) -> Stamp:
    """The date with its time, which stands behind it, or before it but behind the date before (`since`)."""
    start, end = match.span()
    if match["n4"] and match["n4"].lower() not in _MONTHS and (capital := _GLUED.search(match["n4"])):
        start += capital.end()
    clock = _after().match(text, end)
    if clock:
        end = clock.end()
    else:
        begin = min(start, max(since, start - 40))
        clock = _before().search(text[begin:start])
        if clock:
            start = begin + clock.start()
    minute = _minute(clock, language)
    zone = (clock["zone"] or "").strip(" \u00a0,|·–-()[]（") if clock else ""
    if clock and (clock["zone"] or "").lstrip(" \u00a0,|·([（").startswith("-"):
        zone = f"-{zone}"
    return Stamp(text[start:end].strip(), start, end, day, minute, zone)


def _minute(clock: re.Match[str] | None, language: str) -> tuple[int, int] | None:
    if clock is None:
        return None
    hour, word = int(clock["h"]) % 24, clock["half"] or clock["noon"]
    if word:
        hour = day_periods.on_24_hours(hour, word, (language,)) % 24
    return hour, int(clock["mi"])


def in_url(url: str) -> Stamp | None:
    """The day in an address: `/2024/05/16/`, `/20240516/`, `t20240516_123`; None if there is none."""
    for match in _IN_URL.finditer(_ARCHIVED.sub("", url)):
        try:
            day = date(int(match["y"]), int(match["m"] or match["m2"]), int(match["d"] or match["d2"]))
        except ValueError:
            continue
        return Stamp(match.group(), *match.span(), day, None)
    return None
