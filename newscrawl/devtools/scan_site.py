"""What is looked at before a first source file is written: a home page, its lists, some of their articles."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from newscrawl.devtools.spider_template import GuessedLayout, layout_of, source_file
from newscrawl.devtools.try_page import Fetched, read_trial
from newscrawl.discovery.feed import read_feed
from newscrawl.discovery.home_page import Discovered, PageLink, discover, pattern_of
from newscrawl.discovery.list_page import ListResponse
from newscrawl.discovery.sitemap import read_sitemap
from newscrawl.errors import NewscrawlError, PageError
from newscrawl.model.lists import Feed, Sitemap
from newscrawl.page.date.zones import zone_of
from newscrawl.text.urls import canonical_url, joined

if TYPE_CHECKING:
    from newscrawl.model.post import Post

_FEEDS, _SECTIONS = 2, 4  # looked into where the home page itself links to no article
_OF_HOME, _OF_LIST = 3, 2  # articles read
_SITEMAPS = 1  # read of those that a robots.txt or an index names: the newest
_OF_SITEMAP = 200  # of its addresses that tell which are articles
_MOVES = 3  # pages that lead on to the home page by a meta refresh
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Scout:
    """Follows what pages show, as they come: `follow` is given each, and says which further to ask for.

    Where the home page links to no article, its feeds and sections are looked into for some, and without
    feeds the sitemaps that its robots.txt names.
    """

    found: Discovered | None = None  #: of the home page; with the articles that its lists showed
    home: str | None = None
    fault: str | None = None  #: why the home page is none
    articles: list[Fetched] = field(default_factory=list)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))  #: of which sitemaps are read
    _moves: int = 0
    _lists: set[str] = field(default_factory=set)
    _sitemaps: set[str] = field(default_factory=set)  # with the robots.txt that names them

    def follow(self, page: Fetched) -> list[str]:
        """The addresses to ask for next."""
        if self.home is None:
            return self._look_at_home(page)
        if page.asked in self._sitemaps:
            return self._look_at_sitemap(page)
        if page.asked in self._lists:
            return self._look_at_list(page)
        self.articles.append(page)
        return []

    def source_file(self, name: str, day: str) -> tuple[str, Post | None]:
        """The text of `spiders/<name>.py`, and the article after which it was made; None: none could be read.

        Raises NewscrawlError where there was no home page.
        """
        if self.found is None or self.home is None:
            raise NewscrawlError(f"no home page to begin with: {self.fault}")
        layout, read = GuessedLayout(), None
        for page in self.articles:
            if read := read_trial(page, None).post:
                layout = layout_of(page, read)
                self.found.language = read.language
                self.found.zone = zone_of(self.home, read.language)
                break
        return source_file(name, self.home, self.found, layout, day), read

    def _look_at_home(self, page: Fetched) -> list[str]:
        self.home = page.url
        if page.status and page.status >= 400:
            self.fault = f"{page.url} answered HTTP {page.status}"
            return []
        try:
            self.found = found = discover(page.body, page.url, page.content_type)
        except PageError as error:
            self.fault = str(error)
            return []
        if found.moved_to and self._moves < _MOVES:
            self.home, self._moves = None, self._moves + 1
            return [found.moved_to]
        sections = [link.url for link in found.sections]
        if found.articles:  # one section all the same: has it further pages?
            self._lists.update(sections[:1])
            return [link.url for link in found.articles[:_OF_HOME]] + sections[:1]
        self._lists.update(lists := found.feeds[:_FEEDS] + sections[:_SECTIONS])
        self._sitemaps.update(robots := [] if found.feeds else [urljoin(page.url, "/robots.txt")])
        return lists + robots

    def _look_at_sitemap(self, page: Fetched) -> list[str]:
        """What a sitemap lists, or the sitemaps that an index or a robots.txt names."""
        assert self.found is not None
        assert self.home is not None
        reply = ListResponse(page.url, page.body, page.content_type)
        usual = urljoin(self.home, "/sitemap.xml")
        try:
            listed = read_sitemap(Sitemap(page.url), reply, _EVER, self.now)
        except PageError:
            return []
        named_by_it = [joined(page.url, step.url) for step in listed.others[:_SITEMAPS]]
        further = [address for address in named_by_it if address]
        if (page.asked or "").endswith("/robots.txt") and not further:
            further = [usual]
        self._sitemaps.update(further)
        items = [joined(page.url, item.url or "") for item in listed.items[:_OF_SITEMAP]]
        named = [canonical_url(address) for address in items if address]
        alike = [url for url in named if re.search(pattern_of(named) or "", url)]
        if alike:
            self.found.sitemap = usual if page.asked == usual else urljoin(self.home, "/robots.txt")
        self.found.articles += [PageLink(url, "") for url in alike]
        return further + alike[:_OF_LIST]

    def _look_at_list(self, page: Fetched) -> list[str]:
        assert self.found is not None
        known = {link.url for link in self.found.articles}
        try:
            links = [link for link in self._links(page) if link.url not in known]
        except PageError:
            return []
        self.found.articles += links
        return [link.url for link in links[:_OF_LIST]]

    def _links(self, page: Fetched) -> list[PageLink]:
        assert self.found is not None
        if page.asked not in self.found.feeds:
            section = discover(page.body, page.url, page.content_type)
            self.found.next = self.found.next or section.next
            return section.articles
        listed = read_feed(Feed(page.url), ListResponse(page.url, page.body, page.content_type))
        items = ((joined(page.url, item.url or ""), item.title) for item in listed.items if item.url)
        return [PageLink(canonical_url(url), title or "") for url, title in items if url]
