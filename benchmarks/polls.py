"""Requests of a source that is polled for a day: of a poll without news, and of an article.

`python -m benchmarks.polls` serves a site on loopback, a feed of 30 articles with ETag and Last-Modified,
and crawls it every 5 minutes for 24 hours on a clock of its own; MongoDB is real, in a database that is
dropped at the end. Two days: `quiet`, in which nothing is published after the 30 articles of the hour
before, and `lively`, in which an article appears every 48 minutes and one in ten changes an hour later.
`--every-time` crawls as before there were validators and growing intervals (NEWSCRAWL_CONDITIONAL=False, and
robots.txt is not kept).

Exits 1 if a poll without news asks more than 1.1 times on average, an article more than 6 times in its first
day, or an article or a change is missed.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import importlib
import json
import os
import signal
import sys
import time
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, Source

HOST = "polls.example.com"
LISTED = 30  #: articles that the feed shows
MOST_OF_POLL, MOST_OF_ARTICLE = 1.1, 6  #: the bars
MINUTE, FIRST_DAY = timedelta(minutes=1), timedelta(days=1)
LONGEST_GAP = timedelta(hours=8)  #: between two looks at an article in its first day, and a poll
_WORDS = "council harbour bridge budget school river market railway theatre hospital".split()
_NOT_SHOWN = ("articles", "first_asked")
_AHEAD = (
    "newscrawl.crawl.run newscrawl.crawl.runner newscrawl.store.archive newscrawl.page feedparser pymongo"
    " scrapy.crawler scrapy.core.engine scrapy.core.scheduler scrapy.core.scraper uvloop twisted.web.client"
    " scrapy.core.downloader.handlers.http11 scrapy.downloadermiddlewares.retry newscrawl.discovery.feed"
).split()


class PollsSpider(NewsSpider):
    """The spider of the site below."""

    name = "polls"
    source: ClassVar[Source] = Source(
        title="Harbour Press",
        domain=HOST,
        language="en",
        zone="UTC",
        outlet="Harbour Press",
        lists=(Feed(f"http://{HOST}/feed.xml"),),
        articles=r"/news/(?P<id>\d+)\.html",
        quiet=timedelta(days=9),
    )


@dataclass(frozen=True, slots=True)
class PollSite:
    """What the site publishes when; the moment decides an answer."""

    began: datetime
    lively: bool

    def published(self, number: int) -> datetime:
        """When an article appeared: the first 30 in the hour before the first poll."""
        if number < LISTED:
            return self.began - 2 * MINUTE * (LISTED - number)
        return self.began + 48 * MINUTE * (number - LISTED) + 7 * MINUTE

    def count(self, now: datetime) -> int:
        """How many articles there are."""
        if not self.lively:
            return LISTED
        return LISTED + max(0, (now - self.began - 7 * MINUTE) // (48 * MINUTE) + 1)

    def changed(self, number: int, now: datetime) -> bool:
        """Whether an article has another text by now."""
        return self.lively and number % 10 == 0 and now >= self.published(number) + 60 * MINUTE

    def has_seen_change(self, number: int, now: datetime) -> bool:
        """Whether a crawl has to have found an article's change: it came after the first poll, and longer ago
        than the longest gap between two looks."""
        first_poll = max(self.began, self.published(number)) + 5 * MINUTE
        change = self.published(number) + 60 * MINUTE
        return self.changed(number, now - LONGEST_GAP) and change > first_poll

    def answer(self, path: str, now: datetime) -> tuple[int, str, str, datetime]:
        """Status, type, body and Last-Modified."""
        newest = self.count(now) - 1
        if path == "/feed.xml":
            items = "".join(self._item(number) for number in range(newest, newest - LISTED, -1))
            body = f"<rss version='2.0'><channel><title>Harbour Press</title>{items}</channel></rss>"
            return 200, "application/rss+xml", body, self.published(newest)
        if path == "/robots.txt":
            return 200, "text/plain", "User-agent: *\nDisallow: /search\n", self.began - 99 * MINUTE
        if path.startswith("/news/"):
            return 200, "text/html", self._page(int(path[6:-5]), now), self.published(int(path[6:-5]))
        return 404, "text/plain", "nothing", now

    def _item(self, number: int) -> str:
        return (
            f"<item><title>{self._title(number)}</title><link>http://{HOST}/news/{number}.html</link>"
            f"<pubDate>{format_datetime(self.published(number))}</pubDate></item>"
        )

    def _title(self, number: int) -> str:
        return f"The {_WORDS[number % 10]} of town {number} is discussed at length"

    def _page(self, number: int, now: datetime) -> str:
        more = " A correction was added." if self.changed(number, now) else ""
        text = "".join(
            f"<p>The {_WORDS[(number + n) % 10]} of town {number} was the matter of day {n},"
            f" and {number * n} people spoke of it for hours.{more}</p>"
            for n in range(1, 9)
        )
        title, at = self._title(number), self.published(number).isoformat()
        return (
            f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
            f'<time datetime="{at}">then</time><article>{text}</article></body></html>'
        )


@dataclass(slots=True)
class Figures:
    """Of one day."""

    day: str
    polls: int = 0
    requests: int = 0
    robots: int = 0
    lists: int = 0
    unchanged: int = 0  #: of the lists, those answered 304
    first: int = 0  #: requests of articles for the first time
    again: int = 0  #: … again
    quiet_polls: int = 0  #: polls in which nothing was published or changed
    of_quiet_poll: float = 0.0  #: their requests on average, without those that read an article again
    of_quiet_poll_all: float = 0.0  #: … with those
    of_article: float = (
        0.0  #: requests within a day of the first, on average, of the 30 articles that were there first
    )
    most_of_article: int = 0
    stored: int = 0
    published: int = 0
    updated: int = 0
    changes: int = 0  #: that have to have been found
    seconds: float = 0.0
    articles: Counter[int] = field(default_factory=Counter)  #: requests within a day of the first
    first_asked: dict[int, datetime] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether it holds to the bars."""
        return (
            self.of_quiet_poll <= MOST_OF_POLL
            and self.most_of_article <= MOST_OF_ARTICLE
            and self.stored == self.published
            and self.updated >= self.changes
        )


def measure(*, lively: bool, hours: float = 24.0, every: float = 5.0, every_time: bool = False) -> Figures:
    """Polls a site for so many hours, every so many minutes, in a database that is dropped."""
    started = time.monotonic()
    began = (datetime.now(UTC) - timedelta(hours=hours + 1)).replace(microsecond=0)
    site = PollSite(began, lively)
    figures = Figures("lively" if lively else "quiet")
    now = began
    _forked(_make_database)
    try:
        with _serving(site) as address:
            for poll in range(int(hours * 60 / every) + 1):
                before, now = now, began + poll * every * MINUTE
                _at(address, now)
                counts = _forked(partial(crawl_once, address, now, every_time=every_time))
                _add(figures, site, (before, now), counts, _at(address, now))
    finally:
        _forked(_drop)
    figures.published = site.count(now)
    figures.changes = sum(site.has_seen_change(number, now) for number in range(figures.published))
    _finish(figures, site, now)
    figures.seconds = round(time.monotonic() - started, 1)
    return figures


def _add(
    figures: Figures,
    site: PollSite,
    between: tuple[datetime, datetime],
    counts: dict[str, int],
    asked: list[tuple[str, int]],
) -> None:
    """Adds a poll: the site between the poll before and this one, its outcomes, and what it asked."""
    before, now = between
    articles = [int(path[6:-5]) for path, _ in asked if path.startswith("/news/")]
    new = [number for number in articles if number not in figures.articles]
    again = len(articles) - len(new)
    lists = [status for path, status in asked if path == "/feed.xml"]
    figures.polls += 1
    figures.requests += len(asked)
    figures.robots += sum(path == "/robots.txt" for path, _ in asked)
    figures.lists += len(lists)
    figures.unchanged += lists.count(304)
    figures.first += len(new)
    figures.again += again
    figures.stored += counts.get("stored", 0)
    figures.updated += counts.get("updated", 0)
    for number in articles:
        first = figures.first_asked.setdefault(number, now)
        figures.articles[number] += now - first < FIRST_DAY
    if figures.polls > 1 and site.count(before) == site.count(now):
        figures.quiet_polls += 1
        figures.of_quiet_poll += len(asked) - again
        figures.of_quiet_poll_all += len(asked)


def _finish(figures: Figures, site: PollSite, now: datetime) -> None:
    quiet = max(1, figures.quiet_polls)
    figures.of_quiet_poll = round(figures.of_quiet_poll / quiet, 3)
    figures.of_quiet_poll_all = round(figures.of_quiet_poll_all / quiet, 3)
    old = [asked for number, asked in figures.articles.items() if number < LISTED] or [0]
    figures.of_article = round(sum(old) / len(old), 2)
    unchanged = [asked for number, asked in figures.articles.items() if not site.changed(number, now)]
    figures.most_of_article = max(unchanged, default=0)


def crawl_once(address: str, now: datetime, *, every_time: bool) -> dict[str, int]:
    """Crawls the site as at a moment; the outcomes that occurred."""
    from newscrawl.crawl.run import RunPlan
    from newscrawl.crawl.runner import run_kind
    from newscrawl.model.ledger import OUTCOMES

    overrides = {
        "NEWSCRAWL_NEWSROOM": address,
        "NEWSCRAWL_READER": "here",
        "NEWSCRAWL_CONDITIONAL": not every_time,
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": False,
        "LOG_LEVEL": "ERROR",
    }
    run = run_kind(PollsSpider, {}, overrides, RunPlan(clock=lambda: now))
    if run.problems:
        print(run.problems, file=sys.stderr)
    return {outcome: run.ledger.outcomes[outcome] for outcome in OUTCOMES if run.ledger.outcomes[outcome]}


def _forked(work: Callable[[], Any]) -> Any:
    """What a function returns in a fork of this process: Scrapy's loop runs once a process."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 1
        try:
            result = json.dumps(work())
            os.write(writing, result.encode())
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    if os.waitpid(child, 0)[1] != 0:
        raise RuntimeError("a crawl failed; its words are above")
    return json.loads(said)


def _make_database() -> None:
    from newscrawl.store.client import check_reachable

    check_reachable("writer")


def _drop() -> None:
    from newscrawl.paths import database_name
    from newscrawl.store import client

    with client.connect("writer") as writer:
        writer.drop_database(database_name())


@contextmanager
def _serving(site: PollSite) -> Iterator[str]:
    """The address of the site, in a process of its own. It ends with this block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    child = os.fork()
    if child == 0:
        try:
            server.serve_forever()
        finally:
            os._exit(1)
    address = f"http://127.0.0.1:{server.server_port}"
    server.server_close()
    try:
        yield address
    finally:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)


def _handler(site: PollSite) -> type[BaseHTTPRequestHandler]:
    """Answers as the site at the moment that `/clock/<seconds since 1970>` set last; the answer to that are
    the paths and statuses of the requests since."""
    state: dict[str, Any] = {"now": site.began, "log": []}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/clock/"):
                state["now"] = datetime.fromtimestamp(float(self.path[7:]), UTC)
                log, state["log"] = state["log"], []
                self.reply(200, json.dumps(log).encode(), {})
                return
            status, kind, text, changed = site.answer(self.path, state["now"])
            body = text.encode()
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            headers = {"Content-Type": kind}
            if self.path != "/robots.txt":
                headers |= {"ETag": tag, "Last-Modified": format_datetime(changed, usegmt=True)}
                status = 304 if self.headers.get("If-None-Match") == tag else status
            state["log"].append((self.path, status))
            self.reply(status, b"" if status == 304 else body, headers)

        def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _at(address: str, now: datetime) -> list[tuple[str, int]]:
    """Sets the site's clock; what was asked since it was set last."""
    with urllib.request.urlopen(f"{address}/clock/{now.timestamp()}", timeout=60) as answer:
        return [(path, status) for path, status in json.load(answer)]


def main() -> None:
    """Prints the figures as JSON; exits 1 unless they hold to the bars."""
    parser = argparse.ArgumentParser(description="Requests of a source that is polled for a day.")
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--every", type=float, default=5.0, help="minutes between two polls")
    parser.add_argument("--every-time", action="store_true", help="without what earlier polls learned")
    chosen = parser.parse_args()
    os.environ["NEWSCRAWL_DATABASE"] = f"newscrawl_polls_{uuid.uuid4().hex[:8]}"
    for name in _AHEAD:
        importlib.import_module(name)
    gc.freeze()
    days = [
        measure(lively=lively, hours=chosen.hours, every=chosen.every, every_time=chosen.every_time)
        for lively in (False, True)
    ]
    for day in days:
        shown = {name: value for name, value in asdict(day).items() if name not in _NOT_SHOWN}
        print(json.dumps(shown, indent=2))
    sys.exit(0 if all(day.good for day in days) else 1)


if __name__ == "__main__":
    main()
