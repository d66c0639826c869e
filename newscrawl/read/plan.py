"""What a reader asks of MongoDB, as data: a plan yields it, and Posts or AsyncPosts carries it out.

So each question is written once, and asked with a blocking client or with asyncio.
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
    """Documents of a collection; `limit` 0 is all."""

    collection: str
    filter: Document
    fields: Document | None = None
    sort: Keys | None = None
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What a pipeline makes of a collection."""

    collection: str
    steps: list[Document]


@dataclass(frozen=True, slots=True)
class Number:
    """One document, `{"n": …}`: how many there are, at most `limit` unless that is 0."""

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
#: Yields questions, is sent the documents that answer each, returns what the reader gets.
Plan = Generator[Ask, list[Document], T]
