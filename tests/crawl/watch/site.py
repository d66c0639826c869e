"""A site of one feed, whose answers a test changes, and which keeps what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SPIDER, FEED = "aljazeera", "/xml/rss/all.xml"
THEN = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
_WORDS = "council harbour bridge budget school river market railway theatre hospital".split()


@dataclass
class Site:
    """`answers` by path go before what the site says by itself."""

    articles: int = 12
    hours_ago: float = 48
    remark: str = ""
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    address: str = ""
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0, second=0))

    def answer(self, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        self.asked.append((path, headers))
        if path in self.answers:
            return self.answers[path]
        if path == "/robots.txt":
            return 200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /search\n"
        body = self.feed() if path == FEED else self.article(int(path.rpartition("-")[2]))
        mark = f'"{hash(body)}"'
        kind = "application/rss+xml" if path == FEED else "text/html"
        if headers.get("If-None-Match") == mark:
            return 304, {"ETag": mark}, b""
        return 200, {"ETag": mark, "Content-Type": kind}, body

    def at(self, number: int) -> datetime:
        return self.now - timedelta(hours=self.hours_ago, minutes=-number)

    def feed(self) -> bytes:
        items = "".join(
            f"<item><title>{title(number)}</title>"
            f"<link>https://www.aljazeera.com/news/{THEN:%Y/%m/%d}/town-{number}</link>"
            f"<pubDate>{format_datetime(self.at(number))}</pubDate></item>"
            for number in range(self.articles)
        )
        return f"<rss version='2.0'><channel><!--{self.remark}-->{items}</channel></rss>".encode()

    def article(self, number: int) -> bytes:
        text = "".join(
            f"<p>The {_WORDS[(number + n) % 10]} of town {number} was the matter of day {n},"
            f" and {number * n} people spoke of it for hours.</p>"
            for n in range(1, 9)
        )
        return (
            f"<html><head><title>{title(number)}</title></head><body><h1>{title(number)}</h1>"
            f'<time datetime="{self.at(number).isoformat()}">then</time>'
            f'<div class="wysiwyg">{text}</div></body></html>'
        ).encode()


def title(number: int) -> str:
    return f"The {_WORDS[number % 10]} of town {number} is discussed at length"


@contextmanager
def served(site: Site) -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = site.answer(self.path, dict(self.headers.items()))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    site.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
