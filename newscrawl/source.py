"""Source: what a spider declares of its site."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

Selectors = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageVersion:
    """One layout of a source's article pages.

    Each field is a tuple of selectors, tried in order: parsel's CSS (with `::text` and
    `::attr(name)`), or XPath where it begins with `/` or `(`. A selector that gives an element
    gives its text. A page is of the first version, in the order declared, whose `title` and `body`
    both match.
    """

    name: str
    title: Selectors
    body: Selectors  #: the element that holds the text
    date: Selectors = ()
    outlet: Selectors = ()
    authors: Selectors = ()
    editors: Selectors = ()
    columns: Selectors = ()  #: column, breadcrumb
    digest: Selectors = ()
    drop: Selectors = ()  #: elements inside `body` that are not the article's
    until: datetime.date | None = None  #: last day on which pages of this layout were published


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One news site, as far as its pages and clock go."""

    title: str  #: for people: `东方财富网`
    domain: str  #: registrable domain: `eastmoney.com`
    language: str = "zh"  #: BCP 47
    zone: str = "Asia/Shanghai"  #: IANA name of the clock its pages show
    outlet: str | None = None  #: credited where the page names nobody; None: nobody
    pages: tuple[PageVersion, ...] = ()  #: newest first
    revisit: datetime.timedelta = datetime.timedelta(days=1)  #: how long after publication a page may change
