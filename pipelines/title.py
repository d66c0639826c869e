"""The step `title`."""

from __future__ import annotations

from newscrawl.model.draft import Draft


class TitlePipeline:
    """Chooses and cleans the title."""

    def process_item(self, item: object) -> object:
        if not isinstance(item, Draft):
            return item
        from newscrawl.normalize.steps import normalize_title  # slow to import

        return normalize_title(item)
