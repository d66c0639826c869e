"""Finds the stored post of an article that comes under another `_id`, by its address.

An article's id is `url:…` for the spider `site` and `name:number` for a site's own spider; and an older
post's address may have a form that makes another id today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.store.client import Document

_BY_ADDRESS = "url:"


async def posts_by_address(
    database: AsyncDatabase[Document], addresses: Mapping[str, str], fields: Iterable[str]
) -> dict[str, Document]:
    """The post with each article's address, by the article's id: one `$in` on the index of `canonical_url`.

    addresses: article id -> canonical URL. Home pages are left out: they are not articles.
    """
    wanted = {form for address in addresses.values() if _is_article(address) for form in _forms(address)}
    if not wanted:
        return {}
    found = database["posts"].find(
        {"canonical_url": {"$in": sorted(wanted)}}, ["canonical_url", "crawl.spider", *fields]
    )
    # Of several, the oldest is kept.
    oldest = sorted(await found.to_list(), key=lambda post: (post["first_seen"], post["_id"]), reverse=True)
    held = {form: post for post in oldest for form in _forms(post["canonical_url"])}
    return {name: held[address] for name, address in addresses.items() if address in held}


def is_same(post_id: str, spider: str, held: Mapping[str, Any]) -> bool:
    """Whether an article is the stored post with its address.

    Not if one spider has a number for each: items of a live page share one address.
    """
    named = post_id.startswith(_BY_ADDRESS) or str(held["_id"]).startswith(_BY_ADDRESS)
    return named or spider != held["crawl"]["spider"]


def _is_article(address: str) -> bool:
    parts = urlsplit(address)
    return len(parts.path) > 1 or bool(parts.query)


def _forms(address: str) -> tuple[str, ...]:
    """The address over http and https: one identity."""
    rest = address.partition("://")[2]
    return (f"http://{rest}", f"https://{rest}")
