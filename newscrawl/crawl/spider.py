"""NewsSpider: from a source's lists to drafts of its articles. A spider only declares."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

import scrapy
from scrapy.http import TextResponse

from newscrawl.crawl.alternates import Alternates
from newscrawl.crawl.articles import ArticlePages
from newscrawl.crawl.drafts import ListPage
from newscrawl.crawl.responses import failure_reason, header, readable
from newscrawl.crawl.run import Run
from newscrawl.crawl.selection import REACH, EntrySelector, positive
from newscrawl.discovery.list_page import ListItem, ListRequest, ListResponse, ListResult
from newscrawl.errors import PageError, UsageError
from newscrawl.model.draft import Draft, Entry
from newscrawl.text.times import parse_past

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from newscrawl.discovery.list_reader import ListReader
    from newscrawl.model.source import Source


UNDATED_PAGES = 3  #: so far a list is walked whose pages do not say when their articles were published
UNDATED_SINCE = 100  #: … with `since`


class NewsSpider(ArticlePages, scrapy.Spider):
    """Base of the spiders.

    A spider declares `source`, with its lists in `source.lists`. What cannot be declared, it says in
    `first_lists`, which yields the lists' requests, and `read_list`, which reads their answers; where an
    article is not a plain page, it overrides `read_article`.

    Arguments of every spider (`-a name=value`): `since` takes articles published since that moment
    (`2d`, `2026-03-08`) and walks the lists back to it; without it, lists are walked until a page of
    them holds nothing new, or nothing of the last 7 days. `limit` takes that many articles.
    """

    source: ClassVar[Source]
    own_arguments: ClassVar[frozenset[str]] = frozenset()  #: names of further arguments
    handle_httpstatus_list: ClassVar[list[int]] = [304, *range(400, 600)]
    run: Run

    def __init__(self, since: str | None = None, limit: str | int | None = None, **arguments: str) -> None:
        if unknown := arguments.keys() - self.own_arguments - {"name"}:
            takes = ", ".join(sorted({"since", "limit"} | self.own_arguments))
            raise UsageError(f"spider {self.name} has no argument {min(unknown)!r}; it takes {takes}")
        super().__init__(**arguments)
        self.since = parse_past(since, datetime.now(UTC)) if since is not None else None
        self.limit = positive(limit) if limit is not None else None
        self.arguments = {name: value for name, value in arguments.items() if name != "name"}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.run = Run(crawler, spider.name, spider.arguments)
        return spider

    def first_lists(self) -> Iterable[Request]:
        """The request of each list's first page; see `list_request`."""
        from newscrawl.crawl.spider import request_of

        return [request_of(self, step) for step in self.walk().first()]

    def read_list(self, response: TextResponse, cursor: Mapping[str, Any]) -> ListPage:
        """What a list's page holds; `cursor` is what its `list_request` was given.

        Raises PageError where it is not what it should be.
        """
        from newscrawl.crawl.spider import read_declared

        return read_declared(self, self.walk(), response, cursor)

    def walk(self) -> Any:
        """The walk over the declared lists, as of now."""
        from newscrawl.discovery.list_reader import ListReader

        now = datetime.now(UTC)
        return ListReader(self.source, self.since or now - REACH, now)

    @classmethod
    def identity_of(cls, url: str) -> str:
        """`_id` of the article at a URL: `<spider>:<number>` where the source's `articles` tells it."""
        from newscrawl.text.urls import canonical_url, identity

        address = canonical_url(cls.source.rewritten(url))
        number = cls.source.number_of(address)
        return f"{cls.name}:{number}" if number else identity(address)

    def list_request(self, url: str, **cursor: Any) -> Request:
        """The request of a page of a list; `cursor` comes back in `read_list`. A list whose `cursor` says
        `optional` is tried: that it is not there is no failure."""
        return scrapy.Request(
            url,
            self.parse_list,
            errback=self.list_failed,
            dont_filter=True,
            priority=5,
            cb_kwargs={"cursor": cursor, "shown": frozenset()},
        )

    async def start(self) -> AsyncIterator[Any]:
        self.selector = EntrySelector(self.run, self.source, self.since, self.limit)
        self.alternates = Alternates(self.source)
        for request in self.first_lists():
            yield request

    async def parse_list(
        self, response: Response, cursor: Mapping[str, Any], shown: frozenset[str]
    ) -> AsyncIterator[Request | Draft]:
        try:
            page = self.read_list(readable(response), cursor)
        except PageError as error:
            if not cursor.get("optional") and (again := self.ask_again(response, error)):
                yield again
            else:
                self._give_up_list(response.url, str(error), cursor)
            return
        self.run.list_read(response.url, len(page.entries), page.skipped)
        for task in await self.selector.choose(page.entries):
            yield self.article_request(task) if task.entry.url else self.draft_of_list(task.entry)
        for request in self.selector.unasked(page.others):
            yield request
        if page.next is not None and self._goes_on(page, cursor, shown):
            page.next.cb_kwargs["shown"] = frozenset(entry.id for entry in page.entries) or shown
            yield page.next

    def _goes_on(self, page: ListPage, cursor: Mapping[str, Any], shown: frozenset[str]) -> bool:
        """Whether the next page of a list is worth asking for; `shown` is what the page before held."""
        if cursor.get("counting"):
            return True
        if not page.entries or all(entry.id in shown for entry in page.entries):
            return False  # the end, or an archive that repeats its last page
        if self.selector.full:
            self.run.truncated = True
            return False
        far = UNDATED_SINCE if self.since else UNDATED_PAGES
        if cursor.get("page", 1) >= far and not self.selector.dates_any(page.entries):
            return False
        stop_at_known = self.run.continues and self.since is None
        return self.selector.promises_more(page.entries, stop_at_known=stop_at_known)

    def ask_again(self, response: Response, error: PageError) -> Request | None:
        """The request once more, for an answer that was cut short or is not what was asked for."""
        request = response.request
        if request is None or request.meta.get("again"):
            return None
        self.logger.info("Asking again for %s: %s", request.url, error)
        return request.replace(dont_filter=True, meta={"again": True})

    # --- what went wrong

    def _give_up_list(self, url: str, reason: str, cursor: Mapping[str, Any]) -> None:
        if cursor.get("optional"):
            self.logger.info("No list at %s: %s", url, reason)
            return
        self.run.ledger.list_failures[reason] += 1
        self.logger.warning("List %s given up: %s", url, reason)

    async def list_failed(self, failure: Failure) -> None:
        """A list that could not be fetched, retries included."""
        url, cursor = failure.request.url, failure.request.cb_kwargs["cursor"]  # type: ignore[attr-defined]
        self._give_up_list(url, failure_reason(failure), cursor)


# ---
# A spider's declared lists as requests and entries.

#: So many pages of one list are asked for: an archive may have no end, and date each of its pages today.
MOST_PAGES, MOST_SINCE = 1_000, 10_000  # without `since`, with it


def request_of(spider: NewsSpider, step: ListRequest) -> Request:
    """The request of a step of the walk over the spider's lists."""
    request = spider.list_request(step.url, **step.cursor)
    return request.replace(method=step.method, body=step.body or b"", headers=step.headers)


def read_declared(
    spider: NewsSpider, walk: ListReader, response: Response, cursor: Mapping[str, Any]
) -> ListPage:
    """What a page of a declared list holds. Raises PageError."""
    listed = walk.read(ListResponse(response.url, response.body, header(response, "Content-Type")), cursor)
    declared = spider.source.lists[cursor["list"]]
    full, optional = getattr(declared, "full", False), getattr(declared, "page_optional", False)
    tried = {"optional": True} if cursor.get("optional") else {}
    further, skipped = _within_bounds(spider, listed, cursor.get("page", 1))
    following = replace(further, cursor=further.cursor | tried) if further else None
    others = [replace(step, cursor=step.cursor | tried) for step in listed.others]
    return ListPage(
        [_entry(item, response.url, spider, full, optional) for item in listed.items],
        request_of(spider, following) if following else None,
        [request_of(spider, step) for step in others],
        skipped,
    )


def _within_bounds(
    spider: NewsSpider, listed: ListResult, number: int
) -> tuple[ListRequest | None, dict[str, int]]:
    """The step to the page after the `number`th, and what is left out."""
    most = MOST_SINCE if spider.since else MOST_PAGES
    if listed.next is None or number < most:
        return listed.next, listed.skipped
    advice = "" if spider.since else "; with --since it is walked on"
    spider.logger.error("The list goes on after %s pages and is left at %s%s", most, listed.next.url, advice)
    return None, {**listed.skipped, f"a list's pages after {most}": 1}


def _entry(item: ListItem, base: str, spider: NewsSpider, full: bool, optional: bool) -> Entry:
    address = item.url or f"{base.partition('#')[0]}#{item.title or item.date}"
    return Entry(
        id=spider.identity_of(address),
        url=None if (full and item.text) or not item.url else spider.source.fetched(item.url),
        canonical_url=address,
        share_url=address,
        title=item.title,
        date=item.date or (item.changed if full else None),
        outlet=item.outlet,
        digest=item.digest,
        columns=item.columns,
        tags=item.tags,
        authors=item.authors,
        text=item.text,
        page_optional=optional or bool(item.text),
    )
