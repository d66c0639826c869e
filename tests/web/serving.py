"""The pages on a real port, and a client that takes answers as they come."""

from __future__ import annotations

import gzip
import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlsplit

import uvicorn

from newscrawl.read import AsyncPosts
from newscrawl.store.server import embedded
from newscrawl.web.app import make_app
from newscrawl.web.site_options import SiteOptions
from newscrawl.web.uvicorn_server import address_of, config_of, listen


@dataclass(frozen=True)
class Reply:
    """What a server answered; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        unpacked = gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body
        return unpacked.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@contextmanager
def serving(database: str, site: SiteOptions | None = None, uri: str | None = None) -> Iterator[str]:
    """The pages of a database, served in a thread; gives their address. Nothing is kept for long."""
    sock = listen("127.0.0.1", 0)
    site = replace(site or SiteOptions(fresh=0), address=address_of(sock))
    server = uvicorn.Server(
        config_of(make_app(lambda: AsyncPosts.connect(uri, database), site, embedded.ensure))
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    try:
        for _ in range(500):
            if server.started:
                break
            time.sleep(0.02)
        assert server.started
        yield address_of(sock)
    finally:
        server.should_exit = True
        thread.join(20)
        sock.close()
        assert not thread.is_alive()


def ask(address: str, path: str, method: str = "GET", **headers: str) -> Reply:
    """One request, redirects not followed. Header names with `_` for `-`."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, quote(path, safe="/?&=%:+,;@!*'()~"), headers=said)
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, found, response.read())
    finally:
        connection.close()
