"""The step `body`."""

from __future__ import annotations

from newscrawl.model.draft import CategorizedDraft, Draft

from . import at_stage


class BodyPipeline:
    """Cleans the digest and the body, and collects the securities."""

    def process_item(self, item: object) -> object:
        if not isinstance(item, Draft):
            return item
        from newscrawl.normalize.steps import normalize_body  # slow to import

        item = at_stage(item, CategorizedDraft, self)
        return normalize_body(item)
