"""Opens the archive that a run writes to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newscrawl.paths import database_name
from newscrawl.store.dry_run import DryArchive

if TYPE_CHECKING:
    from collections.abc import Callable

    from newscrawl.store.archive import Archive
    from newscrawl.store.delivery import OnOutcome


async def open_archive(
    on_outcome: OnOutcome,
    *,
    dry: bool,
    replace: bool = False,
    stopping: Callable[[], bool] = bool,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Archive | DryArchive:
    """The archive of the database that is in use; with `dry`, one that writes nothing.

    `replace`: a page that is no longer the stored article replaces it all the same. `stopping` says whether
    the crawl is being ended: from then on nobody waits for room on a full disk. `clock` gives the time of
    each record, aware, UTC.
    Raises DatabaseUnavailable where MongoDB can be neither reached nor started.
    """
    if dry:
        return DryArchive(on_outcome)
    from newscrawl.store.archive import Archive, ArchiveOptions  # slow to import

    return await Archive.open(
        ArchiveOptions(database=database_name(), replace=replace, stopping=stopping, clock=clock),
        on_outcome,
    )
