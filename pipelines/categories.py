"""The step `categories`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from newscrawl.model.draft import AttributedDraft, Draft

from . import at_stage

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from newscrawl.crawl.run import Run


class CategoriesPipeline:
    """Names the categories and tags, and notes in the run how the categories are printed."""

    def __init__(self, run: Run | None = None) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(getattr(crawler.spider, "run", None))

    def process_item(self, item: object) -> object:
        if not isinstance(item, Draft):
            return item
        from newscrawl.normalize.steps import normalize_categories  # slow to import

        draft = normalize_categories(at_stage(item, AttributedDraft, self))
        if self._run:
            self._run.name_categories(draft.category_names)
        return draft
