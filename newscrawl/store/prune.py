"""What of the database grows and is of no use after a time: runs, and articles that became no post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.collection import Collection
from pymongo.database import Database

_BATCH = 1000  # documents of one removal: other writers come in between


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many documents were removed, or would be."""

    runs: int
    rejects: int

    def __str__(self) -> str:
        return f"{self.runs:,} runs and {self.rejects:,} rejects"


def prune(database: Database[dict[str, Any]], before: datetime, *, dry_run: bool = False) -> Pruned:
    """Removes runs that began, and rejects that were seen last, before a moment (aware); oldest first.

    Posts and their revisions are never removed. May be ended at any time and run again, beside crawls.
    """
    runs = {"started": {"$lt": before}}
    rejects = {"last_seen": {"$lt": before}}
    take = _count if dry_run else _remove
    return Pruned(take(database["runs"], runs), take(database["rejects"], rejects))


def _count(collection: Collection[dict[str, Any]], old: dict[str, Any]) -> int:
    return collection.count_documents(old)


def _remove(collection: Collection[dict[str, Any]], old: dict[str, Any]) -> int:
    removed = 0
    [field] = old
    while ids := [found["_id"] for found in collection.find(old, {"_id": 1}).sort(field, 1).limit(_BATCH)]:
        # Once more with its age: one that was seen again meanwhile stays.
        gone = collection.delete_many({"_id": {"$in": ids}, **old}).deleted_count
        removed += gone
        if not gone:
            break
    return removed
