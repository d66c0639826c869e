"""Incidents: what is wrong, since when, and which messages that makes. Pure; the clock is a parameter.

A look finds the troubles of the moment. One that lasts a while begins an incident, with one message; when it
has been over for a while, another message ends it. Between them there are reminders. When many sources break
at once, the cause is rarely theirs: that is one message, and one when it is over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Literal

from newscrawl.jobs.alert_settings import AlertSettings

MANY = 5  #: sources that break at about the same time: one message for all
AT_ONCE = timedelta(minutes=30)  #: … at about the same time
OVER = 0.25  #: it is over when at most this part of them is left

Event = Literal["begin", "reminder", "mended", "test"]
Kind = Literal["source", "database", "scheduler", "worker", "spool", "late", "webhook"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that is wrong now."""

    key: str  #: the same as long as it lasts: `job:news`
    kind: Kind
    name: str  #: as people know it: `news`
    words: str  #: what is wrong, in one line
    since: datetime
    seen: datetime  #: begin of the latest run that shows it; else the moment of the look


@dataclass(slots=True, kw_only=True)
class Incident:
    """A trouble that was noticed, until its end was reported."""

    key: str
    kind: Kind
    name: str
    words: str
    since: datetime
    noticed: datetime
    gone: datetime | None = None  #: since when it is not there any more
    announced: datetime | None = None  #: when a message named it last; None: none did yet
    many: bool = False  #: one of those that were reported as many


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is to be sent."""

    event: Event
    incidents: list[Incident]
    total: int = 0  #: of those that broke at once; 0: a message of one incident
    left: int = 0  #: … and are broken still


@dataclass(slots=True)
class Incidents:
    """All incidents that are open, or whose end was not reported yet."""

    open: dict[str, Incident] = field(default_factory=dict)
    peak: int = 0  #: how many sources were broken at once; 0: not many are
    left: int = 0  #: of those, still broken at the last look
    calm: datetime | None = None  #: since when most of those work again, and no more of them
    away_until: datetime | None = None  #: MongoDB was away until then: runs that ended before prove nothing

    def to_plain(self) -> dict[str, Any]:
        """As it is kept."""
        return {**asdict(self), "open": [asdict(each) for each in self.open.values()]}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Incidents:
        """From `to_plain`."""
        known = {each.name for each in fields(Incident)}  # a newer newscrawl may have kept more
        found = [
            Incident(**{name: value for name, value in each.items() if name in known})
            for each in plain["open"]
        ]
        rest: dict[str, Any] = {name: plain.get(name) for name in ("calm", "away_until")}
        counts = {name: plain.get(name, 0) for name in ("peak", "left")}
        return cls({each.key: each for each in found}, **counts, **rest)

    def look(
        self,
        troubles: Collection[Trouble],
        now: datetime,
        settings: AlertSettings,
        unwatched: Collection[str] = (),
    ) -> list[Message]:
        """Takes in what is wrong now; returns the messages that are due.

        `unwatched`: keys of what nobody looks at any more, because a job was paused or taken out.
        """
        self._put_back(now)
        self._take_in(troubles, now)
        for key in unwatched:
            self.open.pop(key, None)
        if settings.is_quiet(now):
            return []
        messages = [*self._many(now, settings), *self._mended(now, settings)]
        return [*messages, *self._begun(now, settings), *self._lasting(now, settings)]

    def _put_back(self, now: datetime) -> None:
        """Brings times of the future back to now: the clock was set back."""
        for each in self.open.values():
            each.noticed = min(each.noticed, now)
            each.gone, each.announced = _at_most(each.gone, now), _at_most(each.announced, now)
        self.calm, self.away_until = _at_most(self.calm, now), _at_most(self.away_until, now)

    def _take_in(self, troubles: Collection[Trouble], now: datetime) -> None:
        if any(trouble.kind == "database" for trouble in troubles):
            self.away_until = now
            self.open = {
                key: each for key, each in self.open.items() if each.announced or each.kind != "source"
            }
        found = {trouble.key: trouble for trouble in troubles if self._counts(trouble)}
        for key, trouble in found.items():
            if (known := self.open.get(key)) is None:
                self.open[key] = _incident(trouble, now)
            else:
                known.words, known.gone = trouble.words, None
        is_away = self.away_until == now
        for key, incident in list(self.open.items()):
            if key in found or (is_away and incident.kind == "source"):
                continue
            incident.gone = incident.gone or now
            if incident.announced is None:  # nobody was bothered with it
                del self.open[key]

    def _counts(self, trouble: Trouble) -> bool:
        """Whether a trouble stands for itself: while MongoDB is away no source is to blame."""
        if trouble.kind != "source" or self.away_until is None or trouble.key in self.open:
            return True
        return trouble.seen > self.away_until

    def _many(self, now: datetime, settings: AlertSettings) -> Iterable[Message]:
        sources = [each for each in self.open.values() if each.kind == "source" and each.gone is None]
        if self.peak:
            members = [each for each in sources if each.many or each.announced is None]
            for each in members:
                each.many, each.announced = True, each.announced or now
            self.peak = max(self.peak, len(members))
            yield from self._most_mended(members, now, settings)
            return
        recent = [each for each in sources if now - each.noticed < AT_ONCE or each.announced is None]
        fresh = [each for each in recent if each.announced is None]
        if len(recent) >= MANY and fresh and _oldest(fresh, now) >= settings.gather:
            self.peak, self.calm = len(recent), None
            for each in recent:
                each.many, each.announced = True, now
            yield Message(event="begin", incidents=recent, total=len(recent), left=len(recent))

    def _most_mended(
        self, members: list[Incident], now: datetime, settings: AlertSettings
    ) -> Iterable[Message]:
        is_same, self.left = len(members) == self.left, len(members)
        is_over = len(members) <= self.peak * OVER
        self.calm = ((is_same and self.calm) or now) if is_over else None
        if self.calm is None or now - self.calm < settings.gather:
            return
        total, self.peak, self.calm = self.peak, 0, None
        for each in self.open.values():
            if each.many and each.gone is not None:
                each.announced = None  # its end is in this message
            each.many = False
        self.open = {key: each for key, each in self.open.items() if each.announced or each.gone is None}
        yield Message(event="mended", incidents=members, total=total, left=len(members))

    def _mended(self, now: datetime, settings: AlertSettings) -> Iterable[Message]:
        over = [each for each in self.open.values() if each.gone and now - each.gone >= settings.gather]
        for each in over:
            del self.open[each.key]
        alone = [each for each in over if not each.many]
        if len(alone) >= MANY:
            return [Message(event="mended", incidents=alone, total=len(alone))]
        return [Message(event="mended", incidents=[each]) for each in alone]

    def _begun(self, now: datetime, settings: AlertSettings) -> Iterable[Message]:
        fresh = [each for each in self.open.values() if each.announced is None and each.gone is None]
        if not fresh or _oldest(fresh, now) < settings.gather:
            return []
        for each in fresh:
            each.announced = now
        if len(fresh) >= MANY:
            return [Message(event="begin", incidents=fresh, total=len(fresh), left=len(fresh))]
        return [Message(event="begin", incidents=[each]) for each in fresh]

    def _lasting(self, now: datetime, settings: AlertSettings) -> Iterable[Message]:
        lasting = [
            each
            for each in self.open.values()
            if each.announced and each.gone is None and now - each.announced >= settings.remind
        ]
        for each in lasting:
            each.announced = now
        if len(lasting) >= MANY:
            return [Message(event="reminder", incidents=lasting, total=len(lasting), left=len(lasting))]
        return [Message(event="reminder", incidents=[each]) for each in lasting]


def _at_most(moment: datetime | None, now: datetime) -> datetime | None:
    return moment and min(moment, now)


def _oldest(incidents: Iterable[Incident], now: datetime) -> timedelta:
    """For how long the first of them has been known."""
    return now - min(each.noticed for each in incidents)


def _incident(trouble: Trouble, now: datetime) -> Incident:
    return Incident(
        key=trouble.key,
        kind=trouble.kind,
        name=trouble.name,
        words=trouble.words,
        since=trouble.since,
        noticed=now,
    )
