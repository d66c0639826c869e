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
from newscrawl.store.tombstones import Names, Tombstones
from newscrawl.store.withdrawals import StoredArticle, count_seen, fetch_due, fetch_text
from newscrawl.text.dates import CLOCK_DOUBT

__all__ = ["Archive", "ArchiveOptions", "Backlog", "Known", "OnOutcome", "StoredArticle"]

logger = logging.getLogger(__name__)

_RUNS_COMPARED = 1_000
_PARTS_AT_CLOSE = 4  # of the full-text index, about 3 s each; `newscrawl db index` adds all


class Archive:
    """Accepts posts, rejects and runs, and writes them in batches in the background.

    Each post, touch and look is reported to `on_outcome` once its outcome is certain: `stored`, `updated`,
    `unchanged`, `gone`, `withdrawn`, `rejected` (MongoDB refused the document; it is in `rejects` with
    MongoDB's message), `failed` (could not be written anywhere), or `spooled` (on disk; reported again once
    it is in MongoDB).
    """

    def __init__(self, options: ArchiveOptions, on_outcome: OnOutcome) -> None:
        self._on_outcome = on_outcome
        self._clock = options.clock
        self._outbox = PostBuffer(options)
        self._delivery = Delivery(options, on_outcome)
        self._work: asyncio.Task[None] | None = None
        #: What earlier runs learned, to save requests.
        self.memory = RequestMemory(lambda: None if self._delivery.away else self._delivery.link.database)

    @classmethod
    async def open(cls, options: ArchiveOptions, on_outcome: OnOutcome) -> Self:
        """Connects, creates the schema if it is missing, and stores what earlier runs left in the spool.

        Raises DatabaseUnavailable.
        """
        archive = cls(options, on_outcome)
        await archive._delivery.open()
        archive._work = asyncio.create_task(archive._deliver())
        return archive

    async def known(
        self, ids: Sequence[str], addresses: Mapping[str, str] = MappingProxyType({}), spider: str = ""
    ) -> dict[str, Known]:
        """The stored posts and rejects of these articles, by id; empty while MongoDB is away.

        addresses: canonical URLs by id; a post that has one of them under another id also counts if `spider`
        would update it.
        """
        if self._delivery.away:
            return {}
        try:
            return await fetch_known(self._delivery.link.database, ids, addresses, spider)
        except PyMongoError as error:
            if not is_away(error):
                raise
            logger.warning("MongoDB is away: stored articles may be fetched again")
            return {}

    async def is_forgotten(self, article: Names) -> bool:
        """Whether nothing may be kept of an article. False while MongoDB is away.

        Asks MongoDB only if anything was forgotten, as of the last batch; what that misses is refused when it
        is written.
        """
        if self._delivery.away or not self._delivery.any_forgotten:
            return False
        try:
            return bool(await Tombstones(self._delivery.link.database).find([article]))
        except PyMongoError as error:
            if not is_away(error):
                raise
            return False

    async def due(self, spider: str, domains: Iterable[str], limit: int) -> list[StoredArticle]:
        """A spider's posts on these domains that are due for another look, for up to `limit` looks; see
        newscrawl.store.withdrawals.fetch_due. Empty while MongoDB is away."""
        if self._delivery.away:
            return []
        try:
            return await fetch_due(self._delivery.link.database, spider, domains, self._now(), limit)
        except PyMongoError as error:
            if not is_away(error):
                raise
            logger.warning("MongoDB is away: withdrawn articles are left to the next run")
            return []

    async def seen_since(self, spider: str, since: datetime, limit: int) -> int:
        """Number of a spider's posts whose pages were found after a time, at most `limit`; 0 while MongoDB is
        away."""
        if self._delivery.away:
            return 0
        try:
            return await count_seen(self._delivery.link.database, spider, since, self._now(), limit)
        except PyMongoError as error:
            if not is_away(error):
                raise
            return 0

    async def text_of(self, post_id: str) -> str | None:
        """A stored post's text; None if there is no such post or MongoDB is away."""
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

        None if there is none or MongoDB is away. Ignores runs dated in the future by a wrong clock.
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
        """The `fields` of earlier runs with the same spider and arguments, latest first.

        Only runs within newscrawl.model.field_coverage.WINDOW that have any; empty while MongoDB is away.
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
            logger.warning("Lost fields are left to the next run: %s", error)
            return []

    async def list_histories(self, key: Mapping[str, Any]) -> Histories | None:
        """What earlier runs saw of a source's lists, by `source_key`; None while MongoDB is away."""
        if self._delivery.away:
            return None
        try:
            return await read_histories(self._delivery.link.database, key)
        except PyMongoError as error:
            logger.warning("Quiet lists are left to the next run: %s", error)
            return None

    async def keep_histories(self, key: Mapping[str, Any], histories: Histories) -> None:
        """Writes what a run saw of a source's lists; does nothing while MongoDB is away."""
        if self._delivery.away:
            return
        try:
            await write_histories(self._delivery.link.database, key, histories)
        except PyMongoError as error:
            logger.warning("List histories of this run were not stored: %s", error)

    async def put(self, post: Post, at: datetime | None = None) -> None:
        """Queues a post; waits only while the buffer is full. Raises ArchiveBroken, as all methods below.

        at: when its page was fetched, aware, if not just now. A state older than the stored one becomes part
        of the post's history.
        """
        at = self._now() if at is None else whole_milliseconds(at)
        try:
            record = post_record(post, at)
        except Unstorable as error:
            await self._refuse(post, str(error), at)
        else:
            await self._put(record)

    async def reject(self, reject: Reject, at: datetime | None = None) -> None:
        """Queues a rejected article; `at` as in `put`. The same reasons again only increase a count."""
        await self._put(reject_record(reject, self._now() if at is None else whole_milliseconds(at)))

    async def touch(self, ids: Iterable[str], at: datetime | None = None) -> None:
        """Records that these posts were seen unchanged: only `last_seen` moves; `at` as in `put`."""
        for post_id in ids:
            await self._put(touch_record(post_id, self._now() if at is None else whole_milliseconds(at)))

    async def look(self, post_id: str, status: int | None) -> None:
        """Records that a post's article is gone, with the HTTP status; None: that it is there."""
        await self._put(look_record(post_id, status, self._now()))

    async def start_run(self, run: dict[str, Any]) -> None:
        """Writes a run's document, by its `_id`; `finished` is None."""
        await self._put_run(run)

    async def finish_run(self, run: dict[str, Any]) -> None:
        """Writes the document of a finished run; `finished` is set."""
        await self._put_run(run)

    async def name_categories(self, names: Mapping[str, str]) -> None:
        """Writes the display names of categories (slug -> name) that have none yet.

        Left to the next crawl while MongoDB is away.
        """
        if not names or self._delivery.away:
            return
        try:
            await keep_names(self._delivery.link.database, names)
        except PyMongoError as error:
            logger.warning("Category names are left to the next crawl: %s", error)

    async def flush(self) -> None:
        """Waits until everything queued is in MongoDB or in the spool."""
        assert self._work is not None
        drained = asyncio.create_task(self._outbox.drained())
        await asyncio.wait({drained, self._work}, return_when=asyncio.FIRST_COMPLETED)
        if not drained.done():
            drained.cancel()
            self._check_work()

    async def close(self) -> Backlog:
        """Flushes and closes; returns what waits in this database's spool."""
        assert self._work is not None
        try:
            await self.flush()
            await self._index()
        finally:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)  # flush raised its error
            backlog = await self._delivery.close()
        return backlog

    async def _index(self) -> None:
        """Adds new posts to the full-text index in large batches; a search also finds the others."""
        if self._delivery.away:
            return
        try:
            await index_pending(self._delivery.link.database, parts=_PARTS_AT_CLOSE)
        except PyMongoError as error:
            logger.warning("The full-text index was not updated: %s", error)

    async def _put(self, record: Record) -> None:
        await self._outbox.put(record)
        self._check_work()

    async def _put_run(self, run: dict[str, Any]) -> None:
        # Sorted: MongoDB treats objects with another field order as different.
        arguments = dict(sorted(run.get("arguments", {}).items()))
        await self._put(run_record({**run, "arguments": arguments}, self._now()))

    async def _refuse(self, post: Post, words: str, at: datetime) -> None:
        """A post that BSON cannot represent becomes a reject, like one that MongoDB refuses."""
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
        """Raises ArchiveBroken if the writing task has ended: nothing queued later would be written."""
        assert self._work is not None
        if self._work.done() and (error := self._work.exception()):
            raise ArchiveBroken(f"nothing more can be written: {type(error).__name__}: {error}") from error

    def _now(self) -> datetime:
        return whole_milliseconds(self._clock())
