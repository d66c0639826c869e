"""The step `categories`; its logic is newscrawl.normalize.categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from newscrawl.model.draft import Draft

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from newscrawl.crawl.run import Run


class CategoriesPipeline:
    """Settles the categories and tags, and tells the run how the categories are printed."""

    def __init__(self, run: Run | None = None) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(getattr(crawler.spider, "run", None))

    def process_item(self, item: object) -> object:
        if isinstance(item, Draft):
            from newscrawl.normalize.categories import normalize_categories  # slow to import

            normalize_categories(item)
            if self._run:
                self._run.name_categories(item.category_names)
        return item
