"""Archive: the write side of MongoDB, for crawls and imports."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Self

from pymongo.errors import PyMongoError

from newscrawl.errors import ArchiveBroken, Unstorable
from newscrawl.model.draft import Reject
from newscrawl.model.field_coverage import WINDOW
from newscrawl.model.post import Post
from newscrawl.store.buffer import ArchiveOptions, PostBuffer
from newscrawl.store.category_names import keep_names
from newscrawl.store.delivery import Delivery, OnOutcome
from newscrawl.store.error_codes import is_away
from newscrawl.store.known_articles import Known, fetch_known
from newscrawl.store.list_histories import Histories, read_histories, write_histories
from newscrawl.store.record import (
    Record,
    look_record,
    post_record,
    refusal,
    reject_record,
    run_record,
    touch_record,
    whole_milliseconds,
)
from newscrawl.store.request_memory import RequestMemory
from newscrawl.store.search_index import index_pending
from newscrawl.store.spool import Backlog
from newscrawl.store.withdrawals import StoredArticle, count_seen, fetch_due, fetch_text
from newscrawl.text.dates import CLOCK_DOUBT

__all__ = ["Archive", "ArchiveOptions", "Backlog", "Known", "OnOutcome", "StoredArticle"]

logger = logging.getLogger(__name__)

_RUNS_COMPARED = 1_000
_PARTS_AT_CLOSE = 4  # of the full-text index, some 3 seconds each; `newscrawl db index` takes all


class Archive:
    """Takes posts, rejects and runs, and writes them in batches behind the caller's back.

    Each post, touch and look is reported to `on_outcome` once its fate is certain: `stored`, `updated`,
    `unchanged`, `gone`, `withdrawn`, `rejected` (MongoDB refused that document; it lies in `rejects` with
    MongoDB's words), `failed` (nothing took it), or `spooled` (on our disk; reported again once MongoDB has
    it).
    """

    def __init__(self, options: ArchiveOptions, on_outcome: OnOutcome) -> None:
        self._on_outcome = on_outcome
        self._clock = options.clock
        self._outbox = PostBuffer(options)
        self._delivery = Delivery(options, on_outcome)
        self._work: asyncio.Task[None] | None = None
        #: What earlier runs learned that saves requests.
        self.memory = RequestMemory(lambda: None if self._delivery.away else self._delivery.link.database)

    @classmethod
    async def open(cls, options: ArchiveOptions, on_outcome: OnOutcome) -> Self:
        """Connects, makes the schema where it is not there, stores what earlier runs left in the spool.

        Raises DatabaseUnavailable.
        """
        archive = cls(options, on_outcome)
        await archive._delivery.open()
        archive._work = asyncio.create_task(archive._deliver())
        return archive

    async def known(
        self, ids: Sequence[str], addresses: Mapping[str, str] = MappingProxyType({}), spider: str = ""
    ) -> dict[str, Known]:
        """What is held of these articles, posts and rejects, by their ids; empty while MongoDB is away.

        addresses: canonical URLs by id, where a post that holds one of them under another id, and that
            `spider` would update, counts as well.
        """
        if self._delivery.away:
            return {}
        try:
            return await fetch_known(self._delivery.link.database, ids, addresses, spider)
        except PyMongoError as error:
            if not is_away(error):
                raise
            logger.warning("MongoDB is away: articles that are stored may be fetched again")
            return {}

    async def due(self, spider: str, domains: Iterable[str], limit: int) -> list[StoredArticle]:
        """The posts of a spider on these domains whose pages are due for another look, to look at `limit` of
        them; see newscrawl.store.withdrawals.fetch_due. Empty while MongoDB is away."""
        if self._delivery.away:
            return []
        try:
            return await fetch_due(self._delivery.link.database, spider, domains, self._now(), limit)
        except PyMongoError as error:
            if not is_away(error):
                raise
            logger.warning("MongoDB is away: whether articles were withdrawn is left to the next run")
            return []

    async def seen_since(self, spider: str, since: datetime, limit: int) -> int:
        """How many posts of a spider were found at their pages after a time, `limit` at most; 0 while MongoDB
        is away."""
        if self._delivery.away:
            return 0
        try:
            return await count_seen(self._delivery.link.database, spider, since, self._now(), limit)
        except PyMongoError as error:
            if not is_away(error):
                raise
            return 0

    async def text_of(self, post_id: str) -> str | None:
        """The text of a stored post; None if there is none, and while MongoDB is away."""
        if self._delivery.away:
            return None
        try:
            return await fetch_text(self._delivery.link.database, post_id)
        except PyMongoError as error:
            if not is_away(error):
                raise
            return None

    async def last_run(self, spider: str, arguments: Mapping[str, str]) -> dict[str, Any] | None:
        """The document of the spider's latest run with these arguments, finished or not.

        None where there was none, and while MongoDB is away. A run that a clock dated ahead does not count.
        """
        until = self._clock() + CLOCK_DOUBT
        wanted = {
            "spider": spider,
            "arguments": dict(sorted(arguments.items())),
            "started": {"$lte": until},
        }
        try:
            return await self._delivery.link.database["runs"].find_one(wanted, sort=[("started", -1)])
        except PyMongoError as error:
            if not is_away(error):
                raise
            return None

    async def earlier_fields(self, run: Mapping[str, Any]) -> list[dict[str, int]]:
        """The `fields` of the runs before a run, of the same spider and arguments, the latest first.

        Those of newscrawl.model.field_coverage.WINDOW that have any; none while MongoDB is away.
        """
        wanted = {
            "spider": run["spider"],
            "arguments": dict(sorted(run["arguments"].items())),
            "started": {"$gte": run["started"] - WINDOW, "$lt": run["started"]},
            "newsroom": run["newsroom"],
            "fields.posts": {"$gt": 0},
        }
        if self._delivery.away:
            return []
        runs = self._delivery.link.database["runs"].find(wanted, {"fields": 1}, sort=[("started", -1)])
        try:
            return [one["fields"] for one in await runs.limit(_RUNS_COMPARED).to_list()]
        except PyMongoError as error:
            logger.warning("Whether fields were lost is left to the next run: %s", error)
            return []

    async def list_histories(self, key: Mapping[str, Any]) -> Histories | None:
        """What earlier runs saw of the lists of a source, by `source_key`; None while MongoDB is away."""
        if self._delivery.away:
            return None
        try:
            return await read_histories(self._delivery.link.database, key)
        except PyMongoError as error:
            logger.warning("Whether a list went quiet is left to the next run: %s", error)
            return None

    async def keep_histories(self, key: Mapping[str, Any], histories: Histories) -> None:
        """Writes what a run saw of the lists of a source; while MongoDB is away it is left out."""
        if self._delivery.away:
            return
        try:
            await write_histories(self._delivery.link.database, key, histories)
        except PyMongoError as error:
            logger.warning("What this run saw of the lists was not kept: %s", error)

    async def put(self, post: Post, at: datetime | None = None) -> None:
        """Hands a post over; waits only while the buffer is full. Raises ArchiveBroken, as all below.

        at: when its page was fetched, aware, if that was not just now. A state that is older than what is
            stored becomes a part of the post's history.
        """
        at = self._now() if at is None else whole_milliseconds(at)
        try:
            record = post_record(post, at)
        except Unstorable as error:
            await self._refuse(post, str(error), at)
        else:
            await self._put(record)

    async def reject(self, reject: Reject, at: datetime | None = None) -> None:
        """Hands over an article that is no post; `at` as in `put`. The same reasons again only count."""
        await self._put(reject_record(reject, self._now() if at is None else whole_milliseconds(at)))

    async def touch(self, ids: Iterable[str], at: datetime | None = None) -> None:
        """Says that these posts were seen again as they are: `last_seen` moves, nothing else; `at` as in
        `put`."""
        for post_id in ids:
            await self._put(touch_record(post_id, self._now() if at is None else whole_milliseconds(at)))

    async def look(self, post_id: str, status: int | None) -> None:
        """Says that a post's article is gone, with the HTTP status of the answer; None: that it is there."""
        await self._put(look_record(post_id, status, self._now()))

    async def start_run(self, run: dict[str, Any]) -> None:
        """Writes a run's document, by its `_id`; `finished` is None."""
        await self._put_run(run)

    async def finish_run(self, run: dict[str, Any]) -> None:
        """Writes a run's document as it ended; `finished` is set."""
        await self._put_run(run)

    async def name_categories(self, names: Mapping[str, str]) -> None:
        """Writes how categories (slug -> name) are printed, where that is not known yet.

        While MongoDB is away it is left to the next crawl.
        """
        if not names or self._delivery.away:
            return
        try:
            await keep_names(self._delivery.link.database, names)
        except PyMongoError as error:
            logger.warning("The names of categories are left to the next crawl: %s", error)

    async def flush(self) -> None:
        """Waits until all that was handed over is in MongoDB or in the spool."""
        assert self._work is not None
        drained = asyncio.create_task(self._outbox.drained())
        await asyncio.wait({drained, self._work}, return_when=asyncio.FIRST_COMPLETED)
        if not drained.done():
            drained.cancel()
            self._check_work()

    async def close(self) -> Backlog:
        """Flushes, ends, and tells what waits in the spool of this database."""
        assert self._work is not None
        try:
            await self.flush()
            await self._index()
        finally:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)  # flush raised what it raised
            backlog = await self._delivery.close()
        return backlog

    async def _index(self) -> None:
        """Takes new posts into the full-text index once they are many; a search finds the others, too."""
        if self._delivery.away:
            return
        try:
            await index_pending(self._delivery.link.database, parts=_PARTS_AT_CLOSE)
        except PyMongoError as error:
            logger.warning("The full-text index is left as it is: %s", error)

    async def _put(self, record: Record) -> None:
        await self._outbox.put(record)
        self._check_work()

    async def _put_run(self, run: dict[str, Any]) -> None:
        # Sorted, since to MongoDB an object with its fields in another order is another one.
        arguments = dict(sorted(run.get("arguments", {}).items()))
        await self._put(run_record({**run, "arguments": arguments}, self._now()))

    async def _refuse(self, post: Post, words: str, at: datetime) -> None:
        """A post that BSON cannot hold becomes a reject, as one that MongoDB refuses."""
        logger.error("Post %s: %s", post.id, words)
        await self._put(refusal(post, words, at))
        self._on_outcome(post.id, "rejected", words)

    async def _deliver(self) -> None:
        try:
            while True:
                batch = await self._outbox.take()
                await self._delivery.deliver(batch)
                self._outbox.done(batch)
        finally:
            self._outbox.abandon()

    def _check_work(self) -> None:
        """Raises ArchiveBroken where the writing task has ended: nobody would take what is put after it."""
        assert self._work is not None
        if self._work.done() and (error := self._work.exception()):
            raise ArchiveBroken(f"nothing more can be written: {type(error).__name__}: {error}") from error

    def _now(self) -> datetime:
        return whole_milliseconds(self._clock())
