"""Marks a database as half restored while a restore is running or was interrupted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from newscrawl.errors import HalfRestored

if TYPE_CHECKING:
    from pymongo.database import Database

    from newscrawl.store.client import Document

#: `_id` of the note in `meta`: {dump, made, merge, block, documents}. Removed when the restore is done.
RESTORE: Final = "restore"


def half_restored(database: Database[Document]) -> str | None:
    """Describes the interrupted restore; None if there is none."""
    note = database["meta"].find_one({"_id": RESTORE})
    return _words(note) if note else None


def refuse_half_restored(note: Mapping[str, Any] | None, database: str) -> None:
    """Raises HalfRestored for the note of an unfinished restore."""
    if note and not note["merge"]:
        raise HalfRestored(
            f"database {database} is half restored ({_words(note)}): run newscrawl db restore FILE again to"
            " finish it"
        )


def _words(note: Mapping[str, Any]) -> str:
    return f"{note['documents']:,} documents so far, of the dump of {note['made']:%Y-%m-%d %H:%M} UTC"
