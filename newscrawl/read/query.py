"""Query: which posts are wanted, and the MongoDB filter that finds them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from newscrawl.errors import UsageError

TEXT_LIMIT = 500  #: characters of a text that is looked for
MOST = 2**63 - 1  #: documents that MongoDB can be asked for

_UNFIT = re.compile("[\0\ud800-\udfff]")  # what BSON cannot hold
_SLUG = re.compile(r"[a-z0-9-]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_SECURITY = re.compile(r"(?:(\d{1,3})[.,])?([A-Za-z0-9.^_-]{1,20})")


class Filters(TypedDict, total=False):
    """The fields of a Query, as keyword arguments."""

    category: str | None
    tag: str | None
    source: str | None
    outlet: str | None
    security: str | None
    language: str | None
    story: str | None
    since: datetime | None
    until: datetime | None
    text: str | None
    limit: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which posts are wanted; None asks for nothing. All that is given must hold.

    Raises UsageError for an invalid value: a naive time, a limit below 1.
    """

    category: str | None = None  #: slug, or a name that is made into one: `beifangwang`, `北方网`
    tag: str | None = None  #: exactly: `北方网新闻`
    source: str | None = None  #: the outlet's slug or name
    outlet: str | None = None  #: another word for `source`
    security: str | None = None  #: code, or market and code: `600160`, `1.600160`
    language: str | None = None  #: BCP 47; `zh` takes `zh-CN` and `zh-Hant`, too
    story: str | None = None  #: `_id` of any post of the story
    since: datetime | None = None  #: published then or later; aware
    until: datetime | None = None  #: published before then; aware
    text: str | None = None  #: just these words, in title, digest or body, whatever the case
    limit: int | None = None  #: at most so many, the newest; None is all

    def __post_init__(self) -> None:
        for name in ("since", "until"):
            moment = getattr(self, name)
            if moment is not None and not isinstance(moment, datetime):
                raise UsageError(f"{name} {moment!r} is not a datetime; use an aware datetime")
            if moment is not None and moment.utcoffset() is None:
                raise UsageError(f"{name} {moment.isoformat()} has no time zone; use an aware datetime")
        if self.limit is not None and self.limit < 1:
            raise UsageError(f"limit {self.limit} is below 1; leave it out for all posts")
        if self.limit is not None and self.limit > MOST:
            raise UsageError(f"limit {self.limit} is too large; leave it out for all posts")
        for name in ("category", "tag", "source", "outlet", "text", "story"):
            value = getattr(self, name)
            if value is not None and not _is_words(value):
                raise UsageError(
                    f"{name} {value[:40]!r} is empty, longer than {TEXT_LIMIT} characters or not UTF-8"
                )
        if self.security is not None and not _SECURITY.fullmatch(self.security):
            raise UsageError(f"invalid security {self.security!r}; write it as 600160 or 1.600160")
        if self.language is not None and not _LANGUAGE.fullmatch(self.language):
            raise UsageError(f"invalid language {self.language!r}; write it as zh, zh-CN or en")

    def to_filter(self, *, languages: Collection[str] = (), story: str | None = None) -> dict[str, Any]:
        """The MongoDB filter; limit and text are not part of it.

        languages: those of the database, of which `language` takes its own.
        story: `_id` of the story's first post, where that is not the one asked for.
        """
        parts: list[dict[str, Any]] = []
        if self.category is not None:
            parts.append({"categories": _slug(self.category)})
        if self.tag is not None:
            parts.append({"tags": self.tag.strip()})
        # An outlet's name has a slug that is its own, and that has an index.
        parts += [{"source.slug": _slug(name.strip())} for name in (self.source, self.outlet) if name]
        if self.security is not None:
            parts.append(_security(self.security))
        if self.language is not None:
            parts.append({"language": {"$in": _taken(self.language, languages)}})
        if self.story is not None:
            parts.append({"story.first": story or self.story})
        if self.since is not None or self.until is not None:
            span = {"$gte": self.since, "$lt": self.until}
            parts.append({"date": {operator: at for operator, at in span.items() if at is not None}})
        return {"$and": parts} if parts else {}


def query_of(query: Query | None, filters: Filters) -> Query:
    """What a method's arguments mean."""
    return Query(**filters) if query is None else query


def _taken(language: str, there: Collection[str]) -> list[str]:
    """The languages of the database that one asks for; itself where none is."""
    wanted = language.lower()
    taken = [one for one in there if f"{one.lower()}-".startswith(f"{wanted}-")]
    return taken or [language]


def _is_words(value: str) -> bool:
    return 0 < len(value.strip()) <= TEXT_LIMIT and not _UNFIT.search(value)


def _slug(name: str) -> str:
    if _SLUG.fullmatch(name):
        return name
    from newscrawl.text.slugs import slug  # slow to import

    return slug(name)


def _security(written: str) -> dict[str, Any]:
    match = _SECURITY.fullmatch(written)
    assert match
    if match[1] is None:
        return {"securities.code": match[2]}
    return {"securities": {"$elemMatch": {"market": match[1], "code": match[2]}}, "securities.code": match[2]}
