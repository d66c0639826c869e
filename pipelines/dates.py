"""The step `dates`."""

from __future__ import annotations

from newscrawl.model.draft import Draft, TitledDraft

from . import at_stage


class DatesPipeline:
    """Chooses the publication date; relative dates count from when the page was fetched."""

    def process_item(self, item: object) -> object:
        if not isinstance(item, Draft):
            return item
        from newscrawl.normalize.steps import normalize_date  # slow to import

        item = at_stage(item, TitledDraft, self)
        return normalize_date(item, item.crawl.fetched)
