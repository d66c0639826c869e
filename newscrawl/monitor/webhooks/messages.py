"""What a receiver gets: events of posts as JSON, signed by https://www.standardwebhooks.com."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newscrawl.model.post import Post
    from newscrawl.read.change_stream import Change

Document = dict[str, Any]

LARGEST = 1024 * 1024  #: bytes of a body; a larger post is sent without its body
PING = "ping"


@dataclass(frozen=True, slots=True)
class Event:
    """One change of one post, without the post."""

    event: str  #: `stored`, `updated`, `withdrawn` or `deleted`
    post: str  #: `_id`
    revision: int | None  #: None: deleted
    at: datetime  #: when the database made it
    key: str  #: the same whenever it is sent

    @classmethod
    def of(cls, change: Change) -> Event:
        """The event of a change."""
        kind = "stored" if change.kind == "insert" else "deleted" if change.kind == "delete" else "updated"
        if kind == "updated" and change.post is not None and change.post.is_withdrawn:
            kind = "withdrawn"
        # A post that was removed may be stored again, so its revisions alone do not name a change.
        began = change.post.first_seen if change.post and change.post.first_seen else change.at
        said = f"{change.id}\n{change.revision}\n{began.isoformat()}"
        key = f"msg_{hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()[:32]}"
        return cls(kind, change.id, change.revision, change.at, key)

    @classmethod
    def from_document(cls, document: Document) -> Event:
        """From `to_document`, with further fields."""
        return cls(**{name: document[name] for name in cls.__slots__})

    def to_document(self) -> Document:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Message:
    """One request's body, and the id that is the same whenever it is sent."""

    key: str
    body: bytes

    def headers(self, keys: Sequence[bytes], now: datetime) -> dict[str, str]:
        """The headers that identify and sign it; `now` is the time of this attempt."""
        stamp = str(int(now.timestamp()))
        signed = b".".join((self.key.encode(), stamp.encode(), self.body))
        signatures = [base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys]
        return {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "newscrawl",
            "webhook-id": self.key,
            "webhook-timestamp": stamp,
            "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
        }


def message_of(events: Sequence[tuple[Event, Post | None]], *, batched: bool) -> tuple[Message, int]:
    """The message with as many of the events as fit, from the first on, and their number."""
    if not batched:
        return _single(*events[0]), 1
    parts: list[bytes] = []
    for event, post in events:
        part = _single(event, post).body
        if parts and sum(map(len, parts)) + len(part) > LARGEST:
            break
        parts.append(part)
    taken = [event for event, _ in events[: len(parts)]]
    key = hashlib.sha256("\n".join(event.key for event in taken).encode()).hexdigest()[:32]
    first = _plain(taken[0].at)
    head = f'{{"type":"posts","timestamp":"{first}","data":['.encode()
    return Message(f"msg_{key}", b"".join((head, b",".join(parts), b"]}"))), len(parts)


def ping_message(now: datetime) -> Message:
    """A message of no change, with which a receiver is tried out."""
    body = json.dumps({"type": PING, "timestamp": _plain(now), "data": {}}).encode()
    return Message(f"msg_{hashlib.sha256(f'{now.timestamp()}'.encode()).hexdigest()[:32]}", body)


def _single(event: Event, post: Post | None) -> Message:
    document = post.to_document() if post is not None else None
    body = _body(event, document)
    if len(body) > LARGEST and document is not None:
        document["body"] = {**document["body"], "html": None, "text": None}
        body = _body(event, document, body_omitted=True)
    return Message(event.key, body)


def _body(event: Event, document: Document | None, **more: Any) -> bytes:
    said = {"id": event.post, "revision": event.revision, "post": document, **more}
    whole = {"type": f"post.{event.event}", "timestamp": _plain(event.at), "data": said}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"), default=_plain).encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)
