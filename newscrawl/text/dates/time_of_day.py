"""The time that follows a day: `08:37:00.123+08:00`, `下午3:05`, `21時40分`, `晚8点半`, `8:37 AM EST`."""

from __future__ import annotations

import re
from datetime import tzinfo
from functools import cache

from newscrawl.text.dates import day_periods
from newscrawl.text.dates.parsed import Clock, TimeOfDay
from newscrawl.text.dates.zones import ZONE_AFTER_TIME, stated_zone

_HOUR = (
    r"(?P<klok>kl(?:o|okken)?\.?\s)?(?P<hour>\d{1,2})\s?"
    r"(?::\s?(?P<minute>\d{1,2})(?::\s?(?P<second>\d{1,2})(?:[:.,]\d{1,9})?)?(?!\d)"
    r"|[时時点點시]\s?(?:(?P<minute2>\d{1,2})\s?[分분]?(?:\s?(?P<second2>\d{1,2})\s?[秒초])?|(?P<part>半|[一三]刻))?"
    r"|[hH]\s?(?P<minute3>[0-5]\d)(?!\d)"
    r"|\.(?P<minute5>[0-5]\d)\.(?P<second3>[0-5]\d)(?:[.,]\d{1,9})?(?![\d.])"
    r"|\.(?P<minute4>[0-5]\d)(?!\d)(?(klok)|(?=\s?(?:Uhr|GMT|BST|UTC|CES?T|WIB|WITA?|hrs|[AaPp]\.?\s?[Mm])\b))"
    r"|\s(?=[AaPp]\.?[Mm]))"
)
_WEEKDAY = (
    r"(?:[(\[【]?(?:星期|周|週|礼拜)[一二三四五六日天][)\]】]?|[(\[][一二三四五六日天月火水木金土월화수목금토일](?:曜日|요일)?[)\]]"
    r"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6})?"
)
_GAP = r"[\s,T|·/_.-]{0,8}"
_AT = (
    r"(?:(?:at|um|à|às|as|alle|ore|a las|om|ob|o|в|у|о|lúc|vào lúc|pukul|jam|saat|la|ora|ore|godz\.|o godz\."
    r"|στις|الساعة|בשעה|ساعت|เวลา) )?"
)
_PARTS = {"半": 30, "一刻": 15, "三刻": 45}


@cache
def _clock() -> str:
    return rf"(?P<half>{day_periods.before()})?\s?{_HOUR}(?:\s?(?P<after>{day_periods.after()}))?"


@cache
def _after_day() -> re.Pattern[str]:
    return re.compile(rf"{_GAP}{_WEEKDAY}{_GAP}{_AT}(?:北京时间)?\s?{_clock()}", re.ASCII)


@cache
def _anywhere() -> re.Pattern[str]:
    return re.compile(rf"(?<![\d:.])(?:{_clock()})", re.ASCII)


def time_after(text: str, start: int, clock: Clock) -> TimeOfDay | None:
    """The time that begins where a day ended; None where there is none."""
    if start >= len(text):
        return None
    match = _after_day().match(text, start)
    return None if match is None else _read(match, text, clock)


def time_before(text: str, end: int, clock: Clock) -> TimeOfDay | None:
    """The first time in the text before a day: `08:37 GMT, 8 March 2026`."""
    match = _anywhere().search(text, 0, end)
    return None if match is None else _read(match, text, clock)


def _read(match: re.Match[str], text: str, clock: Clock) -> TimeOfDay | None:
    half, _, hour, minute, second, minute2, second2, part, minute3, minute5, second3, minute4, after = (
        match.groups()
    )
    seconds = second or second2 or second3
    minutes = int(minute or minute2 or minute3 or minute4 or minute5 or _PARTS.get(part, 0))
    hours = int(hour)
    if half or after:
        hours = day_periods.on_24_hours(hours, after or half, clock.languages)
    if hours > 24 or minutes > 59 or (seconds is not None and int(seconds) > 60):
        return None
    end = match.end()
    zone: tzinfo | None = None
    if end < len(text) and (stated := ZONE_AFTER_TIME.match(text, end)):
        zone = stated_zone(stated, clock.zone, clock.now)
        end = stated.end()
    return TimeOfDay(hours, minutes, None if seconds is None else int(seconds), zone, end)
