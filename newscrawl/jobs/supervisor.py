"""The process between the scheduler and one run: logs its output, enforces its time limit, stops it with the
scheduler.

Started as `python -I supervisor.py SPEC` with SPEC a JSON object: `command` (list), `log` (path), `limit`
(seconds or null), `grace` (seconds between SIGTERM and SIGKILL). It imports only the standard library, so it
needs a few megabytes and starts fast.

It prints two JSON lines: `{"pid": …}` when the run has started, and at its end `{"exit", "ended",
"output", "errors", "cpu"}`: the exit code (-9 for a kill), one of `exit`, `time limit`, `stopped`,
`orphaned`, the last bytes of its standard output, the last lines of its standard error, the seconds of
processor time that the run and the supervisor took.

The run is asked to stop (SIGTERM) at its time limit, when the supervisor gets SIGTERM or a byte on standard
input, and when standard input is closed, which happens however the scheduler dies, because it holds the other
end. After the grace period, or at a second SIGTERM or byte, the run's whole process group is killed.

newscrawl.cli.warm_parent uses the class in a fork, for a forked run.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import selectors
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any, Protocol

LOG_BYTES = 1_000_000  #: maximum size of a log file; LOG_FILES older ones are kept, `.1` the newest
LOG_FILES = 3
OUTPUT_BYTES = 64_000  #: of standard output passed to the scheduler
ERROR_LINES = 20
ERROR_BYTES = 4_000


class Run(Protocol):
    """A started process, such as subprocess.Popen."""

    pid: int
    stdout: IO[bytes] | None
    stderr: IO[bytes] | None
    returncode: Any  #: None while it runs, negative for a signal

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""

    def terminate(self) -> None:
        """Sends it SIGTERM."""


class Log:
    """A log file that is rotated at LOG_BYTES."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._open()

    def write(self, data: bytes) -> None:
        """Appends; a full disk loses log lines but does not stop the run."""
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
    """Runs one command; see the module's docstring."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.log = Log(Path(spec["log"]))
        self.grace: float = spec["grace"]
        self.ended = "exit"
        self.output, self.errors = b"", b""
        self.command: list[str] = spec["command"]
        self.limit: float | None = None if spec["limit"] is None else time.monotonic() + spec["limit"]
        self.kill_at: float | None = None
        self.signals = _wake_up_on(signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)

    def run(self, process: Run | None = None) -> dict[str, Any]:
        """Starts the command unless `process` already runs it, waits for its end and returns how it ended."""
        self._note(f"began: {shlex.join(self.command)}")
        try:
            self.process = process or self._start()
        except OSError as error:
            return {
                "exit": 127,
                "ended": "exit",
                "output": "",
                "errors": f"{self.command[0]}: {error.strerror}",
            }
        report({"pid": self.process.pid})
        self._watch()
        self._note(f"ended: exit {self.process.returncode} ({self.ended})")
        return {
            "exit": self.process.returncode,
            "ended": self.ended,
            "output": self.output.decode("utf-8", "replace"),
            "errors": _last_lines(self.errors),
            "cpu": _processor_time(),
        }

    def _start(self) -> Run:
        return subprocess.Popen(  # noqa: S603  the scheduler's own command line, no shell
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # its own process group, to kill all of it
        )

    def _watch(self) -> None:
        """Waits for the run's end, then kills what is left of its process group."""
        with selectors.DefaultSelector() as self.watched:
            for source in (self.process.stdout, self.process.stderr, sys.stdin.buffer, self.signals):
                assert source is not None
                os.set_blocking(source.fileno(), False)
                self.watched.register(source, selectors.EVENT_READ)
            while self.process.poll() is None:
                self._wait()
            self._signal(signal.SIGKILL)  # what the run left behind
            self._drain()

    def _wait(self) -> None:
        """Waits for output, a signal, or the next deadline."""
        now = time.monotonic()
        if self.kill_at is not None and now >= self.kill_at:
            self._signal(signal.SIGKILL)
            self.kill_at = None
        elif self.limit is not None and now >= self.limit:
            self._stop("time limit")
        due = [deadline for deadline in (self.limit, self.kill_at) if deadline is not None]
        # At most a second: if a SIGCHLD is lost, the end of the run is still noticed.
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
        elif source is sys.stdin.buffer:
            for _ in data:
                self._stop("stopped")
        elif source is self.process.stdout:
            self.output = (self.output + data)[-OUTPUT_BYTES:]
            self.log.write(data)
        elif source is self.process.stderr:
            self.errors = (self.errors + data)[-ERROR_BYTES:]
            self.log.write(data)

    def _stop(self, reason: str) -> None:
        """Asks the run to stop; kills it at the second signal."""
        if self.kill_at is None and self.ended == "exit":
            self.ended, self.limit = reason, None
            self.kill_at = time.monotonic() + self.grace
            # Only the run, which stops its own children.
            self.process.terminate()
        elif reason == "stopped":
            self.kill_at = time.monotonic()

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    def _drain(self) -> None:
        """Reads the rest of the pipes, without waiting for a grandchild that keeps one open."""
        for source in (self.process.stdout, self.process.stderr):
            assert source is not None
            while source in self.watched.get_map() and _readable(source):
                self._read(source)

    def _note(self, text: str) -> None:
        self.log.write(f"=== {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {text}\n".encode())


def _wake_up_on(*numbers: int) -> socket.socket:
    """A socket that receives a byte for each of these signals."""
    receiver, sender = socket.socketpair()
    sender.setblocking(False)
    signal.set_wakeup_fd(sender.detach(), warn_on_full_buffer=False)
    for number in numbers:
        signal.signal(number, lambda *_: None)
    return receiver


def _read_some(file: int) -> bytes | None:
    """Up to 64 KB; empty at the end of file; None if there is nothing to read now."""
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


def _processor_time() -> float:
    """Processor seconds of this process, the run, and the children it waited for."""
    usages = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return round(sum(usage.ru_utime + usage.ru_stime for usage in usages), 3)


def _last_lines(errors: bytes) -> str:
    return "\n".join(errors.decode("utf-8", "replace").splitlines()[-ERROR_LINES:])


def report(line: dict[str, Any]) -> None:
    """Prints a line for the scheduler, if it is still alive."""
    with contextlib.suppress(OSError):
        os.write(sys.stdout.fileno(), json.dumps(line).encode() + b"\n")


if __name__ == "__main__":
    report(Supervisor(json.loads(sys.argv[1])).run())
