"""Query: which posts to select, and the MongoDB filter that finds them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, get_args

from newscrawl.errors import UsageError
from newscrawl.model.rights import Access
from newscrawl.read.arguments import check_count, check_text, shown

TEXT_LIMIT = 500  #: characters of a text to search for
MOST = 2**63 - 1  #: the largest limit that MongoDB accepts

_UNFIT = re.compile("[\0\ud800-\udfff]")  # cannot be stored in BSON
_SLUG = re.compile(r"[a-z0-9-]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_SECURITY = re.compile(r"(?:(\d{1,3})[.,])?([A-Za-z0-9.^_-]{1,20})")


_EXAMPLES = {  # of each text field
    "category": "beifangwang",
    "tag": "北方网新闻",
    "source": "beifangwang",
    "outlet": "beifangwang",
    "security": "1.600160",
    "language": "zh",
    "story": "eastmoney:202202262290280232",
    "text": "降准",
    "tdm": "allowed",
    "access": "free",
}
#: The values of `tdm`, and what each asks for.
_MINING: dict[str, dict[str, Any]] = {
    "allowed": {"rights.tdm_allowed": True},
    "reserved": {"rights.tdm": "reserved"},
}


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
    stored_since: datetime | None
    text: str | None
    tdm: str | None
    access: str | None
    limit: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which posts to select: those that match every field that is not None.

    Raises UsageError for an invalid value, such as a naive time or a limit below 1.
    """

    category: str | None = None  #: slug or name: `beifangwang`, `北方网`
    tag: str | None = None  #: exact: `北方网新闻`
    source: str | None = None  #: the outlet's slug or name
    outlet: str | None = None  #: alias of `source`
    security: str | None = None  #: code, or market and code: `600160`, `1.600160`
    language: str | None = None  #: BCP 47; `zh` includes `zh-CN` and `zh-Hant`
    story: str | None = None  #: `_id` of any post of the story
    since: datetime | None = None  #: published at or after this time; aware
    until: datetime | None = None  #: published before this time; aware
    stored_since: datetime | None = None  #: first stored at or after this time; aware
    text: str | None = None  #: exactly these words, in any case, in title, digest or body
    #: `allowed`: nothing reserves text and data mining, and everywhere was looked; `reserved`. A post without
    #: rights is neither.
    tdm: str | None = None
    access: str | None = None  #: `free`, `metered` or `paid`, as the page says; `unknown`: it does not say
    limit: int | None = None  #: maximum number of posts, newest first; None for all

    def __post_init__(self) -> None:
        for name in ("since", "until", "stored_since"):
            moment = getattr(self, name)
            if moment is not None and not isinstance(moment, datetime):
                raise UsageError(f"{name} {moment!r} is not a datetime; use an aware datetime")
            if moment is not None and moment.utcoffset() is None:
                raise UsageError(f"{name} {moment.isoformat()} has no time zone; use an aware datetime")
        if self.limit is not None:
            check_count("limit", self.limit, "leave it out for all posts")
        if self.limit is not None and self.limit > MOST:
            raise UsageError(f"limit {self.limit} is too large; leave it out for all posts")
        for name, example in _EXAMPLES.items():
            if (value := getattr(self, name)) is not None:
                check_text(name, value, example)
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
        _check_choice("tdm", self.tdm, tuple(_MINING))
        _check_choice("access", self.access, get_args(Access))

    def to_filter(self, *, languages: Collection[str] = (), story: str | None = None) -> dict[str, Any]:
        """The MongoDB filter, without limit and text.

        languages: those in the database, from which `language` selects.
        story: `_id` of the story's first post, if it is not the one in the query.
        """
        parts: list[dict[str, Any]] = []
        if self.category is not None:
            parts.append({"categories": _slug(self.category)})
        if self.tag is not None:
            parts.append({"tags": self.tag.strip()})
        # Each outlet name has its own slug, and the slug is indexed.
        parts += [{"source.slug": _slug(name.strip())} for name in (self.source, self.outlet) if name]
        if self.security is not None:
            parts.append(_security(self.security))
        if self.language is not None:
            parts.append({"language": {"$in": _taken(self.language, languages)}})
        if self.story is not None:
            parts.append({"story.first": story or self.story})
        if self.tdm is not None:
            parts.append(_MINING[self.tdm])
        if self.access is not None:
            parts.append({"rights.access": self.access})
        if self.since is not None or self.until is not None:
            span = {"$gte": self.since, "$lt": self.until}
            parts.append({"date": {operator: at for operator, at in span.items() if at is not None}})
        if self.stored_since is not None:
            parts.append({"first_seen": {"$gte": self.stored_since}})
        return {"$and": parts} if parts else {}


def query_of(query: Query | None, filters: Filters) -> Query:
    """The query that a method's arguments describe. Raises UsageError."""
    if query is not None and not isinstance(query, Query):
        raise UsageError(f"query {shown(query)} is not a Query; write it as Query(category='beifangwang')")
    return Query(**filters) if query is None else query


def _taken(language: str, there: Collection[str]) -> list[str]:
    """The languages of the database that `language` includes; if there are none, itself."""
    wanted = language.lower()
    taken = [one for one in there if f"{one.lower()}-".startswith(f"{wanted}-")]
    return taken or [language]


def _check_choice(name: str, value: str | None, choices: tuple[str, ...]) -> None:
    if value is not None and value not in choices:
        raise UsageError(f"invalid {name} {value[:40]!r}; use one of {', '.join(choices)}")


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
