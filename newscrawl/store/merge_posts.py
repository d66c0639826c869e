"""merge_doubles: of two posts with one address the older stays, and the newer becomes part of its history."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from newscrawl.store.same_post import is_same
from newscrawl.store.story_links import MARKS

if TYPE_CHECKING:
    from pymongo.client_session import ClientSession
    from pymongo.database import Database

    from newscrawl.store.client import Document


def merge_doubles(database: Database[Document]) -> int:
    """Merges posts with the same address, one transaction each; returns how many were merged into others.

    Safe to interrupt and rerun.
    """
    merged = 0
    for group in _groups(database):
        older, *newer = sorted(group, key=lambda post: (post["first_seen"], post["_id"]))
        held = {"_id": older["_id"], "crawl": {"spider": older["spider"]}}
        for post in newer:
            if is_same(post["_id"], post["spider"], held):
                merge = partial(_merge, database, older["_id"], post["_id"])
                with database.client.start_session() as session:
                    session.with_transaction(merge)
                merged += 1
    return merged


def _groups(database: Database[Document]) -> Iterator[list[dict[str, Any]]]:
    """Posts with the same address, over http or https, except home pages, which are not articles."""
    address = {"$replaceOne": {"input": "$canonical_url", "find": "http://", "replacement": "https://"}}
    post = {"_id": "$_id", "first_seen": "$first_seen", "spider": "$crawl.spider"}
    stages: list[dict[str, Any]] = [
        {"$match": {"canonical_url": {"$not": {"$regex": "^https?://[^/]*/?$"}}}},
        {"$group": {"_id": address, "posts": {"$push": post}, "count": {"$sum": 1}}},
        {"$match": {"count": {"$gt": 1}}},
    ]
    for group in database["posts"].aggregate(stages, allowDiskUse=True):
        yield group["posts"]


def _merge(database: Database[Document], older: str, newer: str, session: ClientSession) -> None:
    posts, revisions = database["posts"], database["revisions"]
    kept, taken = (posts.find_one({"_id": one}, session=session) for one in (older, newer))
    if kept is None or taken is None:
        return  # removed meanwhile
    # Where the newer post's states belong among the older's is unknown: they get no revision number.
    revisions.update_many({"post": newer}, {"$set": {"post": older, "revision": None}}, session=session)
    if taken["content_hash"] != kept["content_hash"]:
        state = {name: value for name, value in taken.items() if name != "search_pending"}
        state |= {"_id": f"{older}@merged-{newer}", "post": older, "revision": None}
        revisions.insert_one(state, session=session)
    ids = [post["_id"] for post in posts.find({"story.first": newer}, {"_id": 1}, session=session)]
    for collection in (posts, database[MARKS]):
        collection.update_many({"_id": {"$in": ids}}, {"$set": {"story.first": older}}, session=session)
    database[MARKS].delete_one({"_id": newer}, session=session)
    posts.update_one({"_id": older}, {"$max": {"last_seen": taken["last_seen"]}}, session=session)
    posts.delete_one({"_id": newer}, session=session)
