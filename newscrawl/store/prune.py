"""Removes old runs and rejects, which otherwise grow without limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.collection import Collection
from pymongo.database import Database

_BATCH = 1000  # documents per removal, so that other writers get a turn


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many documents were removed, or would be."""

    runs: int
    rejects: int

    def __str__(self) -> str:
        return f"{self.runs:,} runs and {self.rejects:,} rejects"


def prune(database: Database[dict[str, Any]], before: datetime, *, dry_run: bool = False) -> Pruned:
    """Removes runs started, and rejects last seen, before a time (aware); oldest first.

    Never removes posts or revisions. Safe to interrupt and rerun, and to run during crawls.
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
        # Check the age again: a document seen meanwhile stays.
        gone = collection.delete_many({"_id": {"$in": ids}, **old}).deleted_count
        removed += gone
        if not gone:
            break
    return removed
