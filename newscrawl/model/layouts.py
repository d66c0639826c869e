"""PageLayout, DataLayout: how a declared layout gives an article's fields."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

Selectors = tuple[str, ...]


def is_xpath(selector: str) -> bool:
    """Whether a selector is XPath; the others are CSS."""
    return selector.startswith(("/", "("))


@dataclass(frozen=True, slots=True)
class PageLayout:
    """One layout of a source's article pages.

    Each field is a tuple of selectors, tried in order: parsel's CSS (with `::text` and
    `::attr(name)`), or XPath where it begins with `/` or `(`. A selector that gives an element
    gives its text. A page is of the first layout, in the order declared, whose `title` and `body`
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
    lead: Selectors = ()  #: elements outside `body` that its text begins with, such as the picture above it
    until: datetime.date | None = None  #: last day on which pages of this layout were published


@dataclass(frozen=True, slots=True)
class DataLayout:
    """Articles that come as JSON: the whole answer, or what begins in the page behind `after`.

    Each field is a JMESPath expression that gives a text, a number or a list of them; None is not there.
    JSON is of the first layout whose `body` gives a text; a title that it lacks is the list's.
    """

    name: str
    title: str
    body: str  #: the article's HTML, or its plain text
    date: str | None = None  #: a printed time, or seconds or milliseconds since 1970
    outlet: str | None = None
    authors: str | None = None
    editors: str | None = None
    columns: str | None = None
    digest: str | None = None
    after: str | None = None  #: regular expression; the JSON begins after its match
    until: datetime.date | None = None  #: last day on which pages of this layout were published


Layout = PageLayout | DataLayout
