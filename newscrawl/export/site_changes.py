"""What a site's export asks the database: which posts there are, which changed, and the posts themselves.

The ids of a choice come out of its index alone, without a post being read, so that an export of what
changed costs little however large the database is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from newscrawl.home import database_name
from newscrawl.post import Post
from newscrawl.read import Query
from newscrawl.read.posts import NEWEST_FIRST
from newscrawl.store.client import connect, reaching

if TYPE_CHECKING:
    from pymongo import MongoClient

_BATCH = 10_000  # ids that the server sends at once


class Source:
    """The database's posts. A context manager; every method may raise DatabaseUnavailable."""

    def __init__(self) -> None:
        self._client: MongoClient[dict[str, Any]] = connect("reader")
        self.name = database_name()
        self._posts = self._client[self.name]["posts"]

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ids(self, query: Query) -> Iterator[str]:
        """Of the posts that a query chooses, newest first."""
        with reaching(), self._posts.find(query.to_filter(), {"_id": 1}, limit=query.limit or 0) as cursor:
            for document in cursor.sort(NEWEST_FIRST).batch_size(_BATCH):
                yield document["_id"]

    def changed(self, since: datetime) -> Iterator[tuple[str, int]]:
        """Id and revision of the posts that got a revision since then."""
        asked = {"updated": {"$gte": since}}
        with reaching(), self._posts.find(asked, {"revision": 1}, batch_size=_BATCH) as cursor:
            for document in cursor:
                yield document["_id"], document["revision"]

    def existing(self, ids: list[str]) -> set[str]:
        """Those of the ids that are still in the database."""
        with reaching():
            return {document["_id"] for document in self._posts.find({"_id": {"$in": ids}}, {"_id": 1})}

    def posts(self, ids: list[str]) -> list[Post]:
        """The posts of these ids that are still there."""
        with reaching():
            return [Post.from_document(document) for document in self._posts.find({"_id": {"$in": ids}})]

    def is_empty(self) -> bool:
        """Whether the database has no post at all."""
        with reaching():
            return self._posts.find_one({}, {"_id": 1}) is None
