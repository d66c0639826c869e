"""A receiver of webhooks on loopback, which verifies each message with a library of others."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from tests.loopback import QuietHandler, listening

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()

Answer = tuple[int, dict[str, str]]


@dataclass
class Receiver:
    """What was taken, and what is answered. A message that does not verify is answered with 401."""

    address: str = ""
    answer: Callable[[dict[str, Any]], Answer] = field(default=lambda _: (204, {}))
    taken: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)  #: `webhook-id` of each message taken
    asked: int = 0  #: messages that came, taken or not
    came: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def receive(self, body: bytes, headers: dict[str, str]) -> Answer:
        said = verified(body, headers)
        with self._lock:
            self.asked += 1
            status, more = self.answer(said)
            if 200 <= status < 300:
                self.taken.append(said)
                self.ids.append(headers["webhook-id"])
                self.came.set()
        return status, more

    def down(self, status: int = 500) -> None:
        self.answer = lambda _: (status, {})

    def up(self) -> None:
        self.answer = lambda _: (204, {})

    @property
    def events(self) -> list[tuple[str, str, int | None]]:
        """Kind, the post's number and revision of each event taken, in order."""
        parts = [
            each
            for said in self.taken
            for each in (said["data"] if isinstance(said["data"], list) else [said])
        ]
        return [
            (each["type"].removeprefix("post."), each["data"]["id"][-2:], each["data"]["revision"])
            for each in parts
        ]

    def of(self, number: int) -> list[int | None]:
        """The revisions of a post, in order."""
        return [revision for _, post, revision in self.events if post == f"{number:02}"]


def headers_of(request: QuietHandler) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def verified(body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """The message. Raises WebhookVerificationError. A test's clock may be ahead of the library's."""
    library = Webhook(SECRET)
    sent = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    if abs(datetime.now(UTC) - sent) < timedelta(minutes=4):
        library.verify(body, headers)
    elif headers["webhook-signature"] != library.sign(headers["webhook-id"], sent, body.decode()):
        raise WebhookVerificationError("it does not match")
    said: dict[str, Any] = json.loads(body)
    return said


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(QuietHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                status, headers = receiver.receive(body, headers_of(self))
            except WebhookVerificationError as error:
                status, headers = 401, {"X-Error": str(error)[:100]}
            self.give(status, headers, b"")

    with listening(Handler) as port:
        receiver.address = f"http://127.0.0.1:{port}/hook"
        yield receiver
