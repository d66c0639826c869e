"""What a source said of one article, on its way to a Post.

A page's reader and a list's reader both answer in `Candidate`: a value as printed, where it stood, and
which rule found it. The pipelines choose among them; nothing is normalized before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from newscrawl.model.post import Attribution, Body, Crawl, DateInfo, Post, Security

if TYPE_CHECKING:
    from lxml.html import HtmlElement


Origin = Literal["page", "structured", "list", "url", "header"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One value that the source gave for one field, as printed."""

    value: str
    origin: Origin  #: where it stood
    rule: str  #: what found it: `em_media`, `.infos .item`, `json-ld datePublished`, `mediaName`
    link: str | None = None  #: the address, where the value is a link


@dataclass(slots=True)
class Extraction:
    """What one page says; best candidate first in each list. Nothing here is normalized."""

    titles: list[Candidate] = field(default_factory=list)
    dates: list[Candidate] = field(default_factory=list)
    outlets: list[Candidate] = field(default_factory=list)
    authors: list[Candidate] = field(default_factory=list)
    editors: list[Candidate] = field(default_factory=list)
    columns: list[Candidate] = field(default_factory=list)  #: column and breadcrumb, outermost first
    digests: list[Candidate] = field(default_factory=list)
    body: HtmlElement | None = None  #: the element that holds the article's text
    body_rule: str | None = None
    canonical_url: str | None = None
    base_url: str | None = None  #: what the body's links are relative to, where that is not the page itself
    language: str | None = None
    layout: str | None = None  #: name of the declared page layout that matched
    paywalled: bool = False
    refused: str | None = None  #: why the page is no article: `login wall`, `list page` …; None if it may be


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article as its list shows it; values as printed, None where the list has none."""

    id: str  #: identity, as Post.id
    url: str | None  #: the page to ask for; None: the list holds all there is
    canonical_url: str
    share_url: str
    title: str | None = None
    date: str | None = None
    outlet: str | None = None
    digest: str | None = None
    columns: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    securities: tuple[Security, ...] = ()
    authors: tuple[str, ...] = ()
    text: str | None = None  #: the article's HTML or plain text, where the list carries it
    page_optional: bool = False  #: without its page (404), the list's own words make the post


@dataclass(slots=True, kw_only=True)
class Draft:
    """One article between its page and its Post: what was said, and what the pipelines made of it."""

    id: str  #: identity, as Post.id
    url: str  #: fetched
    canonical_url: str
    share_url: str
    extraction: Extraction
    crawl: Crawl
    zone: str  #: IANA name of the source's clock, `Asia/Shanghai`
    language: str  #: BCP 47
    site_outlet: str | None = None  #: credited where nobody else is
    securities: list[Security] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)  #: of the list; the outlet's comes before them
    as_printed: bool = False  #: the outlet keeps the name that the page prints, canonical or not
    page: bytes | str | None = None  #: the page as it came, kept only to go with a reject
    entry: Entry | None = None  #: what its list said, likewise
    # set by the pipelines, in their order
    title: str | None = None
    date: datetime | None = None
    date_info: DateInfo | None = None
    categories: list[str] = field(default_factory=list)
    all_tags: list[str] = field(default_factory=list)
    category_names: dict[str, str] = field(default_factory=dict)  #: slug -> as printed
    source: Attribution | None = None
    authors: list[str] = field(default_factory=list)
    editors: list[str] = field(default_factory=list)
    digest: str | None = None
    content: Body | None = None
    post: Post | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """An article that cannot become a post; goes to the collection `rejects`."""

    id: str
    url: str
    reasons: tuple[str, ...]  #: `no title`, `no date`, …
    spider: str
    run: str
    fetched: datetime
    page: str | None = None  #: what was read, at most PAGE_LIMIT characters
    values: dict[str, str] = field(default_factory=dict)  #: what was found all the same
    listed: Entry | None = None  #: what its list said, for a retry; its text is not kept
