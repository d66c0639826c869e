"""Bookmarks: where a watch's place in the stream of changes is kept, so that the next one goes on there."""

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
    """What `watch(resume=…)` takes; write one of your own to keep the place beside your data.

    A place is a text without blanks. Saving the same place twice must do no harm.
    """

    def load(self) -> str | None:
        """The place that was saved last; None if there is none yet."""

    def save(self, token: str) -> None:
        """Keeps a place. Called when the watch opens, when the consumer comes back, and while idle."""

    def __str__(self) -> str:
        """What errors call it: `the file place`."""


class FileBookmark:
    """A place in a file of one line of JSON, replaced as a whole."""

    def __init__(self, path: str | os.PathLike[str], database: str) -> None:
        self._path, self._database = Path(path), database
        self._saved: str | None = None

    def __str__(self) -> str:
        return str(self._path)

    def load(self) -> str | None:
        """Raises ResumeLost where the file is something else; NewscrawlError where it cannot be read."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            token, kept_of = str(kept["token"]), kept["database"]
        except FileNotFoundError:
            return None
        except OSError as error:
            raise NewscrawlError(f"the resume file {self} cannot be read: {error.strerror}") from error
        except (ValueError, KeyError, TypeError):
            raise ResumeLost(f"{self} is no resume file of newscrawl watch; {remedy(self)}") from None
        _check(self, kept_of, self._database)
        self._saved = token
        return token

    def save(self, token: str) -> None:
        """Writes so that nobody ever sees half of it. Raises NewscrawlError where it cannot."""
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
    """A place in a document of the consumer's own MongoDB: `_id`, `database`, `token`.

    collection: where the consumer may write; the role `reader` may not.
    name: `_id` of the document, one for each consumer.
    database: whose changes are watched.
    """

    def __init__(self, collection: Collection[dict[str, Any]], name: str, database: str) -> None:
        self._collection, self._name, self._database = collection, name, database
        self._saved: str | None = None

    def __str__(self) -> str:
        return f"the document {self._name} of {self._collection.full_name}"

    def load(self) -> str | None:
        """Raises ResumeLost where it is of another database; PyMongoError."""
        kept = self._collection.find_one({"_id": self._name})
        if kept is None:
            return None
        if not isinstance(kept.get("token"), str):
            raise ResumeLost(f"{self} holds no place; {remedy(self)}")
        _check(self, kept.get("database"), self._database)
        self._saved = kept["token"]
        return self._saved

    def save(self, token: str, session: ClientSession | None = None) -> None:
        """Within the session's transaction where one is given: then place and data are kept both or not."""
        if token == self._saved:
            return
        place = {"$set": {"database": self._database, "token": token}}
        self._collection.update_one({"_id": self._name}, place, upsert=True, session=session)
        self._saved = token


def remedy(bookmark: Bookmark | None) -> str:
    """What to do where a place is lost."""
    begin = f"remove {bookmark} and " if bookmark else ""
    return (
        f"{begin}call watch(since=…) with the time of the last change that was taken: it gives what was"
        " stored or revised since, then goes on (newscrawl watch --since); removals meanwhile it cannot tell"
    )


def _check(bookmark: Bookmark, kept_of: object, database: str) -> None:
    if kept_of != database:
        raise ResumeLost(f"{bookmark} is of the database {kept_of}, not of {database}; {remedy(bookmark)}")
