"""A run of a spider: its ledger, archive and document in `runs`."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.exceptions import DropItem
from scrapy.http import Request
from scrapy.http.request import NO_CALLBACK

from newscrawl import log_format
from newscrawl.crawl.conditional_lists import ConditionalLists
from newscrawl.crawl.host_terms import HostTerms
from newscrawl.crawl.log import OneLineOfRobots, make_log_printable
from newscrawl.crawl.page_keeping import PageKeeper
from newscrawl.crawl.plain_items import article_id
from newscrawl.crawl.quiet_lists import QuietLists
from newscrawl.crawl.repeated_texts import RepeatedTexts
from newscrawl.crawl.worker.choose import worker_of
from newscrawl.errors import ArchiveBroken
from newscrawl.model.crawl_settings import OUT_OF_TIME
from newscrawl.model.delays import NewsDelays
from newscrawl.model.draft import FAILED, Draft, Reject
from newscrawl.model.field_coverage import FieldCounts, lost_fields
from newscrawl.model.ledger import MANY_GONE, Ledger, Outcome
from newscrawl.model.post import Post
from newscrawl.model.source import renders
from newscrawl.store.list_histories import source_key
from newscrawl.store.open import open_archive
from newscrawl.store.tombstones import FORGOTTEN, Names

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from newscrawl.crawl.browser.renderer import Renderer
    from newscrawl.crawl.hold import CrawlHold
    from newscrawl.crawl.worker.client import Worker
    from newscrawl.model.draft import Entry
    from newscrawl.model.source import Source
    from newscrawl.store.archive import Archive
    from newscrawl.store.dry_run import DryArchive
    from newscrawl.store.known_articles import Known

logger = logging.getLogger(__name__)

MAX_LISTS = 500  #: list pages recorded in `Run.lists`
RECORDED_LATE = timedelta(minutes=2)  #: gone articles are recorded at the end of their run
MAX_NAMES = 10_000  #: categories of one run


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A run's inputs besides the spider's arguments."""

    worker: Worker | None = None  #: a process started early, while the crawl's own was importing
    hold: CrawlHold | None = None  #: the spider and the requested hosts; None: a dry run
    entries: Sequence[Entry] | None = None  #: articles to fetch instead of reading the lists
    arguments: Mapping[str, str] | None = None  #: recorded instead of the spider's
    ledger: Ledger | None = None  #: with its own rules for problems
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)  #: time of stored records, aware, UTC
    compare: bool = True  #: whether a dry run compares with stored posts


@dataclass(slots=True, weakref_slot=True)  # signals hold it weakly
class Run:
    """The state of a crawl, from the first request to the run's document.

    `archive` exists between `open` and `close`; `problems` and `finished` are set by `close`.
    """

    crawler: Crawler
    spider: str
    arguments: dict[str, str]
    plan: RunPlan = field(default_factory=RunPlan)
    started: datetime = field(init=False)
    id: str = ""
    ledger: Ledger = field(default_factory=Ledger)
    problems: list[str] = field(default_factory=list)
    finished: datetime | None = None
    reason: str | None = None
    truncated: bool = False  #: `limit` ended the lists early
    continues: bool = False  #: the spider's previous run was complete
    broken: str | None = None  #: why the crawl cannot continue and is stopping
    lists: dict[str, int] = field(default_factory=dict)  #: URL -> articles on it; the first MAX_LISTS
    conditional: ConditionalLists = field(default_factory=ConditionalLists)  #: validators of its lists
    quiet: QuietLists = field(init=False)  #: its lists compared with earlier runs
    fields: FieldCounts = field(default_factory=FieldCounts)  #: number of posts per field
    delays: NewsDelays = field(default_factory=NewsDelays)  #: from publication to storage
    names: dict[str, str] = field(default_factory=dict)  #: a category's slug -> as printed
    repeated: RepeatedTexts = field(default_factory=RepeatedTexts)  #: posts that wait for the run's end
    worker: Worker | None = None  #: parses pages in a process of its own; None: they are parsed here
    renderer: Renderer | None = None  #: renders pages in a browser; None: none is
    pages: PageKeeper = field(init=False)  #: keeps the answers that articles are read from
    hosts: HostTerms = field(init=False)  #: what its hosts say of the use of articles
    unstored: Counter[str] = field(default_factory=Counter)  #: class of items that are no posts -> how many
    _archive: Archive | DryArchive | None = None
    _failed_looks: list[str] = field(default_factory=list)  #: posts whose pages could not be read
    _gone: list[tuple[Known, int]] = field(default_factory=list)  # with the HTTP status
    _failing: list[asyncio.Future[None]] = field(default_factory=list)
    _closing: asyncio.Future[None] | None = None  # the event loop holds it only weakly

    def __post_init__(self) -> None:
        if self.plan.arguments is not None:
            self.arguments = dict(self.plan.arguments)
        if self.plan.ledger is not None:
            self.ledger = self.plan.ledger
        self.quiet = QuietLists(self.crawler.spidercls.source)  # type: ignore[attr-defined]
        self.started = self.plan.clock()
        self.id = f"{self.spider}-{self.started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        self.pages = PageKeeper(self.spider, self.id, self.plan.clock)
        self.hosts = self._host_terms()
        log_format.note(spider=self.spider, run=self.id)
        connect = self.crawler.signals.connect
        connect(make_log_printable, signals.spider_opened)
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
        """Counts a page of a list."""
        self.ledger.lists += 1
        self.ledger.skipped.update(skipped)
        if len(self.lists) < MAX_LISTS:
            self.lists[url] = entries

    def list_unchanged(self, url: str, entries: int, *, replayed: int) -> None:
        """Counts an unchanged list with this number of articles, of which `replayed` are counted when they
        are chosen."""
        self.list_read(url, entries, {})
        self.ledger.unchanged_lists += 1
        self.ledger.entries += entries - replayed
        self.ledger.known += entries - replayed

    def name_categories(self, names: dict[str, str]) -> None:
        """Records display names of categories; written to the database when the run ends."""
        if len(self.names) < MAX_NAMES:
            self.names = {**names, **self.names} if names.keys() - self.names.keys() else self.names

    @property
    def dry(self) -> bool:
        """Whether nothing is written."""
        return self.crawler.settings.getbool("NEWSCRAWL_DRY_RUN")

    @property
    def would_store(self) -> list[dict[str, str]]:
        """The id, date, title, source, category, url and `outcome` of each post that a dry run would store or
        update; else empty."""
        posts: list[dict[str, str]] = getattr(self._archive, "posts", [])
        return [post for post in posts if post["outcome"] != "unchanged"]

    async def open(self) -> None:
        """Opens the archive and writes the run's first document. Raises DatabaseUnavailable, UsageError."""
        self.pages = self._page_keeper()
        self.renderer = _renderer_of(self.crawler)
        self.worker = worker_of(self.crawler, self.plan.worker)  # starts while we connect
        if self.worker:
            await self.worker.open()
        self._archive = archive = await open_archive(
            self._post_ended,
            dry=self.dry,
            compare=self.plan.compare,
            replace=self.crawler.settings.getbool("NEWSCRAWL_REPLACE"),
            stopping=self._is_stopping,
            clock=self.plan.clock,
            before_write=self.pages.sync,
        )
        previous = await archive.last_run(self.spider, self.arguments)
        self.continues = bool(previous and previous.get("complete"))
        if previous and self.plan.entries is None:
            self.delays.since = previous["started"] if self.continues else previous.get("news_since")
        await archive.start_run(self.document())

    def _page_keeper(self) -> PageKeeper:
        settings, source = self.crawler.settings, self.quiet.source
        keeps = settings.getbool("NEWSCRAWL_KEEP_PAGES") if source.keep_pages is None else source.keep_pages
        return PageKeeper(
            self.spider,
            self.id,
            self.plan.clock,
            keeps=keeps and not self.dry,
            lists=settings.getbool("NEWSCRAWL_KEEP_LISTS"),
        )

    def _host_terms(self) -> HostTerms:
        settings = self.crawler.settings
        newsroom = settings.get("NEWSCRAWL_NEWSROOM")
        return HostTerms(
            self._fetch_once if settings.getbool("NEWSCRAWL_TDMREP") else None,
            lambda: self._archive.memory if self._archive else None,
            self.plan.clock,
            lambda origin: f"{origin} at {newsroom}" if newsroom else origin,
        )

    async def _fetch_once(self, url: str) -> Response:
        """The answer of a URL, without a second try."""
        assert self.crawler.engine is not None
        request = Request(url, callback=NO_CALLBACK, priority=20, meta={"dont_retry": True})
        response: Response = await self.crawler.engine.download_async(request)
        return response

    def _post_ended(self, page: str, outcome: Outcome, reason: str | None = None, /) -> None:
        """Called by the archive with the outcome of a post."""
        self.ledger.end(page, outcome, reason)
        self.fields.end(page, outcome)
        self.delays.end(page, outcome)

    def _is_stopping(self) -> bool:
        return not self.crawler.crawling

    async def flush(self) -> None:
        """Writes what is held or buffered, so that each page has an outcome."""
        if self._archive:
            for post in self.repeated.release():
                await self._put(post)
            await asyncio.gather(*self._failing)
            await self._write(self._archive.flush())
            if self._gone:
                await self._record_gone()
                await self._write(self._archive.flush())

    async def close(self, spider: Spider, reason: str) -> None:
        """Closes the ledger, writes the run's document, closes the archive."""
        self.reason, self.finished = reason, self.plan.clock()
        self.ledger.settle()
        self.problems = self.ledger.problems()
        if self.worker:
            self.worker.close()
        if self.renderer:
            await self.renderer.close()
            self.ledger.rendered = self.renderer.pages
            if self.renderer.failure:
                self.problems.append(f"pages were not rendered: {self.renderer.failure}")
        self.problems += [
            f"{count} items of class {kind} were not stored: a post needs an item with url and text"
            for kind, count in self.unstored.items()
        ]
        self.problems += await self._lost_fields()
        self.problems += await self._quiet_lists()
        if self.pages.failure:
            self.problems.append(self.pages.failure)
        if reason != "finished":
            why = "its time limit" if reason == OUT_OF_TIME else reason
            self.problems.insert(0, f"the run was ended early: {self.broken or why}")
        for problem in self.problems:
            logger.warning("Run %s: %s", self.id, problem)
        if self._archive:
            await self._keep_lists()
            if self._failed_looks:
                await self._archive.memory.keep_failed_looks(self._failed_looks, self.finished)
            await self._write(self._archive.finish_run(self.document()))
            await self._write(self._archive.name_categories(self.names))
            await self._write(self._archive.close())
        self.pages.close()

    async def _keep_lists(self) -> None:
        """Keeps the validators for the next run's conditional requests; see conditional_lists."""
        if self._archive is None or self.reason != "finished" or self.broken or self.truncated:
            return
        read = [] if self.ledger.unbelieved else self.conditional.to_keep(self.ledger)
        self.ledger.kept_lists = len(read) + len(self.conditional.confirmed)
        if read or self.conditional.confirmed:
            await self._archive.memory.keep_validators(self.source_key, read, self.conditional.confirmed)

    @property
    def source_key(self) -> dict[str, Any]:
        """The key of its lists."""
        return source_key(self.document())

    @property
    def complete(self) -> bool:
        """Whether every article on the lists has an outcome, so that the next run may stop at the first known
        ones."""
        ledger = self.ledger
        undone = ledger.new_failures or ledger.outcomes["spooled"] or ledger.list_failures
        return bool(self.reason == "finished" and ledger.entries and not self.truncated and not undone)

    def document(self) -> dict[str, Any]:
        """As stored in `runs`; times are UTC."""
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
            "news_since": self.delays.since,
            "delays": self.delays.seconds,
        }

    async def _lost_fields(self) -> list[str]:
        """Fields that the source's posts had before this run but lack now."""
        if not self._archive or not self.fields.counts:
            return []
        unwatched = str(self.crawler.settings.get("NEWSCRAWL_UNWATCHED_FIELDS")).replace(",", " ").split()
        earlier = await self._archive.earlier_fields(self.document())
        lost = lost_fields(self.fields.counts, earlier)
        return [str(field) for field in lost if field.name not in unwatched]

    async def _quiet_lists(self) -> list[str]:
        """Reports a quiet source or lists; stores what this run read from them."""
        if not self._archive or not self.quiet.readings:
            return []
        key = self.source_key
        earlier = await self._archive.list_histories(key)
        if earlier is None:  # MongoDB is away
            return []
        found, histories = self.quiet.judge(earlier, self.started)
        await self._archive.keep_histories(key, histories)
        return found

    async def store(self, post: Post) -> bool:
        """Passes a post to the archive, which reports its outcome to the ledger. False: the post is lost and
        the crawl stops. A post that may be a wall is held until `flush`."""
        settled, rejects = self.repeated.take(post)
        for reject in rejects:
            await self.reject(reject)
        return settled or await self._put(post)

    async def _put(self, post: Post) -> bool:
        self.fields.take(post)
        self.delays.take(post, self.plan.clock())
        if await self._write(self.archive.put(post)):
            return True
        self.ledger.end(post.id, "failed", self.broken)
        return False

    async def _write(self, writing: Awaitable[object]) -> bool:
        """Whether the archive accepted the write. If not, it accepts nothing more, and the crawl is
        stopped."""
        try:
            await writing
        except ArchiveBroken as error:
            self.abandon(str(error), "archive_broken")
            return False
        return True

    def abandon(self, why: str, reason: str) -> None:
        """Stops the crawl at the first call; `why` becomes a problem of the run."""
        if self.broken is not None:
            return
        self.broken = why
        logger.critical("Stopping the crawl of %s: %s", self.spider, why)
        if self.finished is None and self.crawler.engine:
            closing = self.crawler.engine.close_spider_async(reason=reason)
            self._closing = asyncio.ensure_future(closing)

    async def reject(self, reject: Reject) -> None:
        """Records a page as rejected, with the reason."""
        self.ledger.end(reject.id, "rejected", reject.reasons[0])
        await self._write(self.archive.reject(reject))

    async def refuse_forgotten(self, entry: Entry, url: str | None = None) -> bool:
        """Whether an article is forgotten, by its entry or the URL of its page: nothing of it is kept."""
        addresses = (entry.canonical_url, entry.share_url, entry.url, url)
        if not await self.archive.is_forgotten(Names(entry.id, frozenset(filter(None, addresses)))):
            return False
        self.ledger.end(entry.id, "rejected", FORGOTTEN)
        return True

    async def unchanged(self, page: str, known: Known | None = None) -> None:
        """Records a page as unchanged (304). `known`: its stored post; if it was gone, it is back."""
        if known is not None and known.gone:
            await self._write(self.archive.look(page, None))
        else:
            await self._write(self.archive.touch([page]))

    def fail_look(self, page: str, reason: str) -> None:
        """Records that a look could not read a stored article's page."""
        self.ledger.end(page, "failed", reason)
        self._failed_looks.append(page)

    def gone(self, known: Known, status: int) -> None:
        """Records that a stored article is gone, with the HTTP status. Written when the run ends: if more
        articles are gone than there, the site itself is gone."""
        self._gone.append((known, status))

    async def _record_gone(self) -> None:
        found = [known for known, _ in self._gone if not known.withdrawn]
        fresh = len(found)
        if fresh >= MANY_GONE and fresh > self.ledger.alive + await self._alive_since(found):
            self.ledger.unbelieved = fresh
            for known, _ in self._gone:
                self.ledger.end(known.id, "gone")
        else:
            for known, status in self._gone:
                await self._write(self.archive.look(known.id, status))
        self._gone.clear()

    async def _alive_since(self, gone: list[Known]) -> int:
        """Number of other articles seen after the first of these was found gone: a run reads only the few
        that are due, and a site that is down has none."""
        since = min(known.gone_since or self.started for known in gone) - RECORDED_LATE
        return await self.archive.seen_since(self.spider, since, len(gone) + 1)

    async def fail(self, page: str, url: str, reason: str, entry: Entry | None = None) -> None:
        """Records a page that could not be fetched after all retries, as a reject, so that the next run tries
        again."""
        self.ledger.end(page, "failed", reason)
        now = datetime.now(UTC)
        reject = Reject(page, url, (f"{FAILED}{reason}",), self.spider, self.id, now, listed=entry)
        await self._write(self.archive.reject(reject))

    async def _item_dropped(self, item: object, exception: DropItem) -> None:
        reject = getattr(exception, "reject", None)
        if isinstance(reject, Reject):
            await self.reject(reject)
        elif page := article_id(item):
            outcome: Outcome = getattr(exception, "outcome", "rejected")
            self.ledger.end(page, outcome, None if outcome == "duplicate" else str(exception))

    async def _item_error(self, item: object, failure: Failure) -> None:
        if page := article_id(item):
            reason = f"{type(failure.value).__name__} in a pipeline"
            url = item.url if isinstance(item, Draft | Post) else page
            await self.fail(page, url, reason, getattr(item, "entry", None))

    def _spider_error(self, failure: Failure, response: Response) -> None:
        reason = f"{type(failure.value).__name__} in the spider"
        request = getattr(response, "request", None)
        entry = request.cb_kwargs.get("entry") if request is not None else None
        if entry is None:
            self.ledger.list_failures[reason] += 1
            self.conditional.break_off(request)
        else:  # Scrapy does not await here
            url = entry.url or entry.canonical_url  # `response` is a Failure if an errback failed
            self._failing.append(asyncio.ensure_future(self.fail(entry.id, url, reason, entry)))


def _renderer_of(crawler: Crawler) -> Renderer | None:
    """The renderer, if the source or a setting wants one. Raises UsageError if rendering is impossible."""
    source: Source = crawler.spider.source  # type: ignore[union-attr]
    if not renders(source) and not crawler.settings.get("NEWSCRAWL_RENDER"):
        return None
    from newscrawl.crawl.browser.renderer import renderer_of  # slow to import

    return renderer_of(crawler, source)
