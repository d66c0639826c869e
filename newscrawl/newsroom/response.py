"""One response of the newsroom, before it is sent."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any


@dataclass(slots=True)
class ReplicaResponse:
    """Status, body and headers; `delay` seconds before it, `cut` to close the connection half-way."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: bool = False


def html(text: str, **more: Any) -> ReplicaResponse:
    return ReplicaResponse(text.encode("utf-8"), **more)


def json_text(value: object, callback: str | None = None) -> ReplicaResponse:
    """JSON, or JSONP if the query has a callback of letters, digits and dots."""
    text = json.dumps(value, ensure_ascii=False)
    if callback and callback.replace(".", "").replace("_", "").isalnum():
        return ReplicaResponse(
            f"{callback}({text});".encode(), content_type="application/javascript; charset=utf-8"
        )
    return ReplicaResponse(text.encode("utf-8"), content_type="application/json; charset=utf-8")


def validated(answer: ReplicaResponse, changed: datetime) -> ReplicaResponse:
    """The answer with ETag and Last-Modified."""
    answer.headers["ETag"] = f'"{hashlib.sha256(answer.body).hexdigest()[:20]}"'
    answer.headers["Last-Modified"] = format_datetime(
        changed.astimezone(UTC).replace(microsecond=0), usegmt=True
    )
    return answer


def is_fresh(answer: ReplicaResponse, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """Whether the client already has this response; ETags take precedence over dates (RFC 9110)."""
    if if_none_match is not None:
        return if_none_match.strip() == "*" or answer.headers.get("ETag", "") in [
            tag.strip().removeprefix("W/") for tag in if_none_match.split(",")
        ]
    if if_modified_since is None or "Last-Modified" not in answer.headers:
        return False
    try:
        since = parsedate_to_datetime(if_modified_since)
    except ValueError:
        return False
    # HTTP dates are in GMT; one that does not say so comes out naive.
    since = since if since.tzinfo else since.replace(tzinfo=UTC)
    return parsedate_to_datetime(answer.headers["Last-Modified"]) <= since
