"""migrate: brings the documents of `posts` and `revisions` to this program's schema version, step by step.

A step is a pure function, document of version n -> fields to set for version n + 1. Documents go in
batches that the index of versions gives: what is done has left it, so a run after a kill goes on where
the other ended. An update holds only where the document still is as it was read (version, revision,
content hash): what a crawl changes meanwhile is written anew by the crawl. Twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne

from newscrawl.errors import NewerPosts, NewscrawlError
from newscrawl.model.post import SCHEMA_VERSION
from newscrawl.search.near_duplicates import story_of
from newscrawl.text.slugs import slug

if TYPE_CHECKING:
    from pymongo.database import Database

    from newscrawl.store.client import Document

Step = Callable[[Mapping[str, Any]], dict[str, Any]]
OnProgress = Callable[[int], None]

COLLECTIONS = ("posts", "revisions")
NEWEST = [("schema_version", -1), ("_id", -1)]  #: order that finds the newest version by the index
MARKER = "schema"  #: `_id` of the document in `meta` that says what was made last, and what is due
_BATCH = 500
_IDLE = 20  # batches in a row that others changed behind our back


@dataclass(frozen=True, slots=True)
class Due:
    """What a migration would do."""

    old: dict[str, dict[int, int]]  #: collection -> version -> documents that are older than the program
    version: int = SCHEMA_VERSION  #: the program's

    @property
    def documents(self) -> int:
        """All of them."""
        return sum(sum(versions.values()) for versions in self.old.values())

    def __str__(self) -> str:
        parts = (
            f"{count:,} {name} of version {version}"
            for name, versions in self.old.items()
            for version, count in sorted(versions.items())
        )
        return ", ".join(parts)


def to_2(document: Mapping[str, Any]) -> dict[str, Any]:
    """Version 2: `story` is filled, and the full-text index takes the post.

    The story is that of a post that is alone: which older posts are reposts of it is not looked for,
    but later ones find it. A state in `revisions` stays as it was.
    """
    if "post" in document or document.get("story") is not None:
        return {}
    story = story_of(document["_id"], document["body"]["text"])
    return {"story": story.to_document() if story else None, "search_pending": True}


def to_3(document: Mapping[str, Any]) -> dict[str, Any]:
    """Version 3: a post's own headline is not among its categories.

    Breadcrumbs that end with the headline made a category of it. The outlet's category stays, whatever its
    name. A state in `revisions` stays as it was.
    """
    if "post" in document:
        return {}
    outlet = (document.get("source") or {}).get("slug")
    headline = slug(document["title"])
    kept = [one for one in document["categories"] if one == outlet or one != headline]
    return {"categories": kept} if len(kept) < len(document["categories"]) else {}


#: Version that a step leads to -> the step.
STEPS: Mapping[int, Step] = MappingProxyType({2: to_2, 3: to_3})


def changes(document: Mapping[str, Any], steps: Mapping[int, Step] = STEPS) -> dict[str, Any]:
    """The fields that bring a document to the newest version; empty where it has that."""
    made: dict[str, Any] = {}
    for version in range(int(document["schema_version"]) + 1, SCHEMA_VERSION + 1):
        made |= steps[version]({**document, **made})
        made["schema_version"] = version
    return made


def take_due(database: Database[Document]) -> Due:
    """Counts what is old; reads the index of versions only."""
    return Due({name: versions for name in COLLECTIONS if (versions := _old(database, name))})


def check_versions(database: Database[Document]) -> None:
    """Raises NewerPosts where a document is newer than this program."""
    for name in COLLECTIONS:
        refuse_newer(database[name].find_one({}, {"schema_version": 1}, sort=NEWEST), database.name)


def refuse_newer(newest: Mapping[str, Any] | None, database: str) -> None:
    """Raises NewerPosts where the document of a collection with the newest version is newer than we."""
    version = (newest or {}).get("schema_version") or 0
    if version > SCHEMA_VERSION:
        raise NewerPosts(
            f"database {database} holds posts of schema version {version}, this newscrawl knows"
            f" {SCHEMA_VERSION}: update newscrawl, or name another database (NEWSCRAWL_DATABASE)"
        )


def migrate(database: Database[Document], on_progress: OnProgress = lambda _: None) -> int:
    """Brings all documents to SCHEMA_VERSION; returns how many this call changed.

    Raises NewerPosts; NewscrawlError where documents change faster than it can follow.
    """
    check_versions(database)
    done = 0
    for name in COLLECTIONS:
        idle = 0
        while batch := _batch(database, name):
            changed = database[name].bulk_write([_update(one) for one in batch], ordered=False).modified_count
            idle = 0 if changed else idle + 1
            if idle == _IDLE:
                raise NewscrawlError(f"{name} are changed all the time by others: end them, then migrate")
            done += changed
            on_progress(done)
    database["meta"].update_one({"_id": MARKER}, {"$set": {"due": False}})
    return done


def _batch(database: Database[Document], name: str) -> Sequence[Document]:
    wanted = {"schema_version": {"$lt": SCHEMA_VERSION}}
    return database[name].find(wanted, sort=[("schema_version", 1), ("_id", 1)], limit=_BATCH).to_list()


def _update(document: Document) -> UpdateOne:
    same = {field: document.get(field) for field in ("_id", "schema_version", "revision", "content_hash")}
    return UpdateOne(same, {"$set": changes(document)})


def _old(database: Database[Document], name: str) -> dict[int, int]:
    groups = database[name].aggregate(
        [
            {"$match": {"schema_version": {"$lt": SCHEMA_VERSION}}},
            {"$group": {"_id": "$schema_version", "documents": {"$sum": 1}}},
        ]
    )
    return {int(group["_id"]): int(group["documents"]) for group in groups}
