"""The step `attribution`."""

from __future__ import annotations

from newscrawl.model.draft import DatedDraft, Draft

from . import at_stage


class AttributionPipeline:
    """Finds the outlet, the authors and the editors."""

    def process_item(self, item: object) -> object:
        if not isinstance(item, Draft):
            return item
        from newscrawl.normalize.steps import normalize_attribution  # slow to import

        item = at_stage(item, DatedDraft, self)
        return normalize_attribution(item)
