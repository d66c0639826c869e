"""Post: the one schema, from pipelines to MongoDB to readers. docs/data.md is its contract."""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, Self, TypeVar

from newscrawl.model.rights import Rights

SCHEMA_VERSION = 4

#: Raised whenever the same page may be read differently; tests/normalize/test_reader_version.py watches it.
READER_VERSION = 3

T = TypeVar("T")

Precision = Literal["second", "minute", "day"]
DateOrigin = Literal["page", "structured", "list", "url", "header"]
Assumption = Literal["zone", "year"]


@dataclass(slots=True)
class DateInfo:
    """Where a post's date comes from and how exact it is."""

    raw: str  #: as printed by the source
    offset: str  #: of the source's clock, `+08:00`
    precision: Precision
    origin: DateOrigin
    assumed: list[Assumption] = field(default_factory=list)  #: what the source did not state


@dataclass(slots=True)
class Attribution:
    """The outlet that wrote the article; the post's field `source`."""

    name: str  #: `北方网`
    slug: str  #: `beifangwang`: lower-case ASCII letters, digits and hyphens
    raw: str  #: as printed: `（文章来源：北方网）`
    origin: str  #: `em_media`, `info_line`, `list`, `tail`, `structured`; `site` where none was named
    url: str | None = None  #: where the name is a link


@dataclass(slots=True)
class Image:
    """A picture of the body; `url` is absolute."""

    url: str
    caption: str | None = None


@dataclass(slots=True)
class Body:
    """The article's text: sanitized HTML, and plain text with a blank line between paragraphs."""

    html: str
    text: str
    chars: int  #: characters of `text` that are not white space
    images: list[Image] = field(default_factory=list)


@dataclass(slots=True, frozen=True)
class Security:
    """A security that the article marks.

    `market` is East Money's number: 0 Shenzhen, 1 Shanghai, 90 board, 105 NASDAQ, 106 NYSE, 116 Hong Kong.
    """

    market: str
    code: str
    name: str | None = None


@dataclass(slots=True)
class Story:
    """What reposts of one article share."""

    fingerprint: str  #: 16 hex digits, simhash of the text
    first: str  #: `_id` of the first post of the story
    #: Hash values used to find reposts; empty in a post that was read: `story_marks` has them for a while.
    bands: list[int] = field(default_factory=list)
    clauses: str = ""  #: 8 hex digits per clause of the text, at most 64; newscrawl.search.near_duplicates

    def to_document(self) -> dict[str, Any]:
        """As `story_marks` keeps it; without bands, as a post does."""
        document: dict[str, Any] = {"fingerprint": self.fingerprint, "first": self.first}
        if self.bands:
            document["bands"] = self.bands
        return {**document, "clauses": self.clauses}


@dataclass(slots=True)
class Withdrawn:
    """That the article's source does not have it any more. Times are UTC."""

    since: datetime  #: when a crawl first found it gone
    status: int  #: HTTP status of the answer: 404, 410, or of the redirect to a section or the home page
    seen: datetime  #: when a crawl found it gone last; moves without a new revision
    until: datetime | None = None  #: when it was found there again; None: it is gone


@dataclass(slots=True, frozen=True)
class PageLocation:
    """Where the answer is kept that an article was read from; newscrawl.warc reads it."""

    file: str  #: name of the WARC file
    offset: int  #: byte at which the article's first record begins
    digest: str  #: of the body, `sha1:` and base32; where the list alone has the article, of its text there


@dataclass(slots=True, frozen=True)
class Reread:
    """That a post is as its kept page was read again, without a request."""

    reader: int  #: version of the rules that read it then
    at: datetime  #: UTC


@dataclass(slots=True)
class Crawl:
    """How the post came here."""

    spider: str
    run: str
    fetched: datetime  #: UTC
    status: int | None = None  #: HTTP status; None for a post made from a list or a file
    page_version: str | None = None  #: the source's layout that was read
    origins: dict[str, str] = field(default_factory=dict)  #: field -> the rule that gave it
    etag: str | None = None
    last_modified: str | None = None
    page: PageLocation | None = None  #: None: the page is not kept
    reader: int | None = READER_VERSION  #: version of the rules that read it; None: before they were numbered
    reread: Reread | None = None  #: None: it is as it was read when it was fetched


@dataclass(slots=True, kw_only=True)
class Post:
    """One article, as it lies in the collection `posts`.

    Times are aware and in UTC. `first_seen`, `last_seen`, `updated` and `revision` belong to the
    store: what a crawl puts there is used only when the post is new. `withdrawn` is the store's, too.
    """

    id: str  #: `_id`: `eastmoney:` and 18 digits (a blog's post: 23), or `url:` and 32 hex digits
    layout: str = "post"
    title: str
    date: datetime
    date_info: DateInfo
    categories: list[str]
    tags: list[str]
    source: Attribution | None = None
    authors: list[str] = field(default_factory=list)
    editors: list[str] = field(default_factory=list)
    digest: str | None = None
    body: Body
    securities: list[Security] = field(default_factory=list)
    url: str
    canonical_url: str
    share_url: str
    language: str = "zh"
    story: Story | None = None
    withdrawn: Withdrawn | None = None
    rights: Rights | None = None  #: None: stored before they were read
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    updated: datetime | None = None
    revision: int = 1
    content_hash: str
    crawl: Crawl
    schema_version: int = SCHEMA_VERSION

    @property
    def is_withdrawn(self) -> bool:
        """Whether its source has taken it away and has not put it back."""
        return self.withdrawn is not None and self.withdrawn.until is None

    def to_document(self) -> dict[str, Any]:
        """As stored: `_id` for `id`, plain dicts and lists inside."""
        document = to_values(self)
        return {"_id": document.pop("id"), **document}

    def to_json(self, *, indent: int | None = None) -> str:
        """The stored document as JSON, on one line unless `indent` is given: text as it is, not as ASCII
        escapes; times as `2022-02-26T08:34:18Z`."""
        return json.dumps(self.to_document(), ensure_ascii=False, indent=indent, default=_json_time)

    def _repr_html_(self) -> str:
        """In a notebook."""
        from newscrawl.model.notebook_card import card

        about = {
            "id": self.id,
            "date": f"{self.date:%Y-%m-%d %H:%M} UTC",
            "source": self.source.name if self.source else None,
            "authors": ", ".join(self.authors),
            "categories": ", ".join(self.categories),
        }
        return card(self.title, self.share_url, about, self.body.text)

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """From a stored document; fields that other programs added are left aside."""
        return from_values(cls, {"id": document["_id"], **document})


def _json_time(value: object) -> str:
    assert isinstance(value, datetime), value
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def to_values(value: Any) -> Any:
    """Dataclasses as dicts; as dataclasses.asdict, which copies each leaf and takes five times as long."""
    if (names := _field_names(type(value))) is not None:
        return {name: to_values(getattr(value, name)) for name in names}
    if isinstance(value, list):
        return [to_values(member) for member in value]
    return dict(value) if isinstance(value, dict) else value


_FIELD_NAMES: dict[type, tuple[str, ...] | None] = {}


def _field_names(kind: type) -> tuple[str, ...] | None:
    """Of a dataclass; None for any other type."""
    if kind not in _FIELD_NAMES:
        known = dataclasses.is_dataclass(kind)
        _FIELD_NAMES[kind] = tuple(f.name for f in dataclasses.fields(kind)) if known else None
    return _FIELD_NAMES[kind]


def from_values(kind: type[T], values: Mapping[str, Any]) -> T:
    """A dataclass of `kind` from plain values, its nested dataclasses too; values that it has no field for
    are left aside."""
    converters = _converters(kind)  # type: ignore[arg-type]  # a class is hashable
    return kind(
        **{name: _convert(converters[name], value) for name, value in values.items() if name in converters}
    )


@functools.cache
def _converters(kind: type) -> dict[str, tuple[type, bool] | None]:
    """Each field's dataclass and whether the field is a list of them; None where the value stays as it is."""
    hints = typing.get_type_hints(kind)
    return {f.name: _made_of(hints[f.name]) for f in dataclasses.fields(kind)}


def _made_of(hint: Any) -> tuple[type, bool] | None:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        hint = next(arm for arm in typing.get_args(hint) if arm is not type(None))
    if typing.get_origin(hint) is list:
        inner = _made_of(typing.get_args(hint)[0])
        return (inner[0], True) if inner else None
    return (hint, False) if isinstance(hint, type) and dataclasses.is_dataclass(hint) else None


def _convert(made_of: tuple[type, bool] | None, value: Any) -> Any:
    if value is None or made_of is None:
        return value
    kind, is_list = made_of
    return [from_values(kind, member) for member in value] if is_list else from_values(kind, value)
