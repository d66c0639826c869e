"""Posts stored or revised since a time, in that order, by the indexes `first_seen` and `updated`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from newscrawl.errors import UsageError
from newscrawl.model.post import Post
from newscrawl.read.change_stream import Change
from newscrawl.read.plan import Document, Find, Keys

_PAGE = 200  # posts read at a time


def check_since(since: datetime | None) -> None:
    """Raises UsageError for a naive time, and for anything but a datetime."""
    if since is not None and not isinstance(since, datetime):
        raise UsageError(f"since {since!r} is not a datetime; use an aware datetime")
    if since is not None and since.utcoffset() is None:
        raise UsageError(f"since {since.isoformat()} has no time zone; use an aware datetime")


class Backfill:
    """The posts that changed since a time, as two lists."""

    def __init__(self, since: datetime, token: str) -> None:
        self._since, self._token = since, token

    def finds(self) -> list[BackfillList]:
        """Two lists: first the new, then the revised, each oldest first."""
        new: Document = {"updated": None}
        return [
            BackfillList("first_seen", new, self._since, self._token),
            BackfillList("updated", {}, self._since, self._token),
        ]


class BackfillList:
    """One list, page by page: call `find` until the page is empty."""

    def __init__(self, field: str, also: Document, since: datetime, token: str) -> None:
        self._field, self._also, self._token = field, also, token
        self._last: tuple[datetime, str] | None = None
        self._since = since

    def find(self) -> Find:
        """The query for the next page."""
        keys: Keys = [(self._field, 1), ("_id", 1)]
        return Find("posts", {**self._also, **self._later()}, sort=keys, limit=_PAGE)

    def changes(self, found: list[Document]) -> list[Change]:
        """The changes for a page of posts."""
        if found:
            self._last = found[-1][self._field], found[-1]["_id"]
        return [self._change(document) for document in found]

    def _later(self) -> Document:
        if self._last is None:
            return {self._field: {"$gte": self._since}}
        at, post_id = self._last
        same = {"$or": [{self._field: {"$gt": at}}, {"_id": {"$gt": post_id}}]}
        return {self._field: {"$gte": at}, **same}

    def _change(self, document: dict[str, Any]) -> Change:
        post = Post.from_document(document)
        return Change(
            "insert" if post.revision == 1 else "update",
            post,
            post.id,
            post.revision,
            document[self._field],
            self._token,
        )
