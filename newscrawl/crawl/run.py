"""One run of a spider: its ledger, its archive, its document in `runs`."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.exceptions import DropItem

from newscrawl.crawl.log import OneLineOfRobots
from newscrawl.crawl.worker.choose import reader_of
from newscrawl.errors import ArchiveBroken
from newscrawl.model.draft import Draft, Reject
from newscrawl.model.field_coverage import FieldCounts, lost_fields
from newscrawl.model.ledger import Ledger, Outcome
from newscrawl.model.post import Post
from newscrawl.store.open import open_archive

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from newscrawl.crawl.worker.client import Reader
    from newscrawl.model.draft import Entry
    from newscrawl.store.archive import Archive
    from newscrawl.store.dry_run import DryArchive

logger = logging.getLogger(__name__)

LISTS_KEPT = 500
NAMES_KEPT = 10_000  #: categories of one run


@dataclass(slots=True, weakref_slot=True)  # signals hold it weakly
class Run:
    """What a crawl keeps of itself, from the first request to the run's document.

    `archive` is there between `open` and `close`; `problems` and `finished` after `close`.
    """

    crawler: Crawler
    spider: str
    arguments: dict[str, str]
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    id: str = ""
    ledger: Ledger = field(default_factory=Ledger)
    problems: list[str] = field(default_factory=list)
    finished: datetime | None = None
    reason: str | None = None
    truncated: bool = False  #: `limit` ended the lists early
    continues: bool = False  #: the spider's run before this one came to its end
    broken: str | None = None  #: why nothing more can be written; the crawl is being ended then
    lists: dict[str, int] = field(default_factory=dict)  #: address -> articles on it; the first LISTS_KEPT
    fields: FieldCounts = field(default_factory=FieldCounts)  #: which its posts have
    names: dict[str, str] = field(default_factory=dict)  #: a category's slug -> as printed
    reader: Reader | None = None  #: reads pages beside this process; None: they are read here
    _archive: Archive | DryArchive | None = None
    _telling: list[asyncio.Future[None]] = field(default_factory=list)
    _ending: asyncio.Future[None] | None = None  # kept, so that it is not collected

    def __post_init__(self) -> None:
        self.id = f"{self.spider}-{self.started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        connect = self.crawler.signals.connect
        connect(self._item_dropped, signals.item_dropped)
        connect(self._item_error, signals.item_error)
        connect(self._spider_error, signals.spider_error)
        connect(self.close, signals.spider_closed)
        logging.getLogger(OneLineOfRobots.LOGGER).addFilter(OneLineOfRobots())

    @property
    def archive(self) -> Archive | DryArchive:
        """The write side of the database. Raises RuntimeError before `open`."""
        if self._archive is None:
            raise RuntimeError(f"run {self.id} is not open: is pipelines.store in ITEM_PIPELINES?")
        return self._archive

    def list_read(self, url: str, entries: int, skipped: dict[str, int]) -> None:
        """Counts a list's page."""
        self.ledger.lists += 1
        self.ledger.skipped.update(skipped)
        if len(self.lists) < LISTS_KEPT:
            self.lists[url] = entries

    def name_categories(self, names: dict[str, str]) -> None:
        """Keeps how categories are printed, for those who show them; written when the run ends."""
        if len(self.names) < NAMES_KEPT:
            self.names = {**names, **self.names} if names.keys() - self.names.keys() else self.names

    @property
    def dry(self) -> bool:
        """Whether nothing is written."""
        return self.crawler.settings.getbool("NEWSCRAWL_DRY_RUN")

    @property
    def would_store(self) -> list[dict[str, str]]:
        """Of a dry run: id, date, title, source, category and url of each post; else empty."""
        return getattr(self._archive, "posts", [])

    async def open(self) -> None:
        """Opens the archive and writes the run's first document. Raises DatabaseUnavailable, UsageError."""
        self.reader = reader_of(self.crawler)  # starts while we connect
        if self.reader:
            await self.reader.open()
        self._archive = archive = await open_archive(
            self._ended,
            dry=self.dry,
            replace=self.crawler.settings.getbool("NEWSCRAWL_REPLACE"),
            stopping=self._stopping,
        )
        before = await archive.last_run(self.spider, self.arguments)
        self.continues = bool(before and before.get("complete"))
        await archive.start_run(self.document())

    def _ended(self, page: str, outcome: Outcome, reason: str | None = None, /) -> None:
        """What the archive says became of a post."""
        self.ledger.end(page, outcome, reason)
        self.fields.end(page, outcome)

    def _stopping(self) -> bool:
        return not self.crawler.crawling

    async def flush(self) -> None:
        """Writes what is still buffered, so that each page has its outcome."""
        if self._archive:
            await asyncio.gather(*self._telling)
            await self._kept(self._archive.flush())

    async def close(self, spider: Spider, reason: str) -> None:
        """Settles the ledger, writes the run's document, closes the archive."""
        self.reason, self.finished = reason, datetime.now(UTC)
        self.ledger.settle()
        self.problems = self.ledger.problems()
        if self.reader:
            self.reader.close()
        self.problems += await self._lost_fields()
        if reason != "finished":
            self.problems.insert(0, f"the run was ended early: {self.broken or reason}")
        for problem in self.problems:
            logger.warning("Run %s: %s", self.id, problem)
        if self._archive:
            await self._kept(self._archive.finish_run(self.document()))
            await self._kept(self._archive.name_categories(self.names))
            await self._kept(self._archive.close())

    @property
    def complete(self) -> bool:
        """Whether all that the lists showed was dealt with, so that the next run may stop at the known."""
        ledger = self.ledger
        undone = ledger.new_failures or ledger.outcomes["spooled"] or ledger.list_failures
        return bool(self.reason == "finished" and ledger.entries and not self.truncated and not undone)

    def document(self) -> dict[str, Any]:
        """As in `runs`; times are UTC."""
        return {
            "_id": self.id,
            "spider": self.spider,
            "arguments": self.arguments,
            "started": self.started,
            "finished": self.finished,
            "pid": os.getpid(),
            "newsroom": bool(self.crawler.settings.get("NEWSCRAWL_NEWSROOM")),
            "reason": self.reason,
            "complete": self.complete,
            "problems": self.problems,
            "counts": self.ledger.counts(),
            "fields": dict(self.fields.counts),
        }

    async def _lost_fields(self) -> list[str]:
        """What the source's posts had before this run, and have no more."""
        if not self._archive or not self.fields.counts:
            return []
        unwatched = str(self.crawler.settings.get("NEWSCRAWL_UNWATCHED_FIELDS")).replace(",", " ").split()
        earlier = await self._archive.earlier_fields(self.document())
        lost = lost_fields(self.fields.counts, earlier)
        return [str(one) for one in lost if one.name not in unwatched]

    async def store(self, post: Post) -> bool:
        """Hands a post to the archive, which tells the ledger its end. False: it is lost, the crawl ends."""
        self.fields.take(post)
        if kept := await self._kept(self.archive.put(post)):
            return kept
        self.ledger.end(post.id, "failed", self.broken)
        return False

    async def _kept(self, handing: Awaitable[object]) -> bool:
        """Whether the archive took what was handed over. If not it takes nothing more; the crawl is ended."""
        try:
            await handing
        except ArchiveBroken as error:
            if self.broken is None:
                self.broken = str(error)
                logger.critical("The crawl of %s ends: %s", self.spider, error)
                if self.finished is None and self.crawler.engine:
                    ending = self.crawler.engine.close_spider_async(reason="archive_broken")
                    self._ending = asyncio.ensure_future(ending)
            return False
        return True

    async def reject(self, reject: Reject) -> None:
        """Ends a page as rejected and keeps why."""
        self.ledger.end(reject.id, "rejected", reject.reasons[0])
        await self._kept(self.archive.reject(reject))

    async def unchanged(self, page: str) -> None:
        """Ends a page that the server says is as it was."""
        await self._kept(self.archive.touch([page]))

    async def fail(self, page: str, url: str, reason: str, entry: Entry | None = None) -> None:
        """Ends a page that could not be read, retries included. The reject makes the next run ask again."""
        self.ledger.end(page, "failed", reason)
        now = datetime.now(UTC)
        reject = Reject(page, url, (f"failed: {reason}",), self.spider, self.id, now, listed=entry)
        await self._kept(self.archive.reject(reject))

    async def _item_dropped(self, item: object, exception: DropItem) -> None:
        if not isinstance(page := getattr(item, "id", None), str):
            return
        reject = getattr(exception, "reject", None)
        if isinstance(reject, Reject):
            await self.reject(reject)
        else:
            outcome: Outcome = getattr(exception, "outcome", "rejected")
            self.ledger.end(page, outcome, None if outcome == "duplicate" else str(exception))

    async def _item_error(self, item: object, failure: Failure) -> None:
        if isinstance(item, Draft | Post):
            reason = f"{type(failure.value).__name__} in a pipeline"
            await self.fail(item.id, item.url, reason, getattr(item, "entry", None))

    def _spider_error(self, failure: Failure, response: Response) -> None:
        reason = f"{type(failure.value).__name__} in the spider"
        request = getattr(response, "request", None)
        entry = request.cb_kwargs.get("entry") if request is not None else None
        if entry is None:
            self.ledger.list_failures[reason] += 1
        else:  # Scrapy awaits nothing here
            url = entry.url or entry.canonical_url  # `response` is a Failure where an errback broke
            self._telling.append(asyncio.ensure_future(self.fail(entry.id, url, reason, entry)))
