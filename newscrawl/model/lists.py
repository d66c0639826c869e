"""The kinds of lists that a source may declare. Each is newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from newscrawl.model.layouts import Selectors


@dataclass(frozen=True, slots=True)
class Feed:
    """An RSS (0.9–2.0), RDF, Atom or JSON feed. Its dates, authors, categories and summaries are used
    where the article's page has none."""

    url: str
    column: str | None = None  #: the column that its articles stand in
    full: bool = False  #: it carries the whole text: the pages are not asked for
    mixed: bool = False  #: most of its links are not articles of the source, on purpose
    anywhere: bool = False  #: its articles may be on any site, as those of a planet or a link blog


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap, plain or gzipped, with or without the news extension, an index of sitemaps, or a
    robots.txt that names some."""

    url: str
    follow: str | None = None  #: regular expression; of an index only the sitemaps whose URL holds it
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A page of links to articles.

    Without `items`, every element that `links` selects is one; with it, `links`, `titles`, `dates` and
    `digests` are looked for inside each item (so as CSS). Links whose address Source.articles does not
    know are left out. Further pages: `next` selects a link to the next; or `pages` is their address, with
    `{page}` (or `{page:08d}`) for the number, from `first` on. Where the number of pages is known only
    from a count, `count` is a regular expression whose group 1 it is, in the page or in the answer of
    `count_url`; `descending` says that the page after the first has the highest number.
    """

    url: str
    column: str | None = None
    items: str | None = None
    links: Selectors = ("a",)
    titles: Selectors = ()  #: the link's own text, if empty
    dates: Selectors = ()
    digests: Selectors = ()
    next: Selectors = ()
    pages: str | None = None
    first: int = 2  #: number of the page after `url`
    count: str | None = None
    count_url: str | None = None
    descending: bool = False
    date_format: str | None = None  #: as Api.date_format
    mixed: bool = False  #: most of its links are not articles of the source, on purpose
    render: bool = False  #: scripts fill the page with the links: it is rendered in a browser


@dataclass(frozen=True, slots=True)
class Api:
    """An answer in JSON, JSONP, `var x = {…};`, or a page with JSON in it.

    In `url`, `body` and a templated `link` stand `{page}` (from `first` on), `{offset}` (a multiple of
    `size`), `{cursor}`, `{size}`, `{now}` and `{now_ms}` (seconds and milliseconds since 1970), `{day}`
    (`20260308`, the source's own day). `items` and the fields are JMESPath expressions: `items` on the
    whole answer, the fields on one item, `cursor` on the whole answer (`data[-1].ctime`). A time may be
    seconds or milliseconds since 1970. A field that is absent is None.
    """

    url: str
    items: str
    link: str | None = None  #: or a template: `https://example.org/a/{id}`, each {…} an expression
    column: str | None = None
    title: str = "title"
    date: str | None = None
    outlet: str | None = None
    digest: str | None = None
    columns: str | None = None  #: a text or a list of texts
    authors: str | None = None
    text: str | None = None  #: the article's HTML or plain text, where the answer carries it
    only: str | None = None  #: of the items only those for which this expression is true
    full: bool = False  #: `text` is the whole article: the pages are not asked for
    page_optional: bool = False  #: where the page is gone (404), the item's own words make the post
    after: str | None = None  #: regular expression after whose match in a page the JSON begins
    ok: str | None = None  #: expression that is true in a good answer
    method: str = "GET"
    body: str | None = None  #: of a POST; JSON if it begins with `{`
    headers: Mapping[str, str] = field(default_factory=dict)
    first: int = 1  #: number of the first page, for {page}
    size: int = 20  #: items a page, for {size} and {offset}
    cursor: str | None = None
    start: str = ""  #: the first value of {cursor}
    #: How the list prints its times, as strptime reads it (`%m/%d/%Y %H:%M:%S`), where the order of day and
    #: month does not show; a time that is printed otherwise is read as any other.
    date_format: str | None = None
    mixed: bool = False  #: most of its links are not articles of the source, on purpose
