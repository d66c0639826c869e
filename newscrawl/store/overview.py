"""What `newscrawl db status` shows: server, database, spool."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pymongo.errors import ExecutionTimeout

from newscrawl.errors import DatabaseUnavailable
from newscrawl.paths import database_name, home
from newscrawl.store.client import connect, mask, reaching
from newscrawl.store.half_restored import half_restored
from newscrawl.store.migrate import take_due
from newscrawl.store.server import embedded
from newscrawl.store.spool import Backlog, backlog

if TYPE_CHECKING:
    from pymongo.collection import Collection

    from newscrawl.store.client import Document

_PATIENCE = 2000  # milliseconds
_Look = tuple[str | None, int | None, dict[str, int], str | None, str | None]


@dataclass(frozen=True, slots=True)
class Overview:
    """The state of the store. Without a running server, the last six fields have their defaults."""

    running: bool
    origin: str | None  #: `MONGODB_URI`, `PATH` or `wheel`; None: never started
    address: str | None  #: without password
    version: str | None  #: of the server, `6.0.5`
    pid: int | None  #: of the embedded server
    folder: str | None  #: of the embedded server's data and log
    database: str
    bytes: int | None = None  #: on disk, indexes included
    collections: dict[str, int] = field(default_factory=dict)  #: name -> documents
    spool: Backlog = field(default_factory=Backlog)
    #: `of the dump of 2026-12-01 02:10 UTC, 12,000 documents`; None: no restore was interrupted
    half_restored: str | None = None
    migration_due: str | None = None  #: `310 posts of version 1`; None: nothing to migrate


def take_overview() -> Overview:
    """Inspects the store; starts nothing. Raises DatabaseUnavailable for a server that does not answer."""
    name = database_name()
    waiting = backlog(home() / "spool", name)
    if address := os.environ.get("MONGODB_URI"):
        try:
            version, size, counts, due, restore = _look(name)
        except DatabaseUnavailable as error:
            if not waiting.documents:
                raise
            raise DatabaseUnavailable(f"{error}; {waiting.documents:,} documents wait in the spool") from None
        origin, shown = "MONGODB_URI", mask(address)
        return Overview(True, origin, shown, version, None, None, name, size, counts, waiting, restore, due)
    status = embedded.status()
    try:
        stopped: _Look = (status.version, None, {}, None, None)
        version, size, counts, due, restore = _look(name) if status.running else stopped
    except DatabaseUnavailable:
        raise DatabaseUnavailable(
            f"the embedded MongoDB runs, pid {status.pid}, but does not answer; its log is"
            f" {status.folder / 'mongod.log'}, and newscrawl db down, or kill -9 {status.pid}, ends it;"
            f" {waiting.documents:,} documents wait in the spool"
        ) from None
    return Overview(
        running=status.running,
        origin=status.origin,
        address=f"127.0.0.1:{status.port}" if status.port else None,
        version=version,
        pid=status.pid,
        folder=str(status.folder),
        database=name,
        bytes=size,
        collections=counts,
        spool=waiting,
        half_restored=restore,
        migration_due=due,
    )


def _look(name: str) -> _Look:
    """The server's version, the database's size and collections, due migrations, and an interrupted
    restore."""
    with reaching(), connect("reader") as reader:
        database = reader[name]
        stats = database.command("dbStats")
        counts = {each: _count(database[each]) for each in sorted(database.list_collection_names())}
        size = int(stats["storageSize"] + stats["indexSize"])
        due = str(take_due(database)) or None
        return reader.server_info()["version"], size, counts, due, half_restored(database)


def _count(collection: Collection[Document]) -> int:
    """Its number of documents; if counting takes long, the server's estimate, which is wrong after a kill
    -9."""
    try:
        return collection.count_documents({}, hint="_id_", maxTimeMS=_PATIENCE)
    except ExecutionTimeout:
        return collection.estimated_document_count()
