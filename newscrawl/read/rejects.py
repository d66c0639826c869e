"""Which rejects are meant, for those who list them and those who ask for them again."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any


def rejects_query(
    spider: str | None = None, since: datetime | None = None, reason: str | None = None
) -> dict[str, Any]:
    """MongoDB's filter: of this spider, seen since then, with this text in a reason, whatever its case."""
    query: dict[str, Any] = {}
    if spider is not None:
        query["spider"] = spider
    if since is not None:
        query["last_seen"] = {"$gte": since}
    if reason is not None:
        query["reasons"] = {"$regex": re.escape(reason), "$options": "i"}
    return query
