"""The process between the scheduler and one run: logs its output, ends it in time, outlives nobody.

Started as `python -I guard.py SPEC` with SPEC a JSON object: `command` (list), `log` (path),
`limit` (seconds or null), `grace` (seconds between asking the run to stop and killing it). It knows
only the standard library, so that it costs a few megabytes and starts at once.

It prints two JSON lines: `{"pid": …}` when the run has begun, and at its end `{"exit", "ended",
"output", "errors"}`: the exit code (-9 for a kill), one of `exit`, `time limit`, `stopped`,
`orphaned`, the last bytes of its standard output, the last lines of its standard error.

The run is asked to stop (SIGTERM) at its time limit, when the guard gets SIGTERM, and when standard
input closes: the scheduler holds its other end, so that closes when the scheduler dies, however it
dies. After the grace, or at a second SIGTERM, the run's whole process group is killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

LOG_BYTES = 1_000_000  #: of one log file; with LOG_FILES old ones beside it, `.1` the youngest
LOG_FILES = 3
OUTPUT_BYTES = 64_000  #: of standard output that are handed to the scheduler
ERROR_LINES = 20
ERROR_BYTES = 4_000


class Log:
    """A file that grows to LOG_BYTES and then makes room for a new one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._open()

    def write(self, data: bytes) -> None:
        """Appends; a full disk costs the log, not the run."""
        with contextlib.suppress(OSError):
            if self._file.tell() + len(data) > LOG_BYTES:
                self._file.close()
                self._rotate()
                self._open()
            self._file.write(data)

    def _open(self) -> None:
        self._file = self.path.open("ab", buffering=0)

    def _rotate(self) -> None:
        for number in range(LOG_FILES, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{number}")
            younger = self.path.with_name(f"{self.path.name}.{number - 1}") if number > 1 else self.path
            if younger.exists():
                younger.replace(older)


class Supervisor:
    """Runs one command to its end; see the module."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.log = Log(Path(spec["log"]))
        self.grace: float = spec["grace"]
        self.ended = "exit"
        self.output, self.errors = b"", b""
        self.command: list[str] = spec["command"]
        self.limit: float | None = None if spec["limit"] is None else time.monotonic() + spec["limit"]
        self.kill_at: float | None = None
        self.signals = _wake_up_on(signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)

    def run(self) -> dict[str, Any]:
        """Starts the command, waits for its end, and tells of it."""
        self._note(f"began: {shlex.join(self.command)}")
        try:
            self.process = self._start()
        except OSError as error:
            return {
                "exit": 127,
                "ended": "exit",
                "output": "",
                "errors": f"{self.command[0]}: {error.strerror}",
            }
        _tell({"pid": self.process.pid})
        self._watch()
        self._note(f"ended: exit {self.process.returncode} ({self.ended})")
        return {
            "exit": self.process.returncode,
            "ended": self.ended,
            "output": self.output.decode("utf-8", "replace"),
            "errors": _last_lines(self.errors),
        }

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603  the scheduler's own command line, no shell
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # a group of its own, so that all of it can be killed
        )

    def _watch(self) -> None:
        """Until the run and all that it left in its group have ended."""
        with selectors.DefaultSelector() as self.watched:
            for source in (self.process.stdout, self.process.stderr, sys.stdin.buffer, self.signals):
                assert source is not None
                os.set_blocking(source.fileno(), False)
                self.watched.register(source, selectors.EVENT_READ)
            while self.process.poll() is None:
                self._wait()
            self._signal(signal.SIGKILL)  # what the run left behind in its group
            self._drain()

    def _wait(self) -> None:
        """Until something happens or is due."""
        now = time.monotonic()
        if self.kill_at is not None and now >= self.kill_at:
            self._signal(signal.SIGKILL)
            self.kill_at = None
        elif self.limit is not None and now >= self.limit:
            self._stop("time limit")
        due = [moment for moment in (self.limit, self.kill_at) if moment is not None]
        # A second at the most: should a SIGCHLD be lost, the run's end is still seen.
        timeout = min(1.0, max(0.0, min(due) - now)) if due else 1.0
        for key, _ in self.watched.select(timeout):
            self._read(key.fileobj)

    def _read(self, source: Any) -> None:
        data = _read_some(source.fileno())
        if data is None:
            return
        if source is self.signals:
            if any(byte in (signal.SIGTERM, signal.SIGINT) for byte in data):
                self._stop("stopped")
        elif not data:
            self.watched.unregister(source)
            if source is sys.stdin.buffer:
                self._stop("orphaned")
        elif source is self.process.stdout:
            self.output = (self.output + data)[-OUTPUT_BYTES:]
            self.log.write(data)
        elif source is self.process.stderr:
            self.errors = (self.errors + data)[-ERROR_BYTES:]
            self.log.write(data)

    def _stop(self, why: str) -> None:
        """Asks the run to stop; asked again by a signal, kills it."""
        if self.kill_at is None and self.ended == "exit":
            self.ended, self.limit = why, None
            self.kill_at = time.monotonic() + self.grace
            # The run alone: it stops its own children in its own order.
            self.process.terminate()
        elif why == "stopped":
            self.kill_at = time.monotonic()

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    def _drain(self) -> None:
        """What is still in the pipes; a grandchild that keeps one open is not waited for."""
        for source in (self.process.stdout, self.process.stderr):
            assert source is not None
            while source in self.watched.get_map() and _readable(source):
                self._read(source)

    def _note(self, text: str) -> None:
        self.log.write(f"=== {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {text}\n".encode())


def _wake_up_on(*numbers: int) -> socket.socket:
    """A socket on which a byte arrives for each of these signals."""
    receiver, sender = socket.socketpair()
    sender.setblocking(False)
    signal.set_wakeup_fd(sender.detach(), warn_on_full_buffer=False)
    for number in numbers:
        signal.signal(number, lambda *_: None)
    return receiver


def _read_some(file: int) -> bytes | None:
    """Up to 64 KB; empty at the end; None where there is nothing now."""
    try:
        return os.read(file, 65536)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def _readable(source: IO[bytes]) -> bool:
    with selectors.DefaultSelector() as one:
        one.register(source, selectors.EVENT_READ)
        return bool(one.select(0))


def _last_lines(errors: bytes) -> str:
    return "\n".join(errors.decode("utf-8", "replace").splitlines()[-ERROR_LINES:])


def _tell(line: dict[str, Any]) -> None:
    """To the scheduler, if it is still there."""
    with contextlib.suppress(OSError):
        os.write(sys.stdout.fileno(), json.dumps(line).encode() + b"\n")


if __name__ == "__main__":
    _tell(Supervisor(json.loads(sys.argv[1])).run())
