"""Runs uvicorn on one socket; Ctrl-C or SIGTERM stops it cleanly."""

from __future__ import annotations

import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import uvicorn

from newscrawl import log_format
from newscrawl.errors import UsageError
from newscrawl.store.client import uri
from newscrawl.web.app import make_app
from newscrawl.web.http_limits import LimitedHttp
from newscrawl.web.security import names_of
from newscrawl.web.site_options import SiteOptions

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from newscrawl.read import AsyncPosts

_AT_ONCE = 500  # connections; further ones get 503
_SHUTDOWN = 3  # seconds for running responses to finish
_BACKLOG = 512


def listen(host: str, port: int) -> socket.socket:
    """A bound socket. Raises UsageError if the port is in use or not permitted."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError) as error:
        raise UsageError(f"{host!r} is not an address of this machine; use 127.0.0.1 or ::1") from error
    taken = socket.socket(family, kind, protocol)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(address)
    except OSError as error:
        taken.close()
        raise _cannot_bind(error, host, port) from error
    return taken


def address_of(sock: socket.socket) -> str:
    """`http://127.0.0.1:8000`; for a socket on all interfaces, the loopback address."""
    host, port = sock.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(
    sock: socket.socket,
    open_posts: Callable[[], AsyncPosts],
    site: SiteOptions,
    listening: Callable[[str], None],
    observe: Callable[[int, float], None] | None = None,
) -> None:
    """Serves until a signal stops it; `listening` is called with the address once it accepts requests, and
    `observe` with the status and the seconds of each request.

    If the embedded MongoDB dies meanwhile, the next request restarts it.
    """
    names = names_of(sock.getsockname()[0], site.address)
    site = replace(site, address=site.address or address_of(sock))
    # `uri` starts the embedded server, unless readers use another one.
    app = make_app(open_posts, site, partial(uri, "reader"), names)
    app.observe, app.logs = observe, log_format.is_json()
    config = config_of(app)
    _Server(config, lambda: listening(address_of(sock))).run([sock])


def config_of(app: ASGIApp) -> uvicorn.Config:
    """How to serve the application: quietly, with limits, and without trusting proxy headers."""
    return uvicorn.Config(
        app,
        http=LimitedHttp,
        log_level="warning",
        log_config=None if log_format.is_json() else uvicorn.config.LOGGING_CONFIG,
        access_log=False,
        server_header=False,
        lifespan="on",
        ws="none",
        backlog=_BACKLOG,
        limit_concurrency=_AT_ONCE,
        timeout_graceful_shutdown=_SHUTDOWN,
        proxy_headers=False,
    )


class _Server(uvicorn.Server):
    """uvicorn's server, but it reports when it listens, and does not raise the signal again on exit."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._listening()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        ends = (signal.SIGINT, signal.SIGTERM)
        before = {each: signal.signal(each, self.handle_exit) for each in ends}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def _cannot_bind(error: OSError, host: str, port: int) -> UsageError:
    if error.errno == errno.EADDRINUSE:
        return UsageError(
            f"port {port} is already in use; choose another with --port, or 0 for any free port"
        )
    if error.errno == errno.EACCES:
        return UsageError(f"port {port} needs root; use a port from 1024 up, behind a proxy")
    return UsageError(f"cannot listen on {host} port {port}: {error.strerror}; choose another --host")
