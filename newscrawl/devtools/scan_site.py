"""What is looked at before a first source file is written: a home page, its lists, some of their articles."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from newscrawl.devtools.guessed_layout import PROVING, GuessedLayout, proven_layout
from newscrawl.devtools.section_links import section_links
from newscrawl.devtools.spider_template import source_file
from newscrawl.devtools.try_page import Fetched, read_trial
from newscrawl.devtools.url_pattern import pattern_of
from newscrawl.discovery.feed import read_feed
from newscrawl.discovery.home_page import Discovered, PageLink, discover
from newscrawl.discovery.list_page import ListResponse
from newscrawl.discovery.sitemap import read_sitemap
from newscrawl.errors import NewscrawlError, PageError
from newscrawl.model.lists import Feed, Sitemap
from newscrawl.page.date.zones import zone_of
from newscrawl.page.document.parse import parse
from newscrawl.text.urls import canonical_url, joined

if TYPE_CHECKING:
    from newscrawl.model.post import Post

_FEEDS, _SECTIONS = 2, 4  # looked into where the home page itself links to no article
_DECLARED_FEEDS = 5  # looked into all the same: are their links alike?
_ALIKE = 0.5  # a feed of whose links fewer are articles by the pattern is not declared
_OF_HOME, _OF_LIST = PROVING, PROVING  # articles read
_FEW_LINKS = 5  # of a page that its scripts fill
_SITEMAPS = 1  # read of those that a robots.txt or an index names: the newest
_OF_SITEMAP = 200  # of its addresses that tell which are articles
# Marks of pages that are filled by script, or hold their text as data, and what to do about it.
_DATA = ("__NEXT_DATA__", "__NUXT__", "__INITIAL_STATE__", "__staticRouterHydrationData", "allData =")
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
    _stated_language: str | None = None
    _scripted: bool = False
    _moves: int = 0
    _lists: set[str] = field(default_factory=set)
    _further: set[str] = field(default_factory=set)  # feeds whose links are only compared
    _shown: dict[str, list[str]] = field(default_factory=dict)  # feed -> the links that it had
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
        """The text of `spiders/<name>.py`, and the article that was read for it; None: none could be read.

        Raises NewscrawlError if there was no home page, or if no article was found from it: a file that is
        all guess would crawl worse than none.
        """
        if self.found is None or self.home is None:
            raise NewscrawlError(f"no home page to begin with: {self.fault}")
        if not self.found.articles:
            raise NewscrawlError(
                f"no link to an article was found at {self.home}{self._by_script()}; nothing is written."
                " Look in the browser for the address that answers with the list, and declare it as Api(…);"
                " docs/add-a-source.md shows how"
            )
        self._drop_feeds(pattern_of(link.url for link in self.found.articles) or "")
        posts = [(page, post) for page in self.articles if (post := read_trial(page, None).post)]
        layout = proven_layout(posts) if len(posts) >= PROVING else GuessedLayout()
        read = posts[0][1] if posts else None
        self.found.language = (read.language if read else self._stated_language) or self.found.language
        self.found.zone = zone_of(self.home, self.found.language)
        return source_file(name, self.home, self.found, layout, day, self._remark(read)), read

    def _drop_feeds(self, pattern: str) -> None:
        """Leaves out the feeds whose links are not articles by the pattern: each run would be a bad one."""
        assert self.found is not None
        unlike = {
            feed
            for feed, links in self._shown.items()
            if sum(bool(re.search(pattern, url)) for url in links) < _ALIKE * len(links)
        }
        self.found.feeds = [feed for feed in self.found.feeds if feed not in unlike]

    def _by_script(self) -> str:
        return ": its scripts fill it" if self._scripted else ""

    def _remark(self, read: Post | None) -> str | None:
        """What whoever looks the file over should know."""
        if read is not None:
            return None
        if held := next((m for page in self.articles for m in _DATA if m.encode() in page.body), None):
            return f"Its pages hold the article as data ({held}): declare a DataLayout with `after`."
        return "No article could be read: look at one in the browser, and declare a layout for it."

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
        root = parse(page.body, url=page.url, content_type=page.content_type)
        self._stated_language = (root.get("lang") or "").strip() or None
        self._scripted = bool(root.xpath("//script")) and len(root.xpath("//a[@href]")) < _FEW_LINKS
        found.sections = section_links(found, page)
        sections = [link.url for link in found.sections]
        if found.articles:  # the feeds and one section all the same: are their links alike? further pages?
            self._further.update(found.feeds[1:_DECLARED_FEEDS])
            self._lists.update(lists := found.feeds[:_DECLARED_FEEDS] + sections[:1])
            return [link.url for link in found.articles[:_OF_HOME]] + lists
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
            shown = self._links(page)
        except PageError:
            return []
        if page.asked in self.found.feeds:
            self._shown[page.asked] = [link.url for link in shown]
            if page.asked in self._further:
                return []
        links = [link for link in shown if link.url not in known]
        wanted = max(0, _OF_LIST - len(self.found.articles))
        self.found.articles += links
        return [link.url for link in links[:wanted]]

    def _links(self, page: Fetched) -> list[PageLink]:
        assert self.found is not None
        if page.asked not in self.found.feeds:
            section = discover(page.body, page.url, page.content_type)
            self.found.next = self.found.next or section.next
            return section.articles
        listed = read_feed(Feed(page.url), ListResponse(page.url, page.body, page.content_type))
        items = ((joined(page.url, item.url or ""), item.title) for item in listed.items if item.url)
        return [PageLink(canonical_url(url), title or "") for url, title in items if url]
