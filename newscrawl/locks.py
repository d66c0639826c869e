"""One run at a time: locks and leases, so that two crawls never share a source or a host.

A lock is a file in the home folder, held by the kernel (`flock`): whoever holds it and dies, however it dies,
has freed it. The file's text only says who holds it. A lease is the same for many machines: it ends by
itself unless it is renewed. Code that needs either talks to `Leases`; `FileLeases` are locks in the home
folder, newscrawl.store.leases has those in MongoDB.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Protocol, Self
from urllib.parse import quote

from newscrawl.errors import (
    FileBusy,
    HostBusy,
    NewscrawlError,
    PagesBusy,
    SchedulerRunning,
    SpiderBusy,
    UsageError,
    WebhookBusy,
)
from newscrawl.paths import DEFAULT_DATABASE, database_name, home

LIFE = 60.0  #: seconds that a lease lasts without renewal; NEWSCRAWL_LEASE_SECONDS changes it
SHORTEST_LIFE, LONGEST_LIFE = 1.0, 3600.0
MAX_DELAY = 600.0  #: seconds between two requests to a host; a longer Crawl-delay is a mistake
LONGEST_NAME = 200  #: characters of a lock file's name
JOB = "NEWSCRAWL_JOB"  #: the variable in which a scheduler names the job to its crawl


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock or lease. All are None in the moment between taking a lock and saying so."""

    pid: int | None = None
    started: datetime | None = None  #: since when, UTC
    host: str | None = None  #: name of the machine
    home: str | None = None  #: its home folder
    job: str | None = None  #: of a scheduler; None: a crawl by hand

    def __str__(self) -> str:
        if self.pid is None or self.started is None:
            return "a process that has just started"
        place = "" if self.is_here else f" on {self.host}"
        return f"pid {self.pid}{place}, since {self.started:%Y-%m-%d %H:%M:%S} UTC"

    @property
    def is_here(self) -> bool:
        """Whether the process is on this machine."""
        return self.host in (None, platform.node())

    @property
    def busy(self) -> str:
        """For a refusal: `pid 7, busy on news1 since 2026-03-08 12:00:00 UTC`."""
        if self.pid is None or self.started is None:
            return str(self)
        host = self.host or platform.node()
        return f"pid {self.pid}, busy on {host} since {self.started:%Y-%m-%d %H:%M:%S} UTC"


def this_process() -> Holder:
    """This process as a holder, from now on."""
    job = os.environ.get(JOB) or None
    return Holder(os.getpid(), datetime.now(UTC), platform.node(), str(home()), job)


# Leases


class Lease(Protocol):
    """A name that we hold. `is_ours` costs nothing: ask before each request."""

    name: str
    token: int  #: grows by one with each holder of the name
    wait: float  #: of a host: seconds until its first request may be sent, as the holder before left it

    def is_ours(self) -> bool:
        """Whether nobody else can hold the name now, by a clock that counts while the machine sleeps."""

    def renew(self) -> bool:
        """Renews the lease; False: it is lost, for good. Blocks. Raises DatabaseUnavailable."""

    def asked(self, delay: float) -> None:
        """Of a host: a request is sent now; the next may be sent `delay` seconds later."""

    def release(self) -> None:
        """Gives the name back. Blocks; never raises. Does nothing to a lease that is lost."""


class Leases(Protocol):
    """Takes leases by name: `spider_key(...)`, `host_key(...)`. All methods block."""

    life: float  #: seconds that a lease lasts without renewal
    in_store: bool  #: whoever took one has reached MongoDB, which passed `check_reachable`

    def take(self, name: str) -> Lease:
        """Takes a name. Raises SpiderBusy, HostBusy or FileBusy if somebody holds it, DatabaseUnavailable."""

    def holders(self, names: Collection[str]) -> dict[str, Holder]:
        """Those of the names that are held now, with their holders. Raises DatabaseUnavailable."""

    def renew(self, leases: Sequence[Lease]) -> bool:
        """Renews all of these at once; False: at least one is lost. Raises DatabaseUnavailable."""

    def release(self, leases: Sequence[Lease]) -> None:
        """Gives all of these back at once, as `Lease.release`."""

    def close(self) -> None:
        """Closes connections; leases that are still held run out."""


def spider_key(spider: str) -> str:
    """The name under which a spider is held."""
    return f"spider:{spider}"


def host_key(host: str) -> str:
    """The name under which a host is held."""
    return f"host:{host.lower()}"


def pages_key(file: str) -> str:
    """The name under which a file of kept pages is held, by whoever rereads or prunes it."""
    return f"pages:{file}"


def archive_key(file: str) -> str:
    """The name under which a WARC file of others is held, by its `_id` in `archives`."""
    return f"archive:{file}"


def webhook_key(webhook: str) -> str:
    """The lease of a webhook's delivery."""
    return f"webhook:{webhook}"


def refusal(name: str, holder: Holder) -> NewscrawlError:
    """The error for a name that is held: SpiderBusy, HostBusy, PagesBusy, FileBusy or WebhookBusy."""
    kind, _, what = name.partition(":")
    if holder.pid is None:
        remedy = "wait for it, or stop it"
    elif holder.is_here:
        remedy = f"wait for it, or: kill {holder.pid}"
    else:
        remedy = f"wait for it, or on {holder.host}: kill {holder.pid}"
    if kind == "pages":
        return PagesBusy(f"{what} is being reread or pruned ({holder.busy}); {remedy}")
    if kind == "archive":
        return FileBusy(f"this file is being read already ({holder.busy}); {remedy}")
    if kind == "webhook":
        return WebhookBusy(f"the webhook {what} is being delivered already ({holder.busy})")
    if kind == "host":
        return HostBusy(f"{what} is being crawled already ({holder.busy}); {remedy}")
    return SpiderBusy(f"{what} is being crawled already ({holder.busy}); {remedy}")


def lease_life() -> float:
    """NEWSCRAWL_LEASE_SECONDS, else LIFE. Raises UsageError."""
    text = os.environ.get("NEWSCRAWL_LEASE_SECONDS") or str(LIFE)
    with contextlib.suppress(ValueError):
        if SHORTEST_LIFE <= (life := float(text)) <= LONGEST_LIFE:
            return life
    limits = f"from {SHORTEST_LIFE:g} to {LONGEST_LIFE:g}"
    raise UsageError(f"NEWSCRAWL_LEASE_SECONDS={text!r} is not a number of seconds {limits}")


def steady() -> float:
    """Seconds by a clock that nobody sets, and that counts while the machine is suspended if the system has
    such a clock."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


# Locks


class FileLock:
    """A lock named `name` in the home folder's `locks`; a context manager, not re-entrant."""

    def __init__(self, name: str, *, folder: Path | None = None) -> None:
        self.path = (folder or home() / "locks") / f"{_file_name(name)}.lock"
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
        self._began(_words(self.path))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._say(self._left())
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

    def _began(self, before: dict[str, Any]) -> None:
        """Writes who holds the lock; `before` is what the file said."""
        self._say(_document(this_process()))

    def _left(self) -> dict[str, Any] | None:
        """What the file says once the lock is given back."""
        return None

    def _say(self, words: dict[str, Any] | None) -> None:
        assert self._file is not None
        data = json.dumps(words).encode() if words else b""
        with contextlib.suppress(OSError):  # a full disk; the lock holds without its words
            os.pwrite(self._file, data, 0)
            os.ftruncate(self._file, len(data))

    def _refusal(self, holder: Holder) -> NewscrawlError:
        return NewscrawlError(f"{self.path} is locked by {holder}")


class SpiderLock(FileLock):
    """Held by whoever crawls with a spider: `with SpiderLock("eastmoney"): …`.

    One for each database: a crawl into a database of tests is not in the way of the real one. Entering
    raises SpiderBusy at once where another process (or another lock object of this one) holds it.
    """

    def __init__(self, spider: str, *, folder: Path | None = None) -> None:
        super().__init__(f"spider-{spider}{_place()}", folder=folder)
        self.spider = spider

    def _refusal(self, holder: Holder) -> NewscrawlError:
        return refusal(spider_key(self.spider), holder)


class HostLock(FileLock):
    """Held by the one crawl that asks a host; one for each database. Entering raises HostBusy.

    Its file remembers when the host may be asked again.
    """

    def __init__(self, host: str, *, folder: Path | None = None) -> None:
        super().__init__(f"host-{host}{_place()}", folder=folder)
        self.host = host
        self.next_request = 0.0  #: by the machine's clock, as the holder before left it; 0: at any time
        self._said: dict[str, Any] = {}

    def asked(self, until: float) -> None:
        """Records when the next request may be sent: a holder that is killed leaves it behind."""
        self.next_request = until
        if self._file is not None:
            self._say({**self._said, "next_request": until})

    def _began(self, before: dict[str, Any]) -> None:
        left = before.get("next_request")
        self.next_request = float(left) if isinstance(left, int | float) else 0.0
        self._said = _document(this_process())
        self._say({**self._said, "next_request": self.next_request})

    def _left(self) -> dict[str, Any] | None:
        return {"next_request": self.next_request} if self.next_request > time.time() else None

    def _refusal(self, holder: Holder) -> NewscrawlError:
        return refusal(host_key(self.host), holder)


class PagesLock(FileLock):
    """Held by whoever rereads or prunes a file of kept pages. Entering raises PagesBusy."""

    def __init__(self, file: str, *, folder: Path | None = None) -> None:
        super().__init__(f"pages-{file}", folder=folder)
        self.file = file

    def _refusal(self, holder: Holder) -> NewscrawlError:
        return refusal(pages_key(self.file), holder)


class ArchiveLock(FileLock):
    """Held by the process that reads a WARC file into a database. Entering raises FileBusy."""

    def __init__(self, file: str, *, folder: Path | None = None) -> None:
        super().__init__(f"archive-{file}{_place()}", folder=folder)
        self.file = file

    def _refusal(self, holder: Holder) -> NewscrawlError:
        return refusal(archive_key(self.file), holder)


class WebhookLock(FileLock):
    """Held by the process that delivers a webhook of a database. Entering raises WebhookBusy."""

    def __init__(self, webhook: str, *, folder: Path | None = None) -> None:
        super().__init__(f"webhook-{webhook}{_place()}", folder=folder)
        self.webhook = webhook

    def _refusal(self, holder: Holder) -> NewscrawlError:
        return refusal(webhook_key(self.webhook), holder)


class SchedulerLock(FileLock):
    """Held by the one scheduler, or by the one worker, of a home folder; entering raises SchedulerRunning."""

    NAME: ClassVar[str] = "scheduler"
    WORKER: ClassVar[str] = "worker"

    def __init__(self, name: str = NAME, *, folder: Path | None = None) -> None:
        super().__init__(name, folder=folder)
        self.name = name

    def _refusal(self, holder: Holder) -> NewscrawlError:
        remedy = "stop it first" if holder.pid is None else f"stop it first: kill {holder.pid}"
        return SchedulerRunning(
            f"a {self.name} runs already for {self.path.parent.parent} ({holder}); {remedy}"
        )


class FileLeases:
    """Leases as locks in the home folder's `locks`: they never run out while their holder lives."""

    life = float("inf")
    in_store = False

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def take(self, name: str) -> Lease:
        """As in `Leases`."""
        lock = self._lock(name)
        lock.__enter__()
        return _HeldLock(name, lock)

    def holders(self, names: Collection[str]) -> dict[str, Holder]:
        """As in `Leases`."""
        found = ((name, self._lock(name).holder()) for name in names)
        return {name: holder for name, holder in found if holder is not None}

    def renew(self, leases: Sequence[Lease]) -> bool:
        """Nothing to do."""
        return all(lease.is_ours() for lease in leases)

    def release(self, leases: Sequence[Lease]) -> None:
        """As in `Leases`."""
        for lease in leases:
            lease.release()

    def close(self) -> None:
        """Nothing to do."""

    def _lock(self, name: str) -> FileLock:
        kind, _, what = name.partition(":")
        kinds = {
            "spider": SpiderLock,
            "host": HostLock,
            "pages": PagesLock,
            "archive": ArchiveLock,
            "webhook": WebhookLock,
        }
        return kinds[kind](what, folder=self._folder)


class _HeldLock:
    """A lock that we hold, as a lease."""

    token = 0  # nobody else can hold it while we live

    def __init__(self, name: str, lock: FileLock) -> None:
        self.name, self._lock, self._held = name, lock, True
        left = lock.next_request - time.time() if isinstance(lock, HostLock) else 0.0
        self.wait = min(max(left, 0.0), MAX_DELAY)  # the clock may have been set back

    def is_ours(self) -> bool:
        return self._held

    def renew(self) -> bool:
        return self._held

    def asked(self, delay: float) -> None:
        if isinstance(self._lock, HostLock) and delay > 0:
            self._lock.asked(time.time() + delay)

    def release(self) -> None:
        self._held = False
        self._lock.__exit__(None, None, None)


def _file_name(name: str) -> str:
    """As a file may be called: a host's name may be longer than a file's."""
    quoted = quote(name, safe="")
    if len(quoted) <= LONGEST_NAME:
        return quoted
    return f"{quoted[:100]}-{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def _place() -> str:
    database = database_name()
    return "" if database == DEFAULT_DATABASE else f"-{database}"


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


def _document(holder: Holder) -> dict[str, Any]:
    """What a lock's file says of its holder."""
    assert holder.started
    return {
        "pid": holder.pid,
        "started": holder.started.isoformat(),
        "host": holder.host,
        "home": holder.home,
        "job": holder.job,
    }


def _words(path: Path) -> dict[str, Any]:
    """What a lock's file says; {} if it says nothing readable."""
    try:
        words = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return words if isinstance(words, dict) else {}


def _said(path: Path) -> Holder:
    """The holder that a lock's file names; an empty Holder if it names none."""
    words = _words(path)
    try:
        pid, started = int(words["pid"]), datetime.fromisoformat(words["started"])
    except (ValueError, KeyError, TypeError):
        return Holder()
    return Holder(pid, started, words.get("host"), words.get("home"), words.get("job"))
