"""Opens the archive that a run writes to."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newscrawl.paths import database_name
from newscrawl.store.dry_run import DryArchive

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.store.archive import Archive
    from newscrawl.store.client import Document
    from newscrawl.store.delivery import OnOutcome

logger = logging.getLogger(__name__)


async def open_archive(  # noqa: PLR0913  # each is an option of a run
    on_outcome: OnOutcome,
    *,
    dry: bool,
    compare: bool = True,
    replace: bool = False,
    stopping: Callable[[], bool] = bool,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    before_write: Callable[[], Awaitable[None]] | None = None,
) -> Archive | DryArchive:
    """The archive of the database in use; with `dry`, one that writes nothing, and with `compare` reports
    what is already stored, if MongoDB can be read.

    `replace`: a page that is no longer the stored article replaces it anyway. `stopping`: whether the crawl
    is stopping; from then on nothing waits for space on a full disk. `clock` gives each record's time, aware,
    UTC. `before_write` is awaited before each batch is written. Raises DatabaseUnavailable if MongoDB can be
    neither reached nor started.
    """
    if dry:
        return DryArchive(on_outcome, await _readable_database() if compare else None)
    from newscrawl.store.archive import Archive, ArchiveOptions  # slow to import

    return await Archive.open(
        ArchiveOptions(
            database=database_name(),
            replace=replace,
            stopping=stopping,
            clock=clock,
            before_write=before_write,
        ),
        on_outcome,
    )


async def _readable_database() -> AsyncDatabase[Document] | None:
    """The database for reading; None if no MongoDB answers. Starts no server."""
    from newscrawl.errors import DatabaseUnavailable
    from newscrawl.store.client import async_client, reaching, running_uri  # slow to import

    try:
        address = await asyncio.to_thread(running_uri, "reader")
        if address is None:
            return None
        client = async_client(address, serverSelectionTimeoutMS=2000)
        with reaching():
            await client.admin.command("ping")
    except DatabaseUnavailable as error:
        logger.warning("The dry run is not compared with stored posts: %s", error)
        return None
    return client[database_name()]
