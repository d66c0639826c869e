"""The step `attribution`; its logic is newscrawl.normalize.attribution."""

from __future__ import annotations

from newscrawl.model.draft import Draft


class AttributionPipeline:
    """Settles the outlet, the authors and the editors."""

    def process_item(self, item: object) -> object:
        if isinstance(item, Draft):
            from newscrawl.normalize.attribution import normalize_attribution  # slow to import

            normalize_attribution(item)
        return item
