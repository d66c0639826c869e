"""Cursor: where a page of a list ended, as a short opaque text for URLs and programs."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from newscrawl.errors import UsageError
from newscrawl.read.arguments import check_text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LIMIT = 400


def millis(moment: datetime) -> int:
    """Milliseconds since 1970, as MongoDB stores a date."""
    return (moment - _EPOCH) // _MILLISECOND


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last post of a page: its date and `_id`, and in a search its rank.

    Stable: newer posts shift nothing, and no post is shown twice or left out.
    """

    date: datetime
    id: str
    rank: int = 0

    def __str__(self) -> str:
        whole = json.dumps([millis(self.date), self.id, self.rank], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(whole.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises UsageError if the text is not a valid cursor."""
        check_text("after", text, "WzE3NzMwMTU2MDAwMDAsIngiLDBd")
        wrong = UsageError(f"invalid cursor {text[:40]!r} for after; use the `next` of the previous page")
        if len(text) > _LIMIT:
            raise wrong
        try:
            read = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
            at, post_id, rank = read
            if type(at) is not int or type(rank) is not int or not isinstance(post_id, str):
                raise wrong
            return cls(_EPOCH + at * _MILLISECOND, post_id, rank)
        except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError):
            raise wrong from None

    def later(self) -> dict[str, Any]:
        """The filter for what comes after it, newest first."""
        same_moment = {"$or": [{"date": {"$lt": self.date}}, {"_id": {"$gt": self.id}}]}
        return {
            "date": {"$lte": self.date},
            **same_moment,
        }  # the first bounds the index scan, the second decides
