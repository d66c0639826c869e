"""The step `categories`; its logic is newscrawl.categories."""

from __future__ import annotations

from newscrawl.categories import settle_categories
from newscrawl.draft import Draft


class CategoriesPipeline:
    """Settles the categories and tags."""

    def process_item(self, item: object) -> object:
        if isinstance(item, Draft):
            settle_categories(item)
        return item
