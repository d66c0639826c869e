"""PostBuffer: the bounded buffer between a crawl and the task that writes to MongoDB."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from newscrawl.paths import database_name, home
from newscrawl.store.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveOptions:
    """Options of an Archive. Times are seconds."""

    database: str = field(default_factory=database_name)
    spool: Path = field(default_factory=lambda: home() / "spool")  #: folder of the spool files
    batch_size: int = 100  #: documents per write; more is not faster
    flush_interval: float = 0.1  #: how long a document waits for its batch to fill
    buffer_documents: int = 1000  #: `put` waits while this many documents are unwritten …
    buffer_bytes: int = 64_000_000  #: … or this many bytes
    patience: float = 10.0  #: how long to retry a write before spooling it
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))  #: aware, UTC
    reconnect_interval: float = 2.0  #: time between two checks whether MongoDB is back
    #: Whether the caller is shutting down: then documents that neither MongoDB nor the disk accepts are
    #: dropped.
    stopping: Callable[[], bool] = bool
    #: Awaited before each batch is written: what its documents refer to must be on disk first.
    before_write: Callable[[], Awaitable[None]] | None = None
    replace: bool = False  #: whether a page that is no longer the stored article replaces it anyway
    restart_embedded: bool = True  #: whether to restart the embedded server if it died


class PostBuffer:
    """Records not written yet, including the current batch."""

    def __init__(self, options: ArchiveOptions) -> None:
        self._options = options
        self._waiting: deque[Record] = deque()
        self._documents = 0
        self._bytes = 0
        self._hurried = 0
        self._abandoned = False
        self._some = asyncio.Event()  # at least one record waits
        self._enough = asyncio.Event()  # a full batch waits, or a caller waits in `drained`
        self._room = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    async def put(self, record: Record) -> None:
        """Adds a record; waits while the buffer is full."""
        while self._is_full() and not self._abandoned:
            self._room.clear()
            await self._room.wait()
        self._waiting.append(record)
        self._documents += 1
        self._bytes += len(record.raw)
        self._empty.clear()
        self._some.set()
        if len(self._waiting) >= self._options.batch_size or self._hurried:
            self._enough.set()

    async def take(self) -> list[Record]:
        """The next batch: a full one, or what arrived within the flush interval. Then call `done`."""
        await self._some.wait()
        if not self._enough.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._enough.wait(), self._options.flush_interval)
        size = min(self._options.batch_size, len(self._waiting))
        batch = [self._waiting.popleft() for _ in range(size)]
        if not self._waiting:
            self._some.clear()
        if len(self._waiting) < self._options.batch_size and not self._hurried:
            self._enough.clear()
        return batch

    def done(self, batch: list[Record]) -> None:
        """Frees the space of a written batch."""
        self._documents -= len(batch)
        self._bytes -= sum(len(record.raw) for record in batch)
        self._room.set()
        if not self._documents:
            self._empty.set()

    def abandon(self) -> None:
        """Releases callers that wait for space, because no more batches will be taken."""
        self._abandoned = True
        self._room.set()

    async def drained(self) -> None:
        """Waits until everything is written; batches are taken without waiting for them to fill."""
        self._hurried += 1
        self._enough.set()
        try:
            await self._empty.wait()
        finally:
            self._hurried -= 1

    def _is_full(self) -> bool:
        options = self._options
        return self._documents >= options.buffer_documents or self._bytes >= options.buffer_bytes
