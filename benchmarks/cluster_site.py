"""The sources that benchmarks/cluster.py crawls, and what is known of who asked them what, when."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CRAWL = "X-Crawl"  #: the header in which a crawl says who it is: `NODE:PID`
DELAY = 0.4  #: seconds between two requests of a crawl

SPIDER = '''import os
from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, Source

class BenchSpider(NewsSpider):
    """A source of the bench."""

    name = "{name}"
    custom_settings = {{
        "DOWNLOAD_DELAY": {delay},
        "DEFAULT_REQUEST_HEADERS": {{"{header}": os.environ["CLUSTER_NODE"] + ":" + str(os.getpid())}},
    }}
    source = Source(
        title="{name}", domain="{name}.example", language="en", zone="UTC", outlet="{name}",
        lists=(Feed("http://{name}.example/feed.xml"),), articles=r"/news/(?P<id>{name}-\\d+)\\.html",
    )
'''
_FIRST = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
_WORDS = "council harbour bridge budget school river market railway theatre hospital".split()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that arrived."""

    at: float  #: by the monotonic clock
    host: str
    path: str
    crawl: str  #: `NODE:PID`


@dataclass(slots=True)
class Sources:
    """Sources that publish a third of their articles before the bench, and the others one by one."""

    names: list[str]
    articles: int
    span: float  #: seconds in which the others appear
    began: float = field(default_factory=time.monotonic)
    asked: list[Asked] = field(default_factory=list)

    def count(self) -> int:
        """How many articles each source has published by now."""
        first = self.articles // 3
        passed = (time.monotonic() - self.began) / self.span
        return min(self.articles, first + int(passed * (self.articles - first)))

    def answer(self, host: str, path: str) -> tuple[int, str, str]:
        """Status, type and body."""
        name = host.partition(".")[0]
        if name not in self.names:
            return 404, "text/plain", "nothing"
        if path == "/robots.txt":
            return 200, "text/plain", "User-agent: *\nDisallow: /search\n"
        if path == "/feed.xml":
            items = "".join(self._item(name, number) for number in reversed(range(self.count())))
            return 200, "application/rss+xml", f'<rss version="2.0"><channel>{items}</channel></rss>'
        if path.startswith(f"/news/{name}-"):
            return 200, "text/html; charset=utf-8", _page(name, int(path.rpartition("-")[2][:-5]))
        return 404, "text/plain", "nothing"

    def _item(self, name: str, number: int) -> str:
        return (
            f"<item><title>{_title(name, number)}</title>"
            f"<link>http://{name}.example/news/{name}-{number}.html</link>"
            f"<pubDate>{format_datetime(_published(number))}</pubDate></item>"
        )

    def overlaps(self) -> list[str]:
        """Hosts that a crawl asked after a later one had begun to ask them: `s03: a:12 and b:34`."""
        found: list[str] = []
        for host, requests in self.by_host().items():
            begun: list[str] = []
            pairs: set[tuple[str, str]] = set()
            for each in requests:
                if each.crawl not in begun:
                    begun.append(each.crawl)
                elif each.crawl != begun[-1]:
                    pairs.add((each.crawl, begun[-1]))
            found += [f"{host}: {first} and {second}" for first, second in sorted(pairs)]
        return found

    def by_host(self) -> dict[str, list[Asked]]:
        """The requests to each host, in their order."""
        found: dict[str, list[Asked]] = defaultdict(list)
        for each in sorted(self.asked, key=lambda each: each.at):
            found[each.host].append(each)
        return found

    def crawls(self) -> dict[str, float]:
        """Each crawl, by the time of its first request."""
        begun: dict[str, float] = {}
        for each in sorted(self.asked, key=lambda each: each.at):
            begun.setdefault(each.crawl, each.at)
        return begun


def _published(number: int) -> datetime:
    return _FIRST + timedelta(minutes=number)


def _title(name: str, number: int) -> str:
    return f"The {_WORDS[number % 10]} of {name} is discussed at meeting {number}"


def _page(name: str, number: int) -> str:
    text = "".join(
        f"<p>The {_WORDS[(number + n) % 10]} of {name} was the matter of day {n} in the year {number},"
        f" and {number * n + n} people spoke of it for hours, one after the other.</p>"
        for n in range(1, 9)
    )
    title, at = _title(name, number), _published(number)
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
        f'<time datetime="{at.isoformat()}">then</time><article>{text}</article></body></html>'
    )


@contextmanager
def served(sources: Sources) -> Iterator[str]:
    """Serves the sources on loopback; the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            host = self.headers.get("Host", "")
            crawl = self.headers.get(CRAWL, "?")
            sources.asked.append(Asked(time.monotonic(), host.partition(".")[0], self.path, crawl))
            status, kind, body = sources.answer(host, self.path)
            data = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
