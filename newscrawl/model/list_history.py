"""ListHistory: what earlier runs saw of one list of a source, in a bounded document.

`observe` adds what a run read. newscrawl.model.quiet judges it, and newscrawl.jobs.cadence decides by it
when the list is read again. The whole source is kept as one more list.

`hours` counts entries by their dates on the list. `arrivals` counts them when they came onto the list: a
date is believed only if it lies between two readings. Dates in a wrong zone, without a time of day, or ahead
of the clock do not shift the rhythm.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple, Self

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEPT_HOURS = 56 * 24  #: hours whose new entries are remembered: eight weeks
KEPT_DAYS = 28  #: days whose sizes are remembered
KEPT_ENTRIES = 400  #: entries that are recognized when they are listed again
READ_ENTRIES = 200  #: entries of a reading that are compared, the newest
FRESH = timedelta(days=7)  #: an entry that appears with an older date counts from when it appeared
MANY = 255  # new entries of an hour, at most
KEPT_ARRIVALS = 28 * 24  #: hours whose arrivals are remembered
SLOT = 5  #: minutes of a slot of `minutes`
SLOTS = 60 // SLOT  #: slots an hour
LATE = timedelta(days=2)  # an older entry that comes onto the list was not published now


class DaySize(NamedTuple):
    """The smallest size of a list on one day."""

    day: date
    entries: int
    share: float  #: of its links, how many are articles


@dataclass(slots=True)
class ListReading:
    """What one run read of a list, over all of its pages."""

    url: str | None  #: as declared; None: the whole source
    entries: int = 0  #: articles on its longest page
    articles: int = 0  #: links that are articles, of all pages
    links: int = 0  #: links, of all pages
    mixed: bool = True  #: whether most of its links may lead elsewhere
    dates: dict[str, datetime | None] = field(default_factory=dict)  #: id -> publication by the list
    pages: int = 0  #: that were read
    unchanged_pages: int = 0  #: that show what they showed before, and were not read

    @property
    def unchanged(self) -> bool:
        """Whether all of it shows what it showed before."""
        return self.unchanged_pages > 0 and self.pages == 0

    def add_unchanged(self, articles: int) -> None:
        """Adds a page that shows what it showed before: so many articles."""
        self.unchanged_pages += 1
        self.entries = max(self.entries, articles)
        self.articles += articles
        self.links += articles

    def add(self, dates: Mapping[str, datetime | None], not_articles: int) -> None:
        """Adds a page: its articles with their dates, and how many links are not articles."""
        self.pages += 1
        self.entries = max(self.entries, len(dates))
        self.articles += len(dates)
        self.links += len(dates) + not_articles
        self.dates |= dates

    @property
    def share(self) -> float:
        """The part of its links that are articles; 1 without links."""
        return self.articles / self.links if self.links else 1.0


@dataclass(frozen=True, slots=True)
class ListHistory:
    """A list as earlier runs saw it. Times are UTC."""

    since: datetime  #: first reading
    read: datetime  #: last reading
    newest: datetime | None = None  #: newest publication date seen
    changed: datetime | None = None  #: when a new entry last appeared; None: not since the first reading
    entries: int = 0  #: of the last reading
    articles: int = 0
    links: int = 0
    hours: bytes = b""  #: new entries an hour, oldest first; the last byte is the hour of `until`
    until: datetime | None = None  #: hour of the latest entry, by its date or when it appeared
    arrivals: bytes = b""  #: entries that came onto the list, an hour; as `hours`
    arrived: datetime | None = None  #: hour of the latest arrival
    minutes: bytes = b""  #: arrivals by their minute: in each SLOT minutes of any hour; old ones fade
    days: tuple[DaySize, ...] = ()  #: oldest first
    odd_since: datetime | None = None  #: since when its size is unlike `days`
    seen: tuple[int, ...] = ()  #: marks of the entries seen last

    def to_document(self) -> dict[str, Any]:
        """As stored in `lists`, without what identifies the list."""
        return {
            "since": self.since,
            "read": self.read,
            "newest": self.newest,
            "changed": self.changed,
            "entries": self.entries,
            "articles": self.articles,
            "links": self.links,
            "hours": self.hours,
            "until": self.until,
            "arrivals": self.arrivals,
            "arrived": self.arrived,
            "minutes": self.minutes,
            "days": [{**size._asdict(), "day": size.day.isoformat()} for size in self.days],
            "odd_since": self.odd_since,
            "seen": b"".join(mark.to_bytes(4, "big") for mark in self.seen),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """From `to_document`; what is missing is empty. `hours` stands in for missing `arrivals`."""
        marks = bytes(document.get("seen") or b"")
        days = document.get("days") or ()
        rest: dict[str, Any] = {
            name: document.get(name) for name in ("newest", "changed", "until", "odd_since")
        }
        rest |= {name: document.get(name) or 0 for name in ("entries", "articles", "links")}
        counted = "arrivals" if document.get("arrivals") else "hours"
        rest["arrivals"] = bytes(document.get(counted) or b"")[-KEPT_ARRIVALS:]
        rest["arrived"] = document.get("arrived") if counted == "arrivals" else document.get("until")
        return cls(
            since=document["since"],
            read=document["read"],
            hours=bytes(document.get("hours") or b""),
            minutes=bytes(document.get("minutes") or b""),
            days=tuple(DaySize(date.fromisoformat(d["day"]), d["entries"], d["share"]) for d in days),
            seen=tuple(int.from_bytes(marks[at : at + 4], "big") for at in range(0, len(marks), 4)),
            **rest,
        )


def observe(before: ListHistory | None, reading: ListReading, now: datetime) -> ListHistory:
    """The history with a reading added. `now` is aware. A list that is unchanged still has its size.

    At the first reading, the dates of the entries stand for the time before; entries without a date say
    nothing then.
    """
    if reading.unchanged and before is not None:
        return replace(before, read=now)
    dates = _newest_entries(reading.dates)
    marks = {zlib.crc32(entry.encode("utf-8", "replace")): at for entry, at in dates.items()}
    history = before or ListHistory(since=now, read=now)
    known = set(history.seen)
    appeared = [at for mark, at in marks.items() if mark not in known]
    moments = [_moment(at, now, first=before is None) for at in appeared]
    hours, until = _counted(
        history.hours, history.until, [at for at in moments if at is not None], KEPT_HOURS
    )
    exact, inexact = _arrivals(appeared, before, now)
    arrivals, arrived = _counted(history.arrivals, history.arrived, [*exact, *inexact], KEPT_ARRIVALS)
    listed = [min(at, now) for at in dates.values() if at is not None]
    return replace(
        history,
        read=now,
        newest=max([*listed, *([history.newest] if history.newest else [])], default=None),
        changed=now if before is not None and appeared else history.changed,
        entries=reading.entries,
        articles=reading.articles,
        links=reading.links,
        hours=hours,
        until=until,
        arrivals=arrivals,
        arrived=arrived,
        minutes=_minutes(history.minutes, exact),
        seen=tuple([*marks, *(mark for mark in history.seen if mark not in marks)][:KEPT_ENTRIES]),
    )


def sized(history: ListHistory, now: datetime, *, odd: bool) -> ListHistory:
    """The history with the size of the last reading added to its days, unless that is `odd`."""
    if odd:
        return replace(history, odd_since=history.odd_since or now)
    share = history.articles / history.links if history.links else 1.0
    size = DaySize(now.date(), history.entries, round(share, 3))
    days = list(history.days)
    if days and days[-1].day == size.day:
        last = days.pop()
        size = DaySize(size.day, min(size.entries, last.entries), min(size.share, last.share))
    return replace(history, days=tuple([*days, size][-KEPT_DAYS:]), odd_since=None)


def _newest_entries(dates: Mapping[str, datetime | None]) -> dict[str, datetime | None]:
    oldest = datetime.min.replace(tzinfo=UTC)
    newest = sorted(dates, key=lambda entry: dates[entry] or oldest, reverse=True)[:READ_ENTRIES]
    return {entry: dates[entry] for entry in newest}


def _moment(at: datetime | None, now: datetime, *, first: bool) -> datetime | None:
    """When an entry counts as new; None: unknown."""
    if at is None:
        return None if first else now
    return min(at, now) if first or now - at < FRESH else now


def _arrivals(
    appeared: Sequence[datetime | None], before: ListHistory | None, now: datetime
) -> tuple[list[datetime], list[datetime]]:
    """When entries came onto the list: by a date that can be believed, and when they were first read.

    At the first reading only dates say something, unless they have no time of day. Later, entries that are
    dated long ago came by another way than being published, such as a longer page: they count as one.
    """
    dated = [at for at in appeared if at is not None and at <= now]
    if before is None:
        return ([] if len({at.timetz() for at in dated}) < min(2, len(dated)) else dated), []
    exact = [at for at in dated if at >= before.read]
    late = sum(at < now - LATE for at in dated)
    return exact, [now] * (len(appeared) - len(exact) - late + (late > 0))


def _minutes(slots: bytes, moments: Sequence[datetime]) -> bytes:
    """The counts of each slot of the hour with these moments; all are halved when one is full."""
    counts = list(slots or bytes(SLOTS))
    for moment in moments:
        counts[moment.minute // SLOT] += 1
        if max(counts) > MANY:
            counts = [count // 2 for count in counts]
    return bytes(counts) if moments else slots


def _counted(
    hours: bytes, until: datetime | None, moments: Sequence[datetime], kept: int
) -> tuple[bytes, datetime | None]:
    """The counts of each hour with new entries at these moments; the latest `kept` hours."""
    if not moments:
        return hours, until
    last = max([*moments, *([until] if until else [])]).replace(minute=0, second=0, microsecond=0)
    counts = bytearray(hours)
    if until is not None:
        counts.extend(bytes(min(kept, (last - until) // HOUR)))
    back = [(last - moment.replace(minute=0, second=0, microsecond=0)) // HOUR for moment in moments]
    _add(counts, [ago for ago in back if ago < kept])
    return bytes(counts[-kept:]), last


def _add(counts: bytearray, back: Iterable[int]) -> None:
    """Counts an entry so many hours before the last, each."""
    for ago in back:
        if ago >= len(counts):
            counts[:0] = bytes(ago + 1 - len(counts))
        place = len(counts) - 1 - ago
        counts[place] = min(MANY, counts[place] + 1)
