"""Which of a list's articles the database already has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from newscrawl.model.draft import FAILED
from newscrawl.model.post import PageLocation
from newscrawl.store.same_post import is_same, posts_by_address
from newscrawl.store.tombstones import Names, Tombstones

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
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Known:
    """A stored article: a post, or else a reject; or one that was forgotten, and is not to be fetched. Times
    are UTC."""

    id: str
    kind: Literal["post", "reject", "forgotten"]
    first_seen: datetime
    last_seen: datetime
    spider: str  #: that stored it
    date: datetime | None = None  #: publication; None for a reject
    etag: str | None = None  #: of the page, for a conditional request
    last_modified: str | None = None
    content_hash: str | None = None  #: None for a reject
    gone: bool = False  #: whether its page was gone at the last look
    withdrawn: bool = False  #: … and it is marked as withdrawn
    gone_since: datetime | None = None  #: the first look that found its page gone
    gone_seen: datetime | None = None  #: the latest one
    updated: datetime | None = None  #: when the stored post last changed
    revision: int = 1
    page: PageLocation | None = None  #: where the post's page is kept
    fetched: datetime | None = None  #: when; None for a reject
    failures: int = 0  #: times that a reject's page could not be fetched


async def fetch_known(
    database: AsyncDatabase[Document],
    ids: Sequence[str],
    addresses: Mapping[str, str] = MappingProxyType({}),
    spider: str = "",
) -> dict[str, Known]:
    """The stored and the forgotten ones of these articles, by id: one query per collection.

    addresses: canonical URLs by id; articles not stored under their id are looked up by these, in one more
    query. `spider` is the one that asks. A result has the id of the stored post.
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
    named = [Names(name, frozenset({addresses[name]} if name in addresses else ())) for name in ids]
    gone = await Tombstones(database).find(named)
    return found | {name: _forgotten(name) for name in gone}


def _forgotten(name: str) -> Known:
    return Known(name, "forgotten", first_seen=_EVER, last_seen=_EVER, spider="")


def known_post(document: dict[str, Any]) -> Known:
    """A stored post, from its document or the fields that `fetch_known` requests."""
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
