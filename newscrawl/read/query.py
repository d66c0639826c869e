"""Query: which posts are wanted, and the MongoDB filter that finds them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from newscrawl.errors import UsageError

TEXT_LIMIT = 500  #: characters of a text that is looked for

_UNFIT = re.compile("[\0\ud800-\udfff]")  # what BSON cannot hold
_SLUG = re.compile(r"[a-z0-9-]+")
_SECURITY = re.compile(r"(?:(\d{1,3})[.,])?([A-Za-z0-9.^_-]{1,20})")


class Filters(TypedDict, total=False):
    """The fields of a Query, as keyword arguments."""

    category: str | None
    tag: str | None
    source: str | None
    security: str | None
    since: datetime | None
    until: datetime | None
    text: str | None
    limit: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which posts are wanted; None asks for nothing. All that is given must hold.

    Raises UsageError where a value cannot be meant: a naive time, a limit below 1.
    """

    category: str | None = None  #: slug, or a name that is made into one: `beifangwang`, `北方网`
    tag: str | None = None  #: exactly: `北方网新闻`
    source: str | None = None  #: the outlet's slug or name
    security: str | None = None  #: code, or market and code: `600160`, `1.600160`
    since: datetime | None = None  #: published then or later; aware
    until: datetime | None = None  #: published before then; aware
    text: str | None = None  #: in title or body, whatever the case; exact words, not a full-text search
    limit: int | None = None  #: at most so many, the newest; None is all

    def __post_init__(self) -> None:
        for name in ("since", "until"):
            moment = getattr(self, name)
            if moment is not None and moment.utcoffset() is None:
                raise UsageError(f"{name} {moment.isoformat()} has no zone; give an aware datetime")
        if self.limit is not None and self.limit < 1:
            raise UsageError(f"limit {self.limit} is below 1; leave it out to have all")
        for name in ("category", "tag", "source", "text"):
            value = getattr(self, name)
            if value is not None and not _is_words(value):
                raise UsageError(
                    f"{name} {value[:40]!r} is empty, longer than {TEXT_LIMIT} characters or not UTF-8"
                )
        if self.security is not None and not _SECURITY.fullmatch(self.security):
            raise UsageError(f"security {self.security!r} is no code; write 600160 or 1.600160")

    def to_filter(self) -> dict[str, Any]:
        """The MongoDB filter; the limit is not part of it."""
        parts: list[dict[str, Any]] = []
        if self.category is not None:
            parts.append({"categories": _slug(self.category)})
        if self.tag is not None:
            parts.append({"tags": self.tag.strip()})
        if self.source is not None:
            parts.append(_outlet(self.source.strip()))
        if self.security is not None:
            parts.append(_security(self.security))
        if self.since is not None or self.until is not None:
            span = {"$gte": self.since, "$lt": self.until}
            parts.append({"date": {operator: at for operator, at in span.items() if at is not None}})
        if self.text is not None:
            parts.append(_text(self.text.strip()))
        return {"$and": parts} if parts else {}


def _is_words(value: str) -> bool:
    return 0 < len(value.strip()) <= TEXT_LIMIT and not _UNFIT.search(value)


def _slug(name: str) -> str:
    if _SLUG.fullmatch(name):
        return name
    from newscrawl.slugs import slug  # slow to import

    return slug(name)


def _outlet(name: str) -> dict[str, Any]:
    """By the slug, which has an index; a name has a slug that is its own."""
    return {"source.slug": _slug(name)}


def _security(written: str) -> dict[str, Any]:
    match = _SECURITY.fullmatch(written)
    assert match
    if match[1] is None:
        return {"securities.code": match[2]}
    return {"securities": {"$elemMatch": {"market": match[1], "code": match[2]}}, "securities.code": match[2]}


def _text(words: str) -> dict[str, Any]:
    pattern = {"$regex": _escaped(words), "$options": "i"}
    return {"$or": [{"title": pattern}, {"body.text": pattern}]}


def _escaped(words: str) -> str:
    """For PCRE: everything that means something to it is taken literally."""
    return re.sub(r"[\\^$.|?*+()\[\]{}#/-]", r"\\\g<0>", words)
