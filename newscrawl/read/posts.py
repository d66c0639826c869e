"""Posts: the posts of one database, for reading."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self, Unpack

from newscrawl.home import database_name
from newscrawl.post import Post
from newscrawl.read.query import Filters, Query
from newscrawl.read.references import filters_for
from newscrawl.store.client import connect, reaching

if TYPE_CHECKING:
    from pymongo import MongoClient
    from pymongo.database import Database

    from newscrawl.read.watch import Change

LATEST = 20  #: posts that `latest` gives
_BATCH = 200  # posts that the server sends at once: memory stays flat
NEWEST_FIRST = [("date", -1), ("_id", 1)]


class Count(NamedTuple):
    """How many posts there are of one category or outlet."""

    slug: str
    name: str  #: of an outlet, as most of its posts write it; of a category the slug again
    posts: int


class Posts:
    """The posts of one database. Reads only; times are aware, in UTC.

    Every method may raise DatabaseUnavailable. Use it as a context manager, or `close` it.
    """

    def __init__(self, client: MongoClient[dict[str, Any]], database: str) -> None:
        self._client = client
        self.name = database  #: of the database

    @classmethod
    def connect(cls, uri: str | None = None, database: str | None = None) -> Self:
        """Opens the database for reading.

        uri: a MongoDB connection string; None is MONGODB_URI or the embedded server, which is started if
            need be, with a user that can only read.
        database: its name; None is NEWSCRAWL_DATABASE or `newscrawl`.
        Raises DatabaseUnavailable, at the latest at the first use.
        """
        client = connect("reader") if uri is None else _client_of(uri)
        return cls(client, database or database_name())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection; calling it again does nothing."""
        self._client.close()

    def get(self, reference: str) -> Post | None:
        """One post by its `_id`, its 18 digits at East Money, or its address; None if it is not there."""
        with reaching():
            for wanted in filters_for(reference):
                if document := self._database["posts"].find_one(wanted):
                    return Post.from_document(document)
        return None

    def latest(self, **filters: Unpack[Filters]) -> Iterator[Post]:
        """As `find`, but 20 posts where no `limit` is given."""
        filters.setdefault("limit", LATEST)
        return self.find(**filters)

    def find(self, query: Query | None = None, **filters: Unpack[Filters]) -> Iterator[Post]:
        """Posts, newest first, those of one moment by `_id`; one at a time, so that any number may come.

        Give a Query, or its fields as keywords. Raises UsageError at once for a value that cannot be
        meant.
        """
        wanted = _query(query, filters)
        return self._stream("posts", wanted.to_filter(), NEWEST_FIRST, wanted.limit)

    def count(self, query: Query | None = None, **filters: Unpack[Filters]) -> int:
        """How many posts `find` would give."""
        wanted = _query(query, filters)
        limit: dict[str, Any] = {} if wanted.limit is None else {"limit": wanted.limit}
        with reaching():
            return self._database["posts"].count_documents(wanted.to_filter(), **limit)

    def is_empty(self) -> bool:
        """Whether the database has no post at all."""
        with reaching():
            return self._database["posts"].find_one({}, {"_id": 1}) is None

    def categories(self) -> list[Count]:
        """All categories, the commonest first."""
        groups = self._grouped({"$unwind": "$categories"}, {"_id": "$categories", "posts": {"$sum": 1}})
        return [Count(group["_id"], group["_id"], group["posts"]) for group in groups]

    def outlets(self) -> list[Count]:
        """All outlets, the commonest first."""
        slug_and_name = {"slug": "$source.slug", "name": "$source.name"}
        groups = self._grouped(
            {"$match": {"source": {"$ne": None}}}, {"_id": slug_and_name, "posts": {"$sum": 1}}
        )
        outlets: dict[str, Count] = {}
        for group in groups:
            slug, name = group["_id"]["slug"], group["_id"]["name"]
            before = outlets.get(slug, Count(slug, name, 0))
            outlets[slug] = before._replace(posts=before.posts + group["posts"])
        return sorted(outlets.values(), key=lambda outlet: (-outlet.posts, outlet.slug))

    def revisions(self, reference: str) -> list[Post]:
        """The earlier states of a post, oldest first; empty if it never changed or is not there.

        `id` and `revision` are the post's; a state that came late, out of a spool, has revision 0.
        """
        post = self.get(reference)
        if post is None:
            return []
        with reaching():
            kept = (
                self._database["revisions"]
                .find({"post": post.id})
                .sort([("crawl.fetched", 1), ("revision", 1)])
            )
            return [
                Post.from_document({**state, "_id": post.id, "revision": state["revision"] or 0})
                for state in kept
            ]

    def watch(self, resume: str | os.PathLike[str] | None = None) -> Iterator[Change]:
        """Changes as they happen, for ever; see newscrawl.read.watch for `resume` and what is promised."""
        from newscrawl.read.watch import watch

        return watch(self._database, Path(resume) if resume is not None else None)

    def others_with_posts(self) -> dict[str, int]:
        """Other databases of newscrawl on this server that have posts, and roughly how many.

        Empty, too, where this user may not see them.
        """
        from pymongo.errors import OperationFailure

        with reaching():
            try:
                names = self._client.list_database_names()
            except OperationFailure:
                return {}
            others = [name for name in names if name.startswith("newscrawl") and name != self.name]
            counts: dict[str, int] = {}
            for name in others:
                try:
                    counts[name] = self._client[name]["posts"].estimated_document_count()
                except OperationFailure:
                    continue
        return {name: posts for name, posts in counts.items() if posts}

    @property
    def _database(self) -> Database[dict[str, Any]]:
        return self._client[self.name]

    def _stream(
        self, collection: str, wanted: dict[str, Any], order: list[tuple[str, int]], limit: int | None
    ) -> Iterator[Post]:
        with (
            reaching(),
            self._database[collection]
            .find(wanted, limit=limit or 0, batch_size=_BATCH)
            .sort(order) as cursor,
        ):
            for document in cursor:
                yield Post.from_document(document)

    def _grouped(self, first: dict[str, Any], group: dict[str, Any]) -> list[dict[str, Any]]:
        steps = [first, {"$group": group}, {"$sort": {"posts": -1, "_id": 1}}]
        with reaching():
            return list(self._database["posts"].aggregate(steps))


def _query(query: Query | None, filters: Filters) -> Query:
    return Query(**filters) if query is None else query


def _client_of(uri: str) -> MongoClient[dict[str, Any]]:
    from datetime import UTC

    from pymongo import MongoClient

    ours: dict[str, Any] = {"tz_aware": True, "tzinfo": UTC, "appname": "newscrawl"}
    if "serverselectiontimeoutms" not in uri.lower():
        ours["serverSelectionTimeoutMS"] = 5000
    with reaching():
        return MongoClient(uri, **ours)
