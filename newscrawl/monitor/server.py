"""A small web server beside a scheduler or the pages: /metrics, /healthz, /readyz.

Bind it to loopback, or to a network that only Prometheus reaches: the names of sources are in it.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from newscrawl.errors import DatabaseUnavailable, UsageError
from newscrawl.monitor.heartbeat import turns
from newscrawl.paths import database_name
from newscrawl.store.client import connect, running_uri
from newscrawl.store.leases import asking

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.registry import Collector as AnyCollector
    from pymongo import MongoClient
    from pymongo.database import Database

    from newscrawl.jobs.scheduler import Scheduler
    from newscrawl.store.server.credentials import Role

Document = dict[str, Any]
#: Says what is not ready; None if all is.
Ready = Callable[[], str | None]

_log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
_PATIENCE = 2000  # milliseconds that MongoDB may take
_TEXT = "text/plain; charset=utf-8"


def parse_place(text: str) -> tuple[str, int]:
    """`127.0.0.1:9464`, `[::1]:9464`, or a port of loopback. Raises UsageError.

    >>> parse_place("9464"), parse_place("[::1]:9464")
    (('127.0.0.1', 9464), ('::1', 9464))
    """
    host, _, port = text.rpartition(":")
    if not port.isascii() or not port.isdigit() or not 0 <= int(port) <= 65535:
        raise UsageError(f"--metrics {text!r} is not HOST:PORT; write e.g. --metrics 127.0.0.1:9464")
    return host.strip("[]") or LOOPBACK, int(port)


class Link:
    """A connection to MongoDB that starts no server and is made anew after a failure; for several threads."""

    def __init__(self, role: Role) -> None:
        self._role: Role = role
        self._lock = threading.Lock()
        self._client: MongoClient[Document] | None = None

    def database(self) -> Database[Document]:
        """The database in use. Raises DatabaseUnavailable."""
        with self._lock:
            if self._client is None:
                if running_uri(self._role) is None:
                    raise DatabaseUnavailable("the embedded MongoDB does not run")
                options = dict.fromkeys(("serverSelectionTimeoutMS", "connectTimeoutMS"), _PATIENCE)
                self._client = connect(self._role, **options)
            return self._client[database_name()]

    def ask(self) -> str | None:
        """Why MongoDB does not answer; None if it does."""
        try:
            with asking():
                self.database().command("ping")
        except DatabaseUnavailable as error:
            self.close()
            return str(error)
        return None

    def close(self) -> None:
        """Closes the connection."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None


class MonitorServer:
    """Answers on one address, in threads of its own; also what works beside a scheduler.

    role: `writer` also adds up old runs, see newscrawl.monitor.run_totals.
    """

    def __init__(self, place: tuple[str, int], role: Role, more: AnyCollector | None = None) -> None:
        self._link = Link(role)
        self._registry = _registry(self._link, more, folds=role == "writer")
        self._ready: list[Ready] = [self._link.ask]
        self._server = _listen(place, self)
        host, port = self._server.server_address[:2]
        self.address = f"http://[{host!s}]:{port}" if ":" in str(host) else f"http://{host!s}:{port}"

    async def keep(self, scheduler: Scheduler) -> None:
        """As newscrawl.jobs.scheduler.Beside."""
        self._ready.append(lambda: None if turns(scheduler.turned) else "the scheduler's loop stands still")
        self.start()
        _log.info("metrics: %s/metrics", self.address)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.to_thread(self.close)

    def start(self) -> None:
        """Begins to answer."""
        threading.Thread(target=self._server.serve_forever, args=(0.2,), name="metrics", daemon=True).start()

    def close(self) -> None:
        """Ends it; only once it was started."""
        self._server.shutdown()
        self._server.server_close()
        self._link.close()

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Status, type and body for a path."""
        if path == "/metrics":
            from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

            return 200, CONTENT_TYPE_LATEST, generate_latest(self._registry)
        if path == "/healthz":
            return 200, _TEXT, b"ok\n"
        if path == "/readyz":
            reasons = [reason for ready in self._ready if (reason := ready())]
            return (503, _TEXT, "\n".join([*reasons, ""]).encode()) if reasons else (200, _TEXT, b"ok\n")
        return 404, _TEXT, b"/metrics, /healthz, /readyz\n"


def check_metrics_installed() -> None:
    """Raises UsageError if the extra `metrics` is not installed."""
    if find_spec("prometheus_client") is None:
        raise UsageError(
            "--metrics needs prometheus_client, which is not installed; run: pip install 'newscrawl[metrics]'"
        )


def _registry(link: Link, more: AnyCollector | None, *, folds: bool) -> CollectorRegistry:
    check_metrics_installed()
    from prometheus_client import CollectorRegistry, ProcessCollector

    from newscrawl.monitor.metrics import Collector

    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    registry.register(Collector(link.database, folds=folds))
    if more is not None:
        registry.register(more)
    return registry


def _listen(place: tuple[str, int], monitor: MonitorServer) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            status, kind, body = monitor.answer(self.path.partition("?")[0])
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET

        def version_string(self) -> str:
            return "newscrawl"

        def log_message(self, *_: object) -> None:
            """Nothing is logged of a request."""

    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
        daemon_threads = True
        block_on_close = False

    try:
        return Server(place, Handler)
    except OSError as error:
        raise UsageError(
            f"--metrics: cannot listen on {place[0]} port {place[1]}: {error.strerror}"
        ) from error
