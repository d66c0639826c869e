"""Which articles are to be forgotten, and what is stored of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from newscrawl.errors import UsageError
from newscrawl.store.tombstones import Buried, Names
from newscrawl.text.urls import canonical_url, check_address, identity

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.store.client import Document

#: Fields of a post that `--where` takes. A list has the value if any of its elements is it.
FIELDS: Final = (
    *("authors", "editors", "categories", "tags", "language", "title", "canonical_url"),
    *("source.name", "source.slug", "securities.code", "story.first", "crawl.spider", "crawl.run"),
)
_COLLECTIONS: Final = (("posts", "_id"), ("revisions", "post"), ("rejects", "post"))
_NAMED = dict.fromkeys(("post", "url", "canonical_url", "share_url", "title", "listed", "values"), 1)
_BATCH = 1000  # ids per query


@dataclass(slots=True)
class Target:
    """An article to be forgotten."""

    id: str
    addresses: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)

    @property
    def names(self) -> Names:
        return Names(self.id, frozenset(self.addresses))

    def add(self, document: Mapping[str, Any]) -> None:
        """What a post, revision or reject of it says that it is called."""
        self.addresses |= Names.of(document).addresses
        titles = [(document.get(part) or {}).get("title") for part in ("listed", "values")]
        self.titles |= {one for one in (document.get("title"), *titles) if one}

    def to_document(self) -> Document:
        """As in a tombstone, until the work is done."""
        return {"id": self.id, "addresses": sorted(self.addresses), "titles": sorted(self.titles)}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        return cls(document["id"], set(document["addresses"]), set(document["titles"]))


@dataclass(slots=True)
class Stored:
    """How much is stored of the articles to be forgotten."""

    posts: int = 0
    revisions: int = 0
    rejects: int = 0
    pages: int = 0  #: kept pages that these refer to
    bytes: int = 0  #: of posts, revisions and rejects

    def __str__(self) -> str:
        return (
            f"{self.posts:,} posts, {self.revisions:,} revisions, {self.rejects:,} rejects"
            f" ({self.bytes:,} bytes), which refer to {self.pages:,} kept pages"
        )


def parse_where(conditions: Iterable[str]) -> Document:
    """MongoDB's filter for `FIELD=VALUE`, all of which must hold. Raises UsageError."""
    parts: list[Document] = []
    for condition in conditions:
        name, equals, value = condition.partition("=")
        if not equals or not value.strip():
            raise UsageError(f"--where {condition!r} is not FIELD=VALUE; write it as source.slug=beifangwang")
        if name.strip() not in FIELDS:
            raise UsageError(f"--where {condition!r}: no field {name.strip()!r}; use {', '.join(FIELDS)}")
        parts.append({name.strip(): value.strip().encode("utf-8", "replace").decode()})
    return {"$and": parts}


async def named(database: AsyncDatabase[Document], filters: Sequence[Document]) -> list[Target]:
    """The articles that a reference names, of which something is stored; `filters` from
    newscrawl.read.post_references, most likely first."""
    for wanted in filters:
        if ids := await _ids(database["posts"], wanted, "_id"):
            return await with_documents(database, ids)
    for wanted in filters:
        of_posts = {"post": wanted["_id"]} if "_id" in wanted else wanted
        of_rejects = of_posts if "_id" in wanted else {"url": wanted["canonical_url"]}
        ids = await _ids(database["revisions"], of_posts, "post")
        ids |= await _ids(database["rejects"], of_rejects, "post")
        if ids:
            return await with_documents(database, ids)
    return []


async def at_address(
    database: AsyncDatabase[Document], url: str, filters: Sequence[Document]
) -> list[Target]:
    """The articles at an address, stored or not. Raises UsageError for what is no address."""
    address = check_address(url)
    found = await named(database, filters) or [Target(identity(address))]
    for target in found:
        target.addresses |= {address, canonical_url(address)}
    return found


async def matching(database: AsyncDatabase[Document], wanted: Document) -> list[Target]:
    """The articles of which a post or a revision fits the filter."""
    ids = await _ids(database["posts"], wanted, "_id") | await _ids(database["revisions"], wanted, "post")
    return await with_documents(database, ids)


async def with_documents(database: AsyncDatabase[Document], ids: Iterable[str]) -> list[Target]:
    """The articles with these ids, with all that they are called in what is stored."""
    targets = {name: Target(name) for name in sorted(ids)}
    for part in batches(targets):
        for collection, by in _COLLECTIONS:
            async for document in database[collection].find({by: {"$in": part}}, _NAMED):
                targets[document[by]].add(document)
    return list(targets.values())


async def came_back(database: AsyncDatabase[Document], buried: Buried) -> list[Target]:
    """The articles of which something is stored although they are forgotten. Reads all addresses that are
    stored."""
    ids = set()
    for collection, by in _COLLECTIONS:
        async for document in database[collection].find({}, _NAMED):
            if buried.has(Names.of(document)):
                ids.add(str(document[by]))
    return await with_documents(database, ids)


async def count(database: AsyncDatabase[Document], targets: Iterable[Target]) -> Stored:
    """How much is stored of them."""
    stored, pages = Stored(), set()
    for part in batches([target.id for target in targets]):
        for name, by, page in (
            ("posts", "_id", "$crawl.page"),
            ("revisions", "post", "$crawl.page"),
            ("rejects", "post", "$kept"),
        ):
            stages: list[Document] = [
                {"$match": {by: {"$in": part}}},
                {"$project": {"size": {"$bsonSize": "$$ROOT"}, "page": page}},
            ]
            async for one in await database[name].aggregate(stages):
                setattr(stored, name, getattr(stored, name) + 1)
                stored.bytes += one["size"]
                if place := one.get("page"):
                    pages.add((place["file"], place["offset"]))
    stored.pages = len(pages)
    return stored


async def _ids(collection: Any, wanted: Document, by: str) -> set[str]:
    return {str(one[by]) async for one in collection.find(wanted, {by: 1})}


def batches(ids: Iterable[str]) -> list[list[str]]:
    """The ids, so many that one query takes them."""
    every = list(ids)
    return [every[at : at + _BATCH] for at in range(0, len(every), _BATCH)]


def needles(targets: Iterable[Target]) -> list[bytes]:
    """What shows that something tells of these articles: ids, addresses and titles, as bytes; the longest
    first. Without such as are too short to be theirs alone."""
    found: set[bytes] = set()
    for target in targets:
        for text in (target.id, *target.addresses, *target.titles):
            for form in (text, text.replace("/", "\\/"), _escaped(text)):
                found.add(form.encode("utf-8", "replace"))
    return sorted((one for one in found if len(one) >= _SHORTEST), key=lambda one: (-len(one), one))


_SHORTEST = 16  # bytes: five Chinese characters
_NOT_ASCII = re.compile(r"[^\x20-\x7e]")


def _escaped(text: str) -> str:
    """As in JSON of ASCII characters."""
    return _NOT_ASCII.sub(lambda match: f"\\u{ord(match.group()) & 0xFFFF:04x}", text)
