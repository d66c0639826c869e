"""Bookmarks store the position of a watch in the stream of changes, from which the next one continues."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from newscrawl.errors import NewscrawlError, ResumeLost

if TYPE_CHECKING:
    from pymongo.client_session import ClientSession
    from pymongo.collection import Collection


class Bookmark(Protocol):
    """What `watch(resume=…)` takes; write your own to store the position with your data.

    A position is a text without blanks. Saving the same position twice must be harmless.
    """

    def load(self) -> str | None:
        """The position saved last; None if there is none yet."""

    def save(self, token: str) -> None:
        """Saves a position. Called when the watch opens, after each change, and while idle."""

    def __str__(self) -> str:
        """Its name in error messages: `the file position`."""


class FileBookmark:
    """A position in a file with one line of JSON, which is replaced atomically."""

    def __init__(self, path: str | os.PathLike[str], database: str) -> None:
        self._path, self._database = Path(path), database
        self._saved: str | None = None

    def __str__(self) -> str:
        return str(self._path)

    def load(self) -> str | None:
        """Raises ResumeLost if the file is not a bookmark, NewscrawlError if it cannot be read."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            token, kept_of = str(kept["token"]), kept["database"]
        except FileNotFoundError:
            return None
        except OSError as error:
            raise NewscrawlError(f"the resume file {self} cannot be read: {error.strerror}") from error
        except (ValueError, KeyError, TypeError):
            raise ResumeLost(f"{self} is not a resume file of newscrawl watch; {remedy(self)}") from None
        _check(self, kept_of, self._database)
        self._saved = token
        return token

    def save(self, token: str) -> None:
        """Writes atomically. Raises NewscrawlError if it cannot."""
        if token == self._saved:
            return
        text = json.dumps({"database": self._database, "token": token})
        draft = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            with draft.open("w", encoding="ascii") as out:
                out.write(f"{text}\n")
                out.flush()
                os.fsync(out.fileno())
            draft.replace(self._path)
        except OSError as error:
            raise NewscrawlError(f"the resume file {self} cannot be written: {error.strerror}") from error
        self._saved = token


class MongoBookmark:
    """A position in a document of the consumer's own MongoDB: `_id`, `database`, `token`.

    collection: one that the consumer may write to; the role `reader` may not.
    name: `_id` of the document, one per consumer.
    database: the database being watched.
    """

    def __init__(self, collection: Collection[dict[str, Any]], name: str, database: str) -> None:
        self._collection, self._name, self._database = collection, name, database
        self._saved: str | None = None

    def __str__(self) -> str:
        return f"the document {self._name} of {self._collection.full_name}"

    def load(self) -> str | None:
        """Raises ResumeLost if it belongs to another database, and PyMongoError."""
        kept = self._collection.find_one({"_id": self._name})
        if kept is None:
            return None
        if not isinstance(kept.get("token"), str):
            raise ResumeLost(f"{self} has no position; {remedy(self)}")
        _check(self, kept.get("database"), self._database)
        self._saved = kept["token"]
        return self._saved

    def save(self, token: str, session: ClientSession | None = None) -> None:
        """Saves within the session's transaction, if given, so position and data are stored together.

        A transaction may be aborted and tried again, so within one it is written each time.
        """
        if session is None and token == self._saved:
            return
        update = {"$set": {"database": self._database, "token": token}}
        self._collection.update_one({"_id": self._name}, update, upsert=True, session=session)
        if session is None:
            self._saved = token


def remedy(bookmark: Bookmark | None) -> str:
    """What to do if a position is lost."""
    begin = f"remove {bookmark} and " if bookmark else ""
    return (
        f"{begin}call watch(since=…) with the time of the last change you handled (newscrawl watch --since);"
        " it delivers what was stored or revised since, then continues; it cannot report removals in between"
    )


def _check(bookmark: Bookmark, kept_of: object, database: str) -> None:
    if kept_of != database:
        raise ResumeLost(f"{bookmark} belongs to database {kept_of}, not to {database}; {remedy(bookmark)}")
