"""What a site's export asks the database: which posts there are, which changed, and the posts themselves.

The ids of a choice come out of its index alone, without a post being read, so that an export of what
changed costs little however large the database is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from newscrawl.post import Post
from newscrawl.read import Posts, Query, plans, searching
from newscrawl.read.asking import NEWEST_FIRST, Document
from newscrawl.read.connecting import reading

_BATCH = 10_000  # ids that the server sends at once


class SitePosts(Posts):
    """The posts of one database, with what a site's export asks besides."""

    def ids(self, query: Query) -> Iterator[str]:
        """Of the posts that a query chooses, newest first."""
        if searching.is_indexed(query):
            yield from (post.id for post in self.find(query))
            return
        wanted = self._run(plans.whole_filter(query, None))
        found = self._database["posts"].find(wanted, {"_id": 1}, limit=query.limit or 0, sort=NEWEST_FIRST)
        with reading(), found.batch_size(_BATCH) as cursor:
            for document in cursor:
                yield document["_id"]

    def changed(self, since: datetime) -> Iterator[tuple[str, int]]:
        """Id and revision of the posts that got a revision since then."""
        found = self._database["posts"].find({"updated": {"$gte": since}}, {"revision": 1})
        with reading(), found.batch_size(_BATCH) as cursor:
            for document in cursor:
                yield document["_id"], document["revision"]

    def existing(self, ids: list[str]) -> set[str]:
        """Those of the ids that are still in the database."""
        with reading():
            return {one["_id"] for one in self._database["posts"].find(_any_of(ids), {"_id": 1})}

    def of(self, ids: list[str]) -> list[Post]:
        """The posts of these ids that are still there."""
        with reading():
            return [Post.from_document(document) for document in self._database["posts"].find(_any_of(ids))]


def _any_of(ids: list[str]) -> Document:
    return {"_id": {"$in": ids}}
