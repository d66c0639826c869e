"""A small site whose pages are kept, with a spider of its own that a test may break and mend."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from tests.crawl.crawls import crawl
from tests.loopback import QuietHandler, listening
from tests.warm import Ended, run

HOST = "harbour.example.com"
WHOLE = 'title=("h1",), body=("div.story",), date=("time",), authors=(".by",), columns=(".crumb a",)'
#: As a redesign leaves a declaration behind: another text is taken, and no author is found.
BROKEN = 'title=("h1",), body=("div.notice",), date=("time",), authors=(".writer",), columns=(".crumb a",)'
_SPIDER = """
from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Source

class HarbourSpider(NewsSpider):
    name = "harbour"
    source = Source(
        title="Harbour", domain="example.com", language="en", zone="UTC", outlet="Harbour",
        articles=r"/a/(?P<id>\\d+)", lists=(Feed("http://{host}/feed.xml"),),
        layouts=(PageLayout(name="2026", {layout}),), {more}
    )
{code}
"""
_WORDS = "quay crane pilot ferry barge anchor mast rudder keel galley harbour tide".split()


@dataclass
class Harbour:
    """The site, its spider, and what was asked of it in the last crawl."""

    folder: Path
    address: str = ""
    numbers: list[int] = field(default_factory=lambda: list(range(1, 21)))
    pages: dict[str, bytes] = field(default_factory=dict)  #: path -> what is there instead
    headers: dict[str, dict[str, str]] = field(default_factory=dict)  #: path -> further ones
    kind: str = "text/html; charset=utf-8"  #: of these pages
    asked: list[str] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)  #: path -> address that it redirects to
    slow: float = 0.0  #: seconds that an article takes
    now: int = 0  #: articles that are being answered, if they are slow
    most_at_once: int = 0
    counting: threading.Lock = field(default_factory=threading.Lock)
    #: host, path and headers of what was asked in the last crawl
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)  #: of these, by the monotonic clock
    began: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def declare(self, layout: str = WHOLE, more: str = "", code: str = "") -> None:
        """Writes the spider."""
        text = _SPIDER.format(host=HOST, layout=layout, more=more, code=code)
        (self.folder / "own" / "harbour.py").write_text(text, "utf-8")

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PYTHONPATH": str(self.folder),
            "PYTHONDONTWRITEBYTECODE": "1",  # two declarations within a second have the same time
            "NEWSCRAWL_KEEP_PAGES": "1",
            "NEWSCRAWL_PAGES_FOLDER": str(self.pages_folder),
        }

    @property
    def pages_folder(self) -> Path:
        return self.folder / "pages"

    def crawl(self, *words: str, spider: str = "harbour", **environment: str) -> dict[str, Any]:
        """The document of a crawl."""
        self.forget()
        _, document = crawl(spider, self.address, *words, **{**self.environment, **environment})
        return document

    def forget(self) -> None:
        """Begins to note anew what is asked."""
        for notes in (self.asked, self.requests, self.times):
            notes.clear()

    def command(self, *words: str, **environment: str) -> Ended:
        """`newscrawl WORDS`, with this spider and these pages."""
        return run(*words, **{**self.environment, **environment})

    def answer(self, path: str) -> tuple[int, str, bytes]:
        if path in self.pages:
            return 200, self.kind, self.pages[path]
        if path == "/feed.xml":
            return 200, "application/rss+xml", self.feed()
        number = path.removeprefix("/a/")
        if path.startswith("/a/") and number.isdigit():
            return 200, "text/html; charset=utf-8", self.article(int(number))
        return 404, "text/plain", b"none"

    def feed(self) -> bytes:
        items = "".join(
            f"<item><title>{self.title(n)}</title><link>http://{HOST}/a/{n}</link>"
            f"<pubDate>{format_datetime(self.began - timedelta(minutes=n))}</pubDate></item>"
            for n in self.numbers
        )
        return f'<rss version="2.0"><channel><title>Harbour</title>{items}</channel></rss>'.encode()

    def title(self, number: int) -> str:
        return f"The {_word(number)} of berth {number} is repaired at the {_word(number * 7)}"

    def article(self, number: int) -> bytes:
        text = "".join(
            f"<p>On day {n} the {_word(number * 31 + n)} of berth {number} met a {_word(number * 17 + 3 * n)}"
            f" and spent {number * 37 + n} hours at the {_word(number + 5 * n)} with {number + n} others.</p>"
            for n in range(1, 9)
        )
        notice = "".join(
            f"<p>Notice {n} of office {number}: the gate is shut on Sunday.</p>" for n in range(1, 9)
        )
        return (
            f'<html lang="en"><head><title>{self.title(number)} - Harbour</title></head><body>'
            f'<div class="crumb"><a href="/">Home</a> <a href="/p/">Port</a></div>'
            f"<h1>{self.title(number)}</h1>"
            f"<time>{self.began - timedelta(minutes=number):%Y-%m-%d %H:%M}</time>"
            f'<span class="by">By Ada Quay</span>'
            f'<div class="story">{text}</div><div class="notice">{notice}</div></body></html>'
        ).encode()


def _word(number: int) -> str:
    return _WORDS[number % len(_WORDS)]


@contextmanager
def harbour_in(folder: Path) -> Iterator[Harbour]:
    """The site, served."""
    (folder / "own").mkdir()
    (folder / "own" / "__init__.py").touch()
    (folder / "sitecustomize.py").write_text(
        "import newscrawl.settings as settings; settings.SPIDER_MODULES = ['spiders', 'own']\n"
    )
    harbour = Harbour(folder)
    harbour.declare()

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            harbour.times.append(time.monotonic())
            harbour.asked.append(self.path)
            harbour.requests.append((self.headers["Host"], self.path, dict(self.headers.items())))
            if harbour.slow and self.path.startswith("/a/"):
                with harbour.counting:
                    harbour.now += 1
                    harbour.most_at_once = max(harbour.most_at_once, harbour.now)
                time.sleep(harbour.slow)
                with harbour.counting:
                    harbour.now -= 1
            status, kind, body = harbour.answer(self.path)
            if place := harbour.moved.get(self.path):
                status = 302
            self.send_response(status)
            if place:
                self.send_header("Location", place)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in harbour.headers.get(self.path, {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    with listening(Handler) as port:
        harbour.address = f"http://127.0.0.1:{port}"
        yield harbour
