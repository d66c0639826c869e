"""The step `items`: what plain Scrapy spiders yield becomes drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from newscrawl.model.draft import Draft, Reject
from newscrawl.model.post import Post

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from newscrawl.crawl.spider import NewsSpider


class ItemsPipeline:
    """Makes drafts of dictionaries and other items with an address and a text; the others go on as they are,
    and make the run a bad one."""

    def __init__(self, spider: NewsSpider | None) -> None:
        self._spider = spider

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        spider = crawler.spider
        return cls(spider if hasattr(spider, "run") else None)  # type: ignore[arg-type]

    def process_item(self, item: object) -> object:
        if self._spider is None or isinstance(item, Draft | Reject | Post):
            return item
        from newscrawl.crawl.plain_items import draft_of_item, is_item  # slow to import

        draft = draft_of_item(item, self._spider.source, self._spider.crawl_of()) if is_item(item) else None
        if draft is None:
            return item
        ledger = self._spider.run.ledger
        ledger.entries += 1
        ledger.take(draft.id)
        return draft
