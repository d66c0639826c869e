"""Tombstones: what keeps a forgotten article from coming back. newscrawl.store.forgetting sets them.

The collection `forgotten` has, for each forgotten article, keyed hashes (BLAKE2b) of its id and addresses,
when and why, and nothing that the article said. The key is random and stands in the same collection, as
`salt:<8 hex digits>`: whoever has the database can test whether a given address is forgotten, but a copy of
the hashes alone tells nothing. A restore with --merge brings the other database's salts beside ours.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from newscrawl.text.urls import canonical_url

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.store.client import Document

COLLECTION: Final = "forgotten"
FORGOTTEN: Final = "forgotten"  #: reason of a page that is refused because its article is forgotten
_SALTS: Final = {"_id": {"$gte": "salt:", "$lt": "salt;"}}
_BY_ADDRESS = "url:"


@dataclass(frozen=True, slots=True)
class Names:
    """What an article is known by: its id, and its addresses in any form."""

    id: str
    addresses: frozenset[str] = frozenset()

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Names:
        """Of a post, revision or reject."""
        listed = document.get("listed") or {}
        urls = [document.get(name) for name in ("url", "canonical_url", "share_url")]
        urls += [listed.get(name) for name in ("url", "canonical_url", "share_url")]
        return cls(str(document.get("post") or document["_id"]), frozenset(filter(None, urls)))


@dataclass(frozen=True, slots=True)
class Salt:
    """A random key, by which a database's tombstones are hashed."""

    name: str
    key: bytes

    @classmethod
    def new(cls) -> Salt:
        return cls(f"salt:{secrets.token_hex(4)}", secrets.token_bytes(32))

    def id(self, article: str) -> str:
        return self._hash("id", article)

    def address(self, url: str) -> str | None:
        """The same for all forms of an address; None for a home page, which is not an article's."""
        place = canonical_url(url).partition("://")[2]
        parts = urlsplit(f"//{place}")
        return self._hash("address", place) if len(parts.path) > 1 or parts.query else None

    def space(self, article: str) -> str | None:
        """Of the source that numbers its articles; None for an id made of an address."""
        return None if article.startswith(_BY_ADDRESS) else self._hash("space", article.partition(":")[0])

    def addresses(self, names: Names) -> list[str]:
        found = (self.address(url) for url in names.addresses)
        return sorted({one for one in found if one})

    def _hash(self, kind: str, text: str) -> str:
        data = f"{kind}\0{text}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(data, key=self.key, digest_size=16).hexdigest()


class Tombstones:
    """Finds out which articles are forgotten: two small queries, one while nothing is forgotten. Raises
    PyMongoError."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._forgotten = database[COLLECTION]
        self._version: list[tuple[str, int]] = []  # of the salts at the last query
        self._salts: tuple[Salt, ...] = ()

    async def find(self, articles: Iterable[Names]) -> set[str]:
        """The ids of those that are forgotten: whose id is, or an address.

        An address does not count for an article with another number of the source that numbered the forgotten
        one: the items of a live page share one address.
        """
        if not self._salts and not await self.changed():
            return set()
        return await self._find(articles)

    @property
    def any(self) -> bool:
        """Whether anything was forgotten, as of the last query."""
        return bool(self._salts)

    async def changed(self) -> bool:
        """Whether something was forgotten since the last query."""
        found = await self._forgotten.find(_SALTS, sort=[("_id", 1)]).to_list()
        version = [(one["_id"], one["version"]) for one in found]
        changed = version != self._version
        self._version = version
        self._salts = Buried.of(found).salts
        return changed

    async def _find(self, articles: Iterable[Names]) -> set[str]:
        addresses: dict[str, frozenset[str]] = {}
        for names in articles:
            addresses[names.id] = addresses.get(names.id, frozenset()) | names.addresses
        wanted = {name: _Keys.of(Names(name, urls), self._salts) for name, urls in addresses.items()}
        keys = {key for one in wanted.values() for key in one.all}
        if not keys:
            return set()
        fields = {"keys": 1, "space": 1}
        stones = await self._forgotten.find({"keys": {"$in": sorted(keys)}}, fields).to_list()
        return {name for name, one in wanted.items() if any(one.fit(stone) for stone in stones)}


@dataclass(frozen=True, slots=True)
class _Keys:
    """The hashes of an article, by each salt."""

    ids: frozenset[str]
    addresses: frozenset[str]
    spaces: frozenset[str]

    @classmethod
    def of(cls, names: Names, salts: Sequence[Salt]) -> _Keys:
        return cls(
            frozenset(salt.id(names.id) for salt in salts),
            frozenset(key for salt in salts for key in salt.addresses(names)),
            frozenset(space for salt in salts if (space := salt.space(names.id))),
        )

    @property
    def all(self) -> frozenset[str]:
        return self.ids | self.addresses

    def fit(self, stone: Mapping[str, Any]) -> bool:
        keys = set(stone["keys"])
        if self.ids & keys:
            return True
        return bool(self.addresses & keys) and stone.get("space") not in self.spaces


@dataclass(frozen=True, slots=True)
class Buried:
    """All tombstones, or some, in memory."""

    salts: tuple[Salt, ...]
    keys: Mapping[str, str | None]  #: hash of an id or an address -> the numbering source, hashed

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Buried:
        """From documents of the collection, salts included."""
        found = list(documents)
        salts = tuple(Salt(one["_id"], bytes(one["key"])) for one in found if "key" in one)
        keys = {key: one.get("space") for one in found if "keys" in one for key in one["keys"]}
        return cls(salts, keys)

    def has(self, names: Names) -> bool:
        """As `Tombstones.find`."""
        return bool(self.keys) and any(self._has(salt, names) for salt in self.salts)

    def _has(self, salt: Salt, names: Names) -> bool:
        if salt.id(names.id) in self.keys:
            return True
        space = salt.space(names.id)
        return any(
            key in self.keys and (space is None or self.keys[key] != space) for key in salt.addresses(names)
        )


async def ensure_salt(database: AsyncDatabase[Document]) -> Salt:
    """The database's salt, made if there is none."""
    forgotten = database[COLLECTION]
    found = await forgotten.find_one(_SALTS, sort=[("_id", 1)])
    if found is None:
        new = Salt.new()
        await forgotten.insert_one({"_id": new.name, "key": new.key, "version": 0})
        found = await forgotten.find_one(_SALTS, sort=[("_id", 1)])
        assert found is not None
    return Salt(found["_id"], bytes(found["key"]))


async def bury(
    database: AsyncDatabase[Document], articles: Sequence[tuple[Names, Document]], reason: str, at: datetime
) -> None:
    """Sets the tombstones of articles, each with what is left to do; from now on nothing stores them.

    An older tombstone of the same article keeps its time and reason, and gets the further addresses.
    """
    salt = await ensure_salt(database)
    for names, left in articles:
        keys = [salt.id(names.id), *salt.addresses(names)]
        await database[COLLECTION].update_one(
            {"_id": salt.id(names.id)},
            {
                "$addToSet": {"keys": {"$each": keys}},
                "$set": {"done": None, "left": left},
                "$setOnInsert": {"at": at, "reason": reason, "space": salt.space(names.id)},
            },
            upsert=True,
        )
    # Writers that looked before this look again after their batch.
    await database[COLLECTION].update_one({"_id": salt.name}, {"$inc": {"version": 1}})


async def unfinished(database: AsyncDatabase[Document]) -> list[Document]:
    """The tombstones of articles of which something may be left."""
    return await database[COLLECTION].find({"left": {"$exists": True}}).to_list()


async def finish(database: AsyncDatabase[Document], stones: Iterable[str], at: datetime) -> None:
    """Notes that nothing is left of these; what the articles were is no longer known from then on."""
    await database[COLLECTION].update_many(
        {"_id": {"$in": list(stones)}}, {"$set": {"done": at}, "$unset": {"left": ""}}
    )


async def all_documents(database: AsyncDatabase[Document]) -> list[Document]:
    """All tombstones and salts."""
    return await database[COLLECTION].find().to_list()


async def stones_of(database: AsyncDatabase[Document], articles: Iterable[Names]) -> list[Document]:
    """The tombstones that keep these articles away."""
    salts = Buried.of(await database[COLLECTION].find(_SALTS).to_list()).salts
    keys = {key for names in articles for key in _Keys.of(names, salts).all}
    return await database[COLLECTION].find({"keys": {"$in": sorted(keys)}}).to_list()


async def listed(database: AsyncDatabase[Document]) -> list[Document]:
    """When, why and of how many articles; latest first."""
    stages: list[Document] = [
        {"$match": {"at": {"$exists": True}}},
        {
            "$group": {
                "_id": {"at": "$at", "reason": "$reason"},
                "articles": {"$sum": 1},
                "unfinished": {"$sum": {"$cond": [{"$eq": [{"$type": "$left"}, "object"]}, 1, 0]}},
            }
        },
        {"$sort": {"_id.at": -1}},
    ]
    cursor = await database[COLLECTION].aggregate(stages)
    return [{**one.pop("_id"), **one} async for one in cursor]


async def lift(database: AsyncDatabase[Document], stones: Iterable[Document]) -> int:
    """Removes tombstones: the articles may be stored again. Returns how many."""
    names = [stone["_id"] for stone in stones]
    removed = await database[COLLECTION].delete_many({"_id": {"$in": names}})
    await database[COLLECTION].update_many(_SALTS, {"$inc": {"version": 1}})
    return removed.deleted_count
