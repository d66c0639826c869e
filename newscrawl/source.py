"""Source: what a spider declares of its site, checked when it is declared."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field

from newscrawl.entries.declared import Api, Feed, Section, Sitemap
from newscrawl.page.versions import DataVersion, PageVersion, Selectors, Version

ListEntry = Feed | Sitemap | Section | Api

__all__ = [
    "Api",
    "DataVersion",
    "Feed",
    "ListEntry",
    "PageVersion",
    "Section",
    "Selectors",
    "Sitemap",
    "Source",
    "Version",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One news site: where its lists are, which of their links are articles, how its pages and clock go.

    Raises UsageError, which says what is wrong and shows a right one, for a declaration that cannot work.
    """

    title: str  #: for people: `东方财富网`
    domain: str  #: registrable domain: `eastmoney.com`
    domains: tuple[str, ...] = ()  #: further ones that its articles stand on
    language: str = "zh"  #: BCP 47
    zone: str = "Asia/Shanghai"  #: IANA name of the clock its pages show
    outlet: str | None = None  #: credited where the page names nobody; None: nobody
    entries: tuple[ListEntry, ...] = ()  #: its lists; empty where the spider asks for them itself
    #: Regular expression that is found in the URL of each article and in no other. A group `id` is the
    #: article's own number, one over all addresses of it; without it the canonical URL is the identity.
    articles: str | None = None
    #: (regular expression, replacement) pairs, applied to each URL in turn before it is asked for: from a
    #: mobile or syndicated twin to the page that is read.
    rewrite: tuple[tuple[str, str], ...] = ()
    #: (regular expression, replacement) pairs: from an article's own address to the one that answers with it,
    #: where these differ (an API).
    fetch: tuple[tuple[str, str], ...] = ()
    pages: tuple[Version, ...] = ()  #: newest first
    parts: Selectors = ()  #: links to an article's further pages, where they are not found without
    revisit: datetime.timedelta = datetime.timedelta(days=1)  #: how long after publication a page may change
    verified: datetime.date | None = None  #: last day on which it was seen to work live; None: never
    _article: re.Pattern[str] | None = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        from newscrawl.entries.check import check_source

        check_source(self)
        if self.articles:
            object.__setattr__(self, "_article", re.compile(self.articles))

    def rewritten(self, url: str) -> str:
        """The address that is asked for in place of `url`."""
        for pattern, replacement in self.rewrite:
            url = re.sub(pattern, replacement, url)
        return url

    def fetched(self, url: str) -> str:
        """The address that answers with the article at `url`."""
        for pattern, replacement in self.fetch:
            url = re.sub(pattern, replacement, url)
        return url

    def is_article(self, url: str) -> bool:
        """Whether the address is an article's, as far as `articles` tells; of a source without it, True."""
        return self._article is None or self._article.search(url) is not None

    def number_of(self, url: str) -> str | None:
        """What group `id` of `articles` holds in a URL; None where there is none."""
        match = self._article.search(url) if self._article else None
        return match.groupdict().get("id") if match else None

    def covers(self, host: str) -> bool:
        """Whether a host is one of its domains or below one."""
        return any(f".{host}".endswith(f".{domain}") for domain in (self.domain, *self.domains))
