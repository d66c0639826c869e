"""Any site, without a declaration: its feeds, sitemaps and sections are found on its home page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response, TextResponse

from newscrawl.crawl.drafts import ListPage
from newscrawl.crawl.responses import header
from newscrawl.crawl.spider import NewsSpider
from newscrawl.discovery.home_page import NEXT_PAGE, Discovered, discover, looks_like_article
from newscrawl.errors import UsageError
from newscrawl.model.draft import Draft, Entry, Extraction
from newscrawl.model.source import Feed, ListSource, Section, Sitemap, Source
from newscrawl.page.date.zones import zone_of
from newscrawl.text.urls import check_address

MOST_MOVES = 3  #: pages that lead on to the home page by a meta refresh


class SiteSpider(NewsSpider):
    """`url`: the site's home page, one of its sections, a feed or a sitemap."""

    name = "site"
    own_arguments = frozenset({"url"})
    conditional_lists = False  # the home page says what the other lists are
    source: ClassVar[Source] = Source(title="any site", domain="unknown.invalid", zone="UTC")

    def __init__(self, url: str = "", **arguments: str) -> None:
        url = check_address(url) if url else ""
        if "." not in (urlsplit(url).hostname or ""):
            raise UsageError(
                f"spider site needs the address of a site, not {url!r}: -a url=https://example.org,"
                " or http://127.0.0.1:8000 in place of localhost"
            )
        super().__init__(url=url, **arguments)
        self.home = url
        self.sitemaps_named = False  #: by the site's robots.txt

    def own_addresses(self) -> list[str]:
        """The home page, too: it is asked before the source is known."""
        return [self.home, *super().own_addresses()]

    def first_lists(self) -> Iterable[Request]:
        yield self.list_request(self.home, home=True)

    def read_list(self, response: TextResponse, cursor: Mapping[str, Any]) -> ListPage:
        if cursor.get("home"):
            return self._read_home(response, cursor.get("moved", 0))
        page = super().read_list(response, cursor)
        if cursor.get("robots"):
            self.sitemaps_named = bool(page.others)
        is_feed = "list" in cursor and isinstance(self.source.lists[cursor["list"]], Feed)
        likely = [entry for entry in page.entries if is_feed or _is_likely(entry)]
        if left_out := len(page.entries) - len(likely):
            page.skipped["not like an article's address"] = left_out
        page.entries[:] = likely
        return page

    async def parse_list(
        self, response: Response, cursor: Mapping[str, Any], previous: frozenset[str]
    ) -> AsyncIterator[Request | Draft]:
        """As of every list; where robots.txt names no sitemap, or is not there, the usual one is tried."""
        async for found in super().parse_list(response, cursor, previous):
            yield found
        if cursor.get("robots") and not self.sitemaps_named:
            ahead = {"list": cursor["list"], "page": 1, "optional": True}
            yield self.list_request(urljoin(response.url, "/sitemap.xml"), **ahead)

    def draft_of_page(self, entry: Entry, extraction: Extraction, response: Response) -> Draft:
        """A site may have several languages: the language of each page gives its time zone."""
        draft = super().draft_of_page(entry, extraction, response)
        draft.zone = zone_of(response.url, extraction.language or self.source.language)
        return draft

    def _read_home(self, response: TextResponse, moved: int) -> ListPage:
        own = _own_list(response)
        links = b", ".join(response.headers.getlist("Link")).decode("latin-1")
        kind = header(response, "Content-Type")
        found = discover(response.body, response.url, kind, link_header=links)
        if found.moved_to and not own and moved < MOST_MOVES:
            return ListPage([], others=[self.list_request(found.moved_to, home=True, moved=moved + 1)])
        lists = own or _lists(found, response.url)
        self.source = _source(found, response.url, lists)  # type: ignore[misc]  # of this run
        self.selector.source = self.alternates.source = self.source
        home, *others = self.list_reader().first()
        page = self.read_list(response, home.cursor)
        optional = [replace(request, cursor={**request.cursor, **_tried(request.url)}) for request in others]
        requests = [self.scrapy_request(request) for request in optional]
        return ListPage(page.entries, page.next if own else None, page.others + requests, page.skipped)


def _tried(url: str) -> dict[str, bool]:
    """What a cursor says of a list that may not be there."""
    return {"optional": True, "robots": True} if url.endswith("/robots.txt") else {"optional": True}


def _own_list(response: TextResponse) -> tuple[ListSource, ...]:
    """The response itself as a list, if it is a feed or a sitemap instead of a page."""
    start = response.text[:2000].lower()
    if "<urlset" in start or "<sitemapindex" in start:
        return (Sitemap(response.url),)
    marks = ("<rss", "<feed", "<rdf:rdf", "//jsonfeed.org/")
    return (Feed(response.url),) if any(mark in start for mark in marks) else ()


def _lists(found: Discovered, home: str) -> tuple[ListSource, ...]:
    return (
        Section(home, next=NEXT_PAGE),
        *(Feed(url) for url in found.feeds or [urljoin(home, "/feed/")]),
        Sitemap(urljoin(home, "/robots.txt")),
        *(Section(link.url, column=link.text, next=NEXT_PAGE) for link in found.sections),
    )


def _source(found: Discovered, home: str, lists: tuple[ListSource, ...]) -> Source:
    host = urlsplit(home).hostname or ""
    return Source(
        title=found.title or host,
        domain=found.domain,
        outlet=found.title,
        language=found.language,
        zone=found.zone,
        lists=lists,
    )


def _is_likely(entry: Entry) -> bool:
    """Takes all of a sitemap with dates; of the links on a page, those that look like articles."""
    return entry.date is not None or looks_like_article(entry.url or "", entry.title or "")
