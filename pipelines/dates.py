"""The step `dates`; its logic is newscrawl.text.dates."""

from __future__ import annotations

from newscrawl.model.draft import Draft
from newscrawl.normalize.dates import normalize_date


class DatesPipeline:
    """Settles when the article was published; relative dates count from when the page was fetched."""

    def process_item(self, item: object) -> object:
        if isinstance(item, Draft):
            normalize_date(item, item.crawl.fetched)
        return item
