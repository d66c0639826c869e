"""The step `body`; its logic is newscrawl.normalize.body."""

from __future__ import annotations

from newscrawl.model.draft import Draft


class BodyPipeline:
    """Settles the digest, the sanitized body and the securities."""

    def process_item(self, item: object) -> object:
        if isinstance(item, Draft):
            from newscrawl.normalize.body import normalize_body  # slow to import

            normalize_body(item)
        return item
