"""What a source said of one article, on its way to a Post.

A page's reader and a list's reader both answer in `Candidate`: a value as printed, where it stood, and
which rule found it. The pipelines choose among them; nothing is normalized before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Self

from newscrawl.model.post import Attribution, Body, Crawl, DateInfo, PageLocation, Security
from newscrawl.model.rights import NOTHING, Stated, Statement

if TYPE_CHECKING:
    from lxml.html import HtmlElement


FAILED = "failed: "  #: begins the reason of a reject whose page could not be fetched
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
    updates: list[Candidate] = field(default_factory=list)  #: dates of the last change, as the page states it
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
    terms: list[Statement] | None = None  #: what it says of its use; None: it is no page that could say so


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
    changed: str | None = None  #: when its page last changed, if that is not the publication
    licence: str | None = None  #: address or name of its licence
    copyright: str | None = None  #: its copyright line

    def to_values(self) -> dict[str, Any]:
        """Its fields as plain values, without those that are empty."""
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        said["securities"] = [asdict(security) for security in self.securities]
        return {name: value for name, value in said.items() if value}

    @classmethod
    def from_values(cls, said: Mapping[str, Any]) -> Self:
        """From `to_values`, as JSON or BSON give it back; fields that it does not know are left aside.

        Raises TypeError if a field is missing.
        """
        names = {field.name for field in fields(cls)}
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in said.items()
            if name in names
        }
        values["securities"] = tuple(Security(**security) for security in said.get("securities") or ())
        return cls(**{"url": None, **values})


@dataclass(kw_only=True)
class Draft:
    """One article before the first step: what its list and its page said.

    Each step of newscrawl.normalize.steps returns the next stage, which adds the fields that the step set:
    a step takes the stage that has what it reads.
    """

    id: str  #: identity, as Post.id
    url: str  #: fetched
    canonical_url: str
    share_url: str
    extraction: Extraction
    crawl: Crawl
    zone: str  #: IANA name of the source's clock, `Asia/Shanghai`
    language: str  #: BCP 47
    site_outlet: str | None = None  #: credited where nobody else is
    listed_securities: list[Security] = field(default_factory=list)
    listed_tags: list[str] = field(default_factory=list)
    as_printed: bool = False  #: the outlet keeps the name that the page prints, canonical or not
    page: bytes | str | None = None  #: the page as it came, kept only to go with a reject
    entry: Entry | None = None  #: what its list said, likewise
    around: Stated = NOTHING  #: what its answer's headers and its host's files say of its use


@dataclass(kw_only=True)
class TitledDraft(Draft):
    """After the step `title`."""

    title: str | None  #: clean, without the site's name; None: no usable title


@dataclass(kw_only=True)
class DatedDraft(TitledDraft):
    """After the step `dates`: both are set, or neither."""

    date: datetime | None  #: publication, UTC
    date_info: DateInfo | None


@dataclass(kw_only=True)
class AttributedDraft(DatedDraft):
    """After the step `attribution`."""

    source: Attribution | None  #: the outlet
    authors: list[str]
    editors: list[str]


@dataclass(kw_only=True)
class CategorizedDraft(AttributedDraft):
    """After the step `categories`."""

    category_names: dict[str, str]  #: slug -> as printed; the outlet's comes first
    tags: list[str]

    @property
    def categories(self) -> list[str]:
        """The slugs."""
        return list(self.category_names)


@dataclass(kw_only=True)
class CompleteDraft(CategorizedDraft):
    """After the step `body`: all that a Post is built from."""

    digest: str | None
    content: Body | None
    securities: list[Security]  #: the list's, then those that the body marks


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
    kept: PageLocation | None = None  #: where its page is kept
    reader: int | None = None  #: version of the rules that read its page; None: no page was read

    @classmethod
    def of_entry(
        cls, entry: Entry, reason: str, crawl: Crawl, *, page: str | None = None, reader: int | None = None
    ) -> Self:
        """The reject of an entry whose page yielded no draft."""
        values = {"title": entry.title, "date": entry.date, "outlet": entry.outlet}
        return cls(
            id=entry.id,
            url=entry.url or entry.canonical_url,
            reasons=(reason,),
            spider=crawl.spider,
            run=crawl.run,
            fetched=crawl.fetched,
            page=page,
            values={name: value for name, value in values.items() if value},
            listed=entry,
            reader=reader,
        )
