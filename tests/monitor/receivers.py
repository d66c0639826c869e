"""Real receivers on loopback: a web server that takes webhooks, and a mail server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.loopback import QuietHandler, listening


class Webhook:
    """Keeps what it gets; answers with `status`."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/hook/s3cret-token"
        self.status = 200
        self.got: list[dict[str, Any]] = []
        self.asked: list[str] = []

    @property
    def titles(self) -> list[str]:
        return [each["title"] for each in self.got]


@contextmanager
def webhook() -> Iterator[Webhook]:
    class Handler(QuietHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if hook.status == 200:
                hook.got.append(json.loads(body))
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def _answer(self) -> None:
            hook.asked.append(self.path)
            self.send_response(hook.status)
            self.end_headers()

    with listening(Handler) as port:
        hook = Webhook(port)
        yield hook
