"""The readers' queries to MongoDB as data: a plan yields them, and Posts or AsyncPosts runs them.

So each query is written once, and runs with a blocking client or with asyncio.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeVar

Document = dict[str, Any]
Keys = list[tuple[str, int]]

NEWEST_FIRST: Keys = [("date", -1), ("_id", 1)]


@dataclass(frozen=True, slots=True)
class Find:
    """Documents of a collection; `limit` 0 for all."""

    collection: str
    filter: Document
    fields: Document | None = None
    sort: Keys | None = None
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Aggregate:
    """The result of an aggregation pipeline."""

    collection: str
    steps: list[Document]


@dataclass(frozen=True, slots=True)
class Number:
    """One document, `{"n": …}`: the number of documents, at most `limit` unless that is 0."""

    collection: str
    filter: Document
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Distinct:
    """One document, `{"values": […]}`."""

    collection: str
    field: str
    filter: Document | None = None


Ask = Find | Aggregate | Number | Distinct

T = TypeVar("T")
#: Yields queries, is sent the documents that each returns, and returns the reader's result.
Plan = Generator[Ask, list[Document], T]
