"""A small forward proxy: GET with an absolute address, and CONNECT. It finds hosts by a table of its own."""

from __future__ import annotations

import http.client
import selectors
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.loopback import QuietHandler, listening


@dataclass
class ForwardProxy:
    """What was asked of it, and where it finds hosts."""

    routes: dict[str, tuple[str, int]]  #: host -> address and port
    login: str | None = None  #: the value of Proxy-Authorization that it wants; None: any
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)  #: method, target, headers
    port: int = 0

    @property
    def hosts(self) -> set[str]:
        return {urlsplit(target).hostname or target.partition(":")[0] for _, target, _ in self.asked}


@contextmanager
def forwarding(proxy: ForwardProxy) -> Iterator[ForwardProxy]:
    """The proxy, served on loopback."""

    class Handler(QuietHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if not self._admitted():
                return
            parts = urlsplit(self.path)
            if (route := proxy.routes.get(parts.hostname or "")) is None:
                self.send_error(502)
                return
            way = http.client.HTTPConnection(*route, timeout=30)
            headers = {n: v for n, v in self.headers.items() if not n.lower().startswith("proxy-")}
            way.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""), headers=headers)
            answer = way.getresponse()
            body = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("connection", "content-length", "date", "server"):
                    self.send_header(name, value)
            if answer.status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            way.close()

        def do_CONNECT(self) -> None:
            if not self._admitted():
                return
            if (route := proxy.routes.get(self.path.partition(":")[0])) is None:
                self.send_error(502)
                return
            with socket.create_connection(route, 30) as there:
                self.send_response(200)
                self.end_headers()
                _relay(self.connection, there)
            self.close_connection = True

        def _admitted(self) -> bool:
            proxy.asked.append((self.command, self.path, dict(self.headers.items())))
            if proxy.login is None or self.headers["Proxy-Authorization"] == proxy.login:
                return True
            self.send_response(407)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return False

    with listening(Handler) as port:
        proxy.port = port
        yield proxy


def _relay(one: socket.socket, other: socket.socket) -> None:
    """Passes bytes on both ways until one side ends."""
    with selectors.DefaultSelector() as sides:
        sides.register(one, selectors.EVENT_READ, other)
        sides.register(other, selectors.EVENT_READ, one)
        while True:
            for key, _ in sides.select():
                assert isinstance(key.fileobj, socket.socket)
                if not (data := key.fileobj.recv(65_536)):
                    return
                key.data.sendall(data)
