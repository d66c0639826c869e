"""What NewsSpider does about articles: asks for their pages, has them read, tells how each ended."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

import scrapy
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest

from newscrawl.crawl.drafts import draft_of, listed_extraction
from newscrawl.crawl.multipage import SeveralPages
from newscrawl.crawl.responses import (
    ASK_AGAIN,
    GONE,
    failure_reason,
    header,
    is_unchanged,
    readable,
    reject_of,
)
from newscrawl.crawl.worker.messages import PageTask, ParseResult
from newscrawl.errors import PageError
from newscrawl.model.draft import Draft
from newscrawl.model.post import Crawl

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response, TextResponse
    from twisted.python.failure import Failure

    from newscrawl.crawl.alternates import Alternates
    from newscrawl.crawl.run import Run
    from newscrawl.crawl.selection import EntrySelector, FetchTask
    from newscrawl.model.draft import Entry, Extraction
    from newscrawl.model.source import Source

#: What a spider that overrides one of them does about articles is done where the spider is.
_READING = ("read_article", "draft_of_page", "parse_article", "next_page_of", "next_address", "parse_part")


class ArticlePages(SeveralPages):
    """From the request of an article's page to what the pipelines get of it."""

    source: ClassVar[Source]
    run: Run
    selector: EntrySelector
    alternates: Alternates

    if TYPE_CHECKING:
        name: str

        @classmethod
        def identity_of(cls, url: str) -> str: ...

        def ask_again(self, response: Response, error: PageError) -> Request | None: ...

    def read_article(self, response: TextResponse, entry: Entry) -> Extraction:
        """What an article's page says. Raises PageError where it is no article."""
        from newscrawl.page import read_page  # slow to import

        return read_page(
            response.body,
            url=response.url,
            content_type=header(response, "Content-Type"),
            layouts=self.source.layouts,
        )

    @property
    def reads_plain_pages(self) -> bool:
        """Whether an article is what its page's bytes and the declared source say, and nothing else."""
        own = any(getattr(type(self), name) is not getattr(ArticlePages, name) for name in _READING)
        return not own and not self.source.parts

    def article_request(self, task: FetchTask) -> Request:
        """The request of an article's page."""
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

    async def parse_article(self, response: Response, entry: Entry) -> AsyncIterator[Any]:
        """What an article's page becomes, for the pipelines; or the request of its next page."""
        if is_unchanged(response):
            await self.run.unchanged(entry.id)
            return
        if response.status >= 400:
            if draft := await self._without_page(response, entry):
                yield draft
            return
        try:
            answer = await self._read(readable(response), entry)
        except PageError as error:
            if again := self.ask_again(response, error):
                yield again
            else:
                await self.run.reject(reject_of(entry, str(error), self.run, response))
            return
        if address := self.alternates.canonical(entry, answer.canonical_url, answer.title, response.url):
            if task := self.selector.instead(entry, self.identity_of(address), address):
                yield self.article_request(task)
            return
        self.run.name_categories(answer.names)
        if isinstance(answer.item, Draft):
            yield self.next_page_of(answer.item, response) or answer.item
        else:
            yield answer.item

    async def _read(self, response: TextResponse, entry: Entry) -> ParseResult:
        """What the page says: settled by the process beside this one, where there is one, else a draft.

        Raises PageError.
        """
        reader = self.run.reader
        if reader and reader.source is not self.source:  # which the spider has found out since
            reader = None
        if reader and self.next_address(response, entry.url or entry.canonical_url) is None:
            crawl = self._crawl(response)
            page = PageTask(entry, response.url, header(response, "Content-Type"), response.body, crawl)
            answer = await reader.read(page)
            if answer is not None and answer.error is not None:
                raise PageError(answer.error)
            if answer is not None:
                return answer
        extraction = self.read_article(response, entry)
        title = extraction.titles[0].value if extraction.titles else ""
        draft = self.draft_of_page(entry, extraction, response)
        return ParseResult(draft, title=title, canonical_url=extraction.canonical_url)

    def draft_of_page(self, entry: Entry, extraction: Extraction, response: Response) -> Draft:
        """The draft of an article by its page and its list."""
        crawl = self._crawl(response, extraction.layout)
        return draft_of(entry, extraction, self.source, crawl, response.body)

    async def _without_page(self, response: Response, entry: Entry) -> Draft | None:
        """The draft of an article whose page the server refuses, if its list's words are enough."""
        if response.status not in GONE or response.status in ASK_AGAIN:
            await self.run.fail(entry.id, response.url, f"HTTP {response.status}", entry)
        elif entry.page_optional:
            return self.draft_of_list(entry)
        else:
            await self.run.reject(reject_of(entry, f"HTTP {response.status}", self.run, response))
        return None

    def draft_of_list(self, entry: Entry) -> Draft:
        """The draft of an article that its list holds whole."""
        crawl = Crawl(self.name, self.run.id, datetime.now(UTC))
        return draft_of(entry, listed_extraction(entry), self.source, crawl)

    def _crawl(self, response: Response, version: str | None = None) -> Crawl:
        crawl = Crawl(self.name, self.run.id, datetime.now(UTC), response.status, page_version=version)
        crawl.etag = header(response, "ETag")
        crawl.last_modified = header(response, "Last-Modified")
        return crawl

    async def article_failed(self, failure: Failure) -> None:
        """An article that could not be fetched, retries included, or that must not be asked for."""
        entry: Entry = failure.request.cb_kwargs["entry"]  # type: ignore[attr-defined]
        if isinstance(failure.value, IgnoreRequest | DownloadCancelledError):
            await self.run.reject(reject_of(entry, failure_reason(failure), self.run))
        else:
            await self.run.fail(entry.id, entry.url or entry.canonical_url, failure_reason(failure), entry)
