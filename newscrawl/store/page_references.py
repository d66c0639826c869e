"""Which posts and rejects refer to kept pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from newscrawl.model.post import READER_VERSION, PageLocation

if TYPE_CHECKING:
    from pymongo.database import Database

    from newscrawl.store.client import Document

_FIELDS = ("post", "revision", "crawl", "kept", "fetched", "reasons", "spider", "reader", "last_seen")


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version of an article, and where its page is kept. Times are UTC."""

    kind: Literal["post", "revision", "reject"]
    spider: str
    fetched: datetime
    page: PageLocation | None  #: None: not kept
    reader: int | None  #: version of the rules that read it
    revision: int | None = None  #: None: a reject
    reasons: tuple[str, ...] = ()


def kept_versions(database: Database[Document], article: str) -> list[KeptVersion]:
    """An article's versions by its id, latest first: the post, its revisions, rejects."""
    post = database["posts"].find_one({"_id": article}, _FIELDS)
    revisions = database["revisions"].find({"post": article}, _FIELDS).sort("revision", -1)
    rejects = database["rejects"].find({"post": article}, _FIELDS).sort("last_seen", -1)
    states = [_of_post("post", post)] if post else []
    states += [_of_post("revision", one) for one in revisions]
    return states + [_of_reject(one) for one in rejects]


def count_references(database: Database[Document], files: Iterable[str]) -> dict[str, int]:
    """Number of posts that refer to each of these files; files without any are left out."""
    stages: list[Document] = [
        {"$match": {"crawl.page.file": {"$in": list(files)}}},
        {"$group": {"_id": "$crawl.page.file", "posts": {"$sum": 1}}},
    ]
    return {found["_id"]: found["posts"] for found in database["posts"].aggregate(stages)}


def count_old_readings(database: Database[Document], files: Iterable[str], most: int) -> int:
    """Number of posts with pages in these files that were read with older rules; counts up to `most`, using
    the index `page`."""
    wanted = {"crawl.page.file": {"$in": list(files)}, "crawl.reader": {"$lt": READER_VERSION}}
    return database["posts"].count_documents(wanted, limit=most)


def _of_post(kind: Literal["post", "revision"], document: dict[str, Any]) -> KeptVersion:
    crawl = document["crawl"]
    return KeptVersion(
        kind=kind,
        spider=crawl["spider"],
        fetched=crawl["fetched"],
        page=_location(crawl.get("page")),
        reader=crawl.get("reader"),
        revision=document["revision"],
    )


def _of_reject(document: dict[str, Any]) -> KeptVersion:
    return KeptVersion(
        kind="reject",
        spider=document["spider"],
        fetched=document.get("fetched") or document["last_seen"],
        page=_location(document.get("kept")),
        reader=document.get("reader"),
        reasons=tuple(document["reasons"]),
    )


def _location(document: dict[str, Any] | None) -> PageLocation | None:
    return PageLocation(**document) if document else None


def with_pages(versions: Iterable[KeptVersion]) -> Iterator[KeptVersion]:
    """Those whose pages are kept, each page once."""
    seen = set()
    for version in versions:
        if version.page is not None and version.page not in seen:
            seen.add(version.page)
            yield version
