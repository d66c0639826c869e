"""The state of a watch, and changes from events. No I/O, so the asyncio version shares it."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from newscrawl.errors import NewscrawlError, ResumeLost
from newscrawl.model.post import Post
from newscrawl.read.bookmarks import remedy

if TYPE_CHECKING:
    from pymongo.errors import PyMongoError

    from newscrawl.read.bookmarks import Bookmark

Document = dict[str, Any]
Kind = Literal["insert", "update", "delete"]

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 3.0  # seconds between two attempts to reach the server
_LOST = frozenset(
    {9, 260, 280, 286, 40647, 40649, 50811}
)  # unknown token, or the history does not go back that far
# The server is starting, stopping or holding an election (src/mongo/base/error_codes.yml); 43: the cursor was
# lost with it; 211: right after a start, the keys that sign cluster times are not loaded yet.
_AWAY = frozenset(
    {6, 7, 43, 89, 91, 133, 175, 189, 211, 234, 237, 262, 9001, 10107, 11600, 11602, 13435, 13436}
)
_KINDS: dict[str, Kind] = {"insert": "insert", "update": "update", "replace": "update", "delete": "delete"}
PIPELINE: list[Document] = [
    # Only updates that made a revision: `last_seen` changes with every crawl.
    {
        "$match": {
            "$or": [
                {"operationType": {"$in": ["insert", "replace", "delete", "invalidate"]}},
                {"updateDescription.updatedFields.revision": {"$exists": True}},
            ]
        }
    },
    # An event is a document too, limited to 16 MB, so it must not contain the text twice.
    {
        "$project": {
            **dict.fromkeys(("operationType", "clusterTime", "documentKey", "fullDocument"), 1),
            "updateDescription.updatedFields.revision": 1,
            "updateDescription.updatedFields.content_hash": 1,
        }
    },
]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one post."""

    kind: Kind
    #: The post after this change (`last_seen` may be newer). None for a deletion, and for an update if the
    #: post was removed before its state was read: the deletion then follows.
    post: Post | None
    id: str  #: of the post
    revision: int | None  #: made by this change: 1 for an insert, None for a deletion
    at: datetime  #: when the database made it, UTC, whole seconds
    token: str  #: its position in the stream, for `watch(after=…)`


class ChangeStream:
    """The position of a watch, and how long its server has been unavailable.

    token: the position to continue after; None before the first reply.
    patience: seconds that the server may be unavailable.
    """

    def __init__(self, token: str | None, bookmark: Bookmark | None, patience: float) -> None:
        self.token = token
        self._bookmark, self._patience = bookmark, patience
        self._away_since: float | None = None
        self._tries = 0

    def options(self) -> Document:
        """The arguments for pymongo's `watch`."""
        resume = {"_data": self.token} if self.token is not None else None
        return {"full_document": "updateLookup", "resume_after": resume, "max_await_time_ms": 500}

    def passed(self, token: Mapping[str, Any] | None) -> None:
        """Records that every change up to this position was delivered."""
        self._away_since, self._tries = None, 0
        if token is not None:
            self.token = token["_data"]

    def pause(self, error: PyMongoError) -> float:
        """Seconds to wait before the next try. Raises ResumeLost, or the error if retrying is useless."""
        from pymongo.errors import ConnectionFailure, OperationFailure

        if isinstance(error, OperationFailure) and error.code in _LOST:
            raise self.lost() from error
        passing = isinstance(error, ConnectionFailure) or (
            isinstance(error, OperationFailure)
            and (error.code in _AWAY or error.has_error_label("ResumableChangeStreamError"))
        )
        now = time.monotonic()
        self._away_since = self._away_since or now
        if not passing or now - self._away_since >= self._patience:
            raise error
        self._tries += 1
        longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(self._tries, 10))
        return longest * random.uniform(0.5, 1)  # noqa: S311

    def lost(self) -> ResumeLost:
        where = f"in {self._bookmark} " if self._bookmark else ""
        return ResumeLost(
            f"the position {where}is no longer in the server's history, so changes since then may be missed;"
            f" {remedy(self._bookmark)}"
        )


def state_wanted(event: Document) -> Document | None:
    """The filter in `revisions` for an event's state, if the event itself does not have it.

    The server looks up the post when the event is read: by then it may have been revised again, or removed
    and stored again.
    """
    made = _made(event)
    document = event.get("fullDocument")
    if made is None or (document is not None and made.items() <= document.items()):
        return None
    return {"post": event["documentKey"]["_id"], **made}


def change_of(event: Document, kept: Document | None) -> Change:
    """The change; `kept` is the document in `revisions` for `state_wanted`, None without one."""
    kind = _KINDS[event["operationType"]]
    post_id = event["documentKey"]["_id"]
    document = event.get("fullDocument")
    if state_wanted(event) is not None:
        document = {**kept, "_id": post_id} if kept is not None else None
    made = _made(event) or document
    return Change(
        kind=kind,
        post=Post.from_document(document) if document is not None else None,
        id=str(post_id),
        revision=made["revision"] if made else None,
        at=event["clusterTime"].as_datetime(),
        token=event["_id"]["_data"],
    )


def _made(event: Document) -> Document | None:
    """The revision and content hash that an update set; None for other events."""
    if event["operationType"] != "update":
        return None
    fields = event["updateDescription"]["updatedFields"]
    return {name: fields[name] for name in ("revision", "content_hash") if name in fields}


def dropped(database: str, bookmark: Bookmark | None) -> NewscrawlError:
    """The error for a stream that the server ended."""
    return NewscrawlError(
        f"the collection posts of {database} was dropped or renamed; its changes end here"
        + (f"; remove {bookmark} to start over" if bookmark else "")
    )
