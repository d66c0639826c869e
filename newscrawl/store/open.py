"""Opens the archive that a run writes to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from newscrawl.home import database_name
from newscrawl.store.dry import DryArchive

if TYPE_CHECKING:
    from newscrawl.ledger import Outcome
    from newscrawl.store.archive import Archive


async def open_archive(on_outcome: Callable[[str, Outcome], None], *, dry: bool) -> Archive | DryArchive:
    """The archive of the database that is in use; with `dry`, one that writes nothing.

    Raises DatabaseUnavailable where MongoDB can be neither reached nor started.
    """
    if dry:
        return DryArchive(on_outcome)
    from newscrawl.store.archive import Archive, ArchiveOptions  # slow to import

    return await Archive.open(ArchiveOptions(database=database_name()), on_outcome)
