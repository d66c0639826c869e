"""Copies the jobs' states to MongoDB's collection `jobs`, for readers without the home folder."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pymongo import DeleteMany, ReplaceOne
from pymongo.errors import PyMongoError

from newscrawl.errors import DatabaseUnavailable
from newscrawl.jobs.state import JobState
from newscrawl.paths import database_name

_log = logging.getLogger(__name__)

RETRY_PAUSE = 30.0  #: seconds between attempts while the database is away
DEBOUNCE = 0.2  #: seconds to gather further changes


class MongoStateCopy:
    """Writes one document per job: the fields of JobState, `host` and `home`; times as dates.

    `_id` is `<host>:<home folder>:<job>`: schedulers on several machines can share a database. While the
    database is away, logs a warning; the jobs keep running.
    """

    def __init__(self, folder: Path) -> None:
        self.host, self.home = platform.node(), str(folder)

    async def keep(self, states: Callable[[], list[JobState]], changed: asyncio.Event) -> None:
        """Copies `states()` whenever `changed` is set, until cancelled."""
        is_down = False
        while True:
            await changed.wait()
            changed.clear()
            try:
                await asyncio.to_thread(self._copy, states())
            except (PyMongoError, DatabaseUnavailable) as error:
                if not is_down:
                    _log.warning("jobs are not copied to MongoDB for now (%s); they keep running", error)
                is_down = True
                changed.set()
                await asyncio.sleep(RETRY_PAUSE)
            else:
                is_down = False
                await asyncio.sleep(DEBOUNCE)

    def _copy(self, states: list[JobState]) -> None:
        """Blocking, for use in a thread: a cancelled asyncio client leaks sockets."""
        from newscrawl.store.client import connect, reaching

        documents = [self.document(state) for state in states]
        writes = [ReplaceOne({"_id": document["_id"]}, document, upsert=True) for document in documents]
        gone = {"host": self.host, "home": self.home, "_id": {"$nin": [d["_id"] for d in documents]}}
        with reaching(), connect("writer") as client:
            jobs = client[database_name()]["jobs"]
            jobs.bulk_write([*writes, DeleteMany(gone)], ordered=False)

    def document(self, state: JobState) -> dict[str, Any]:
        """As stored."""
        fields = dataclasses.asdict(state)
        if state.last_run:
            fields["last_run"]["seconds"] = round(state.last_run.seconds, 3)
        identity = f"{self.host}:{self.home}:{state.name}"
        return {"_id": identity, "host": self.host, "home": self.home, **fields}
