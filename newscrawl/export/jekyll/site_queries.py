"""The queries of a site export: which posts exist, which changed, and the posts themselves.

The ids of a selection come from its index alone, without reading posts, so an export of changes is fast
however large the database is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from newscrawl.model.post import Post
from newscrawl.read import Posts, Query, plans, search
from newscrawl.read.plan import NEWEST_FIRST, Document, Find

_BATCH = 10_000  # ids that the server sends at a time


class SitePosts(Posts):
    """The posts of one database, with the additional queries of a site export."""

    def ids(self, query: Query) -> Iterator[str]:
        """The ids of the posts that a query selects, newest first."""
        if search.is_indexed(query):
            yield from (post.id for post in self.find(query))
            return
        wanted = self.ask(plans.whole_filter(query, None))
        found = Find("posts", wanted, {"_id": 1}, NEWEST_FIRST, query.limit or 0)
        yield from (document["_id"] for document in self.stream(found, _BATCH))

    def changed(self, since: datetime) -> Iterator[tuple[str, int]]:
        """Id and revision of the posts that were revised since then."""
        found = Find("posts", {"updated": {"$gte": since}}, {"revision": 1})
        yield from ((document["_id"], document["revision"]) for document in self.stream(found, _BATCH))

    def existing(self, ids: list[str]) -> set[str]:
        """The ids that are still in the database."""
        return {document["_id"] for document in self.stream(Find("posts", _any_of(ids), {"_id": 1}), _BATCH)}

    def of(self, ids: list[str]) -> list[Post]:
        """The posts with these ids that are still in the database."""
        return [Post.from_document(document) for document in self.stream(Find("posts", _any_of(ids)))]


def _any_of(ids: list[str]) -> Document:
    return {"_id": {"$in": ids}}
