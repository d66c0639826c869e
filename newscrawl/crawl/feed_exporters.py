"""Scrapy's feeds (`-o posts.jsonl`, `FEEDS`) with posts as docs/data.md describes them, in UTF-8."""

from __future__ import annotations

from typing import Any

from scrapy.exporters import JsonItemExporter, JsonLinesItemExporter

from newscrawl.model.post import Post


class PostLines(JsonLinesItemExporter):
    """One post a line, as `newscrawl export jsonl`; other items as Scrapy writes them."""

    def export_item(self, item: Any) -> None:
        if isinstance(item, Post):
            self.file.write(_json_of(item) + b"\n")
        else:
            super().export_item(item)


class PostArray(JsonItemExporter):
    """A JSON array of posts."""

    def export_item(self, item: Any) -> None:
        if isinstance(item, Post):
            self._add_comma_after_first()
            self.file.write(_json_of(item))
        else:
            super().export_item(item)


def _json_of(post: Post) -> bytes:
    return post.to_json().encode("utf-8", "backslashreplace")  # a lone surrogate as its JSON escape
