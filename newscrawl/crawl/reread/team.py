"""The rereading processes: forks of one that has imported everything, each with a keeper.

A keeper only forks the reading process, again if a page crashes it. It has no threads and no connections, so
forking is safe at any time. Both end with their parent process.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import logging
import mmap
import os
import signal
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Final

from newscrawl.crawl.reread.piece import Piece, PieceReader, Step
from newscrawl.crawl.worker.process import end_with_parent
from newscrawl.errors import DatabaseUnavailable, NewscrawlError

if TYPE_CHECKING:
    from newscrawl.crawl.reread.tally import Selection

logger = logging.getLogger(__name__)

PAGE_SECONDS: Final = 120.0  #: of CPU time per page; then the process is killed
_ENDING = 5.0  # seconds for a process to close its connection
_COLLECT_EVERY = 5  # pieces
_PAGE = struct.Struct("<q")  # offset of the article being read; -1: none
_STOP = _PAGE.size  # offset of the stop flag
_NO_PAGE: Final = -1


@dataclass(frozen=True, slots=True)
class Done:
    """A piece was read, but not to its end if the process was asked to stop."""


@dataclass(frozen=True, slots=True)
class Crashed:
    """The process crashed; `offset` of the article being read, None if none."""

    offset: int | None
    signal: int  #: 0: it exited


@dataclass(frozen=True, slots=True)
class Broken:
    """The process cannot continue because of MongoDB or the disk; `usage`: commands exit 2."""

    words: str
    usage: bool


Message = Step | Done | Crashed | Broken


class Member:
    """A reading process; `piece` is its current piece."""

    def __init__(self, selection: Selection, others: list[Member], *, dry_run: bool) -> None:
        """Forks. The caller must not have threads."""
        self._shared = mmap.mmap(-1, _PAGE.size + 1)
        _PAGE.pack_into(self._shared, 0, _NO_PAGE)
        ours, theirs = socket.socketpair()
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                ours.close()
                for other in others:
                    other.connection.close()
                end_with_parent(parent)
                _keep(Connection(theirs.detach()), self._shared, selection, dry_run=dry_run)
            finally:
                os._exit(1)
        theirs.close()
        self.connection: Connection = Connection(ours.detach())
        self.piece: Piece | None = None

    def give(self, piece: Piece | None) -> None:
        """Sends it a piece; None ends it."""
        self.piece = piece
        with suppress(BrokenPipeError):
            self.connection.send(piece)

    def stop(self) -> None:
        """Asks it to stop after its batch."""
        self._shared[_STOP] = 1

    def end(self) -> None:
        """Waits for the process if it was asked to end, else kills it."""
        until = time.monotonic() + (_ENDING if self.piece is None else 0)
        self.connection.close()
        with suppress(ChildProcessError):
            while os.waitpid(self.pid, os.WNOHANG)[0] == 0:
                if time.monotonic() >= until:
                    os.kill(self.pid, signal.SIGKILL)  # its child ends with it
                    os.waitpid(self.pid, 0)
                    return
                time.sleep(0.01)


@contextmanager
def team(size: int, selection: Selection, *, dry_run: bool) -> Iterator[list[Member]]:
    """Starts `size` processes, after importing everything. The caller must not have threads."""
    _import()
    gc.collect()
    gc.freeze()  # forks share what they do not write
    members: list[Member] = []
    try:
        for _ in range(size):
            members.append(Member(selection, members, dry_run=dry_run))
        yield members
    finally:
        for member in members:
            member.end()


def messages(members: list[Member], seconds: float) -> Iterator[tuple[Member, Message]]:
    """Messages of the processes within `seconds`. Raises NewscrawlError if one is gone."""
    by_connection: dict[Any, Member] = {member.connection: member for member in members}
    for connection in wait(list(by_connection), seconds):
        member = by_connection[connection]
        try:
            yield member, member.connection.recv()
        except (EOFError, ConnectionError):
            raise NewscrawlError(
                f"process {member.pid}, which rereads, was killed; run the command again"
            ) from None


def _import() -> None:
    """Imports what each process would import for its first page."""
    for name in ("pymongo", "scrapy.http", "scrapy.responsetypes", "fastwarc.warc"):
        importlib.import_module(name)
    from newscrawl.crawl.runner import sound_spiders
    from newscrawl.page import read_page

    for _ in sound_spiders():
        pass
    with suppress(Exception):  # for its imports and tables
        read_page(b"<html><body><article><h1>A</h1><p>B C.</p></article>", url="https://example.org/1.html")


def _keep(connection: Connection, shared: mmap.mmap, selection: Selection, *, dry_run: bool) -> None:
    """The keeper: forks the reading process until it ends normally."""
    for number in (
        signal.SIGINT,
        signal.SIGTERM,
    ):  # a terminal sends them to all: the parent decides
        signal.signal(number, signal.SIG_IGN)
    keeper = os.getpid()
    while True:
        pid = os.fork()
        if pid == 0:
            try:
                end_with_parent(keeper)
                asyncio.run(_serve(connection, shared, selection, dry_run=dry_run))
                os._exit(0)
            finally:
                os._exit(1)
        _, status = os.waitpid(pid, 0)
        if status == 0:
            os._exit(0)
        (offset,) = _PAGE.unpack_from(shared, 0)
        _PAGE.pack_into(shared, 0, _NO_PAGE)
        ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        connection.send(Crashed(None if offset == _NO_PAGE else offset, ended_by))


async def _serve(connection: Connection, shared: mmap.mmap, selection: Selection, *, dry_run: bool) -> None:
    """Reads pieces until it receives None."""
    from pymongo.errors import PyMongoError

    from newscrawl.paths import database_name
    from newscrawl.store.client import connect_async, in_short, reaching

    def on_page(offset: int | None) -> None:
        _PAGE.pack_into(shared, 0, _NO_PAGE if offset is None else offset)
        signal.setitimer(signal.ITIMER_PROF, 0 if offset is None else PAGE_SECONDS)

    def stopping() -> bool:
        return bool(shared[_STOP])

    gc.disable()  # pages have hardly any reference cycles
    try:
        with reaching():
            async with await connect_async("reader" if dry_run else "writer") as client:
                reader = PieceReader(client[database_name()], selection, dry_run=dry_run, on_page=on_page)
                for piece in _pieces(connection):
                    async for step in reader.reread(piece, stopping):
                        connection.send(step)
                    connection.send(Done())
                    if piece.number % _COLLECT_EVERY == 0:
                        gc.collect()
    except DatabaseUnavailable as error:
        connection.send(Broken(str(error), usage=True))
    except PyMongoError as error:
        connection.send(Broken(f"MongoDB refuses: {in_short(str(error))}", usage=True))
    except (OSError, NewscrawlError) as error:
        connection.send(Broken(str(error), usage=False))


def _pieces(connection: Connection) -> Iterator[Piece]:
    with suppress(EOFError, ConnectionError):
        while (piece := connection.recv()) is not None:
            yield piece
