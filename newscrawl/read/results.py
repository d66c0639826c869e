"""What lists return: headlines, pages, counts and days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, Self

#: The fields that MongoDB sends for a headline: about a tenth of a post.
FIELDS = {
    "title": 1,
    "date": 1,
    "date_info.offset": 1,
    "date_info.precision": 1,
    "source.name": 1,
    "source.slug": 1,
    "categories": 1,
    "tags": 1,
    "digest": 1,
    "share_url": 1,
    "language": 1,
    "revision": 1,
    "updated": 1,
    "withdrawn": 1,
    "story.first": 1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One post in a list."""

    id: str
    title: str
    date: datetime  #: publication, aware, UTC
    offset: str  #: of the source's clock, `+08:00`
    precision: str  #: `second`, `minute` or `day`
    outlet: str | None  #: who wrote it: `北方网`
    outlet_slug: str | None
    categories: list[str]
    tags: list[str]
    digest: str | None
    url: str  #: for people
    language: str  #: BCP 47
    revision: int
    updated: datetime | None  #: when it last changed, UTC
    withdrawn: datetime | None  #: when its source took it away, UTC; None if it did not
    story: str | None  #: `_id` of the first post of its story
    excerpt: str | None = None  #: in a search: the text around the first word found

    @classmethod
    def from_document(cls, document: dict[str, Any], excerpt: str | None = None) -> Self:
        """From a stored document, or just its FIELDS."""
        source, info = document.get("source") or {}, document["date_info"]
        return cls(
            id=document["_id"],
            title=document["title"],
            date=document["date"],
            offset=info["offset"],
            precision=info["precision"],
            outlet=source.get("name"),
            outlet_slug=source.get("slug"),
            categories=document["categories"],
            tags=document["tags"],
            digest=document.get("digest"),
            url=document["share_url"],
            language=document["language"],
            revision=document["revision"],
            updated=document.get("updated"),
            withdrawn=_withdrawn_since(document.get("withdrawn")),
            story=(document.get("story") or {}).get("first"),
            excerpt=excerpt,
        )


def _withdrawn_since(withdrawn: dict[str, Any] | None) -> datetime | None:
    return withdrawn["since"] if withdrawn and withdrawn["until"] is None else None


class Page(NamedTuple):
    """Some posts of a list, and where the next page begins."""

    posts: list[Headline]
    next: str | None  #: for `after`; None on the last page


class Count(NamedTuple):
    """The number of posts in one category, with one tag, or by one outlet."""

    slug: str
    name: str  #: display name; the slug if it is unknown
    posts: int


class Day(NamedTuple):
    """The number of posts published on one day."""

    day: date
    posts: int
