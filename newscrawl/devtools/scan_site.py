"""Looks at a site before its first spider is written: the home page, its lists, some of their articles."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from newscrawl.devtools.guessed_layout import PROVING, GuessedLayout, proven_layout
from newscrawl.devtools.kept_responses import KeptList
from newscrawl.devtools.list_fit import ListFit, list_fits
from newscrawl.devtools.section_links import section_links
from newscrawl.devtools.spider_template import source_file
from newscrawl.devtools.try_page import Fetched, read_trial
from newscrawl.devtools.url_pattern import pattern_of
from newscrawl.discovery.feed import read_feed
from newscrawl.discovery.home_page import Discovered, PageLink, discover
from newscrawl.discovery.list_page import ListResponse
from newscrawl.discovery.sitemap import read_sitemap
from newscrawl.errors import NewscrawlError, PageError
from newscrawl.model.lists import Feed, Section, Sitemap
from newscrawl.model.source import Source
from newscrawl.page.date.zones import zone_of
from newscrawl.page.document.parse import parse
from newscrawl.text.urls import canonical_url, joined

if TYPE_CHECKING:
    from newscrawl.model.post import Post

_FEEDS, _SECTIONS = 2, 4  # whose links add to the pattern if the home page itself links to no article
_OF_HOME, _OF_LIST = PROVING, PROVING  # articles read
_FEW_LINKS = 5  # a page with fewer is filled by scripts
_SITEMAPS = 1  # sitemaps read of those that a robots.txt or an index names: the newest
_OF_SITEMAP = 200  # addresses of a sitemap from which the pattern is made
# Marks of pages that are filled by scripts, or contain their text as data.
_DATA = ("__NEXT_DATA__", "__NUXT__", "__INITIAL_STATE__", "__staticRouterHydrationData", "allData =")
_MOVES = 3  # maximum number of meta refreshes on the way to the home page
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_AMP = re.compile(r"(?:^|[/.])amp(?:[/.]|$)")  # copies of articles, which need no pattern of their own


@dataclass(slots=True)
class Scout:
    """Follows the links of the pages as they arrive: `follow` takes each and returns what to request next.

    If the home page links to no article, it looks for some in the feeds and sections, and without feeds in
    the sitemaps that robots.txt names.
    """

    found: Discovered | None = None  #: of the home page; with the articles that its lists showed
    home: str | None = None
    fault: str | None = None  #: why the home page cannot be used
    articles: list[Fetched] = field(default_factory=list)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    _stated_language: str | None = None
    left_out: dict[str, str] = field(default_factory=dict)  #: lists that are not declared, and why
    _scripted: bool = False
    _moves: int = 0
    _asked: set[str] = field(default_factory=set)  # lists
    _answered: dict[str, Fetched] = field(default_factory=dict)
    _sources: set[str] = field(default_factory=set)  # the lists whose links make the pattern
    _sitemaps: set[str] = field(default_factory=set)  # with the robots.txt that names them
    _in_sitemaps: list[str] = field(default_factory=list)

    def follow(self, page: Fetched) -> list[str]:
        """The addresses to request next."""
        if self.home is None:
            return self._look_at_home(page)
        if page.asked in self._sitemaps:
            return self._look_at_sitemap(page)
        if page.asked in self._asked:
            return self._look_at_list(page)
        self.articles.append(page)
        return []

    def source_file(self, name: str, day: str) -> tuple[str, Post | None]:
        """The text of `spiders/<name>.py`, and the article that was read for it; None if none could be read.

        Raises NewscrawlError if there was no home page, or no article or list was found from it: a file that
        is all guess would crawl worse than none.
        """
        if self.found is None or self.home is None:
            raise NewscrawlError(f"the home page cannot be read: {self.fault}")
        if not self.found.articles:
            raise NewscrawlError(
                f"no link to an article was found at {self.home}{self._by_script()}; nothing is written."
                " Look in the browser for the address that answers with the list, and declare it as Api(…);"
                " docs/add-a-source.md shows how"
            )
        posts = [(page, post) for page in self.articles if (post := read_trial(page, None).post)]
        layout = proven_layout(posts) if len(posts) >= PROVING else GuessedLayout()
        read = posts[0][1] if posts else None
        self.found.language = (read.language if read else self._stated_language) or self.found.language
        self.found.zone = zone_of(self.home, self.found.language)
        self._keep_fitting()
        return source_file(name, self.home, self.found, layout, day, self._remark(read)), read

    def _keep_fitting(self) -> None:
        """Drops the lists that do not answer, or whose links are not articles by the pattern.

        Raises NewscrawlError if none is left, UsageError if no Source can be declared.
        """
        assert self.found is not None
        assert self.home is not None
        found, home = self.found, self.home
        urls = [*found.feeds, home, *(link.url for link in found.sections)]
        source = _trial_source(found, urls)
        left_out = self._misfits(source, urls)
        feeds = [url for url in found.feeds if url not in left_out]
        if not any(source.is_article(url) for url in self._in_sitemaps):
            found.sitemap = None
        found.sections = [link for link in found.sections if link.url not in left_out]
        if home not in left_out:
            found.sections.insert(0, PageLink(home, ""))
        if not (feeds or found.sitemap or found.sections):
            why = "; ".join(f"{url}: {reason}" for url, reason in left_out.items())
            raise NewscrawlError(f"no list links to enough articles; nothing is written. {why}")
        pages_too = not (feeds or found.sitemap)  # otherwise the pages are not declared anyway
        self.left_out = {url: why for url, why in left_out.items() if url in found.feeds or pages_too}
        found.feeds = feeds

    def _misfits(self, source: Source, urls: list[str]) -> dict[str, str]:
        """The lists that do not fit, and why; `urls` are those of the source's lists."""
        kept = [
            KeptList(page, {"list": index})
            for index, url in enumerate(urls)
            if (page := self._answered.get(url)) and (page.status or 200) < 400
        ]
        fits = list_fits(source, kept, self.now)
        reasons = {url: self._misfit(url, fits.get(index)) for index, url in enumerate(urls)}
        return {url: reason for url, reason in reasons.items() if reason}

    def _misfit(self, url: str, fit: ListFit | None) -> str | None:
        """Why a list is not declared; None if it is."""
        page = self._answered.get(url)
        if page is None:
            return "it could not be fetched"
        if (page.status or 200) >= 400:
            return f"HTTP {page.status}"
        if fit is None:
            return "it cannot be read"
        if fit.articles and fit.is_enough:
            return None
        return f"{fit.articles} of its {fit.links} links fit the pattern of the articles"

    def _by_script(self) -> str:
        return ": its scripts fill it" if self._scripted else ""

    def _remark(self, read: Post | None) -> str | None:
        """A remark for the person who reviews the file."""
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
        self._answered[page.url] = page
        sections = [link.url for link in found.sections]
        lists = found.feeds + sections
        self._asked.update(lists)
        if (
            found.articles
        ):  # the first feed and section count too: are their links alike? are there further pages?
            self._sources.update(found.feeds[:1] + sections[:1])
            return [link.url for link in found.articles[:_OF_HOME]] + lists
        self._sources.update(found.feeds[:_FEEDS] + sections[:_SECTIONS])
        self._sitemaps.update(robots := [] if found.feeds else [urljoin(page.url, "/robots.txt")])
        return lists + robots

    def _look_at_sitemap(self, page: Fetched) -> list[str]:
        """Reads a sitemap's articles, or the sitemaps that an index or a robots.txt names."""
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
        self._in_sitemaps += named
        alike = [url for url in named if re.search(pattern_of(named) or "", url)]
        if alike:
            self.found.sitemap = usual if page.asked == usual else urljoin(self.home, "/robots.txt")
        self.found.articles += [PageLink(url, "") for url in alike]
        return further + alike[:_OF_LIST]

    def _look_at_list(self, page: Fetched) -> list[str]:
        assert self.found is not None
        assert page.asked is not None
        self._answered[page.asked] = page
        if page.asked not in self._sources:
            return []
        known = {link.url for link in self.found.articles}
        try:
            links = [link for link in self._links(page) if link.url not in known]
        except PageError:
            return []
        if known:
            links = [link for link in links if not _AMP.search(link.url.partition("://")[2])]
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


def _trial_source(found: Discovered, urls: list[str]) -> Source:
    """What the file would declare with all of these lists. Raises UsageError if that is invalid."""
    return Source(
        title=found.title or found.domain,
        domain=found.domain,
        language=found.language,
        zone=found.zone,
        lists=tuple(Feed(url) if url in found.feeds else Section(url) for url in urls),
        articles=pattern_of(link.url for link in found.articles),
    )
