"""Delivery: writes batches to MongoDB, or to the spool while it is away, and replays the spool afterwards."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
import time
from typing import Protocol

from pymongo.errors import PyMongoError

from newscrawl.model.ledger import Outcome
from newscrawl.store.buffer import ArchiveOptions
from newscrawl.store.client import in_short, reaching
from newscrawl.store.error_codes import is_away
from newscrawl.store.record import Record, Result
from newscrawl.store.schema import ensure_schema
from newscrawl.store.spool import Backlog, SpoolFile, backlog, leftovers
from newscrawl.store.write_connection import DatabaseLink
from newscrawl.store.writer import PostWriter

logger = logging.getLogger(__name__)


class OnOutcome(Protocol):
    """Called for each post and touch once its outcome is certain; `reason`: why it was rejected or failed."""

    def __call__(self, page: str, outcome: Outcome, reason: str | None = None, /) -> None: ...


_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0  # seconds between two tries


class Delivery:
    """Keeps the order of records: while anything waits in the spool, new records are appended to it."""

    def __init__(self, options: ArchiveOptions, on_outcome: OnOutcome) -> None:
        self.link = DatabaseLink(options)
        self._options = options
        self._on_outcome = on_outcome
        self._turn = asyncio.Lock()  # only one writes at a time: a new batch, or the replay
        self._spool: SpoolFile | None = None  # only while MongoDB is away
        self._return: asyncio.Task[None] | None = None
        self._closing = False
        self._written: PostWriter | None = None

    @property
    def away(self) -> bool:
        """Whether MongoDB is away, as far as this process knows."""
        return self._spool is not None

    @property
    def any_forgotten(self) -> bool:
        """Whether any article is forgotten, as of the last batch."""
        return self._written is not None and self._written.any_forgotten

    async def open(self) -> None:
        """Connects, creates the schema, replays spool files of dead processes. Raises DatabaseUnavailable."""
        await self.link.open()
        try:
            with reaching():
                await ensure_schema(self.link.database)
                for left in leftovers(self._options.spool, self._options.database):
                    await self._replay_left(left)
        except BaseException:
            await self.link.close()
            raise

    def _writer(self) -> PostWriter:
        """The same from batch to batch, to keep what it learned; a new one after a reconnect."""
        if self._written is None or self._written.database.client is not self.link.database.client:
            self._written = PostWriter(self.link.database, replace=self._options.replace)
        return self._written

    async def deliver(self, batch: list[Record]) -> None:
        """Writes a batch to MongoDB or to disk; reports each outcome."""
        if self._options.before_write is not None:
            await self._options.before_write()
        async with self._turn:
            if self._spool is None and await self._write_patiently(batch):
                return
            while not await self._to_spool(batch):
                if self._closing or self._options.stopping():
                    self._tell(batch, "failed", "could be written neither to MongoDB nor to disk")
                    return
                await asyncio.sleep(self._options.reconnect_interval)
                if self._spool is not None and await self._is_back():  # we hold the lock; nobody else can
                    await self._replay_own()
                if self._spool is None and await self._write_patiently(batch):
                    return

    async def close(self) -> Backlog:
        """Tries once more to empty the spool; returns what remains."""
        self._closing = True
        if self._return is not None:
            self._return.cancel()
            await asyncio.gather(self._return, return_exceptions=True)
        async with self._turn:
            if self._spool is not None:
                await self.link.mend()
                await self._replay_own()
            if self._spool is not None:
                self._spool.close()
        await self.link.close()
        return await asyncio.to_thread(backlog, self._options.spool, self._options.database)

    async def _write_patiently(self, batch: list[Record]) -> bool:
        """Whether MongoDB accepted the batch in time."""
        until = time.monotonic() + self._options.patience
        for attempt in itertools.count():
            try:
                results = await self._writer().write(batch, again=attempt > 0)
            except PyMongoError as error:
                if not is_away(error):
                    raise
                pause = _pause(attempt)
                if time.monotonic() + pause > until:
                    logger.error("MongoDB is away; posts go to the spool: %s", in_short(str(error)))
                    return False
                await self.link.mend()
                await asyncio.sleep(pause)
            else:
                self._tell_results(results)
                return True
        raise AssertionError("an endless loop ended")

    async def _to_spool(self, batch: list[Record]) -> bool:
        """Whether the batch is on disk."""
        try:
            if self._spool is None:
                self._spool = await asyncio.to_thread(
                    SpoolFile.create, self._options.spool, self._options.database
                )
                if self._return is None or self._return.done():
                    self._return = asyncio.create_task(self._await_return())
            await asyncio.to_thread(self._spool.append, batch)
        except OSError as error:
            logger.critical("MongoDB is away and the spool %s also fails: %s", self._options.spool, error)
            return False
        self._tell(batch, "spooled")
        return True

    async def _await_return(self) -> None:
        """Polls MongoDB until it is back and the spool is replayed."""
        while self._spool is not None:
            await asyncio.sleep(self._options.reconnect_interval * random.uniform(0.8, 1.2))  # noqa: S311
            if await self._is_back():
                async with self._turn:
                    await self._replay_own()

    async def _is_back(self) -> bool:
        await self.link.mend()
        return await self.link.answers()

    async def _replay_own(self) -> None:
        """Empties our spool; keeps it if MongoDB goes away again."""
        if self._spool is None:
            return
        try:
            for batch in self._spool.batches(self._options.batch_size):
                self._tell_results(await self._writer().write(batch, again=True))
        except PyMongoError as error:
            if not is_away(error):
                raise
            logger.warning("MongoDB is still away: %s", in_short(str(error)))
            return
        logger.warning("MongoDB is back: %d documents of the spool were stored", self._spool.documents)
        self._spool.remove()
        self._spool = None

    async def _replay_left(self, left: SpoolFile) -> None:
        """Stores what another process spooled, without reporting its outcomes."""
        documents = 0
        try:
            for batch in left.batches(self._options.batch_size):
                await self._writer().write(batch, again=True)
                documents += len(batch)
        except BaseException:
            left.close()
            raise
        logger.warning("%d documents left in the spool by an earlier run were stored", documents)
        left.remove()

    def _tell_results(self, results: list[Result]) -> None:
        for result in results:
            self._on_outcome(*result)

    def _tell(self, batch: list[Record], outcome: Outcome, reason: str | None = None) -> None:
        for record in batch:
            if record.kind in {"post", "touch", "look"}:
                self._on_outcome(record.id, outcome, reason)


def _pause(attempt: int) -> float:
    """Seconds before the next try: doubled each time, with jitter."""
    return random.uniform(0.5, 1.0) * min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0**attempt)  # noqa: S311
