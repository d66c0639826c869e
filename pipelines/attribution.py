"""The step `attribution`; its logic is newscrawl.attribution."""

from __future__ import annotations

from newscrawl.attribution import settle_attribution
from newscrawl.draft import Draft


class AttributionPipeline:
    """Settles the outlet, the authors and the editors."""

    def process_item(self, item: object) -> object:
        if isinstance(item, Draft):
            settle_attribution(item)
        return item
