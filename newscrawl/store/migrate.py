"""migrate: migrates `posts` and `revisions` to this program's schema version, step by step.

A step is a pure function, document of version n -> fields to set for version n + 1. Batches come from the
version index, which migrated documents leave, so a run continues where a killed one ended. An update applies
only if the document is still as it was read (version, revision, content hash): a crawl that changes it
meanwhile writes the new version anyway. Repeating a migration changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne

from newscrawl.errors import NewerPosts, NewscrawlError
from newscrawl.model.post import SCHEMA_VERSION
from newscrawl.search.near_duplicates import story_of
from newscrawl.store.indexes import MARKS_KEPT
from newscrawl.store.merge_posts import merge_doubles
from newscrawl.store.record import without_bands
from newscrawl.store.story_links import MARKS
from newscrawl.text.slugs import slug
from newscrawl.text.urls import canonical_url

if TYPE_CHECKING:
    from pymongo.database import Database

    from newscrawl.store.client import Document

Step = Callable[[Mapping[str, Any]], dict[str, Any]]
OnProgress = Callable[[int], None]

COLLECTIONS = ("posts", "revisions")
NEWEST = [("schema_version", -1)]  #: finds the newest version through the index
MARKER = "schema"  #: `_id` in `meta` of the last schema made, and whether a migration is due
_BATCH = 500
_IDLE = 20  # batches in a row that others changed meanwhile


@dataclass(frozen=True, slots=True)
class Due:
    """What a migration would do."""

    old: dict[str, dict[int, int]]  #: collection -> version -> outdated documents
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
    """Version 2: fills `story`, and adds the post to the full-text index.

    The post gets a story of its own: older reposts are not searched for, but later ones find it. States in
    `revisions` stay as they were.
    """
    if "post" in document or document.get("story") is not None:
        return {}
    story = story_of(document["_id"], document["body"]["text"])
    return {"story": story.to_document() if story else None, "search_pending": True}


def to_3(document: Mapping[str, Any]) -> dict[str, Any]:
    """Version 3. Posts: removes the post's own headline from its categories (it came from breadcrumbs that
    end with it; the outlet's category stays, whatever its name), and reindexes the post if a Turkish i is
    folded differently. Posts and `revisions`: `canonical_url` as in RFC 3986, without the parameters of the
    public lists.

    The `_id` stays, because readers hold it. `canonical_url` identifies an article with the same address.
    """
    made: dict[str, Any] = {}
    address = canonical_url(str(document["canonical_url"]))
    if address != document["canonical_url"]:
        made["canonical_url"] = address
    if "post" in document:
        return made
    outlet = (document.get("source") or {}).get("slug")
    headline = slug(document["title"])
    kept = [one for one in document["categories"] if one == outlet or one != headline]
    if len(kept) < len(document["categories"]):
        made["categories"] = kept
    texts = (document["title"], document.get("digest") or "", document["body"]["text"])
    if any("\u0130" in text or "\u0131" in text for text in texts):
        made["search_pending"] = True
    return made


def to_4(document: Mapping[str, Any]) -> dict[str, Any]:
    """Version 4: removes `bands` from `story`; `_keep_marks` puts those of recent posts into
    `story_marks`."""
    story = document.get("story")
    return {"story": without_bands(story)} if story and "bands" in story else {}


#: Target version -> step.
STEPS: Mapping[int, Step] = MappingProxyType({2: to_2, 3: to_3, 4: to_4})


def changes(document: Mapping[str, Any], steps: Mapping[int, Step] = STEPS) -> dict[str, Any]:
    """The fields to set for the newest version; empty if the document has it."""
    made: dict[str, Any] = {}
    for version in range(int(document["schema_version"]) + 1, SCHEMA_VERSION + 1):
        made |= steps[version]({**document, **made})
        made["schema_version"] = version
    return made


def take_due(database: Database[Document]) -> Due:
    """Counts outdated documents; reads only the version index."""
    return Due({name: versions for name in COLLECTIONS if (versions := _old(database, name))})


def check_versions(database: Database[Document]) -> None:
    """Raises NewerPosts if a document is newer than this program."""
    for name in COLLECTIONS:
        refuse_newer(database[name].find_one({}, {"schema_version": 1}, sort=NEWEST), database.name)


def refuse_newer(newest: Mapping[str, Any] | None, database: str) -> None:
    """Raises NewerPosts if `newest`, a collection's newest document, is newer than this program."""
    version = (newest or {}).get("schema_version") or 0
    if version > SCHEMA_VERSION:
        raise NewerPosts(
            f"database {database} has posts of schema version {version}, this newscrawl supports"
            f" {SCHEMA_VERSION}: update newscrawl, or name another database (NEWSCRAWL_DATABASE)"
        )


def migrate(database: Database[Document], on_progress: OnProgress = lambda _: None) -> int:
    """Migrates all documents to SCHEMA_VERSION, merges posts with one address; returns how many were
    migrated.

    Raises NewerPosts; NewscrawlError if documents change faster than it can follow.
    """
    check_versions(database)
    marker = database["meta"].find_one({"_id": MARKER}) or {}
    done = 0
    for name in COLLECTIONS:
        idle = 0
        while batch := _batch(database, name):
            if name == "posts":
                _keep_marks(database, batch)
            changed = database[name].bulk_write([_update(one) for one in batch], ordered=False).modified_count
            idle = 0 if changed else idle + 1
            if idle == _IDLE:
                raise NewscrawlError(f"{name} keep changing: stop other processes, then migrate")
            done += changed
            on_progress(done)
    if done or marker.get("due"):
        merge_doubles(database)
    database["meta"].update_one({"_id": MARKER}, {"$set": {"due": False}})
    return done


def _batch(database: Database[Document], name: str) -> Sequence[Document]:
    wanted = {"schema_version": {"$lt": SCHEMA_VERSION}}
    return database[name].find(wanted, sort=[("schema_version", 1)], limit=_BATCH).to_list()


def _keep_marks(database: Database[Document], posts: Sequence[Document]) -> None:
    """Copies the bands of recently stored posts into `story_marks` before they are removed from the posts.
    Posts of version 1 have none."""
    since = datetime.now(UTC) - timedelta(seconds=MARKS_KEPT)
    marks = [
        {"_id": post["_id"], "date": post["date"], "stored": post["first_seen"], "story": post["story"]}
        for post in posts
        if post["first_seen"] > since and (post.get("story") or {}).get("bands")
    ]
    if marks:
        writes = [UpdateOne({"_id": each["_id"]}, {"$setOnInsert": each}, upsert=True) for each in marks]
        database[MARKS].bulk_write(writes, ordered=False)


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
