"""What the database holds already of the articles that a list shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from newscrawl.model.draft import FAILED
from newscrawl.model.post import PageLocation
from newscrawl.store.same_post import is_same, posts_by_address

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.store.client import Document

POST_FIELDS = (
    "date",
    "first_seen",
    "last_seen",
    "updated",
    "revision",
    "content_hash",
    "crawl.etag",
    "crawl.last_modified",
    "crawl.spider",
    "crawl.page",
    "crawl.fetched",
    "gone",
    "withdrawn",
)
_REJECT_FIELDS = ("post", "first_seen", "last_seen", "spider", "reasons", "seen")


@dataclass(frozen=True, slots=True)
class Known:
    """An article that is held: as a post, or as a reject where it is no post. Times are UTC."""

    id: str
    kind: Literal["post", "reject"]
    first_seen: datetime
    last_seen: datetime
    spider: str  #: that brought it
    date: datetime | None = None  #: publication; None for a reject
    etag: str | None = None  #: of the page as it was read, for a conditional request
    last_modified: str | None = None
    content_hash: str | None = None  #: None for a reject
    gone: bool = False  #: whether its page was gone at the last look
    withdrawn: bool = False  #: … and it is marked as withdrawn
    gone_since: datetime | None = None  #: the first look that found its page gone
    gone_seen: datetime | None = None  #: the latest look that did
    updated: datetime | None = None  #: when the stored post last changed
    revision: int = 1
    page: PageLocation | None = None  #: where the post's page is kept
    fetched: datetime | None = None  #: when that was; None for a reject
    failures: int = 0  #: of a reject whose page could not be fetched: how often


async def fetch_known(
    database: AsyncDatabase[Document],
    ids: Sequence[str],
    addresses: Mapping[str, str] = MappingProxyType({}),
    spider: str = "",
) -> dict[str, Known]:
    """Those of the articles that are held, by id: one query a collection.

    addresses: of articles, by id, their canonical URLs: those that are not held under their id are looked up
        by that, in one query more. `spider` asks. What is found has the id of the post that is held.
    """
    if not ids:
        return {}
    wanted = {"$in": list(ids)}
    rejects = database["rejects"].find({"post": wanted}, _REJECT_FIELDS).sort("last_seen")
    found = {reject["post"]: _reject(reject) async for reject in rejects}
    found.update(
        {post["_id"]: known_post(post) async for post in database["posts"].find({"_id": wanted}, POST_FIELDS)}
    )
    unknown = {name: address for name, address in addresses.items() if name not in found}
    by_address = await posts_by_address(database, unknown, POST_FIELDS)
    found.update({name: known_post(post) for name, post in by_address.items() if is_same(name, spider, post)})
    return found


def known_post(document: dict[str, Any]) -> Known:
    """A stored post as known, from its document or the part of it that `fetch_known` asks for."""
    crawl, withdrawn, gone = document["crawl"], document.get("withdrawn"), document.get("gone")
    return Known(
        id=document["_id"],
        kind="post",
        date=document["date"],
        first_seen=document["first_seen"],
        last_seen=document["last_seen"],
        spider=crawl["spider"],
        etag=crawl.get("etag"),
        last_modified=crawl.get("last_modified"),
        content_hash=document["content_hash"],
        gone=gone is not None,
        withdrawn=withdrawn is not None and withdrawn["until"] is None,
        gone_since=gone["since"] if gone else None,
        gone_seen=gone["seen"] if gone else None,
        updated=document.get("updated"),
        revision=document.get("revision") or 1,
        page=PageLocation(**page) if (page := crawl.get("page")) else None,
        fetched=crawl.get("fetched"),
    )


def _reject(document: dict[str, Any]) -> Known:
    return Known(
        id=document["post"],
        kind="reject",
        first_seen=document["first_seen"],
        last_seen=document["last_seen"],
        spider=document["spider"],
        failures=document.get("seen", 1) if document["reasons"][0].startswith(FAILED) else 0,
    )
