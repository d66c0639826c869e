"""watch: posts as they are stored, revised and removed, from MongoDB's change stream; docs/watching.md.

What is promised: every change is given at least once, in the order in which the database made it. With a
bookmark (`resume`), the place of a change is saved there when the consumer comes back for the next one; so
a consumer that is killed while it works on a change gets that change again, and none is left out. A
consumer that keeps `change.token` in the transaction of its own work has every change exactly once. A
server that restarts, on another port too, is found again. Nothing is promised after a longer absence than
the server keeps its history (its oplog): then ResumeLost is raised, and no change is skipped in silence.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from newscrawl.errors import ResumeLost, UsageError
from newscrawl.read.backfill import Backfill, check_since
from newscrawl.read.bookmarks import Bookmark, FileBookmark, MongoBookmark
from newscrawl.read.change_stream import PIPELINE, Change, ChangeStream, change_of, dropped, state_wanted
from newscrawl.read.reconnect import Reconnect
from newscrawl.store.client import reaching

if TYPE_CHECKING:
    from pymongo.database import Database

    from newscrawl.read.plan import Document, Find

__all__ = ["Bookmark", "Change", "FileBookmark", "MongoBookmark", "ResumeLost", "Start", "now", "watch"]

PATIENCE = 60.0  #: seconds that the server may be away before DatabaseUnavailable

IDLE_SAVE = 30.0  #: seconds: without changes the place moves too, lest the history ends before it


@dataclass(frozen=True, slots=True)
class Start:
    """Where a watch begins: at its bookmark's place; after a token; with what came since; else now."""

    resume: str | os.PathLike[str] | Bookmark | None = None  #: a file's path, or a bookmark
    after: str | None = None  #: the token of the last change that was taken; nothing is saved
    since: datetime | None = None  #: aware; used where the bookmark has no place yet
    patience: float = PATIENCE

    def __post_init__(self) -> None:
        check_since(self.since)
        if self.after is not None and (self.resume is not None or self.since is not None):
            raise UsageError("after= begins at that place; give neither resume= nor since= with it")

    def bookmark(self, database: str) -> Bookmark | None:
        if isinstance(self.resume, str | os.PathLike):
            return FileBookmark(self.resume, database)
        return self.resume


def now(database: Database[Document]) -> str:
    """The place in the stream of changes as of now. Raises DatabaseUnavailable."""
    with reaching(), database["posts"].watch(PIPELINE) as stream:
        token = stream.resume_token
    assert token is not None, "MongoDB 4.0.7 and later tell it at once"
    return str(token["_data"])


def watch(database: Database[Document], start: Start) -> Iterator[Change]:
    """Changes of the posts, for ever. Raises ResumeLost, and DatabaseUnavailable when MongoDB stays away."""
    from pymongo.errors import PyMongoError

    bookmark = start.bookmark(database.name)
    reach = Reconnect(database)
    try:
        with reaching():
            token = bookmark.load() if bookmark else start.after
            course = ChangeStream(token, bookmark, start.patience)
            since = start.since if token is None else None
            while True:
                try:
                    if since is not None:
                        yield from _since(reach.database, course, since)
                        since = None
                    yield from _stream(reach.database, course, bookmark)
                except PyMongoError as error:
                    time.sleep(course.pause(error))
                    reach.again()
    finally:
        reach.close()


def _since(database: Database[Document], course: ChangeStream, since: datetime) -> Iterator[Change]:
    with database["posts"].watch(PIPELINE) as stream:
        course.passed(stream.resume_token)
    assert course.token is not None
    for part in Backfill(since, course.token).finds():
        while found := database["posts"].find(**arguments(part.find())).to_list():
            yield from part.changes(found)


def _stream(
    database: Database[Document], course: ChangeStream, bookmark: Bookmark | None
) -> Iterator[Change]:
    with database["posts"].watch(PIPELINE, **course.options()) as stream:
        course.passed(stream.resume_token)
        saved = save(course, bookmark)
        while stream.alive:
            event: Document | None = stream.try_next()
            if event is None:
                course.passed(stream.resume_token)
                if time.monotonic() - saved > IDLE_SAVE:
                    saved = save(course, bookmark)
                continue
            if event["operationType"] == "invalidate":
                break
            wanted = state_wanted(event)
            kept = database["revisions"].find_one(wanted) if wanted is not None else None
            yield change_of(event, kept)
            course.passed(event["_id"])
            saved = save(course, bookmark)
    raise dropped(database.name, bookmark)


def save(course: ChangeStream, bookmark: Bookmark | None) -> float:
    """Keeps the place; returns when, by the monotonic clock."""
    if bookmark is not None and course.token is not None:
        bookmark.save(course.token)
    return time.monotonic()


def arguments(find: Find) -> dict[str, Any]:
    """Of pymongo's `find`."""
    return {"filter": find.filter, "sort": find.sort, "limit": find.limit}
