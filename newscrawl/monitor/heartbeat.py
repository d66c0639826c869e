"""Heartbeats: each scheduler and worker says in MongoDB that it lives, and what waits on its machine.

Collection `heartbeats`, by the server's clock; docs/data.md has the fields. Any machine sees there that a
process has died.
"""

from __future__ import annotations

import asyncio
import logging
import os
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newscrawl.errors import DatabaseUnavailable
from newscrawl.locks import lease_life, steady
from newscrawl.paths import database_name
from newscrawl.store.client import connect
from newscrawl.store.leases import asking
from newscrawl.store.spool import SUFFIX

if TYPE_CHECKING:
    from pymongo import MongoClient
    from pymongo.database import Database

    from newscrawl.jobs.scheduler import Scheduler
    from newscrawl.jobs.shared_jobs import Role

_log = logging.getLogger(__name__)

Document = dict[str, Any]

COLLECTION = "heartbeats"
STANDSTILL = 60.0  #: seconds without a turn of its loop, after which a scheduler does not count as alive
_PATIENCE = 5000  # milliseconds


class Heartbeat:
    """Writes the heartbeat of one scheduler or worker; one document a machine and home folder."""

    def __init__(
        self, folder: Path, *, shared: bool, life: float | None = None, role: Role = "scheduler"
    ) -> None:
        self.folder, self.shared, self.role = folder, shared, role
        self.life = life or lease_life()
        self.id = f"{platform.node()}:{folder}{':worker' if role == 'worker' else ''}"
        self._started = datetime.now(UTC)
        self._client: MongoClient[Document] | None = None

    async def keep(self, scheduler: Scheduler) -> None:
        """Beats while the scheduler's loop turns, until cancelled; then says that it ended on purpose."""
        try:
            while True:
                if turns(scheduler.turned):
                    await asyncio.to_thread(self.beat, len(scheduler.running), scheduler.max_parallel)
                await asyncio.sleep(self.life / 4)
        finally:
            await asyncio.shield(asyncio.to_thread(self.end))

    def beat(self, running: int, max_parallel: int) -> None:
        """Writes that the scheduler lives; while MongoDB is away, does nothing."""
        since, files = waiting(self.folder / "spool", database_name())
        fields = {
            "host": platform.node(),
            "home": str(self.folder),
            "pid": os.getpid(),
            "started": self._started,
            "role": self.role,
            "shared": self.shared,
            "running": running,
            "max_parallel": max_parallel,
            "spool": {"since": since, "files": files},
        }
        times = {"at": "$$NOW", "until": {"$add": ["$$NOW", int(self.life * 1000)]}, "ended": None}
        self._write({"$literal": fields}, times)

    def end(self) -> None:
        """Writes that the scheduler ended on purpose, and closes the connection."""
        if self._client is not None:
            self._write({}, {"ended": "$$NOW"})
            self._client.close()
            self._client = None

    def _write(self, fields: Document, times: Document) -> None:
        changed = [{"$replaceWith": {"$mergeObjects": ["$$ROOT", fields, times]}}]
        try:
            with asking():
                self._database[COLLECTION].update_one({"_id": self.id}, changed, upsert=bool(fields))
        except DatabaseUnavailable as error:
            _log.debug("no heartbeat: %s", error)
            if self._client is not None:  # the embedded server may come back elsewhere
                self._client.close()
                self._client = None

    @property
    def _database(self) -> Database[Document]:
        if self._client is None:
            self._client = connect("writer", serverSelectionTimeoutMS=_PATIENCE, socketTimeoutMS=_PATIENCE)
        return self._client[database_name()]


def turns(turned: float, clock: Callable[[], float] = steady) -> bool:
    """Whether a scheduler's loop turned lately; `turned` is by `steady`."""
    return clock() - turned < STANDSTILL


def waiting(folder: Path, database: str) -> tuple[datetime | None, int]:
    """Since when posts have been waiting in the spool of this machine, and in how many files. Reads no file:
    their names begin with the time."""
    try:
        names = os.listdir(folder)
    except OSError:
        return None, 0
    stamps = sorted(
        name[len(database) + 1 :]
        for name in names
        if name.startswith(f"{database}@") and name.endswith(SUFFIX)
    )
    if not stamps:
        return None, 0
    try:
        since = datetime.strptime(stamps[0].partition("-")[0], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
    except ValueError:
        since = datetime.now(UTC)
    return since.replace(microsecond=since.microsecond // 1000 * 1000), len(stamps)
