"""A spider's declared lists as requests and entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from newscrawl.entries.listed import Item, Listed, Reply, Step
from newscrawl.listing import ListPage
from newscrawl.model.draft import Entry
from newscrawl.replies import header

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

    from newscrawl.entries.walk import Walk
    from newscrawl.spider import NewsSpider


#: So many pages of one list are asked for: an archive may have no end, and date each of its pages today.
MOST_PAGES, MOST_SINCE = 1_000, 10_000  # without `since`, with it


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
    further, skipped = _within_bounds(spider, listed, place.get("page", 1))
    following = replace(further, place=further.place | tried) if further else None
    others = [replace(step, place=step.place | tried) for step in listed.others]
    return ListPage(
        [_entry(item, response.url, spider, full, optional) for item in listed.items],
        request_of(spider, following) if following else None,
        [request_of(spider, step) for step in others],
        skipped,
    )


def _within_bounds(spider: NewsSpider, listed: Listed, number: int) -> tuple[Step | None, dict[str, int]]:
    """The step to the page after the `number`th, and what is left out."""
    most = MOST_SINCE if spider.since else MOST_PAGES
    if listed.next is None or number < most:
        return listed.next, listed.skipped
    advice = "" if spider.since else "; with --since it is walked on"
    spider.logger.error("The list goes on after %s pages and is left at %s%s", most, listed.next.url, advice)
    return None, {**listed.skipped, f"a list's pages after {most}": 1}


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
