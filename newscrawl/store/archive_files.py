"""Which foreign WARC files were read, and how far: collection `archives`, one document per file and choice.

A reader holds the file's lease (newscrawl.locks, newscrawl.store.leases). It saves a position once everything
before it is stored, so a killed reader repeats at most its last batch.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument

from newscrawl.errors import LeaseLost

if TYPE_CHECKING:
    from pymongo.database import Database

    from newscrawl.locks import Lease
    from newscrawl.store.client import Document

COLLECTION = "archives"


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """A file as found, and the choice of pages to take."""

    name: str  #: path or URL
    size: int | None  #: bytes; None if its server does not say
    etag: str | None  #: of its server
    head: str  #: digest of its beginning
    choice: str  #: which pages are taken: `sources=all any`

    @property
    def id(self) -> str:
        """Depends only on content and choice, not on location; 32 hex digits."""
        parts = (str(self.size), self.etag or "", self.head, self.choice)
        return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


@dataclass(slots=True)
class Progress:
    """How far a file was read, and the outcomes of its records."""

    offset: int = 0
    records: int = 0
    done: bool = False
    counts: Counter[str] = field(default_factory=Counter)  #: outcome -> pages
    skipped: Counter[str] = field(default_factory=Counter)  #: reason -> records skipped
    reasons: Counter[str] = field(default_factory=Counter)  #: of rejects and of pages that are not articles


def begin(database: Database[Document], file: ArchiveFile, lease: Lease, now: datetime) -> Progress:
    """The file's earlier progress; from now on only this lease's holder may write its document."""
    found = database[COLLECTION].find_one_and_update(
        {"_id": file.id},
        {
            "$set": {
                "name": file.name,
                "size": file.size,
                "etag": file.etag,
                "head": file.head,
                "choice": file.choice,
                "token": lease.token,
                "updated": now,
            },
            "$setOnInsert": {"since": now, "finished": None, **_values(Progress())},
        },
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    assert found is not None  # upsert
    return progress_of(found)


def save(
    database: Database[Document], file: ArchiveFile, progress: Progress, lease: Lease, now: datetime
) -> None:
    """Writes a file's progress. Raises LeaseLost if another process has taken it over."""
    finished = now if progress.done else None
    done = database[COLLECTION].update_one(
        {"_id": file.id, "token": lease.token},
        {"$set": {**_values(progress), "updated": now, "finished": finished}},
    )
    if not done.matched_count or not lease.is_ours():
        raise LeaseLost(f"{file.name}: another process is reading this file now, from the last batch on")


def list_files(database: Database[Document]) -> list[Document]:
    """The documents of all files, latest first."""
    return list(database[COLLECTION].find(sort=[("updated", -1)]))


def progress_of(document: Document) -> Progress:
    """From a document of the collection."""
    return Progress(
        document["position"]["offset"],
        document["position"]["records"],
        document["finished"] is not None,
        Counter({one["name"]: one["count"] for one in document["counts"]}),
        Counter({one["name"]: one["count"] for one in document["skipped"]}),
        Counter({one["name"]: one["count"] for one in document["reasons"]}),
    )


_MOST_REASONS = 50


def _values(progress: Progress) -> dict[str, Any]:
    return {
        "position": {"offset": progress.offset, "records": progress.records},
        "counts": _named(progress.counts),
        "skipped": _named(progress.skipped),
        "reasons": _named(progress.reasons),
    }


def _named(counts: Counter[str]) -> list[dict[str, Any]]:
    """As a list: reasons contain text of pages, which may not be a valid field name."""
    return [{"name": name, "count": count} for name, count in counts.most_common(_MOST_REASONS)]
