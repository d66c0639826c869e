"""What parsing a date gives, and the source's clock against which it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from newscrawl.model.post import Assumption, Precision
from newscrawl.text.dates import day_periods
from newscrawl.text.dates.weekdays import weekday_names
from newscrawl.text.dates.zones import ZONE_AFTER_TIME, stated_zone

#: How far a source's clock may run ahead of ours: a date later than that is not accepted.
CLOCK_DOUBT = timedelta(minutes=10)
#: Earlier dates are numbers that look like dates, or a template's default (1970-01-01).
EARLIEST_YEAR = 1990

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """One moment of publication."""

    at: datetime  #: aware, UTC; the start of the source's day where `precision` is `day`
    offset: str  #: of the clock that printed it, `+08:00`
    precision: Precision
    assumed: list[Assumption] = field(default_factory=list)  #: what the text did not state


@dataclass(frozen=True, slots=True)
class Clock:
    """The source's clock at the moment of reading."""

    zone: ZoneInfo
    now: datetime  #: aware
    languages: tuple[str, ...]  #: BCP 47, the likeliest first

    def local_now(self) -> datetime:
        return self.now.astimezone(self.zone)


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time as printed; `zone` is None where it stated none."""

    hour: int  #: 0 to 24
    minute: int
    second: int | None
    zone: tzinfo | None
    end: int  #: where it ended in the text


Day = tuple[int, int, int]  #: year, month, day


def place(
    clock: Clock, day: Day, time: TimeOfDay | None = None, *, year_assumed: bool = False
) -> ParsedDate | None:
    """The moment that a day and a time name.

    None where there is no such day or time, before EARLIEST_YEAR, or in the future.
    A time that a change to summer time skips is read with the offset from before the change; one that
    occurs twice is the first.
    """
    assumed: list[Assumption] = ["year"] if year_assumed else []
    zone: tzinfo = clock.zone
    if time is not None and time.zone is not None:
        zone = time.zone
    else:
        assumed.insert(0, "zone")
    local = _local(day, time, zone)
    if local is None or day[0] < EARLIEST_YEAR:
        return None
    precision: Precision = "day" if time is None else "minute" if time.second is None else "second"
    return moment(clock, local, precision, assumed)


def latest(month_day: tuple[int, int], time: TimeOfDay | None, clock: Clock) -> ParsedDate | None:
    """The latest such day that is not in the future; next year's for a clock that is a little ahead."""
    zone = clock.zone if time is None else time.zone or clock.zone
    last = (clock.now + CLOCK_DOUBT).astimezone(zone).year
    for year in range(last, last - 9, -1):  # 29 February may be eight years ago
        if found := place(clock, (year, *month_day), time, year_assumed=True):
            return found
    return None


def moment(
    clock: Clock, local: datetime, precision: Precision, assumed: list[Assumption]
) -> ParsedDate | None:
    """An aware time as a ParsedDate; None if it is out of bounds."""
    at = local.astimezone(UTC)
    limit = clock.now + CLOCK_DOUBT
    if at.year < EARLIEST_YEAR:
        return None
    if at > limit and (precision != "day" or local.date() > limit.astimezone(local.tzinfo).date()):
        return None
    offset = local.utcoffset()
    return ParsedDate(at, offset_text(offset if offset is not None else timedelta()), precision, assumed)


def _local(day: Day, time: TimeOfDay | None, zone: tzinfo) -> datetime | None:
    try:
        if time is None:
            return datetime(*day, tzinfo=zone)
        if time.hour == 24:
            if time.minute or time.second:
                return None
            return datetime(*day, tzinfo=zone) + _DAY
        # a leap second is shown as :60 now and then
        return datetime(*day, time.hour, time.minute, min(time.second or 0, 59), tzinfo=zone)
    except ValueError:
        return None


@lru_cache(maxsize=512)
def offset_text(offset: timedelta) -> str:
    """`+08:00` for eight hours.

    >>> offset_text(timedelta(hours=-3, minutes=-30))
    '-03:30'
    """
    minutes = round(offset.total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


# --- the time that follows a day: `08:37:00.123+08:00`, `下午3:05`, `21時40分`, `晚8点半`, `8:37 AM EST`.

_HOUR = (
    r"(?P<klok>kl(?:o|okken)?\.?\s)?(?P<hour>\d{1,2})\s?"
    r"(?::\s?(?P<minute>\d{1,2})(?::\s?(?P<second>\d{1,2})(?:[:.,]\d{1,9})?)?(?!\d)"
    r"|[时時点點시]\s?(?:(?P<minute2>\d{1,2})\s?[分분]?(?:\s?(?P<second2>\d{1,2})\s?[秒초])?|(?P<part>半|[一三]刻))?"
    r"|[hH]\s?(?P<minute3>[0-5]\d)(?!\d)"
    r"|\.(?P<minute5>[0-5]\d)\.(?P<second3>[0-5]\d)(?:[.,]\d{1,9})?(?![\d.])"
    r"|\.(?P<minute4>[0-5]\d)(?!\d)(?(klok)|(?=\s?(?:Uhr|GMT|BST|UTC|CES?T|WIB|WITA?|hrs|[AaPp]\.?\s?[Mm]"
    r"|[ECMP][SD]?T|EES?T|MSK|IST|SGT|HKT|[JK]ST|A[ECW][SD]T|NZ[SD]T)\b|\s*(?:$|\|)))"
    r"|\s(?=[AaPp]\.?[Mm]))"
)
_WEEKDAY = (
    r"(?:[(\[【]?(?:星期|周|週|礼拜)[一二三四五六日天][)\]】]?|[(\[][一二三四五六日天月火水木金土월화수목금토일](?:曜日|요일)?[)\]]"
    rf"|[月火水木金土日]曜日?|[월화수목금토일]요일|[(\[]?(?:{weekday_names()})(?![^\W\d_])\.?[)\]]?)?"
)
_GAP = r"[\s,T|·/_.-]{0,8}"
_AT = (
    r"(?:(?:at|um|à|às|as|alle|ore|a las|om|ob|o|в|у|о|lúc|vào lúc|pukul|jam|saat|la|ora|ore|godz\.|o godz\."
    r"|στις|الساعة|בשעה|ساعت|เวลา) )?"
)
_SHORTEST_TIME = 4  # characters: 8:05
_PARTS = {"半": 30, "一刻": 15, "三刻": 45}


@cache
def _clock() -> str:
    return rf"(?P<half>{day_periods.before()})?\s?{_HOUR}(?:\s?(?P<after>{day_periods.after()}))?"


@cache
def _after_day() -> re.Pattern[str]:
    return re.compile(rf"{_GAP}{_WEEKDAY}{_GAP}{_AT}(?:北京时间)?\s?{_clock()}", re.ASCII)


@cache
def _up_to_day() -> re.Pattern[str]:
    return re.compile(
        rf"\s?(?:Uhr|hrs?|h)?\.?[)\]]?{_GAP}(?:(?:on|le|del|de|am|ngày)\s)?{_WEEKDAY}{_GAP}", re.ASCII
    )


@cache
def _anywhere() -> re.Pattern[str]:
    return re.compile(rf"(?<![\d:.])(?:{_clock()})", re.ASCII)


def time_after(text: str, start: int, clock: Clock) -> TimeOfDay | None:
    """The time that begins where a day ended; None where there is none."""
    if start >= len(text):
        return None
    match = _after_day().match(text, start)
    return None if match is None else _read(match, text, clock)


def time_right_before(text: str, end: int, clock: Clock) -> TimeOfDay | None:
    """The time that ends where a day begins: `15:05 | 04/03/2026`, `15:05, Wednesday 04/03/2026`."""
    if end < _SHORTEST_TIME:
        return None
    for match in _anywhere().finditer(text, 0, end):
        time = None if match["minute4"] else _read(match, text, clock)  # 12.05 may be a number
        if time is not None and _up_to_day().fullmatch(text, time.end, end):
            return time
    return None


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
