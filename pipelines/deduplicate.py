"""The step `deduplicate`: drops what this run has had already, from another list or address."""

from __future__ import annotations

from scrapy.exceptions import DropItem

from newscrawl.model.post import Post
from newscrawl.text.urls import identity


class Duplicate(DropItem):
    """An article that this run has had before with the same content; `first` is the id it had."""

    outcome = "duplicate"

    def __init__(self, post: Post, first: str) -> None:
        super().__init__(f"{post.id} is a duplicate of {first} in this run ({post.url})", log_level="DEBUG")
        self.first = first


class DeduplicatePipeline:
    """Remembers id, address and content of each post of the run: about 300 bytes a post."""

    def __init__(self) -> None:
        self._content: dict[str, bytes] = {}  # id -> hash
        self._at: dict[bytes, str] = {}  # hash of the canonical address -> id

    def process_item(self, item: object) -> object:
        if not isinstance(item, Post):
            return item
        content = bytes.fromhex(item.content_hash)
        address = bytes.fromhex(identity(item.canonical_url).removeprefix("url:"))
        for first in (item.id, self._at.get(address)):
            if first is not None and self._content.get(first) == content:
                raise Duplicate(item, first)
        self._content[item.id] = content
        self._at.setdefault(address, item.id)
        return item
