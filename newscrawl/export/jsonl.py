"""Posts as JSON, a document a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from newscrawl.model.post import Post


@dataclass(frozen=True, slots=True)
class Jsonl:
    """`text` makes a document's JSON, in one line."""

    text: Callable[[dict[str, Any]], str]
    head: ClassVar[bytes] = b""

    def encode(self, post: Post) -> bytes:
        """One line. Half a surrogate pair stays, as the escape that JSON has for it."""
        return self.text(post.to_document()).encode("utf-8", "backslashreplace") + b"\n"


def extended(document: dict[str, Any]) -> str:
    """MongoDB Extended JSON v2, relaxed, as mongoimport takes it."""
    from bson.json_util import RELAXED_JSON_OPTIONS, dumps

    return dumps(document, json_options=RELAXED_JSON_OPTIONS, ensure_ascii=False)
