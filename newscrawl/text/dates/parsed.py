"""What parsing a date gives, and the source's clock against which it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from newscrawl.model.post import Assumption, Precision

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


@lru_cache(maxsize=512)
def fixed_zone(minutes: int) -> timezone:
    """A zone so many minutes east of UTC."""
    return timezone(timedelta(minutes=minutes))
