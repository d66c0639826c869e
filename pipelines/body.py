"""The step `body`; its logic is newscrawl.body."""

from __future__ import annotations

from newscrawl.body import settle_body
from newscrawl.draft import Draft


class BodyPipeline:
    """Settles the digest, the sanitized body and the securities."""

    def process_item(self, item: object) -> object:
        if isinstance(item, Draft):
            settle_body(item)
        return item
