"""The newsroom's HTTP server: one port on loopback; the `Host` header selects the site."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from twisted.internet import stdio
from twisted.internet.error import ReactorNotRunning
from twisted.internet.protocol import Protocol
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site

from newscrawl.newsroom.hosts import HOSTS, answer
from newscrawl.newsroom.index_page import front_page
from newscrawl.newsroom.response import ReplicaResponse, is_fresh
from newscrawl.newsroom.sites import HOSTS as SITE_HOSTS

if TYPE_CHECKING:
    from twisted.internet.base import ReactorBase

    from newscrawl.newsroom.state import ReplicaState

_OWN = ("127.0.0.1", "localhost", "[::1]")


class Newsroom(Resource):
    """Serves every path of every host. At its own address it shows a page for people."""

    isLeaf = True  # noqa: N815  Twisted's name

    def __init__(self, world: ReplicaState, reactor: ReactorBase) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._world = world
        self._reactor = reactor

    def render(self, request: Request) -> int | bytes:
        started = time.monotonic()
        result = self._answer(request)
        if result.delay:
            self._reactor.callLater(result.delay, self._send, request, result, started)
        else:
            self._send(request, result, started)
        return NOT_DONE_YET

    def _answer(self, request: Request) -> ReplicaResponse:
        host = _without_port(_header(request, "host") or "")
        path, _, raw = request.uri.decode("latin-1").partition("?")
        query = dict(parse_qsl(raw, keep_blank_values=True))
        if host in _OWN:
            return self._own(path, query)
        return answer(self._world, host, path, query)

    def _own(self, path: str, query: dict[str, str]) -> ReplicaResponse:
        """Pages of the newsroom itself; /__host__/<host>/<path> shows what a host would say."""
        if path == "/__log__":
            return _plain_json(list(self._world.log))
        if path == "/__stats__":
            return _plain_json(self._world.stats([*HOSTS, *SITE_HOSTS]))
        if path.startswith("/__host__/"):
            host, _, rest = path.removeprefix("/__host__/").partition("/")
            return answer(self._world.glance(), host, f"/{rest}", query)
        if path == "/":
            return front_page(self._world)
        return ReplicaResponse(b"404: the newsroom's own page is /\n", 404, "text/plain; charset=utf-8")

    def _send(self, request: Request, result: ReplicaResponse, started: float) -> None:
        if request._disconnected:
            return
        conditions = _header(request, "if-none-match"), _header(request, "if-modified-since")
        if result.status == 200 and result.headers and is_fresh(result, *conditions):
            result.status, result.body = 304, b""
        request.setResponseCode(result.status)
        request.setHeader("Content-Type", result.content_type)  # type: ignore[no-untyped-call]
        for name, value in result.headers.items():
            request.setHeader(name, value)  # type: ignore[no-untyped-call]
        self._note(request, result, started)
        if result.cut:
            _cut(request, result)
            return
        request.setHeader("Content-Length", str(len(result.body)))  # type: ignore[no-untyped-call]
        if request.method != b"HEAD":
            request.write(result.body)  # type: ignore[no-untyped-call]
        request.finish()  # type: ignore[no-untyped-call]

    def _note(self, request: Request, result: ReplicaResponse, started: float) -> None:
        self._world.note(
            _header(request, "host") or "",
            {
                "path": request.uri.decode("latin-1"),
                "scheme": _header(request, "x-forwarded-proto"),
                "agent": _header(request, "user-agent"),
                "if_none_match": _header(request, "if-none-match"),
                "if_modified_since": _header(request, "if-modified-since"),
                "status": result.status,
                "at": time.time(),
                "seconds": round(time.monotonic() - started, 4),
            },
        )


def _cut(request: Request, result: ReplicaResponse) -> None:
    """Promises the whole body, sends half of it, closes the connection."""
    request.setHeader("Content-Length", str(len(result.body)))  # type: ignore[no-untyped-call]
    request.write(result.body[: len(result.body) // 2])  # type: ignore[no-untyped-call]
    request.loseConnection()  # type: ignore[no-untyped-call]


def _plain_json(value: object) -> ReplicaResponse:
    return ReplicaResponse(
        json.dumps(value, ensure_ascii=False).encode("utf-8"), content_type="application/json; charset=utf-8"
    )


def _header(request: Request, name: str) -> str | None:
    """A header's last value; its bytes, since Twisted reads text as UTF-8 and fails on others."""
    values = request.requestHeaders.getRawHeaders(name.encode("ascii"))
    return values[-1].decode("latin-1") if values else None


def _without_port(host: str) -> str:
    """`finance.eastmoney.com` of `Finance.eastmoney.com:80`; brackets of IPv6 stay."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdecimal() else host.lower()


def serve(world: ReplicaState, port: int, reactor: ReactorBase) -> int:
    """Listens on 127.0.0.1; returns the port, chosen by the system for 0.

    Raises Twisted's CannotListenError if it is in use.
    """
    site = Site(Newsroom(world, reactor))  # type: ignore[no-untyped-call]
    site.displayTracebacks = False
    listening = reactor.listenTCP(port, site, interface="127.0.0.1")  # type: ignore[attr-defined]
    taken: int = listening.getHost().port
    return taken


class _Watch(Protocol):
    """Stops the reactor when the other end of standard input is gone."""

    def __init__(self, reactor: ReactorBase) -> None:
        self._reactor = reactor

    def connectionLost(self, reason: object = None) -> None:  # noqa: N802  Twisted's name
        # Not at once: a caller may send SIGTERM as well, whose own stop() is then already queued.
        self._reactor.callLater(0, self._stop)

    def _stop(self) -> None:
        with suppress(ReactorNotRunning):
            self._reactor.stop()


def stop_with_stdin(reactor: ReactorBase) -> None:
    """Ends the server when its parent ends, even if that is killed."""
    stdio.StandardIO(_Watch(reactor))  # type: ignore[no-untyped-call]
