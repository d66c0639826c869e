"""The front door, in ASGI: what every request passes before and after a page is made.

A page is made once for all who ask for it at the same time, in a task of its own that no reader's going
away ends; it is given again for a moment, told as unchanged to those who have it, and compressed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pymongo

from newscrawl.web.cache import Key, ResponseCache
from newscrawl.web.cached_response import CachedResponse
from newscrawl.web.security import is_ours

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)

AT_ONCE = 32  #: pages that are made at the same time; others wait
SLACK = 2.0  #: seconds that a page has beyond the database's patience
LONGEST_ADDRESS = 4096  #: bytes of path and query


@dataclass(slots=True)
class Gateway:
    """Wraps the application. `failed` makes the answer where a page fails: path, status."""

    app: ASGIApp
    failed: Callable[[str, int], CachedResponse]
    patience: float
    shelf: ResponseCache
    names: frozenset[str] | None = None  #: by which it may be called, see hosts.is_ours; None: by all
    _making: dict[Key, asyncio.Task[CachedResponse]] = field(default_factory=dict)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = await self._answer(scope) if self._is_meant(scope) else self.failed(scope["path"], 421)
        status, headers, body = answer.for_request(scope["headers"])
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _is_meant(self, scope: Scope) -> bool:
        if self.names is None:
            return True
        host = next((value for name, value in scope["headers"] if name == b"host"), b"")
        return is_ours(host.decode("latin-1"), self.names)

    async def _answer(self, scope: Scope) -> CachedResponse:
        key: Key = (scope["path"], scope["query_string"])
        if len(key[0]) + len(key[1]) > LONGEST_ADDRESS:
            # To the API it is one more wrong request, of the kind that its document tells of.
            return self.failed(key[0], 400 if key[0].startswith("/api/") else 414)
        if scope["method"] not in ("GET", "HEAD"):
            return await self._make(scope)
        if kept := self.shelf.get(key):
            return kept
        task = self._making.get(key)
        if task is None:
            task = self._making[key] = asyncio.create_task(self._make_and_keep(key, scope))
            task.add_done_callback(lambda _: self._making.pop(key, None))
        return await asyncio.shield(task)

    async def _make_and_keep(self, key: Key, scope: Scope) -> CachedResponse:
        answer = await self._make({**scope, "method": "GET"})
        return self.shelf.put(key, answer) if answer.status == 200 else answer

    async def _make(self, scope: Scope) -> CachedResponse:
        """Asks the application, with a bound on its time; never raises."""
        try:
            async with asyncio.timeout(self.patience + SLACK), self._room:
                with pymongo.timeout(self.patience):
                    return await _ask(self.app, scope)
        except TimeoutError:
            logger.warning("%s took longer than %s s", scope["path"], self.patience + SLACK)
            return self.failed(scope["path"], 503)
        except Exception:  # the process's edge: the next reader is served all the same
            logger.exception("%s failed", scope["path"])
            return self.failed(scope["path"], 500)


async def _ask(app: ASGIApp, scope: Scope) -> CachedResponse:
    """The application's whole answer. What a request's body says is never read: nobody needs one."""
    start: dict[str, Any] = {}
    body: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        elif message["type"] == "http.response.body":
            body.append(message.get("body", b""))

    await app(scope, receive, send)
    return CachedResponse.of(start["status"], list(start["headers"]), b"".join(body))
