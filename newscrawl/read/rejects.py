"""The collection `rejects`, for commands that list rejects or fetch their articles again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from pymongo.database import Database

Document = dict[str, Any]

_FOR_RETRY = ("post", "url", "fetched", "last_seen", "listed")


@dataclass(frozen=True, slots=True)
class RejectFilter:
    """Which rejects to select; None for no condition."""

    spider: str | None = None
    since: datetime | None = None  #: last seen since then, UTC
    reason: str | None = None  #: part of one of its reasons, in any letter case
    articles: Collection[str] | None = None  #: ids of the articles

    def query(self) -> Document:
        """MongoDB's filter."""
        query: Document = {}
        if self.spider is not None:
            query["spider"] = self.spider
        if self.since is not None:
            query["last_seen"] = {"$gte": self.since}
        if self.reason is not None:
            query["reasons"] = {"$regex": re.escape(self.reason), "$options": "i"}
        if self.articles is not None:
            query["post"] = {"$in": [*self.articles]}
        return query


class Rejects:
    """Queries on the rejects of a database. Each raises PyMongoError."""

    def __init__(self, database: Database[Document]) -> None:
        self._rejects, self._posts = database["rejects"], database["posts"]

    def any(self, criteria: RejectFilter) -> bool:
        """Whether a reject matches."""
        return self._rejects.find_one(criteria.query(), {"_id": 1}) is not None

    def newest(self, criteria: RejectFilter, limit: int) -> Iterator[Document]:
        """At most `limit` rejects, those seen last first, without their pages."""
        yield from self._rejects.find(criteria.query(), {"page": 0}).sort("last_seen", -1).limit(limit)

    def counts(self, criteria: RejectFilter) -> Iterator[Document]:
        """`spider`, `reason` and the number of `articles`, the most common first."""
        yield from self._rejects.aggregate(
            [
                {"$match": criteria.query()},
                {"$unwind": "$reasons"},
                {"$group": {"_id": {"spider": "$spider", "reason": "$reasons"}, "articles": {"$sum": 1}}},
                {"$sort": {"articles": -1, "_id": 1}},
                {"$project": {"_id": 0, "spider": "$_id.spider", "reason": "$_id.reason", "articles": 1}},
            ]
        )

    def articles(self, criteria: RejectFilter) -> Iterator[str]:
        """The ids of the articles, each once, those seen last first."""
        seen: set[str] = set()
        for reject in self._rejects.find(criteria.query(), {"post": 1}).sort("last_seen", -1):
            if reject["post"] not in seen:
                seen.add(reject["post"])
                yield reject["post"]

    def of_articles(self, spider: str, articles: Collection[str]) -> dict[str, list[Document]]:
        """A spider's rejects of each of the articles, those seen last first; with the fields for a retry."""
        found: dict[str, list[Document]] = {article: [] for article in articles}
        query = RejectFilter(spider, articles=articles).query()
        for reject in self._rejects.find(query, dict.fromkeys(_FOR_RETRY, 1)):
            found[reject["post"]].append(reject)
        return {article: sorted(several, key=_last_seen, reverse=True) for article, several in found.items()}

    def spiders_of(self, articles: Collection[str]) -> dict[str, str]:
        """The spider that rejected each of the articles; those without a reject are missing."""
        found = self._rejects.find(RejectFilter(articles=articles).query(), {"post": 1, "spider": 1})
        return {reject["post"]: reject["spider"] for reject in found}

    def stored(self, articles: Collection[str]) -> set[str]:
        """The articles among these that are stored as posts."""
        return {post["_id"] for post in self._posts.find({"_id": {"$in": [*articles]}}, {"_id": 1})}


def _last_seen(reject: Document) -> datetime:
    return cast("datetime", reject["last_seen"])
