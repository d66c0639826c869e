"""watch: posts as they are stored, revised and removed, from MongoDB's change stream; docs/watching.md.

Every change is delivered at least once, in the order in which the database made it. With a bookmark
(`resume`), the position of a change is saved when the consumer asks for the next one: a consumer that is
killed while it handles a change gets that change again and misses none. A consumer that stores `change.token`
in the transaction of its own work handles every change exactly once. The watch reconnects to a server that
restarts, even on another port. If the consumer is away for longer than the server keeps its history (its
oplog), ResumeLost is raised; no change is skipped silently.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from newscrawl.errors import ResumeLost, UsageError
from newscrawl.read.arguments import check_seconds, check_text, shown
from newscrawl.read.backfill import Backfill, check_since
from newscrawl.read.bookmarks import Bookmark, FileBookmark, MongoBookmark
from newscrawl.read.change_stream import PIPELINE, Change, ChangeStream, change_of, dropped, state_wanted
from newscrawl.read.reconnect import Reconnect
from newscrawl.store.client import reaching

if TYPE_CHECKING:
    from pymongo.database import Database

    from newscrawl.read.plan import Document, Find

__all__ = ["Bookmark", "Change", "FileBookmark", "MongoBookmark", "ResumeLost", "Start", "now", "watch"]

PATIENCE = 60.0  #: seconds that the server may be unavailable before DatabaseUnavailable is raised

IDLE_SAVE = 30.0  #: seconds; also without changes the position moves on, so that it stays within the oplog


@dataclass(frozen=True, slots=True)
class Start:
    """Where a watch begins: at its bookmark, after a token, with the changes since a time, or now."""

    resume: str | os.PathLike[str] | Bookmark | None = None  #: a file's path, or a bookmark
    after: str | None = None  #: the token of the last change handled; nothing is saved
    since: datetime | None = None  #: aware; used if the bookmark has no position yet
    patience: float = PATIENCE

    def __post_init__(self) -> None:
        check_since(self.since)
        if self.after is not None:
            check_text("after", self.after, "8269A0…")
        check_seconds("patience", self.patience)
        is_bookmark = hasattr(self.resume, "load") and hasattr(self.resume, "save")
        if self.resume is not None and not isinstance(self.resume, str | os.PathLike) and not is_bookmark:
            raise UsageError(
                f"resume {shown(self.resume)} is not a file; write it as 'position', or use a Bookmark"
            )
        if self.after is not None and (self.resume is not None or self.since is not None):
            raise UsageError("after= already says where to begin; leave out resume= and since=")

    def bookmark(self, database: str) -> Bookmark | None:
        if isinstance(self.resume, str | os.PathLike):
            return FileBookmark(self.resume, database)
        return self.resume


def now(database: Database[Document]) -> str:
    """The current position in the stream of changes. Raises DatabaseUnavailable."""
    with reaching(), database["posts"].watch(PIPELINE) as stream:
        token = stream.resume_token
    assert token is not None, "MongoDB 4.0.7 and later return it immediately"
    return str(token["_data"])


def watch(database: Database[Document], start: Start) -> Iterator[Change]:
    """Changes of the posts, without end. Raises ResumeLost, and DatabaseUnavailable if MongoDB stays away."""
    with closing(watch_or_idle(database, start)) as found:
        for change in found:
            if change is not None:
                yield change


def watch_or_idle(database: Database[Document], start: Start) -> Generator[Change | None]:
    """As `watch`, with None about every half second without a change, for consumers with other work."""
    from pymongo.errors import PyMongoError

    bookmark = start.bookmark(database.name)
    connection = Reconnect(database)
    try:
        with reaching():
            token = bookmark.load() if bookmark else start.after
            stream_state = ChangeStream(token, bookmark, start.patience)
            since = start.since if token is None else None
            while True:
                try:
                    if since is not None:
                        yield from _since(connection.database, stream_state, since)
                        since = None
                    yield from _stream(connection.database, stream_state, bookmark)
                except PyMongoError as error:
                    time.sleep(stream_state.pause(error))
                    connection.again()
    finally:
        connection.close()


def _since(database: Database[Document], stream_state: ChangeStream, since: datetime) -> Iterator[Change]:
    with database["posts"].watch(PIPELINE) as stream:
        stream_state.passed(stream.resume_token)
    assert stream_state.token is not None
    for part in Backfill(since, stream_state.token).finds():
        while found := database["posts"].find(**arguments(part.find())).to_list():
            yield from part.changes(found)


def _stream(
    database: Database[Document], stream_state: ChangeStream, bookmark: Bookmark | None
) -> Iterator[Change | None]:
    with database["posts"].watch(PIPELINE, **stream_state.options()) as stream:
        stream_state.passed(stream.resume_token)
        saved = save(stream_state, bookmark)
        while stream.alive:
            event: Document | None = stream.try_next()
            if event is None:
                stream_state.passed(stream.resume_token)
                if time.monotonic() - saved > IDLE_SAVE:
                    saved = save(stream_state, bookmark)
                yield None
                continue
            if event["operationType"] == "invalidate":
                break
            wanted = state_wanted(event)
            kept = database["revisions"].find_one(wanted) if wanted is not None else None
            yield change_of(event, kept)
            stream_state.passed(event["_id"])
            saved = save(stream_state, bookmark)
    raise dropped(database.name, bookmark)


def save(stream_state: ChangeStream, bookmark: Bookmark | None) -> float:
    """Saves the position; returns the time, by the monotonic clock."""
    if bookmark is not None and stream_state.token is not None:
        bookmark.save(stream_state.token)
    return time.monotonic()


def arguments(find: Find) -> dict[str, Any]:
    """The arguments for pymongo's `find`."""
    return {"filter": find.filter, "sort": find.sort, "limit": find.limit}
