"""A spider's declared lists as requests and entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from newscrawl.entries.listed import Item, Reply, Step
from newscrawl.listing import Entry, ListPage
from newscrawl.replies import header

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

    from newscrawl.entries.walk import Walk
    from newscrawl.spider import NewsSpider


def request_of(spider: NewsSpider, step: Step) -> Request:
    """The request of a step of the walk over the spider's lists."""
    request = spider.list_request(step.url, **step.place)
    return request.replace(method=step.method, body=step.body or b"", headers=step.headers)


def read_declared(spider: NewsSpider, walk: Walk, response: Response, place: Mapping[str, Any]) -> ListPage:
    """What a page of a declared list holds. Raises PageError."""
    listed = walk.read(Reply(response.url, response.body, header(response, "Content-Type")), place)
    declared = spider.source.entries[place["entry"]]
    full, optional = getattr(declared, "full", False), getattr(declared, "page_optional", False)
    tried = {"optional": True} if place.get("optional") else {}
    following = replace(listed.next, place=listed.next.place | tried) if listed.next else None
    others = [replace(step, place=step.place | tried) for step in listed.others]
    return ListPage(
        [_entry(item, response.url, spider, full, optional) for item in listed.items],
        request_of(spider, following) if following else None,
        [request_of(spider, step) for step in others],
        listed.skipped,
    )


def _entry(item: Item, base: str, spider: NewsSpider, full: bool, optional: bool) -> Entry:
    address = item.url or f"{base.partition('#')[0]}#{item.title or item.date}"
    return Entry(
        id=spider.identity_of(address),
        url=None if (full and item.text) or not item.url else spider.source.fetched(item.url),
        canonical_url=address,
        share_url=address,
        title=item.title,
        date=item.date or (item.changed if full else None),
        outlet=item.outlet,
        digest=item.digest,
        columns=item.columns,
        tags=item.tags,
        authors=item.authors,
        text=item.text,
        page_optional=optional or bool(item.text),
    )
