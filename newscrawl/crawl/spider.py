"""NewsSpider: from a source's lists to the drafts of its articles.

Top to bottom: `start` requests the lists, `parse_list` selects articles from them, `parse_article` parses an
article's page and yields what the pipelines take on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Self

import scrapy
from scrapy import signals
from scrapy.exceptions import DontCloseSpider, DownloadCancelledError, IgnoreRequest
from scrapy.http import TextResponse

from newscrawl.crawl.alternates import Alternate, Alternates
from newscrawl.crawl.conditional_lists import FIRST, PART, conditional_lists, is_every_time, variant_of
from newscrawl.crawl.declared_settings import declare, job_settings
from newscrawl.crawl.drafts import ListPage, draft_of, entry_of, listed_extraction
from newscrawl.crawl.list_budget import ListBudget
from newscrawl.crawl.list_outcomes import ListOutcomes
from newscrawl.crawl.middlewares.stopping import CrawlStopped
from newscrawl.crawl.multipage import MAX_PARTS, add_part, linked_part, next_part
from newscrawl.crawl.page_keeping import with_page
from newscrawl.crawl.responses import (
    failure_reason,
    header,
    is_gone,
    page_reason,
    readable,
    reject_of,
    status_reason,
)
from newscrawl.crawl.run import Run
from newscrawl.crawl.selection import REACH, EntrySelector, positive
from newscrawl.crawl.withdrawal import known_before, meta_of, record_stored
from newscrawl.crawl.worker.messages import PageTask, ParseResult
from newscrawl.discovery.list_page import ListRequest, ListResponse
from newscrawl.errors import PageError, RenderError, Unusable, UsageError
from newscrawl.model.draft import Draft, Entry, Reject
from newscrawl.model.post import Crawl
from newscrawl.text.times import parse_past
from newscrawl.text.urls import canonical_url

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure

    from newscrawl.crawl.selection import FetchTask
    from newscrawl.discovery.list_reader import ListReader
    from newscrawl.model.draft import Extraction
    from newscrawl.model.list_validator import ListValidator
    from newscrawl.model.post import PageLocation
    from newscrawl.model.source import Source


class NewsSpider(scrapy.Spider):
    """Base class of the spiders.

    A spider declares `source`, with its lists in `source.lists`. If they cannot be declared, it overrides
    `first_lists`, which returns their requests, and `read_list`, which reads the responses. If an article
    is not a plain page, it overrides `read_article`.

    Arguments of every spider (`-a name=value`): `since` takes articles published since that time (`2d`,
    `2026-03-08`) and follows the lists back to it; without it, a list is followed until one of its pages
    has nothing new, or nothing from the last 7 days. `limit` takes at most that many articles.
    """

    source: ClassVar[Source]
    own_arguments: ClassVar[frozenset[str]] = frozenset()  #: names of further arguments
    #: Whether an unchanged list may be left unread; False if reading it does more than find articles.
    conditional_lists: ClassVar[bool] = True
    handle_httpstatus_list: ClassVar[list[int]] = [304, *range(400, 600)]
    run: Run
    selector: EntrySelector  #: from `start` on
    alternates: Alternates  #: from `start` on
    rereading: Crawl | None = None  #: of a kept page that is read again: how it came here

    def __init__(self, since: str | None = None, limit: str | int | None = None, **arguments: str) -> None:
        if unknown := arguments.keys() - self.own_arguments - {"name"}:
            known = ", ".join(sorted({"since", "limit"} | self.own_arguments))
            raise UsageError(f"spider {self.name} has no argument {min(unknown)!r}; it takes {known}")
        super().__init__(**arguments)
        self.since = parse_past(since, datetime.now(UTC)) if since is not None else None
        self.limit = positive(limit) if limit is not None else None
        self.list_budget = ListBudget.of_run(since=self.since is not None)
        self.arguments = {name: value for name, value in arguments.items() if name != "name"}

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Adds what the source declares, and the job if this is the run of one. Raises UsageError."""
        super().update_settings(settings)
        declare(settings, getattr(cls, "source", None), job_settings())

    @classmethod
    def from_crawler(cls, crawler: Crawler, *plans: Any, **arguments: Any) -> Self:
        """Called by Scrapy with the arguments of `crawl`; `run_kind` adds a RunPlan."""
        spider = super().from_crawler(crawler, **arguments)
        spider.run = Run(crawler, spider.name, spider.arguments, *plans)
        crawler.signals.connect(spider.request_looks, signals.spider_idle)
        return spider

    @classmethod
    def for_rereading(cls) -> Self:
        """A spider without arguments and without a run, which reads kept pages."""
        spider = cls.__new__(cls)
        scrapy.Spider.__init__(spider, cls.name)
        return spider

    @classmethod
    def identity_of(cls, url: str) -> str:
        """`_id` of the article at a URL: `<spider>:<number>` if the source's `articles` finds a number."""
        from newscrawl.text.urls import identity

        address = canonical_url(cls.source.rewritten(url))
        number = cls.source.number_of(address)
        return f"{cls.name}:{number}" if number else identity(address)

    def own_addresses(self) -> list[str]:
        """Where the source is asked by declaration: headers and cookies that are declared may go there."""
        return [each.url for each in self.source.lists]

    async def start(self) -> AsyncIterator[Any]:
        every_time = is_every_time(self.settings, dry=self.run.dry)
        self.selector = EntrySelector(self.run, self.source, self.since, self.limit, every_time=every_time)
        if self._asks_conditionally(every_time=every_time):
            self.run.conditional = await conditional_lists(
                self.run.archive.memory,
                self.run.source_key,
                variant_of(type(self), self.source, self.settings),
                self.run.plan.clock,
                keeps=self.limit is None,
            )
        self.alternates = Alternates(self.source)
        self.list_budget = ListBudget.of_run(
            since=self.since is not None, requests=self.settings.getint("NEWSCRAWL_MAX_LIST_REQUESTS")
        )
        if (entries := self.run.plan.entries) is not None:
            requests: Iterable[Request] = [
                self._article_request(task) for task in self.selector.take(entries)
            ]
        else:
            requests = map(self._ask_list, self.first_lists())
        for request in requests:
            yield request

    def _asks_conditionally(self, *, every_time: bool) -> bool:
        """Whether lists may be left unread that did not change; see newscrawl.crawl.conditional_lists."""
        reads_lists = self.run.plan.entries is None
        return self.conditional_lists and reads_lists and self.since is None and not every_time

    def request_looks(self) -> None:
        """Called when all lists and articles are done: requests the stored articles that are due for another
        look and that no list has shown to this run."""
        selector, engine = getattr(self, "selector", None), self.crawler.engine
        limit = self.crawler.settings.getint("NEWSCRAWL_LOOKS")
        if selector is None or engine is None or not (tasks := selector.looks(limit)):
            return
        for task in tasks:
            engine.crawl(self._article_request(task))
        raise DontCloseSpider

    # Lists

    def first_lists(self) -> Iterable[Request]:
        """The request of each list's first page; see `list_request`."""
        return [self.scrapy_request(request) for request in self.list_reader().first()]

    def list_request(self, url: str, **cursor: Any) -> Request:
        """The request of a page of a list; `cursor` is passed on to `read_list`. With `optional` in `cursor`,
        a list that is missing is not counted as a failure."""
        return scrapy.Request(
            url,
            self.parse_list,
            errback=self.list_failed,
            dont_filter=True,
            priority=5,
            cb_kwargs={"cursor": cursor, "previous": frozenset()},
        )

    def scrapy_request(self, request: ListRequest) -> Request:
        """Scrapy's request for one of the list reader."""
        made = self.list_request(request.url, **request.cursor)
        return made.replace(method=request.method, body=request.body or b"", headers=request.headers)

    def list_reader(self) -> ListReader:
        """A reader of the declared lists, as of now."""
        from newscrawl.discovery.list_reader import ListReader

        now = datetime.now(UTC)
        return ListReader(self.source, self.since or now - REACH, now)

    def list_outcomes(self) -> ListOutcomes:
        """Records what the lists bring. Made anew, because `site` finds out its source during the crawl; no
        property, because Scrapy's feeds ask a spider for all of these before it starts."""
        return ListOutcomes(self.run, self.selector, self.source)

    async def parse_list(
        self, response: Response, cursor: Mapping[str, Any], previous: frozenset[str]
    ) -> AsyncIterator[Request | Draft]:
        """Yields the requests of the articles that are taken from a page of a list, and of further pages.

        `previous` has the ids of the articles on the page before.
        """
        if kept := self.run.conditional.unchanged(response):
            for request in await self._unchanged_list(response, kept, cursor):
                yield request
            return
        if whole := self.run.conditional.whole_request(response):
            yield whole
            return
        try:
            response = await self._rendered_list(readable(response), cursor)
            page = self.read_list(response, cursor)
        except CrawlStopped:
            return
        except PageError as error:
            if not cursor.get("optional") and (second := self._second_request(response, error)):
                yield second
            else:
                self.list_outcomes().give_up(response.request, response.url, str(error), cursor)
            return
        self.run.list_read(response.url, len(page.entries), page.skipped)
        tasks = await self.selector.choose(page.entries)
        self.run.pages.keep_list(response, wanted=not self.selector.shows_forgotten(page.entries))
        await self.selector.load_looks(self.crawler.settings.getint("NEWSCRAWL_LOOKS"))
        name = self.list_outcomes().read(response, page, cursor, first=not previous)
        for task in tasks:
            self.alternates.note(task.entry.id, task.entry.title)
            yield self._article_request(task) if task.entry.url else self.draft_of_list(task.entry)
        for request in self.selector.new_lists(page.others):
            if self._may_request(request):
                yield self._ask_list(request)
        if page.next and self._is_next_wanted(page, cursor, previous):
            page.next.cb_kwargs["previous"] = frozenset(entry.id for entry in page.entries) or previous
            page.next.meta.update({"list": name, PART: self.run.conditional.key_of(response)})
            if self._may_request(page.next):
                yield page.next

    def _ask_list(self, request: Request) -> Request:
        """The request of a list's first page, with its conditions. The page of a list that scripts fill says
        nothing of what they fill it with, so it has none."""
        cursor = request.cb_kwargs.get("cursor") or {}
        return request if self._is_rendered(cursor) else self.run.conditional.ask(request)

    def _is_rendered(self, cursor: Mapping[str, Any]) -> bool:
        index = cursor.get("list")
        declared = self.source.lists[index] if isinstance(index, int) else None
        return self.run.renderer is not None and getattr(declared, "render", False)

    async def _rendered_list(self, response: TextResponse, cursor: Mapping[str, Any]) -> TextResponse:
        """A page of a list, rendered if its declaration wants it. Raises PageError, CrawlStopped."""
        if self.run.renderer is None or not self._is_rendered(cursor):
            return response
        try:
            return await self.run.renderer.render(response)
        except RenderError as error:
            raise PageError(f"not rendered: {error}") from error

    async def _unchanged_list(
        self, response: Response, kept: ListValidator, cursor: Mapping[str, Any]
    ) -> list[Request]:
        """The requests of the articles that are to be read again, of a list that shows what it showed."""
        self.run.list_unchanged(response.url, kept.count, replayed=len(kept.entries))
        tasks = await self.selector.choose(list(kept.entries))
        await self.selector.load_looks(self.crawler.settings.getint("NEWSCRAWL_LOOKS"))
        self.list_outcomes().unchanged(response, kept, cursor)
        for task in tasks:
            self.alternates.note(task.entry.id, task.entry.title)
        return [self._article_request(task) for task in tasks]

    def read_list(self, response: TextResponse, cursor: Mapping[str, Any]) -> ListPage:
        """The articles on a page of a list; `cursor` is what its `list_request` was given.

        Raises PageError if the response is not such a page.
        """
        answer = ListResponse(response.url, response.body, header(response, "Content-Type"))
        result = self.list_reader().read(answer, cursor)
        inherited = {"optional": True} if cursor.get("optional") else {}
        following, skipped = result.next, result.skipped
        most = self.list_budget.pages
        if following and cursor.get("page", 1) >= most:
            advice = "" if self.since else "; use --since to read on"
            self.logger.error("Stopped after %s pages of a list, before %s%s", most, following.url, advice)
            following, skipped = None, {**skipped, f"a list's pages after {most}": 1}
        requests = [
            self.scrapy_request(replace(request, cursor=request.cursor | inherited))
            for request in [*([following] if following else []), *result.others]
        ]
        declared = self.source.lists[cursor["list"]]
        return ListPage(
            [entry_of(item, response.url, declared, self.source, self.identity_of) for item in result.items],
            requests.pop(0) if following else None,
            requests,
            skipped,
        )

    def _is_next_wanted(self, page: ListPage, cursor: Mapping[str, Any], previous: frozenset[str]) -> bool:
        """Whether to request the next page of a list."""
        if cursor.get("counting"):
            return True
        if not page.entries or all(entry.id in previous for entry in page.entries):
            return False  # the end, or an archive that repeats its last page
        if self.selector.full:
            self.run.truncated = True
            return False
        undated = not self.selector.dates_any(page.entries)
        if undated and cursor.get("page", 1) >= self.list_budget.undated_pages:
            return False
        stop_at_known = self.run.continues and self.since is None
        return self.selector.promises_more(page.entries, stop_at_known=stop_at_known)

    def _may_request(self, request: Request) -> bool:
        """Whether the run's budget allows for another page of a list; what it does not allow is counted."""
        reason = self.list_budget.spend()
        if reason is not None:
            self.list_outcomes().leave_out(request, reason)
        return reason is None

    async def list_failed(self, failure: Failure) -> None:
        """Records a list that could not be fetched, after all retries."""
        request: Request = failure.request  # type: ignore[attr-defined]
        cursor = request.cb_kwargs["cursor"]
        self.list_outcomes().give_up(request, request.url, failure_reason(failure), cursor)

    # Articles

    def _article_request(self, task: FetchTask, alternate: Alternate | None = None) -> Request:
        assert task.entry.url
        return scrapy.Request(
            task.entry.url,
            self.parse_article,
            errback=self.article_failed,
            headers=task.conditions,
            priority=10,
            dont_filter=True,  # the selector has filtered, by identity
            cb_kwargs={"entry": task.entry} | ({"alternate": alternate} if alternate else {}),
            meta=meta_of(task),
        )

    async def parse_article(
        self, response: Response, entry: Entry, alternate: Alternate | None = None
    ) -> AsyncIterator[Any]:
        """Yields what the pipelines get of an article's page, or the request of its next page.

        `alternate` is a page that gave this one as its canonical page, and is used if this one is not the
        article.
        """
        if await self.run.refuse_forgotten(entry, response.url) or await record_stored(
            self.run, response, entry, self.source, self._extraction
        ):
            return
        if response.status >= 400:
            if alternate:
                yield self._keep(alternate, entry)
            elif draft := await self._draft_without_page(response, entry):
                yield draft
            return
        try:
            read = await self._read_rendered(readable(response), entry)
        except PageError as error:
            if item := await self._unread(error, response, entry, alternate):
                yield item
            return
        if read is None:
            return
        result, response = read
        if alternate and not alternate.is_same_article(result):
            yield self._keep(alternate, entry)
            return
        self.alternates.note(entry.id, result.title)
        if address := self.alternates.canonical(entry, result.canonical_url, result.title, response.url):
            original = self.identity_of(address)
            if not self.alternates.is_another_article(original, result.title, entry.title):
                task = self.selector.instead(entry, original, address)
                if task and not await self.run.refuse_forgotten(task.entry):
                    yield self._article_request(task, alternate or Alternate(entry, result, response))
                return
        yield self._item_or_next_page(result, response, entry)

    async def _unread(
        self, error: PageError, response: Response, entry: Entry, alternate: Alternate | None
    ) -> Any:
        """What goes on after a page that could not be read; None, and a reject, if nothing does."""
        if second := self._second_request(response, error):
            return second
        if alternate:
            return self._keep(alternate, entry)
        reject = reject_of(entry, page_reason(error, response), self.run, response)
        await self.run.reject(with_page(reject, self._kept(response, entry, reject.fetched)))
        return None

    def _item_or_next_page(self, result: ParseResult, response: Response, entry: Entry) -> Any:
        self.run.name_categories(result.names)
        if result.doubtful and result.item is not None:
            self.run.repeated.doubt(result.item.id, entry)
        if isinstance(result.item, Draft) and (further := self.next_page_of(result.item, response)):
            further.cb_kwargs["first"] = response
            return further
        return self._with_page(result.item, response, entry)

    def _with_page(self, item: Any, response: Response, entry: Entry) -> Any:
        crawl = item if isinstance(item, Reject) else getattr(item, "crawl", None)
        return with_page(item, self._kept(response, entry, crawl.fetched)) if crawl else item

    def _kept(self, response: Response, entry: Entry, fetched: datetime) -> PageLocation | None:
        return self.run.pages.keep(response, entry, fetched, known_before(response), self._found_source)

    @property
    def _found_source(self) -> Source | None:
        """The source if it was found out during the crawl; None if it is declared."""
        return None if self.source is type(self).source else self.source

    def _keep(self, alternate: Alternate, canonical: Entry) -> Any:
        """The page that was read first, under its own URL: its canonical page is not the article."""
        self.logger.info("%s is not the article at %s", canonical.url, alternate.entry.url)
        self.run.ledger.rename(canonical.id, alternate.entry.id)
        return self._item_or_next_page(alternate.result, alternate.response, alternate.entry)

    async def _extraction(self, response: TextResponse, entry: Entry) -> Extraction:
        """The fields of a page, rendered as in `_read_rendered`. Raises PageError, RenderError,
        CrawlStopped."""

        async def extract(page: TextResponse) -> Extraction:
            return self.read_article(page, entry)

        renderer = self.run.renderer
        return (await renderer.read(response, extract))[0] if renderer else await extract(response)

    async def _read_rendered(
        self, response: TextResponse, entry: Entry
    ) -> tuple[ParseResult, TextResponse] | None:
        """As `_parse_page`, with the response that was read: rendered, if the source wants it or if the page
        has no article as it is. None: that failed, which is recorded, or the crawl is being stopped. Raises
        PageError."""
        renderer = self.run.renderer
        if renderer is None:
            return await self._parse_page(response, entry), response
        try:
            return await renderer.read(response, partial(self._parse_page, entry=entry))
        except RenderError as error:
            await self.run.fail(entry.id, response.url, f"not rendered: {error}", entry)
            return None
        except CrawlStopped:
            return None  # the page stays open, and is left to the next run

    async def _parse_page(self, response: TextResponse, entry: Entry) -> ParseResult:
        """A post or a reject from the worker process if there is one, else a draft. Raises PageError."""
        around = await self.run.hosts.around(response)
        worker = self.run.worker
        if worker and worker.source is not self.source:  # `site` finds out its source during the crawl
            worker = None
        if worker and self.next_address(response, entry.url or entry.canonical_url) is None:
            kind = header(response, "Content-Type")
            page = PageTask(entry, response.url, kind, response.body, self.crawl_of(response), around)
            result = await worker.read(page)
            if result is not None and result.error is not None:
                raise PageError(result.error)
            if result is not None:
                return result
        extraction = self.read_article(response, entry)
        title = extraction.titles[0].value if extraction.titles else ""
        draft = self.draft_of_page(entry, extraction, response)
        draft.around = around
        return ParseResult(draft, title=title, canonical_url=extraction.canonical_url)

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        """For `scrapy parse URL`: the post that an article's page would become, or the reasons why not."""
        from newscrawl.normalize.steps import build_post, complete  # slow to import

        address = canonical_url(response.url)
        entry = Entry(
            id=self.identity_of(address), url=response.url, canonical_url=address, share_url=response.url
        )
        try:
            extraction = self.read_article(readable(response), entry)
            draft = complete(self.draft_of_page(entry, extraction, response), datetime.now(UTC))
            yield build_post(draft, datetime.now(UTC)).to_document()
        except PageError as error:
            yield {"reasons": [str(error)]}
        except Unusable as error:
            yield {"reasons": list(error.reasons)}

    def read_article(self, response: TextResponse, entry: Entry) -> Extraction:
        """The fields of an article's page. Raises PageError if the page is not an article."""
        from newscrawl.page import read_page  # slow to import

        return read_page(
            response.body,
            url=response.url,
            content_type=header(response, "Content-Type"),
            layouts=self.source.layouts,
        )

    @property
    def reads_plain_pages(self) -> bool:
        """Whether a worker process may parse the articles: it knows the source's declarations only, so
        nothing that it does may be overridden here."""
        kind = type(self)
        return not self.source.parts and (
            kind.read_article is NewsSpider.read_article
            and kind.draft_of_page is NewsSpider.draft_of_page
            and kind.parse_article is NewsSpider.parse_article
            and kind.next_page_of is NewsSpider.next_page_of
            and kind.next_address is NewsSpider.next_address
            and kind.parse_part is NewsSpider.parse_part
        )

    def draft_of_page(self, entry: Entry, extraction: Extraction, response: Response) -> Draft:
        """The draft of an article from its page and its list."""
        crawl = self.crawl_of(response, extraction.layout)
        return draft_of(entry, extraction, self.source, crawl, response.body)

    def draft_of_list(self, entry: Entry) -> Draft:
        """The draft of an article from its list alone."""
        crawl = self.crawl_of()
        if self.rereading is None:
            crawl.page = self.run.pages.keep_listed(entry, crawl.fetched, self._found_source)
        return draft_of(entry, listed_extraction(entry), self.source, crawl)

    async def _draft_without_page(self, response: Response, entry: Entry) -> Draft | None:
        """The draft of an article whose page is refused, if the list has enough of it."""
        reason = status_reason(response)
        if not is_gone(response):
            await self.run.fail(entry.id, response.url, reason, entry)
        elif entry.page_optional:
            return self.draft_of_list(entry)
        else:
            await self.run.reject(reject_of(entry, reason, self.run, response))
        return None

    def crawl_of(self, response: Response | None = None, layout: str | None = None) -> Crawl:
        """How an article came here: by a page, or without one by its list."""
        if self.rereading is not None:
            return replace(self.rereading, page_version=layout, origins={})
        crawl = Crawl(self.name, self.run.id, datetime.now(UTC), page_version=layout)
        if response is not None:
            crawl.status = response.status
            crawl.etag = header(response, "ETag")
            crawl.last_modified = header(response, "Last-Modified")
        return crawl

    async def article_failed(self, failure: Failure) -> AsyncIterator[Any]:
        """Records an article that could not be fetched, after all retries, or must not be fetched."""
        values = failure.request.cb_kwargs  # type: ignore[attr-defined]
        entry: Entry = values["entry"]
        if alternate := values.get("alternate"):
            yield self._keep(alternate, entry)
        elif failure.request.meta.get("stored"):  # type: ignore[attr-defined]
            self.run.fail_look(entry.id, failure_reason(failure))
        elif isinstance(failure.value, IgnoreRequest | DownloadCancelledError):
            await self.run.reject(reject_of(entry, failure_reason(failure), self.run))
        else:
            await self.run.fail(entry.id, entry.url or entry.canonical_url, failure_reason(failure), entry)

    # Articles in several pages. A further page that is gone (404) or unreadable ends the article there; one
    # that could not be fetched fails it, so the next run tries again: half an article is never stored.

    def next_page_of(self, draft: Draft, response: Response, part: int = 1) -> Request | None:
        """The request of the page after `response`, which is the article's `part`th; None on the last."""
        if draft.extraction.body is None or part >= MAX_PARTS:
            return None
        url = self.next_address(response, draft.url)
        if url is None:
            return None
        return scrapy.Request(
            url,
            self.parse_part,
            errback=self.part_failed,
            priority=20,
            dont_filter=True,
            cb_kwargs={"draft": draft, "part": part + 1},
        )

    def next_address(self, response: Response, first_url: str) -> str | None:
        """The URL of the page after `response` of the article that begins at `first_url`."""
        url = linked_part(response, self.source.parts) or next_part(response.body, response.url, first_url)
        return None if url == response.url else url

    async def parse_part(
        self, response: Response, draft: Draft, part: int, first: Response | None = None
    ) -> AsyncIterator[Request | Draft]:
        """Adds the text of an article's `part`th page to its draft; `first` is the first page."""
        if response.status >= 400 and not is_gone(response):
            reason = f"HTTP {response.status} for page {part} of an article"
            self.run.pages.drop_parts(draft.id)
            await self.run.fail(draft.id, draft.url, reason, draft.entry)
            return
        assert draft.entry
        following = None
        try:
            if add_part(draft, await self._extraction(readable(response), draft.entry)):
                self.run.pages.add_part(draft.id, response)
                draft.around = draft.around.with_statements(await self.run.hosts.around(response))
                following = self.next_page_of(draft, response, part)
        except RenderError as error:
            self.run.pages.drop_parts(draft.id)
            reason = f"page {part} was not rendered: {error}"
            await self.run.fail(draft.id, draft.url, reason, draft.entry)
            return
        except CrawlStopped:
            return
        except PageError as error:
            self.logger.warning("%s ends before its page %d: %s", draft.url, part, error)
        if following:
            following.cb_kwargs["first"] = first
            yield following
        else:
            yield self._with_page(draft, first, draft.entry) if first else draft

    async def part_failed(self, failure: Failure) -> None:
        """Records an article with a further page that could not be fetched, after all retries."""
        draft: Draft = failure.request.cb_kwargs["draft"]  # type: ignore[attr-defined]
        self.run.pages.drop_parts(draft.id)
        await self.run.fail(draft.id, draft.url, f"{failure_reason(failure)} for a further page", draft.entry)

    def _second_request(self, response: Response, error: PageError) -> Request | None:
        """The request once more, for a response that was cut short or is not what was requested."""
        request = response.request
        if request is None or request.meta.get("again"):
            return None
        self.logger.info("Requesting %s again: %s", request.url, error)
        kept: dict[str, object] = {
            name: request.meta[name] for name in ("known", "stored", FIRST, PART) if name in request.meta
        }
        return request.replace(dont_filter=True, meta={**kept, "again": True})
