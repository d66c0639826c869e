"""The step `dates`; its logic is newscrawl.dates."""

from __future__ import annotations

from newscrawl.dates import settle_date
from newscrawl.model.draft import Draft


class DatesPipeline:
    """Settles when the article was published; relative dates count from when the page was fetched."""

    def process_item(self, item: object) -> object:
        if isinstance(item, Draft):
            settle_date(item, item.crawl.fetched)
        return item
