"""A webhook's state, and the events that its receiver did not take.

Collections `webhooks`, `webhook_queue` and `dead_letters`: docs/data.md has the fields.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DeleteOne, ReplaceOne, UpdateOne

from newscrawl.errors import LeaseLost, UsageError
from newscrawl.monitor.webhooks.messages import Event

if TYPE_CHECKING:
    from pymongo.database import Database

Document = dict[str, Any]

STATES, QUEUE, DEAD = "webhooks", "webhook_queue", "dead_letters"
MOST_MOVED = 1000  #: events that become dead letters, or come back, at a time


@dataclass(frozen=True, slots=True)
class Held:
    """An event that waits."""

    event: Event
    tries: int
    made: datetime  #: when it was to be delivered first
    key: str  #: `_id` in the queue


class Queue:
    """Of one webhook, for the one process that delivers it. All methods block; raise PyMongoError."""

    def __init__(self, database: Database[Document], name: str) -> None:
        self.name = name
        self._states, self._queue, self._dead = (database[each] for each in (STATES, QUEUE, DEAD))
        self._claim = secrets.token_hex(8)
        self._seq = 0

    def open(self, shown: Mapping[str, Any]) -> Document:
        """Takes the state over from whoever delivered before; returns it. `shown`: for listings."""
        fields = {"claim": self._claim, "shown": dict(shown)}
        begun = {"delivered": 0, "failures": 0, "token": None, "at": None}
        self._states.update_one({"_id": self.name}, {"$set": fields, "$setOnInsert": begun}, upsert=True)
        last = self._queue.find_one({"webhook": self.name}, {"seq": 1}, sort=[("seq", -1)])
        self._seq = last["seq"] if last else 0
        return self.state()

    def state(self) -> Document:
        """The state's document."""
        return self._states.find_one({"_id": self.name}) or {}

    def note(self, fields: Mapping[str, Any], *, delivered: int = 0) -> None:
        """Changes the state. Raises LeaseLost if somebody else has taken it over."""
        change: Document = {"$set": dict(fields)}
        if delivered:
            change["$inc"] = {"delivered": delivered}
        if not self._states.update_one({"_id": self.name, "claim": self._claim}, change).matched_count:
            raise LeaseLost(f"the webhook {self.name} is delivered by another process now")

    def count(self) -> int:
        """How many events wait."""
        return self._queue.count_documents({"webhook": self.name})

    def held_posts(self, posts: Collection[str]) -> set[str]:
        """Those of the posts of which an event waits."""
        wanted = {"webhook": self.name, "post": {"$in": list(posts)}}
        return set(self._queue.distinct("post", wanted))

    def add(
        self,
        events: Iterable[Event],
        now: datetime,
        *,
        tried: Collection[str] = (),
        pause: float,
        reason: str | None,
    ) -> None:
        """Has events wait, in this order. Those whose keys are in `tried` are due in `pause` seconds, as are
        further ones of their posts; the others now. An event that waits already is left as it is."""
        writes = []
        for event in events:
            self._seq += 1
            was_tried = event.key in tried
            fields = {
                "webhook": self.name,
                **event.to_document(),
                "seq": self._seq,
                "tries": int(was_tried),
                "made": now,
                "next": now + timedelta(seconds=pause) if was_tried else now,
                "reason": reason if was_tried else None,
            }
            writes.append(
                UpdateOne({"_id": f"{self.name}:{event.key}"}, {"$setOnInsert": fields}, upsert=True)
            )
        if writes:
            self._queue.bulk_write(writes)

    def due(self, now: datetime, most: int) -> list[Held]:
        """The first waiting event of each post, if it is due: those tried least come first."""
        steps: list[Document] = [
            {"$match": {"webhook": self.name}},
            {"$sort": {"post": ASCENDING, "seq": ASCENDING}},
            {"$group": {"_id": "$post", "first": {"$first": "$$ROOT"}}},
            {"$replaceWith": "$first"},
            {"$match": {"next": {"$lte": now}}},
            {"$sort": {"tries": ASCENDING, "seq": ASCENDING}},
            {"$limit": most},
        ]
        return [
            Held(Event.from_document(each), each["tries"], each["made"], each["_id"])
            for each in self._queue.aggregate(steps)
        ]

    def done(self, held: Iterable[Held]) -> None:
        """Removes events that were delivered."""
        if writes := [DeleteOne({"_id": each.key}) for each in held]:
            self._queue.bulk_write(writes)

    def put_off(self, held: Iterable[Held], pauses: Mapping[str, float], now: datetime, reason: str) -> None:
        """Has events wait for so many more seconds, by their keys."""
        writes = [
            UpdateOne(
                {"_id": each.key},
                {
                    "$set": {"next": now + timedelta(seconds=pauses[each.key]), "reason": reason},
                    "$inc": {"tries": 1},
                },
            )
            for each in held
        ]
        self._queue.bulk_write(writes)

    def hurry(self, now: datetime) -> None:
        """Makes all due: the receiver is back."""
        self._queue.update_many({"webhook": self.name, "next": {"$gt": now}}, {"$set": {"next": now}})

    def give_up(self, before: datetime, now: datetime, reason: str) -> int:
        """Moves events that were to be delivered before a time to the dead letters; returns how many."""
        old = {"webhook": self.name, "made": {"$lte": before}}
        found = list(self._queue.find(old, sort=[("made", 1)], limit=MOST_MOVED))
        if found:
            letters = [{**each, "moved": now, "reason": each.get("reason") or reason} for each in found]
            self._dead.bulk_write([ReplaceOne({"_id": each["_id"]}, each, upsert=True) for each in letters])
            self._queue.delete_many({"_id": {"$in": [each["_id"] for each in found]}})
        return len(found)


def retry(database: Database[Document], name: str, now: datetime) -> int:
    """Has the dead letters of a webhook wait again, and ends its pause; returns their number.

    Raises UsageError for a webhook that was never delivered.
    """
    fresh = {"disabled": None, "paused_until": None, "failures": 0, "failing_since": None}
    _known(database, name)
    moved = 0
    while found := list(database[DEAD].find({"webhook": name}, sort=[("seq", 1)], limit=MOST_MOVED)):
        back = [
            {key: value for key, value in each.items() if key != "moved"}
            | {"tries": 0, "made": now, "next": now}
            for each in found
        ]
        database[QUEUE].bulk_write([ReplaceOne({"_id": each["_id"]}, each, upsert=True) for each in back])
        database[DEAD].delete_many({"_id": {"$in": [each["_id"] for each in found]}})
        moved += len(found)
    database[QUEUE].update_many({"webhook": name}, {"$set": {"next": now}})
    database[STATES].update_one({"_id": name}, {"$set": fresh})
    return moved


def discard(database: Database[Document], name: str) -> int:
    """Removes the dead letters of a webhook; returns their number. Raises UsageError."""
    _known(database, name)
    return database[DEAD].delete_many({"webhook": name}).deleted_count


@dataclass(frozen=True, slots=True)
class WebhookState:
    """What a listing shows of a webhook."""

    name: str
    state: str  #: `delivering`, `failing`, `disabled`, `not running`
    shown: Mapping[str, Any]
    queued: int
    dead: int
    delivered: int
    failures: int  #: in a row
    lag: float  #: seconds since the oldest event that waits; 0: none does
    read: datetime | None  #: when somebody delivered it last
    at: datetime | None  #: the position: changes until then were delivered, or wait
    last_success: datetime | None
    failing_since: datetime | None
    reason: str | None  #: why it is failing or disabled
    gap: datetime | None  #: since when changes may have been missed: the history was too short

    def is_in_trouble(self, now: datetime) -> bool:
        """Whether somebody should be told: its receiver wants no more, or has taken nothing for a while."""
        is_late = self.failing_since is not None and now - self.failing_since > PATIENCE
        return self.state == "disabled" or (self.state == "failing" and is_late)

    @property
    def words(self) -> str:
        """Why it does not deliver, in one line."""
        if self.state == "disabled":
            return f"disabled: {self.reason}; newscrawl webhooks retry {self.name}"
        return str(self.reason or self.state)


PATIENCE = timedelta(minutes=5)  #: that a receiver may fail before anybody is told
STANDS_STILL = timedelta(minutes=10)  #: without a sign of a sender, after which none counts as running


def states(database: Database[Document], now: datetime | None = None) -> list[WebhookState]:
    """All webhooks that were ever delivered, by name."""
    now = now or datetime.now(UTC)
    dead = _counts(database, DEAD)
    queued = {
        each["_id"]: each
        for each in database[QUEUE].aggregate(
            [{"$group": {"_id": "$webhook", "n": {"$sum": 1}, "oldest": {"$min": "$at"}}}]
        )
    }
    return [
        _state(each, queued.get(each["_id"], {}), dead.get(each["_id"], 0), now)
        for each in database[STATES].find(sort=[("_id", 1)])
    ]


def _state(document: Document, queued: Document, dead: int, now: datetime) -> WebhookState:
    failing, disabled, read = document.get("failing_since"), document.get("disabled"), document.get("read")
    state = "delivering"
    if disabled:
        state = "disabled"
    elif read is None or now - read > STANDS_STILL:
        state = "not running"
    elif failing:
        state = "failing"
    oldest = queued.get("oldest")
    return WebhookState(
        name=document["_id"],
        state=state,
        shown=document.get("shown") or {},
        queued=queued.get("n", 0),
        dead=dead,
        delivered=document.get("delivered", 0),
        failures=document.get("failures", 0),
        lag=max((now - oldest).total_seconds(), 0.0) if oldest else 0.0,
        read=read,
        at=document.get("at"),
        last_success=document.get("last_success"),
        failing_since=failing,
        reason=disabled or document.get("reason"),
        gap=document.get("gap"),
    )


def _counts(database: Database[Document], collection: str) -> dict[str, int]:
    found = database[collection].aggregate([{"$group": {"_id": "$webhook", "n": {"$sum": 1}}}])
    return {each["_id"]: each["n"] for each in found}


def _known(database: Database[Document], name: str) -> None:
    if database[STATES].find_one({"_id": name}, {"_id": 1}) is None:
        names = ", ".join(sorted(database[STATES].distinct("_id"))) or "none yet"
        raise UsageError(f"no webhook {name!r} was ever delivered from this database; known: {names}")
