"""Reader: the crawl's side of the reading process."""

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

TIME_LIMIT: Final = 60.0  #: seconds that a page may take
MOST_ENDS: Final = 10  #: of the process in one crawl; after that pages are read in the crawl's own
_TRIES = 2  # with a page first in the line when the process ended
_AT_EASE = 24  # pages in the line, with which the process has time for the marks of stories, too
_SOCKET_BUFFER = 1 << 20  # bytes, so that a page goes in one piece
_TO_BOTH = (signal.SIGINT, signal.SIGTERM)  # what a terminal or a service manager says to all of us


@dataclass(slots=True)
class _Asked:
    number: int
    message: bytes
    answer: asyncio.Future[ParseResult | None]
    ended: int = 0  #: how often the process ended with this page first in the line
    since: float = field(default_factory=time.monotonic)  #: first in the line, or asked


class Reader:
    """A process that reads pages in the order in which they are given.

    A page with which it ends twice (a parser that crashes, memory that is refused) or that takes longer than
    the time limit, in seconds, is answered with an error; the others are asked again of a new process.
    """

    def __init__(self, source: Source, *, time_limit: float = TIME_LIMIT) -> None:
        """Starts the process. Raises OSError where none can be, and what pickle raises of the source."""
        self.source = source
        self._declared = packed(0, source)
        self._time_limit = time_limit
        self._line: deque[_Asked] = deque()
        self._numbers = itertools.count(1)
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        self._opening: asyncio.Future[None] | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._looked = time.monotonic()
        self._ends = 0
        self._ready = False
        self._closed = False
        self._process, self._socket = _start()

    @property
    def pid(self) -> int:
        """Of the process that reads now."""
        return self._process.pid

    async def open(self) -> None:
        """Connects; nothing is read before."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_connection(lambda: _Answers(self), sock=self._socket)
        if self._closed:
            transport.abort()
            return
        self._transport = transport
        self._received.clear()
        transport.write(self._declared)
        for asked in self._line:
            asked.since = time.monotonic()
            transport.write(asked.message)
        if self._watch is None:
            self._looked = time.monotonic()
            self._look()

    async def read(self, page: PageTask) -> ParseResult | None:
        """What became of a page; None: it is to be read in the caller's process."""
        if self._closed:
            return None
        number = next(self._numbers)
        marked = len(self._line) < _AT_EASE
        asked = _Asked(number, packed(number, (page, marked)), asyncio.get_running_loop().create_future())
        self._line.append(asked)
        if self._transport is not None:
            self._transport.write(asked.message)
        return await asked.answer

    def close(self) -> None:
        """Ends the process; whoever waits reads for themselves. Once more does nothing."""
        if self._closed:
            return
        self._closed = True
        if self._watch is not None:
            self._watch.cancel()
        self._process.kill()  # it keeps nothing
        self._process.wait()
        if self._transport is not None:
            with suppress(RuntimeError):  # the loop is gone, where a crawl was broken off
                self._transport.abort()
        else:
            self._socket.close()
        while self._line:
            self._settle(None)

    def take(self, data: bytes) -> None:
        """Bytes of answers, as they come."""
        self._received += data
        while len(self._received) >= HEAD.size:
            number, length = HEAD.unpack_from(self._received)
            end = HEAD.size + length
            if len(self._received) < end:
                break
            message = self._received[HEAD.size : end]
            del self._received[:end]
            if not number:  # no page's: it has all that it wants for reading
                self._ready = True
                self._begin()
            if self._line and self._line[0].number == number:  # else it came too late
                answer: ParseResult = unpacked(message)
                self._settle(None if answer.unforeseen else answer)

    def _settle(self, answer: ParseResult | None) -> None:
        """Answers the first in the line."""
        asked = self._line.popleft()
        if not asked.answer.done():  # a crawl that is broken off waits for nothing
            asked.answer.set_result(answer)
        self._begin()

    def _begin(self) -> None:
        """Counts the time of the first in the line from now."""
        if self._line:
            self._line[0].since = time.monotonic()

    def lost(self) -> None:
        """The connection ended, and so did the process, or it will."""
        if self._closed:
            return
        self._transport = None
        self._process.kill()
        logger.warning("The process that reads pages ended (%s)", _told(self._process.wait()))
        self._ends += 1
        if self._line and self._ready:
            self._line[0].ended += 1
            if self._line[0].ended >= _TRIES:
                self._settle(ParseResult(error="reading it ends the process that reads it"))
        try:
            if not self._ready:  # no page's fault, and the next would fare no better
                raise ChildProcessError("it ended before it could read any")
            if self._ends >= MOST_ENDS:
                raise ChildProcessError(f"it ended {self._ends} times")
            self._ready = False
            self._process, self._socket = _start()
        except OSError as error:
            logger.error("Pages are read in the crawl's own process from now on: %s", error)
            self.close()
        else:
            self._opening = asyncio.ensure_future(self.open())

    def _look(self) -> None:
        """Ends a process that is at one page for too long."""
        now, before = time.monotonic(), self._looked
        self._looked = now
        if now - before > self._time_limit / 2:  # both were stopped (Ctrl-Z), or this one was held up
            self._begin()
        elif self._line and now - self._line[0].since > self._time_limit:
            if self._ready:
                self._settle(ParseResult(error=f"reading it takes longer than {self._time_limit:g} s"))
                if self._line:
                    self._line[0].ended -= 1  # that end is none of this page's
            self._process.kill()  # and `lost` hears of it
        self._watch = asyncio.get_running_loop().call_later(self._time_limit / 4, self._look)


class _Answers(asyncio.Protocol):
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def data_received(self, data: bytes) -> None:
        self._reader.take(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._reader.lost()


def _start() -> tuple[subprocess.Popen[bytes], socket.socket]:
    ours, theirs = socket.socketpair()
    unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, _TO_BOTH)  # the process is born deaf to them
    try:
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET_BUFFER)
        ours.setblocking(False)
        number = theirs.fileno()
        process = subprocess.Popen(  # noqa: S603  # this program
            [sys.executable, "-P", "-m", "newscrawl.crawl.worker.process", str(number)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # the crawl's may be a pipe that wants nothing but JSON
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
    """PYTHONPATH by which the process finds what this one does, and no namesake in the folder it is in."""
    here = str(Path(__file__).resolve().parents[2])
    places = [place for place in sys.path if os.path.isabs(place)]  # another wants a folder to be in
    return os.pathsep.join(places if here in places else [here, *places])


def _told(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"
