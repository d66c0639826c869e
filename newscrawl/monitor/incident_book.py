"""Where incidents and unsent messages are kept: a file of the home folder, or one document in MongoDB.

Both are written only if nobody else has written since they were read: of two schedulers that see the same
trouble, one reports it.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pymongo.errors import DuplicateKeyError

from newscrawl.store.leases import asking, server_time

if TYPE_CHECKING:
    from pymongo.database import Database

_log = logging.getLogger(__name__)

Document = dict[str, Any]

COLLECTION = "alerts"
_BOOK = "book"  # `_id` of the document


class IncidentBook(Protocol):
    """Keeps one document: `version`, `incidents`, `unsent`. All methods block."""

    def now(self) -> datetime:
        """The time that counts for it, UTC."""

    def read(self) -> Document:
        """The document; {} if there is none yet."""

    def write(self, document: Document, version: int) -> bool:
        """Writes it as the version after `version`; False if that is not the latest any more."""


class FileBook:
    """`alerts.json` in the home folder."""

    def __init__(self, folder: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.path, self.now = folder / "alerts.json", clock

    def read(self) -> Document:
        """As in `IncidentBook`; a broken file counts as none."""
        try:
            found = json.loads(self.path.read_bytes(), object_hook=_with_times)
        except FileNotFoundError:
            return {}
        except ValueError as error:
            _log.warning("%s cannot be read (%s) and will be replaced", self.path, error)
            return {}
        if isinstance(found, dict) and found.keys() >= {"version", "incidents", "unsent"}:
            return found
        _log.warning("%s is not a book of incidents and will be replaced", self.path)
        return {}

    def write(self, document: Document, version: int) -> bool:
        """As in `IncidentBook`. Raises OSError."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self.read().get("version", 0) != version:
                return False
            draft = self.path.with_suffix(".draft")
            text = json.dumps(
                {**document, "version": version + 1}, ensure_ascii=False, default=_plain, indent=1
            )
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
            return True


class SharedBook:
    """The collection `alerts`, by the server's clock. Raises DatabaseUnavailable."""

    def __init__(self, database: Database[Document]) -> None:
        self._database = database

    def now(self) -> datetime:
        """As in `IncidentBook`."""
        with asking():
            return server_time(self._database)

    def read(self) -> Document:
        """As in `IncidentBook`."""
        with asking():
            found = self._database[COLLECTION].find_one({"_id": _BOOK}) or {}
        found.pop("_id", None)
        return found

    def write(self, document: Document, version: int) -> bool:
        """As in `IncidentBook`."""
        whole = {**document, "version": version + 1}
        same: Document = {"_id": _BOOK, "version": version}
        try:
            with asking():
                done = self._database[COLLECTION].replace_one(same, whole, upsert=version == 0)
        except DuplicateKeyError:
            return False
        return bool(done.matched_count or done.upserted_id)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"$date": value.isoformat()}
    raise TypeError(f"{value!r} is not JSON")


def _with_times(value: Document) -> Any:
    return datetime.fromisoformat(value["$date"]) if value.keys() == {"$date"} else value
