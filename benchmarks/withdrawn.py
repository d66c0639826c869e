"""Withdrawn articles: which are found, how often each is reported, and which are reported falsely.

`python -m benchmarks.withdrawn` serves a site of 1,000 articles on loopback and crawls it eight times on a
clock of its own, so that hours pass in seconds. After the first crawl 20 articles vanish (404 and 410), 20
answer 503, 20 flap (404 in one crawl, there in the next, twice) and 20 redirect to the home page or to their
section; half of each kind leave the feed. Before the last two crawls a quarter of the withdrawn ones come
back. Storage is a real MongoDB, in a database that is dropped at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from newscrawl.crawl.spider import NewsSpider
from newscrawl.errors import NewscrawlError
from newscrawl.model.source import Feed, Source

HOST = "withdrawn.example.com"
FIRST = 100_001  #: the number of the first article
#: Hours on the clock of each crawl, and of those after some articles came back.
HOURS, RETURNS = (0.0, 1.2, 1.7, 2.5, 3.7, 5.0), (9.0, 9.5)
FLAPS = (1, 4)  #: crawls in which the flapping articles are gone
_WORDS = "council harbour bridge budget school river market railway theatre hospital".split()


class WithdrawnSpider(NewsSpider):
    """The spider of the site below."""

    name = "withdrawn"
    source: ClassVar[Source] = Source(
        title="Harbour Press",
        domain=HOST,
        language="en",
        zone="UTC",
        outlet="Harbour Press",
        lists=(Feed(f"http://{HOST}/feed.xml"),),
        articles=r"/news/\d{4}/\d\d/(?P<id>\d+)\.html",
    )


@dataclass(slots=True)
class HarbourSite:
    """The site's state; the path alone decides an answer."""

    articles: int
    each: int  #: articles of each kind of fault
    began: datetime
    crawl: int = 0  #: which one goes on
    back: frozenset[int] = frozenset()
    asked: Counter[int] = field(default_factory=Counter)  #: crawl -> requests of articles

    def kind(self, number: int) -> str:
        """`vanishes`, `redirects`, `fails`, `flaps` or `stays`."""
        index = (number - FIRST) // self.each
        return ("vanishes", "redirects", "fails", "flaps")[index] if index < 4 else "stays"

    @property
    def numbers(self) -> range:
        return range(FIRST, FIRST + self.articles)

    def is_listed(self, number: int) -> bool:
        """Whether the feed has it: half of those with a fault leave it."""
        return self.crawl == 0 or self.kind(number) == "stays" or number % 2 == 0

    def path(self, number: int) -> str:
        return f"/news/{self.began:%Y/%m}/{number}.html"

    def published(self, number: int) -> datetime:
        return self.began - timedelta(minutes=number - FIRST)

    def status(self, number: int) -> int:
        """Of the article's page, in this crawl."""
        kind = self.kind(number)
        if self.crawl == 0 or number in self.back:
            return 200
        if kind == "vanishes":
            return 404 if number % 4 < 2 else 410
        if kind == "flaps":
            return 404 if self.crawl in FLAPS else 200
        return {"redirects": 302, "fails": 503, "stays": 200}[kind]

    def page(self, number: int) -> str:
        words = [_WORDS[number // 10**digit % 10] for digit in range(6)]
        when = self.published(number)
        title = f"The {words[0]} and the {words[1]} of the {words[2]}, report {number}"
        text = "".join(
            f"<p>On day {day} the {words[day % 6]} was discussed with the {words[(day + 1) % 6]}, and item"
            f" {number * day % 9_973} of the {words[(day + 2) % 6]} was put off.</p>"
            for day in range(1, 9)
        )
        return (
            f"<!doctype html><html lang=en><head><title>{title}</title></head><body><h1>{title}</h1>"
            f'<time datetime="{when.isoformat()}">{when}</time><article>{text}</article></body></html>'
        )

    def feed(self) -> str:
        items = "".join(
            f"<item><title>Report {number} of the town</title><link>http://{HOST}{self.path(number)}</link>"
            f"<pubDate>{format_datetime(self.published(number))}</pubDate></item>"
            for number in self.numbers
            if self.is_listed(number)
        )
        return f'<rss version="2.0"><channel><title>Harbour</title>{items}</channel></rss>'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: ClassVar[HarbourSite]

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2].removesuffix(".html")
        if name.isdigit():
            self._article(int(name))
        elif self.path == "/feed.xml":
            self._send(200, self.site.feed(), {"Content-Type": "application/rss+xml"})
        elif self.path == "/robots.txt":
            self._send(200, "User-agent: *\nDisallow:\n", {"Content-Type": "text/plain"})
        else:
            self._send(200, "<html><body><h1>Harbour Press</h1><p>All the news.</p></body></html>")

    def _article(self, number: int) -> None:
        site = self.site
        site.asked[site.crawl] += 1
        status, etag = site.status(number), f'"v{number}"'
        if status == 200 and self.headers.get("If-None-Match") == etag:
            self._send(304, "")
        elif status == 200:
            self._send(200, site.page(number), {"ETag": etag})
        elif status == 302:
            self._send(302, "", {"Location": "/" if number % 4 < 2 else "/news/"})
        else:
            self._send(status, "<html><body>Nothing here</body></html>")

    def _send(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        data = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **(headers or {})}.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing: a line a request would be all that is seen."""


@contextmanager
def serving(site: HarbourSite) -> Iterator[str]:
    """The address of a server of the site."""
    handler = type("Handler", (_Handler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(slots=True)
class Figures:
    """What was found."""

    articles: int
    gone: int  #: articles that vanished or redirect
    reported: int = 0  #: of these, those that are `withdrawn`
    reported_once: int = 0  #: … in exactly one event of `watch` and one revision
    false: int = 0  #: articles that are `withdrawn` and are not gone
    deleted: int = 0  #: posts that are missing
    returned: int = 0  #: articles that came back
    returns_reported_once: int = 0  #: of these, those with `until`, in exactly one more event
    other_events: int = 0
    runs: list[dict[str, int]] = field(default_factory=list)  #: outcomes of each crawl, and requests
    seconds: float = 0.0


def measure(
    articles: int = 1_000,
    each: int = 20,
    hours: Sequence[float] = HOURS,
    returns: Sequence[float] = RETURNS,
) -> Figures:
    """Crawls the site at all these hours and counts. Uses the database that NEWSCRAWL_DATABASE names, and
    drops it."""
    from newscrawl.read import Posts

    began = time.monotonic()
    site = HarbourSite(articles, each, datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5))
    gone = {number for number in site.numbers if site.kind(number) in ("vanishes", "redirects")}
    figures = Figures(articles, len(gone))
    with serving(site) as address, Posts.connect() as posts:
        figures.runs.append(_crawl(site, address, hours[0]))
        events: Counter[str] = Counter()
        watching = threading.Thread(target=_count_events, args=(posts.now(), events))
        watching.start()
        figures.runs += [_crawl(site, address, hour) for hour in hours[1:]]
        withdrawn = {number for number in site.numbers if _is_withdrawn(posts, number)}
        site.back = frozenset(sorted(gone)[::4])
        figures.runs += [_crawl(site, address, hour) for hour in returns]
        stored = {number: posts.get(f"withdrawn:{number}") for number in site.numbers}
        _drop()  # which ends the watch
        watching.join()
    figures.deleted = sum(post is None for post in stored.values())
    figures.reported, figures.false = len(withdrawn & gone), len(withdrawn - gone)
    for number in withdrawn & gone:
        changes = 2 if number in site.back else 1
        post = stored[number]
        once = post is not None and events[post.id] == changes and post.revision == 1 + changes
        figures.reported_once += once
        figures.returns_reported_once += bool(
            once and number in site.back and post and post.withdrawn and post.withdrawn.until
        )
    figures.returned = len(site.back)
    figures.other_events = sum(events.values()) - sum(events[f"withdrawn:{number}"] for number in gone)
    figures.seconds = round(time.monotonic() - began, 1)
    return figures


def _is_withdrawn(posts: Any, number: int) -> bool:
    post = posts.get(f"withdrawn:{number}")
    return post is not None and post.is_withdrawn


def _count_events(token: str, events: Counter[str]) -> None:
    """Counts the events of each post until the collection is dropped."""
    from newscrawl.read import Posts

    try:
        with Posts.connect() as posts:
            for change in posts.watch(after=token):
                events[change.id] += 1
    except NewscrawlError:
        return


def _drop() -> None:
    from newscrawl.paths import database_name
    from newscrawl.store import client

    with client.connect("writer") as writer:
        writer.drop_database(database_name())


def _crawl(site: HarbourSite, address: str, hour: float) -> dict[str, int]:
    """The outcomes of one crawl in a process of its own: Scrapy's loop runs once a process."""
    words = [sys.executable, "-m", "benchmarks.withdrawn", "--crawl", address, "--hours", str(hour)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=True)
    counts: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    site.crawl += 1
    return {**counts, "requests": site.asked[site.crawl - 1]}


def crawl_once(address: str, hours: float) -> dict[str, int]:
    """Crawls the site as so many hours from now; the outcomes that occurred."""
    from newscrawl.crawl.run import RunPlan
    from newscrawl.crawl.runner import run_kind
    from newscrawl.model.ledger import OUTCOMES

    overrides = {"NEWSCRAWL_NEWSROOM": address, "DOWNLOAD_DELAY": 0, "RETRY_TIMES": 0, "LOG_LEVEL": "ERROR"}
    plan = RunPlan(clock=lambda: datetime.now(UTC) + timedelta(hours=hours))
    run = run_kind(WithdrawnSpider, {}, overrides, plan)
    return {outcome: run.ledger.outcomes[outcome] for outcome in OUTCOMES if run.ledger.outcomes[outcome]}


def main() -> None:
    """Prints the figures as JSON; exits 1 unless each gone article, and no other, was reported once."""
    parser = argparse.ArgumentParser(description="Withdrawn articles: found, reported once, none falsely.")
    parser.add_argument("--articles", type=int, default=1_000)
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--crawl", help=argparse.SUPPRESS)
    parser.add_argument("--hours", type=float, default=0.0, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.crawl:
        print(json.dumps(crawl_once(chosen.crawl, chosen.hours)))
        return
    os.environ["NEWSCRAWL_DATABASE"] = f"newscrawl_withdrawn_{uuid.uuid4().hex[:8]}"
    figures = measure(chosen.articles, chosen.each)
    print(json.dumps(asdict(figures), indent=2))
    wrong = figures.false or figures.deleted or figures.other_events
    sys.exit(1 if wrong or figures.reported_once < figures.gone else 0)


if __name__ == "__main__":
    main()
