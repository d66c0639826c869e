"""The time that follows a day: `08:37:00.123+08:00`, `下午3:05`, `21時40分`, `晚8点半`, `8:37 AM EST`."""

from __future__ import annotations

import re
from datetime import tzinfo

from newscrawl.text.dates.parsed import Clock, TimeOfDay
from newscrawl.text.dates.zones import ZONE_AFTER_TIME, stated_zone
from newscrawl.text.lazy_regex import lazy

HALF_OF_DAY = (
    r"凌晨|清晨|早上|早晨|早间|上午|午前|오전|早|中午|正午|午间|下午|午后|午後|오후|傍晚"
    r"|晚上|晚间|夜里|夜间|深夜|半夜|晚|晨|[AaPp]\.?[Mm]\.?"
)
_CLOCK = (
    rf"(?P<half>{HALF_OF_DAY})?\s?(?P<klok>kl(?:o|okken)?\.?\s)?(?P<hour>\d{{1,2}})\s?"
    r"(?::\s?(?P<minute>\d{1,2})(?::\s?(?P<second>\d{1,2})(?:[:.,]\d{1,9})?)?(?!\d)"
    r"|[时時点點시]\s?(?:(?P<minute2>\d{1,2})\s?[分분]?(?:\s?(?P<second2>\d{1,2})\s?[秒초])?|(?P<part>半|[一三]刻))?"
    r"|[hH]\s?(?P<minute3>[0-5]\d)(?!\d)"
    r"|\.(?P<minute4>[0-5]\d)(?!\d)(?(klok)|(?=\s?(?:Uhr|GMT|BST|UTC|CES?T|hrs)\b))"
    r"|\s(?=[AaPp]\.?[Mm]))"
    r"(?:\s?(?P<ampm>[AaPp])\.?\s?[Mm]\b\.?)?"
)
_WEEKDAY = (
    r"(?:[(\[【]?(?:星期|周|週|礼拜)[一二三四五六日天][)\]】]?|[(\[][一二三四五六日天月火水木金土월화수목금토일](?:曜日|요일)?[)\]]"
    r"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6})?"
)
_GAP = r"[\s,T|·/_.-]{0,8}"
_AT = r"(?:(?:at|um|à|às|as|alle|ore|a las|om|ob|o|в|о) )?"
_AFTER_DAY = lazy(rf"{_GAP}{_WEEKDAY}{_GAP}{_AT}(?:北京时间)?\s?{_CLOCK}", re.ASCII)
_ANYWHERE = lazy(rf"(?<![\d:.])(?:{_CLOCK})", re.ASCII)

_PARTS = {"半": 30, "一刻": 15, "三刻": 45}
_AFTERNOON = frozenset(("下午", "午后", "午後", "오후", "傍晚", "P"))
_EVENING = frozenset(("晚上", "晚间", "夜里", "夜间", "深夜", "半夜", "晚"))
_NOON = frozenset(("中午", "正午", "午间"))
_MORNING = frozenset(("凌晨", "A", "오전", "午前"))


def time_after(text: str, start: int, clock: Clock) -> TimeOfDay | None:
    """The time that begins where a day ended; None where there is none."""
    if start >= len(text):
        return None
    match = _AFTER_DAY.match(text, start)
    return None if match is None else _read(match, text, clock)


def time_before(text: str, end: int, clock: Clock) -> TimeOfDay | None:
    """The first time in the text before a day: `08:37 GMT, 8 March 2026`."""
    match = _ANYWHERE.search(text, 0, end)
    return None if match is None else _read(match, text, clock)


def _read(match: re.Match[str], text: str, clock: Clock) -> TimeOfDay | None:
    half, _, hour, minute, second, minute2, second2, part, minute3, minute4, ampm = match.groups()
    seconds = second or second2
    minutes = int(minute or minute2 or minute3 or minute4 or _PARTS.get(part, 0))
    hours = int(hour)
    if half or ampm:
        hours = _on_24_hours(hours, (ampm or half).upper())
    if hours > 24 or minutes > 59 or (seconds is not None and int(seconds) > 60):
        return None
    end = match.end()
    zone: tzinfo | None = None
    if end < len(text) and (stated := ZONE_AFTER_TIME.match(text, end)):
        zone = stated_zone(stated, clock.zone, clock.now)
        end = stated.end()
    return TimeOfDay(hours, minutes, None if seconds is None else int(seconds), zone, end)


def _on_24_hours(hour: int, half: str) -> int:
    """`half` is a word for a part of the day, or begins with A or P."""
    if half[0] in "AP":
        half = half[0]
    if half in _MORNING:
        return 0 if hour == 12 else hour
    if half in _AFTERNOON:
        return hour + 12 if hour < 12 else hour
    if half in _NOON:
        return hour + 12 if hour < 3 else hour
    if half in _EVENING:
        # 晚12点 ends the day; 深夜1点 is the small hours
        return hour + 12 if 5 <= hour <= 12 else hour
    return hour
