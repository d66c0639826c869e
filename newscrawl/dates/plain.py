"""The dates that nearly all sources print: figures alone, in the order of the calendar, with a time."""

from __future__ import annotations

import re
from datetime import UTC, tzinfo

from newscrawl.dates.parsed import Clock, ParsedDate, TimeOfDay, fixed_zone, latest, place
from newscrawl.patterns import late

_MONTH = r"(1[0-2]|0?[1-9])"
_DAY = r"(3[01]|[12]\d|0?[1-9])"
_PLAIN = late(
    rf"\s*(?:((?:19|20)\d\d)([年/-]))?{_MONTH}([月/-]){_DAY}(?:日\s{{0,2}}|T|\s{{1,2}})"
    r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d{1,9})?)?(?:(Z)|([+-])(0\d|1[0-3]):?([0-5]\d))?\s*",
    re.ASCII,
)
_SEPARATORS = frozenset((("年", "月"), ("-", "-"), ("/", "/"), (None, "月"), (None, "-")))


def plain(text: str, clock: Clock) -> ParsedDate | None:
    """`2026年03月08日 08:37`, `2026-03-08T08:37:00+08:00`, `03-08 08:37`, and nothing beside.

    One match in place of the cascade's many, which say the same of them.
    """
    match = _PLAIN.fullmatch(text)
    if match is None:
        return None
    year, first, month, second, day, hour, minute, seconds, utc, sign, hours, minutes = match.groups()
    if (first, second) not in _SEPARATORS or (first is None and second == "-" and "日" in text):
        return None
    zone: tzinfo | None = UTC if utc else None
    if sign:
        east = 60 * int(hours) + int(minutes)
        zone = fixed_zone(-east if sign == "-" else east)
    time = TimeOfDay(int(hour), int(minute), int(seconds) if seconds else None, zone, match.end())
    if year:
        return place(clock, (int(year), int(month), int(day)), time)
    return latest((int(month), int(day)), time, clock)
