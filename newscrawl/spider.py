"""NewsSpider: from a source's lists to drafts of its articles. A spider only declares."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

import scrapy
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import TextResponse

from newscrawl.choice import Chooser, Task
from newscrawl.draft import Draft, Reading, Reject
from newscrawl.errors import PageError, UsageError
from newscrawl.listing import Entry, ListPage, draft_of
from newscrawl.moments import parse_moment
from newscrawl.post import Crawl
from newscrawl.replies import header, readable, told
from newscrawl.run import Run

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from newscrawl.source import Source

GONE = range(400, 500)
ASK_AGAIN = frozenset({401, 403, 408, 425, 429})  #: a refusal, or a moment: not the article's fault


class NewsSpider(scrapy.Spider):
    """Base of the spiders.

    A spider declares `source`, yields its lists' requests in `first_lists`, and reads a list's
    answer in `read_list`; where an article is not a plain page, it overrides `read_article`.

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
        self.since = parse_moment(since, datetime.now(UTC)) if since else None
        self.limit = _positive(limit) if limit is not None else None
        self.arguments = {name: value for name, value in arguments.items() if name != "name"}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.run = Run(crawler, spider.name, spider.arguments)
        return spider

    # --- what a spider declares

    def first_lists(self) -> Iterable[Request]:
        """The request of each list's first page; see `list_request`."""
        raise NotImplementedError

    def read_list(self, response: TextResponse, place: Mapping[str, Any]) -> ListPage:
        """What a list's page holds; `place` is what its `list_request` was given.

        Raises PageError where it is not what it should be.
        """
        raise NotImplementedError

    def read_article(self, response: TextResponse, entry: Entry) -> Reading:
        """What an article's page says. Raises PageError where it is no article."""
        from newscrawl.page import read_page  # slow to import

        return read_page(
            response.body,
            url=response.url,
            content_type=(response.headers.get("Content-Type") or b"").decode("latin-1") or None,
            versions=self.source.pages,
        )

    @classmethod
    def identity_of(cls, url: str) -> str:
        """`_id` of the article at a URL: `<spider>:<number>` where the source's `articles` tells it."""
        from newscrawl.urls import canonical_url, identity

        address = canonical_url(cls.source.rewritten(url))
        number = cls.source.number_of(address)
        return f"{cls.name}:{number}" if number else identity(address)

    def list_request(self, url: str, **place: Any) -> Request:
        """The request of a page of a list; `place` comes back in `read_list`."""
        return scrapy.Request(
            url,
            self.parse_list,
            errback=self.list_failed,
            dont_filter=True,
            priority=5,
            cb_kwargs={"place": place, "shown": frozenset()},
        )

    # --- the way of the data

    async def start(self) -> AsyncIterator[Any]:
        self.chooser = Chooser(self.run, self.source, self.since, self.limit)
        for request in self.first_lists():
            yield request

    async def parse_list(
        self, response: Response, place: Mapping[str, Any], shown: frozenset[str]
    ) -> AsyncIterator[Request | Draft]:
        try:
            page = self.read_list(readable(response), place)
        except PageError as error:
            if again := self._again(response, error):
                yield again
            else:
                self._give_up_list(response.url, str(error))
            return
        self.run.ledger.lists += 1
        tasks = await self.chooser.choose(page.entries)
        for task in tasks:
            yield self._article_request(task) if task.entry.url else self._draft(task.entry, Reading())
        if page.next is not None and self._goes_on(page, shown):
            page.next.cb_kwargs["shown"] = frozenset(entry.id for entry in page.entries)
            yield page.next

    def _goes_on(self, page: ListPage, shown: frozenset[str]) -> bool:
        """Whether the next page of a list is worth asking for; `shown` is what the page before held."""
        if not page.entries or all(entry.id in shown for entry in page.entries):
            return False  # the end, or an archive that repeats its last page
        if self.chooser.full:
            self.run.truncated = True
            return False
        stop_at_known = self.run.continues and self.since is None
        return self.chooser.promises_more(page.entries, stop_at_known=stop_at_known)

    def _article_request(self, task: Task) -> Request:
        assert task.entry.url
        return scrapy.Request(
            task.entry.url,
            self.parse_article,
            errback=self.article_failed,
            headers=task.conditions,
            priority=10,
            dont_filter=True,  # the chooser has filtered, by identity
            cb_kwargs={"entry": task.entry},
        )

    async def parse_article(self, response: Response, entry: Entry) -> AsyncIterator[Request | Draft]:
        if response.status == 304:
            await self.run.unchanged(entry.id)
            return
        if response.status >= 400:
            if draft := await self._without_page(response, entry):
                yield draft
            return
        try:
            reading = self.read_article(readable(response), entry)
        except PageError as error:
            if again := self._again(response, error):
                yield again
            else:
                await self._reject(entry, str(error), response)
            return
        yield self._draft(entry, reading, response)

    async def _without_page(self, response: Response, entry: Entry) -> Draft | None:
        """The draft of an article whose page the server refuses, if its list's words are enough."""
        if response.status not in GONE or response.status in ASK_AGAIN:
            await self.run.fail(entry.id, response.url, f"HTTP {response.status}")
        elif entry.page_optional:
            return self._draft(entry, Reading(), None)
        else:
            await self._reject(entry, f"HTTP {response.status}", response)
        return None

    def _draft(self, entry: Entry, reading: Reading, response: Response | None = None) -> Draft:
        crawl = Crawl(self.name, self.run.id, datetime.now(UTC), page_version=reading.version)
        if response is None:
            return draft_of(entry, reading, self.source, crawl)
        crawl.status = response.status
        crawl.etag = header(response, "ETag")
        crawl.last_modified = header(response, "Last-Modified")
        draft = draft_of(entry, reading, self.source, crawl)
        draft.page = response.body
        return draft

    def _again(self, response: Response, error: PageError) -> Request | None:
        """The request once more, for an answer that was cut short or is not what was asked for."""
        request = response.request
        if request is None or request.meta.get("again"):
            return None
        self.logger.info("Asking again for %s: %s", request.url, error)
        return request.replace(dont_filter=True, meta={"again": True})

    async def _reject(self, entry: Entry, reason: str, response: Response | None = None) -> None:
        values = {"title": entry.title, "date": entry.date, "outlet": entry.outlet}
        await self.run.reject(
            Reject(
                id=entry.id,
                url=entry.url or entry.canonical_url,
                reasons=(reason,),
                spider=self.name,
                run=self.run.id,
                fetched=datetime.now(UTC),
                page=response.text if isinstance(response, TextResponse) else None,
                values={name: value for name, value in values.items() if value},
            )
        )

    # --- what went wrong

    def _give_up_list(self, url: str, reason: str) -> None:
        self.run.ledger.list_failures[reason] += 1
        self.logger.warning("List %s given up: %s", url, reason)

    async def list_failed(self, failure: Failure) -> None:
        """A list that could not be fetched, retries included."""
        self._give_up_list(failure.request.url, told(failure))  # type: ignore[attr-defined]

    async def article_failed(self, failure: Failure) -> None:
        """An article that could not be fetched, retries included, or that must not be asked for."""
        entry: Entry = failure.request.cb_kwargs["entry"]  # type: ignore[attr-defined]
        if isinstance(failure.value, IgnoreRequest | DownloadCancelledError):
            await self._reject(entry, told(failure))
        else:
            await self.run.fail(entry.id, entry.url or entry.canonical_url, told(failure))


def _positive(limit: str | int) -> int:
    try:
        number = int(limit)
    except ValueError:
        number = 0
    if number < 1:
        raise UsageError(f"limit {limit!r} is not a number of articles, 1 or more")
    return number
