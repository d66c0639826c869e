"""Worker: the crawl's side of the process that parses pages."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from newscrawl.crawl.worker.messages import HEAD, ParseResult, packed, unpacked

if TYPE_CHECKING:
    from newscrawl.crawl.worker.messages import PageTask
    from newscrawl.model.source import Source

logger = logging.getLogger(__name__)

TIME_LIMIT: Final = 60.0  #: seconds per page
MAX_CRASHES: Final = 10  #: of the process per crawl; after that pages are parsed in the crawl's own
_MAX_TRIES = 2  # for a page that crashes the process
_SHORT_QUEUE = 24  # pages; with fewer, the process also computes near-duplicate marks
_SOCKET_BUFFER = 1 << 20  # bytes; a page is sent at once
_BLOCKED_SIGNALS = (
    signal.SIGINT,
    signal.SIGTERM,
)  # a terminal or service manager sends them to both processes


@dataclass(slots=True)
class _Job:
    number: int
    message: bytes
    result: asyncio.Future[ParseResult | None]
    crashes: int = 0  #: of the process during this page
    since: float = field(default_factory=time.monotonic)  #: first in the queue, or queued


class Worker:
    """A process that parses pages in order.

    A page that crashes the process twice (a parser bug, out of memory) or exceeds the time limit, in seconds,
    results in an error; the other pages are sent to a new process.
    """

    def __init__(self, source: Source, *, time_limit: float = TIME_LIMIT) -> None:
        """Starts the process. Raises OSError if that fails, and pickle's errors for the source."""
        self.source = source
        self._source_message = packed(0, source)
        self._time_limit = time_limit
        self._queue: deque[_Job] = deque()
        self._numbers = itertools.count(1)
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        self._opening: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._last_check = time.monotonic()
        self._crashes = 0
        self._ready = False
        self._closed = False
        self._process, self._socket = _start()

    @property
    def pid(self) -> int:
        """The current process's id."""
        return self._process.pid

    async def open(self) -> None:
        """Connects; from then on pages are parsed."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_connection(lambda: _Results(self), sock=self._socket)
        if self._closed:
            transport.abort()
            return
        self._transport = transport
        self._received.clear()
        transport.write(self._source_message)
        for job in self._queue:
            job.since = time.monotonic()
            transport.write(job.message)
        if self._timer is None:
            self._last_check = time.monotonic()
            self._check_time()

    async def read(self, page: PageTask) -> ParseResult | None:
        """A page's parse result; None if the caller must parse it."""
        if self._closed:
            return None
        number = next(self._numbers)
        marked = len(self._queue) < _SHORT_QUEUE
        job = _Job(number, packed(number, (page, marked)), asyncio.get_running_loop().create_future())
        self._queue.append(job)
        if self._transport is not None:
            self._transport.write(job.message)
        return await job.result

    def close(self) -> None:
        """Kills the process; waiting callers get None. May be called repeatedly."""
        if self._closed:
            return
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._process.kill()  # it holds no state
        self._process.wait()
        if self._transport is not None:
            with suppress(RuntimeError):  # the loop is closed if a crawl was killed
                self._transport.abort()
        else:
            self._socket.close()
        while self._queue:
            self._finish_first(None)

    def receive(self, data: bytes) -> None:
        """Receives bytes of results."""
        self._received += data
        while len(self._received) >= HEAD.size:
            number, length = HEAD.unpack_from(self._received)
            end = HEAD.size + length
            if len(self._received) < end:
                break
            message = self._received[HEAD.size : end]
            del self._received[:end]
            if number == 0:  # no page: the process is ready
                self._ready = True
                self._restart_clock()
            if self._queue and self._queue[0].number == number:  # else it came too late
                result: ParseResult = unpacked(message)
                self._finish_first(None if result.unforeseen else result)

    def _finish_first(self, result: ParseResult | None) -> None:
        """Resolves the first page in the queue."""
        job = self._queue.popleft()
        if not job.result.done():  # cancelled if the crawl is killed
            job.result.set_result(result)
        self._restart_clock()

    def _restart_clock(self) -> None:
        """Restarts the clock of the first page in the queue."""
        if self._queue:
            self._queue[0].since = time.monotonic()

    def lost(self) -> None:
        """Called when the connection is lost: the process has ended, or is about to."""
        if self._closed:
            return
        self._transport = None
        self._process.kill()
        logger.warning("The process that parses pages ended (%s)", _exit_reason(self._process.wait()))
        self._crashes += 1
        if self._queue and self._ready:
            self._queue[0].crashes += 1
            if self._queue[0].crashes >= _MAX_TRIES:
                self._finish_first(ParseResult(error="parsing it crashes the worker process"))
        try:
            if not self._ready:  # no page's fault; a new process would fail, too
                raise ChildProcessError("the worker ended before its first page")
            if self._crashes >= MAX_CRASHES:
                raise ChildProcessError(f"the worker ended {self._crashes} times")
            self._ready = False
            self._process, self._socket = _start()
        except OSError as error:
            logger.error("Pages are parsed in the crawl's own process from now on: %s", error)
            self.close()
        else:
            self._opening = asyncio.ensure_future(self.open())

    def _check_time(self) -> None:
        """Kills a process that takes too long for a page."""
        now, before = time.monotonic(), self._last_check
        self._last_check = now
        if now - before > self._time_limit / 2:  # both were suspended (Ctrl-Z), or this process was held up
            self._restart_clock()
        elif self._queue and now - self._queue[0].since > self._time_limit:
            if self._ready:
                self._finish_first(ParseResult(error=f"parsing it takes longer than {self._time_limit:g} s"))
                if self._queue:
                    self._queue[0].crashes -= 1  # this kill is not the next page's fault
            self._process.kill()  # this calls `lost`
        self._timer = asyncio.get_running_loop().call_later(self._time_limit / 4, self._check_time)


class _Results(asyncio.Protocol):
    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def data_received(self, data: bytes) -> None:
        self._worker.receive(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._worker.lost()


def _start() -> tuple[subprocess.Popen[bytes], socket.socket]:
    ours, theirs = socket.socketpair()
    unblocked = signal.pthread_sigmask(
        signal.SIG_BLOCK, _BLOCKED_SIGNALS
    )  # start the child with these signals blocked
    try:
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET_BUFFER)
        ours.setblocking(False)
        number = theirs.fileno()
        process = subprocess.Popen(  # noqa: S603  # this program
            [sys.executable, "-P", "-m", "newscrawl.crawl.worker.process", str(number), str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # the crawl may be printing JSON there
            env={**os.environ, "PYTHONPATH": _path()},
            pass_fds=[number],
        )
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
        signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
    return process, ours


def _path() -> str:
    """A PYTHONPATH with which the process imports the same modules, and no namesakes in its working
    folder."""
    root = str(Path(__file__).resolve().parents[3])
    folders = [folder for folder in sys.path if os.path.isabs(folder)]  # others depend on the working folder
    return os.pathsep.join(folders if root in folders else [root, *folders])


def _exit_reason(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"
