"""One run at a time: a lock file per spider, and one for the scheduler, in the home folder.

The lock is the kernel's (`flock`), not the file's being there: whoever holds it and dies, however
it dies, has freed it. The file's text only says who holds it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self
from urllib.parse import quote

from newscrawl.errors import NewscrawlError, SchedulerRunning, SpiderBusy, UsageError
from newscrawl.paths import DEFAULT_DATABASE, database_name, home


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock. Both are None in the moment between taking the lock and saying so."""

    pid: int | None = None
    started: datetime | None = None  #: UTC

    def __str__(self) -> str:
        if self.pid is None or self.started is None:
            return "a process that has just started"
        return f"pid {self.pid}, since {self.started:%Y-%m-%d %H:%M:%S} UTC"


class FileLock:
    """A lock named `name` in the home folder's `locks`; a context manager, not re-entrant."""

    def __init__(self, name: str, *, folder: Path | None = None) -> None:
        self.path = (folder or home() / "locks") / f"{quote(name, safe='')}.lock"
        self._file: int | None = None

    def __enter__(self) -> Self:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            remedy = "run this as the user whose the home folder is, or chown it"
            raise UsageError(f"the lock {self.path} cannot be created: {error.strerror}; {remedy}") from error
        if not _take(file):
            os.close(file)
            raise self._refusal(_said(self.path))
        self._file = file
        self._say({"pid": os.getpid(), "started": datetime.now(UTC).isoformat()})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._say(None)
            os.close(self._file)
            self._file = None

    def holder(self) -> Holder | None:
        """Who holds the lock now; None: nobody. It may have changed when you read the answer."""
        try:
            file = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            # Shared: two who only ask do not see each other.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _said(self.path)
        finally:
            os.close(file)
        return None

    def _say(self, holder: dict[str, object] | None) -> None:
        assert self._file is not None
        os.ftruncate(self._file, 0)
        if holder:
            with contextlib.suppress(OSError):  # a full disk; the lock holds without its words
                os.pwrite(self._file, json.dumps(holder).encode(), 0)

    def _refusal(self, holder: Holder) -> NewscrawlError:
        return NewscrawlError(f"{self.path} is locked by {holder}")


class SpiderLock(FileLock):
    """Held by whoever crawls with a spider: `with SpiderLock("eastmoney"): …`.

    One for each database: a crawl into a database of tests is not in the way of the real one. Entering
    raises SpiderBusy at once where another process (or another lock object of this one) holds it.
    """

    def __init__(self, spider: str, *, folder: Path | None = None) -> None:
        database = database_name()
        place = "" if database == DEFAULT_DATABASE else f"-{database}"
        super().__init__(f"spider-{spider}{place}", folder=folder)
        self.spider = spider

    def _refusal(self, holder: Holder) -> NewscrawlError:
        remedy = "wait for it, or stop it" if holder.pid is None else f"wait for it, or: kill {holder.pid}"
        return SpiderBusy(f"{self.spider} is being crawled already ({holder}); {remedy}")


def alone(spider: str, *, dry: bool) -> contextlib.AbstractContextManager[object]:
    """The lock of a spider for a run of it; none for a dry run. Entering raises SpiderBusy."""
    return contextlib.nullcontext() if dry else SpiderLock(spider)


class SchedulerLock(FileLock):
    """Held by the one scheduler of a home folder; entering raises SchedulerRunning."""

    NAME: ClassVar[str] = "scheduler"

    def __init__(self, *, folder: Path | None = None) -> None:
        super().__init__(self.NAME, folder=folder)

    def _refusal(self, holder: Holder) -> NewscrawlError:
        remedy = "stop it first" if holder.pid is None else f"stop it first: kill {holder.pid}"
        return SchedulerRunning(
            f"a scheduler runs already for {self.path.parent.parent} ({holder}); {remedy}"
        )


def _take(file: int) -> bool:
    """Whether the lock could be had. Tried a few times: who only asks holds it for a moment, too."""
    for pause in (0.01, 0.02, 0.04, None):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if pause is not None:
                time.sleep(pause)
        else:
            return True
    return False


def _said(path: Path) -> Holder:
    """What the lock's file says; an empty Holder where it says nothing readable."""
    try:
        words = json.loads(path.read_text("utf-8"))
        return Holder(pid=int(words["pid"]), started=datetime.fromisoformat(words["started"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Holder()
