"""Leases in MongoDB, for crawls on many machines: collection `leases`, one document per spider and host.

All times are the server's (`$$NOW`). A lease that is not renewed expires; the next holder's token is greater
by one, by which the previous holder notices its loss when it renews. Fields: docs/data.md.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument, UpdateOne
from pymongo.errors import DuplicateKeyError, PyMongoError

from newscrawl.errors import DatabaseUnavailable
from newscrawl.locks import (
    MAX_DELAY,
    FileLeases,
    Holder,
    Lease,
    Leases,
    lease_life,
    pages_key,
    refusal,
    steady,
    this_process,
)
from newscrawl.paths import database_name
from newscrawl.store.client import check_server, connect, in_short, reaching

if TYPE_CHECKING:
    from pymongo import MongoClient
    from pymongo.collection import Collection as MongoCollection
    from pymongo.database import Database

    from newscrawl.store.client import Document
    from newscrawl.store.server.credentials import Role

logger = logging.getLogger(__name__)

COLLECTION = "leases"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_PATIENCE = 5.0  # seconds for one operation, or a quarter of a shorter life


def open_leases(role: Role = "writer") -> Leases:
    """Leases in the database of MONGODB_URI; with the embedded server, which serves one machine, locks in the
    home folder. A `reader` may only look. Raises UsageError for an invalid NEWSCRAWL_LEASE_SECONDS."""
    return MongoLeases(lease_life(), role) if os.environ.get("MONGODB_URI") else FileLeases()


def holding_pages() -> Callable[[str], AbstractContextManager[None]]:
    """A context that holds a file of kept pages by name; raises PagesBusy, DatabaseUnavailable."""
    leases = open_leases()

    @contextmanager
    def held(name: str) -> Iterator[None]:
        lease = leases.take(pages_key(name))
        try:
            yield
        finally:
            lease.release()

    return held


class MongoLeases:
    """Leases in the collection `leases` of the database in use. Connects on first use."""

    in_store = True

    def __init__(self, life: float, role: Role = "writer") -> None:
        self.life, self._role = life, role
        self._claim = secrets.token_hex(8)  # unique to us: identifies our lease if a reply got lost
        self._held: dict[str, MongoLease] = {}
        self._client: MongoClient[Document] | None = None

    def take(self, name: str) -> Lease:
        """As in `Leases`."""
        if (held := self._held.get(name)) and held.is_ours():
            raise refusal(name, this_process())
        asked = steady()
        found = self._take(name)
        assert found is not None
        if found.get("claim") != self._claim:
            raise refusal(name, holder_of(found))
        left = found.get("next_request_at", _NEVER) - found["since"]
        wait = min(max(left.total_seconds(), 0.0), MAX_DELAY)
        self._held[name] = lease = MongoLease(self, name, found["token"], asked + self.life, wait)
        return lease

    def holders(self, names: Collection[str] | None = None) -> dict[str, Holder]:
        """As in `Leases`; without names, all held leases."""
        held: dict[str, Any] = {"$expr": {"$gt": ["$until", "$$NOW"]}}
        if names is not None:
            held["_id"] = {"$in": list(names)}
        with asking():
            return {found["_id"]: holder_of(found) for found in self._leases.find(held)}

    def renew(self, leases: Sequence[Lease]) -> bool:
        """As in `Leases`; in one operation."""
        asked = steady()
        ours = [lease for lease in self._mine(leases) if lease.is_ours()]
        for lease in self._mine(leases):
            if lease not in ours:
                lease.lost = True
        if ours:
            matched = self._write(ours, lambda lease: {"until": _later(self.life), "delay": lease.delay})
            for lease in ours:
                lease.until = asked + self.life
            if matched < len(ours):
                self._find_lost(ours)
        return all(lease.is_ours() for lease in leases)

    def release(self, leases: Sequence[Lease]) -> None:
        """Releases these in one operation; never raises: an unreleased lease expires."""
        ours = [lease for lease in self._mine(leases) if not lease.lost]
        for lease in ours:
            self._held.pop(lease.name, None)
            lease.lost = True
        with suppress(DatabaseUnavailable):
            self._write(ours, lambda lease: _given_back(lease.until_next))

    def close(self) -> None:
        """Closes the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None

    @property
    def _leases(self) -> MongoCollection[Document]:
        if self._client is None:
            patience = int(min(_PATIENCE, self.life / 4) * 1000)
            names = ("serverSelectionTimeoutMS", "connectTimeoutMS", "socketTimeoutMS")
            client = connect(self._role, **dict.fromkeys(names, patience))
            try:
                check_server(client)
            except BaseException:
                client.close()
                raise
            self._client = client
        return self._client[database_name()][COLLECTION]

    def _take(self, name: str) -> Document | None:
        """The lease's document after trying to take it."""
        for attempt in range(3):
            try:
                with asking():
                    return self._leases.find_one_and_update(
                        {"_id": name},
                        _taking(self._claim, self.life),
                        upsert=True,
                        return_document=ReturnDocument.AFTER,
                    )
            except DuplicateKeyError:  # two inserted the document at once
                if attempt == 2:
                    raise
        raise AssertionError

    def _write(self, leases: Sequence[MongoLease], change: Any) -> int:
        """Changes the leases that are still ours; returns their number."""
        writes = [
            UpdateOne(
                {"_id": lease.name, "token": lease.token, "claim": self._claim}, [{"$set": change(lease)}]
            )
            for lease in leases
        ]
        if not writes:
            return 0
        with asking():
            return self._leases.bulk_write(writes, ordered=False).matched_count

    def _find_lost(self, leases: Sequence[MongoLease]) -> None:
        with asking():
            found = {
                each["_id"]: each for each in self._leases.find({"_id": {"$in": [x.name for x in leases]}})
            }
        for lease in leases:
            document = found.get(lease.name, {})
            if (document.get("token"), document.get("claim")) != (lease.token, self._claim):
                lease.lost = True
                logger.error("The lease of %s was lost to %s", lease.name, holder_of(document))

    def _mine(self, leases: Iterable[Lease]) -> list[MongoLease]:
        return [lease for lease in leases if isinstance(lease, MongoLease) and lease.of is self]


class MongoLease:
    """A lease that we believe we hold."""

    def __init__(self, of: MongoLeases, name: str, token: int, until: float, wait: float) -> None:
        self.of, self.name, self.token, self.wait = of, name, token, wait
        self.until = until  #: by `steady`: the last renewal's request time plus the lease's life
        self.lost = False
        self.delay = 0  #: milliseconds between two requests to the host
        self._next = steady() + wait

    def is_ours(self) -> bool:
        """As in `Lease`. Once False, always False."""
        if not self.lost and steady() >= self.until:
            self.lost = True
        return not self.lost

    def renew(self) -> bool:
        """As in `Lease`."""
        return self.of.renew([self])

    def asked(self, delay: float) -> None:
        """As in `Lease`."""
        self.delay = int(min(delay, MAX_DELAY) * 1000)
        self._next = steady() + min(delay, MAX_DELAY)

    @property
    def until_next(self) -> int:
        """Milliseconds until the next request to the host is allowed."""
        return int(max(self._next - steady(), 0.0) * 1000)

    def release(self) -> None:
        """As in `Lease`."""
        self.of.release([self])


def server_time(database: Database[Document]) -> datetime:
    """The server's time, aware, UTC."""
    answer = database.command("hello", codec_options=database.codec_options)
    now: datetime = answer["localTime"]
    return now


@contextmanager
def asking() -> Iterator[None]:
    """Turns any MongoDB error into DatabaseUnavailable."""
    try:
        with reaching():
            yield
    except DuplicateKeyError:
        raise
    except PyMongoError as error:
        raise DatabaseUnavailable(f"MongoDB cannot be used: {in_short(str(error))}") from None


def holder_of(document: Document) -> Holder:
    """The holder named in a document of `leases`."""
    said = document.get("holder") or {}
    return Holder(said.get("pid"), document.get("since"), said.get("host"), said.get("home"), said.get("job"))


def _taking(claim: str, life: float) -> list[Document]:
    """The update that takes a lease if it is free.

    A holder that did not release it may have sent a request at the last moment.
    """
    holder = this_process()
    free = {"$lte": [{"$ifNull": ["$until", _NEVER]}, "$$NOW"]}
    known_delay = {"$add": [{"$ifNull": ["$until", _NEVER]}, {"$ifNull": ["$delay", 0]}]}
    ours = {
        "claim": claim,
        # Literal: a folder may be named `$x`.
        "holder": {
            "$literal": {"host": holder.host, "pid": holder.pid, "home": holder.home, "job": holder.job}
        },
        "since": "$$NOW",
        "until": _later(life),
        "token": {"$add": [{"$ifNull": ["$token", 0]}, 1]},
        "delay": {"$ifNull": ["$delay", 0]},
        "next_request_at": {"$max": [{"$ifNull": ["$next_request_at", _NEVER]}, known_delay]},
    }
    taken = {"$mergeObjects": ["$$ROOT", ours]}
    return [{"$replaceWith": {"$cond": [{"$or": [{"$eq": ["$claim", claim]}, free]}, taken, "$$ROOT"]}}]


def _given_back(milliseconds: int) -> Document:
    return {
        "claim": None,
        "until": "$$NOW",
        "delay": 0,
        "next_request_at": {"$add": ["$$NOW", milliseconds]},
    }


def _later(seconds: float) -> Document:
    return {"$add": ["$$NOW", int(timedelta(seconds=seconds).total_seconds() * 1000)]}
