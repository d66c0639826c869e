"""Gateway: the ASGI layer around the application that every request passes through.

Concurrent requests for one page share one task, which a disconnecting reader does not cancel. The response is
cached for a few seconds, revalidated by ETag, and compressed.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pymongo

from newscrawl.log_format import request_id
from newscrawl.web.cache import Key, ResponseCache
from newscrawl.web.cached_response import CachedResponse
from newscrawl.web.security import is_ours

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)
requests = logging.getLogger("newscrawl.requests")
_OF_PROGRAMS = (".atom", ".rss", ".json", ".txt", ".xml", ".ico")
_GIVEN_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")

AT_ONCE = 32  #: pages rendered at the same time; others wait
SLACK = 2.0  #: seconds that a page may take beyond the database's time limit
LONGEST_ADDRESS = 4096  #: bytes of path and query


@dataclass(slots=True)
class Gateway:
    """Wraps the application.

    `failed` makes the response for a path, an error status and a language; `language_for` chooses the
    language for an Accept-Language header.
    """

    app: ASGIApp
    failed: Callable[[str, int, str], CachedResponse]
    language_for: Callable[[str], str]
    patience: float
    cache: ResponseCache
    names: frozenset[str] | None = None  #: Host names to accept, see security.is_ours; None accepts any
    logs: bool = False  #: whether each request is logged, and its id sent back
    observe: Callable[[int, float], None] | None = None  #: gets the status and the seconds of each request
    _making: dict[Key, asyncio.Task[CachedResponse]] = field(default_factory=dict)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id.set(_request_id(scope))
        scope["language"] = self.language_for(_accept_language(scope))
        began = time.perf_counter()
        response = await self._response(scope) if self._is_meant(scope) else self._failed(scope, 421)
        status, headers, body = response.for_request(scope["headers"])
        seconds = time.perf_counter() - began
        if self.observe:
            self.observe(status, seconds)
        if self.logs:
            headers = [*headers, (b"x-request-id", request_id.get().encode())]
            said = {"method": scope["method"], "path": scope["path"], "status": status}
            requests.info("request", extra={**said, "seconds": round(seconds, 4)})
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _failed(self, scope: Scope, status: int) -> CachedResponse:
        return self.failed(scope["path"], status, scope["language"])

    def _is_meant(self, scope: Scope) -> bool:
        if self.names is None:
            return True
        host = next((value for name, value in scope["headers"] if name == b"host"), b"")
        return is_ours(host.decode("latin-1"), self.names)

    async def _response(self, scope: Scope) -> CachedResponse:
        key: Key = (
            scope["path"],
            scope["query_string"],
            scope["language"] if _is_page(scope["path"]) else "",
        )
        if len(key[0]) + len(key[1]) > LONGEST_ADDRESS:
            # The API documents 400 for every invalid request.
            return self._failed(scope, 400 if key[0].startswith("/api/") else 414)
        if scope["method"] not in ("GET", "HEAD"):
            return await self._make(scope)
        if kept := self.cache.get(key):
            return kept
        task = self._making.get(key)
        if task is None:
            task = self._making[key] = asyncio.create_task(self._make_and_keep(key, scope))
            task.add_done_callback(lambda _: self._making.pop(key, None))
        return await asyncio.shield(task)

    async def _make_and_keep(self, key: Key, scope: Scope) -> CachedResponse:
        response = await self._make({**scope, "method": "GET"})
        return self.cache.put(key, response) if response.status == 200 else response

    async def _make(self, scope: Scope) -> CachedResponse:
        """Calls the application with a time limit; never raises."""
        try:
            async with asyncio.timeout(self.patience + SLACK), self._room:
                with pymongo.timeout(self.patience):
                    return await _call(self.app, scope)
        except TimeoutError:
            logger.warning("%s took longer than %s s", scope["path"], self.patience + SLACK)
            return self._failed(scope, 503)
        except Exception:  # the edge of the process: other requests must still be served
            logger.exception("%s failed", scope["path"])
            return self._failed(scope, 500)


def _accept_language(scope: Scope) -> str:
    said = (value for name, value in scope["headers"] if name == b"accept-language")
    return b",".join(said).decode("latin-1")


def _is_page(path: str) -> bool:
    """Whether the response depends on the reader's language: not for programs, feeds and files."""
    return not path.startswith(("/api/", "/static/", "/healthz")) and not path.endswith(_OF_PROGRAMS)


def _request_id(scope: Scope) -> str:
    """The id that a proxy gave (X-Request-ID), or a new one."""
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    return given.decode() if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)


async def _call(app: ASGIApp, scope: Scope) -> CachedResponse:
    """The application's whole response. Request bodies are never read, as no page takes one."""
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
