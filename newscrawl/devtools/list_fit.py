"""How many links of a list are articles by `Source.articles`; `check` and `new` both count them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newscrawl.discovery.list_page import ListResponse
from newscrawl.discovery.list_reader import NOT_AN_ARTICLE, ListReader
from newscrawl.errors import PageError
from newscrawl.model.lists import Section, Sitemap

if TYPE_CHECKING:
    from newscrawl.devtools.kept_responses import KeptList
    from newscrawl.model.source import ListSource, Source

FITTING = 0.5  #: of a list's links, the share that must be articles
FITTING_IN_SITEMAP = 0.1  #: a sitemap may name every page of a site
_TWICE = "twice in the list"
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ListFit:
    """The links of one declared list: all of them, and those that are articles."""

    articles: int
    links: int
    share: float  #: of the links, the part that must be articles

    @property
    def is_enough(self) -> bool:
        return self.articles >= self.share * self.links


def list_fits(source: Source, lists: Iterable[KeptList], now: datetime) -> dict[int, ListFit]:
    """For each list that was read, by its index in `source.lists`. Unreadable responses do not count."""
    reader = ListReader(source, _EVER, now)
    articles, links = Counter[int](), Counter[int]()
    for one in lists:
        index = one.cursor.get("list")
        if index is None or index >= len(source.lists):
            continue
        page = one.page
        try:
            listed = reader.read(ListResponse(page.url, page.body, page.content_type), one.cursor)
        except PageError:
            continue
        good = len(listed.items) + listed.skipped.get(_TWICE, 0)
        articles[index] += good
        links[index] += good + listed.skipped.get(NOT_AN_ARTICLE, 0)
    return {index: ListFit(articles[index], links[index], _share(source.lists[index])) for index in links}


def _share(declared: ListSource) -> float:
    """The share of a list's links that must be articles; 0 if it takes any link of a page."""
    if isinstance(declared, Section) and declared.items is None and declared.links == ("a",):
        return 0.0
    return FITTING_IN_SITEMAP if isinstance(declared, Sitemap) else FITTING
