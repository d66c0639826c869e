"""watch: posts as they are stored, changed and removed, from MongoDB's change stream.

What is promised: every change is given at least once, in the order in which the database made it. With
a resume file, the place of a change is written there when the consumer comes back for the next one; so
a consumer that is killed while it works on a change gets that change again, and none is left out. The
place where the first watch began is written at once. Nothing is promised after a longer absence than
the server keeps its history (its oplog): then ResumeLost is raised, and no change is skipped in silence.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from newscrawl.errors import NewscrawlError
from newscrawl.post import Post
from newscrawl.store.client import reaching

if TYPE_CHECKING:
    from pymongo.change_stream import ChangeStream
    from pymongo.database import Database

Kind = Literal["insert", "update", "delete"]

_IDLE_SAVE = 30.0  # seconds: without changes the place moves too, lest the history ends before it
_LOST = frozenset({9, 260, 280, 286, 40647, 40649, 50811})  # no such token, or no history so old
_KINDS: dict[str, Kind] = {"insert": "insert", "update": "update", "replace": "update", "delete": "delete"}
# Of updates only those that made a revision: `last_seen` moves with every crawl.
_PIPELINE = [
    {
        "$match": {
            "$or": [
                {"operationType": {"$in": ["insert", "replace", "delete", "invalidate"]}},
                {"updateDescription.updatedFields.revision": {"$exists": True}},
            ]
        }
    }
]


class ResumeLost(NewscrawlError):
    """The place in a resume file is of another database, not to be read, or older than the history."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one post."""

    kind: Kind
    post: Post | None  #: as it is now, which may be newer than the change; None when deleted
    id: str  #: of the post
    at: datetime  #: when the database made it, UTC, whole seconds
    token: str  #: its place in the stream


def watch(database: Database[dict[str, Any]], resume: Path | None) -> Iterator[Change]:
    """Changes of the posts, for ever, from the place in `resume` on, or from now.

    Raises ResumeLost; DatabaseUnavailable when MongoDB stays away: calling again with the same resume
    file goes on without a gap.
    """
    start = _load(resume, database.name) if resume else None
    with reaching(), _open(database, start, resume) as stream:
        place = _Place(resume, database.name)
        place.save(stream.resume_token)
        while stream.alive:
            event = _next(stream, resume)
            if event is None:
                place.save_sometimes(stream.resume_token)
                continue
            if event["operationType"] == "invalidate":
                break
            if change := _change(event):
                yield change
            place.save(event["_id"])
    raise NewscrawlError(
        f"the collection posts of {database.name} was dropped or renamed; its changes end here"
        + (f"; remove {resume} to begin anew" if resume else "")
    )


class _Place:
    """The resume file: where the consumer is in the stream."""

    def __init__(self, path: Path | None, database: str) -> None:
        self._path, self._database = path, database
        self._saved: str | None = None
        self._at = time.monotonic()

    def save(self, token: Any) -> None:
        """Writes the place so that nobody ever sees half of it."""
        if self._path is None or token is None or token["_data"] == self._saved:
            return
        text = json.dumps({"database": self._database, "token": token["_data"]})
        draft = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            draft.write_text(f"{text}\n", encoding="ascii")
            draft.replace(self._path)
        except OSError as error:
            raise NewscrawlError(
                f"the resume file {self._path} cannot be written: {error.strerror}"
            ) from error
        self._saved, self._at = token["_data"], time.monotonic()

    def save_sometimes(self, token: Any) -> None:
        """Moves the place while nothing happens."""
        if time.monotonic() - self._at > _IDLE_SAVE:
            self.save(token)


def _load(path: Path, database: str) -> dict[str, str] | None:
    """The token in a resume file; None if there is no file yet."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        token = {"_data": str(kept["token"])}
        kept_of = kept["database"]
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NewscrawlError(f"the resume file {path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError):
        raise ResumeLost(f"{path} is no resume file of newscrawl watch; {_remedy(path)}") from None
    if kept_of != database:
        raise ResumeLost(f"{path} is of the database {kept_of}, not of {database}; {_remedy(path)}")
    return token


def _open(
    database: Database[dict[str, Any]], start: dict[str, str] | None, resume: Path | None
) -> ChangeStream[dict[str, Any]]:
    from pymongo.errors import OperationFailure

    try:
        return database["posts"].watch(
            _PIPELINE, full_document="updateLookup", resume_after=start, max_await_time_ms=500
        )
    except OperationFailure as error:
        raise _told(error, resume) from error


def _next(stream: ChangeStream[dict[str, Any]], resume: Path | None) -> dict[str, Any] | None:
    from pymongo.errors import OperationFailure

    try:
        event: dict[str, Any] | None = stream.try_next()
    except OperationFailure as error:
        raise _told(error, resume) from error
    return event


def _told(error: Any, resume: Path | None) -> Exception:
    """The error as ResumeLost where it is one, else as it is."""
    if error.code not in _LOST:
        return error  # type: ignore[no-any-return]
    if resume is None:
        return ResumeLost("the server's history ended before the reader came back; begin to watch anew")
    return ResumeLost(
        f"the place in {resume} is no longer in the server's history, so changes since may be missed;"
        f" {_remedy(resume)}"
    )


def _remedy(path: Path) -> str:
    return (
        f"remove {path} to begin with what changes now, and read what came meanwhile with"
        " newscrawl posts --since"
    )


def _change(event: dict[str, Any]) -> Change | None:
    """None for the update of a post that is gone already: its deletion follows."""
    kind = _KINDS[event["operationType"]]
    document = event.get("fullDocument")
    if document is None and kind != "delete":
        return None
    return Change(
        kind=kind,
        post=Post.from_document(document) if document is not None else None,
        id=str(event["documentKey"]["_id"]),
        at=event["clusterTime"].as_datetime(),
        token=event["_id"]["_data"],
    )
