"""What rendering pages in a browser costs, whether its memory stays flat, how few static pages are rendered.

`python -m benchmarks.render [--pages 2000] [--every 50]` crawls the bundled newsroom, whose articles are
static, and a site of scripted and static pages half and half, and counts what was rendered. Then it serves a
site on loopback whose articles a script fills with JSON, and crawls all of them in one run. Every `--every`
pages it notes the resident memory of the crawl's process, and of all of Playwright's and Chromium's below it,
without the files that they map. Ends with 1 if the median of the last quarter is over the first one's by
more than FLAT, or if more than 2 % of the newsroom's pages were rendered.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from newscrawl.crawl.browser.chromium import memory_of, tree
from newscrawl.store.server import embedded

HOST = "scripted.example.com"
FLAT = 1.25  #: of the memory: the median of the last quarter by that of the first
MOST_STATIC = 0.02  #: part of static pages that may be rendered
LONGEST = 3_600.0  #: seconds of a crawl
RESULTS = Path(__file__).parent / "results" / "render.json"
_WORDS = "council harbour bridge budget school river market railway theatre hospital".split()
_APP = """
const name = location.pathname.match(/(\\d+)\\.html/)[1];
fetch('/api/' + name + '.json').then((answer) => answer.json()).then((told) => {
  document.title = told.title;
  document.getElementById('app').innerHTML = '<h1>' + told.title + '</h1><time datetime="' + told.date
    + '">then</time><article>' + told.text.map((words) => '<p>' + words + '</p>').join('') + '</article>';
});
"""


class Site(BaseHTTPRequestHandler):
    """A feed, its articles, and the JSON that their script asks for; odd ones are static if `mixed`."""

    protocol_version = "HTTP/1.1"
    pages, mixed, served = 0, False, 0
    then = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5)

    def do_GET(self) -> None:
        """Answers."""
        kind, body = self._page(self.path.partition("?")[0])
        data = body.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def _page(self, path: str) -> tuple[str, str]:
        if path == "/rss.xml":
            items = "".join(map(self._item, range(self.pages)))
            return "application/rss+xml", f"<rss version='2.0'><channel>{items}</channel></rss>"
        if path == "/robots.txt":
            return "text/plain", "User-agent: *\nDisallow: /search\n"
        if path == "/app.js":
            return "text/javascript", _APP
        number = int(path.rpartition("/")[2].partition(".")[0])
        if path.startswith("/api/"):
            type(self).served += 1
            told = {"title": _title(number), "date": self.then.isoformat(), "text": _text(number)}
            return "application/json", json.dumps(told)
        if self.mixed and number % 2:
            text = "".join(f"<p>{words}</p>" for words in _text(number))
            inner = f"<h1>{_title(number)}</h1><time datetime='{self.then.isoformat()}'>then</time>{text}"
            return "text/html", f"<title>{_title(number)}</title><article>{inner}</article><script>0</script>"
        return "text/html", "<!doctype html><title></title><div id=app></div><script src=/app.js></script>"

    def _item(self, number: int) -> str:
        date = format_datetime(self.then + timedelta(seconds=number))
        link = f"http://{HOST}/a/{number}.html"
        return f"<item><title>{_title(number)}</title><link>{link}</link><pubDate>{date}</pubDate></item>"


def _title(number: int) -> str:
    return f"The {_WORDS[number % 10]} of town {number} is discussed at length"


def _text(number: int) -> list[str]:
    return [
        f"The {_WORDS[(number + n) % 10]} of town {number} was the matter of day {n}, and {number * n} people"
        " spoke of it for hours."
        for n in range(1, 12)
    ]


@contextmanager
def serving(pages: int, *, mixed: bool = False) -> Iterator[tuple[str, type[Site]]]:
    """The address of a site, and its class, which counts."""
    site = type("OneSite", (Site,), {"pages": pages, "mixed": mixed, "served": 0})
    server = ThreadingHTTPServer(("127.0.0.1", 0), site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def newsroom() -> Iterator[str]:
    """The address of the bundled newsroom, of static pages and real sources' faults."""
    command = [sys.executable, "-m", "newscrawl", "newsroom", "--until-stdin-ends"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield process.stdout.readline().split()[-1]
    finally:
        process.communicate(timeout=10)


def command_of(spider: str, address: str, *words: str) -> list[str]:
    """A crawl that renders empty pages, as many as there are."""
    settings = ["NEWSCRAWL_RENDER=empty", "NEWSCRAWL_RENDER_PAGES=1000000", "LOG_LEVEL=ERROR"]
    options = [word for setting in settings for word in ("-s", setting)]
    return [
        sys.executable,
        "-m",
        "newscrawl",
        "crawl",
        spider,
        "--newsroom",
        address,
        "--json",
        *options,
        *words,
    ]


def sampled(process: subprocess.Popen[str], site: type[Site], every: int) -> list[tuple[int, float, float]]:
    """Pages served, memory of the crawl and of its browser, in MB, each time that many more were served."""
    samples: list[tuple[int, float, float]] = []
    until = time.monotonic() + LONGEST
    while process.poll() is None and time.monotonic() < until:
        if site.served >= every * (len(samples) + 1):
            below = [pid for pid in tree(process.pid) if pid != process.pid]
            pages, crawl, browser = site.served, _mb([process.pid]), _mb(below)
            samples.append((pages, crawl, browser))
            print(f"{pages} pages: crawl {crawl:.0f} MB, browser {browser:.0f} MB", file=sys.stderr)
        time.sleep(0.05)
    return samples


def _mb(pids: Sequence[int]) -> float:
    return sum(map(memory_of, pids)) / 1e6


def many(pages: int, every: int) -> dict[str, Any]:
    """A run that renders all of its pages."""
    with serving(pages) as (address, site):
        began = time.monotonic()
        words = ("-a", f"url=http://{HOST}/rss.xml", "-s", "NEWSCRAWL_READER=here", "--since", "2d")
        process = subprocess.Popen(command_of("site", address, *words), stdout=subprocess.PIPE, text=True)
        try:
            samples = sampled(process, site, every)
            out, _ = process.communicate(timeout=60)
        finally:
            process.kill()
        seconds = time.monotonic() - began
    counts = json.loads(out)["counts"]
    quarter = max(1, len(samples) // 4)
    first, last = (
        statistics.median(one[2] for one in part) for part in (samples[:quarter], samples[-quarter:])
    )
    own = [statistics.median(one[1] for one in part) for part in (samples[:quarter], samples[-quarter:])]
    return {
        "pages": counts["pages"],
        "rendered": counts["rendered"],
        "stored": counts["stored"],
        "seconds": round(seconds, 1),
        "seconds a page": round(seconds / max(1, counts["rendered"]), 3),
        "browser MB, first quarter": round(first),
        "browser MB, last quarter": round(last),
        "browser MB, most": round(max(one[2] for one in samples)),
        "crawl MB, first quarter": round(own[0]),
        "crawl MB, last quarter": round(own[1]),
        "samples": [(count, round(crawl), round(browser)) for count, crawl, browser in samples],
    }


def few() -> dict[str, Any]:
    """What is rendered of static pages, and of a site that has both kinds."""
    found: dict[str, Any] = {}
    with newsroom() as address:
        for spider in ("eastmoney", "eastmoney_choice", "enorth"):
            found[spider] = _counted(command_of(spider, address))
    with serving(100, mixed=True) as (address, _):
        found["half scripted"] = _counted(command_of("site", address, "-a", f"url=http://{HOST}/rss.xml"))
    return found


def _counted(command: Sequence[str]) -> dict[str, int]:
    own = os.environ | {"NEWSCRAWL_DATABASE": "bench_static"}  # the other site has the same addresses
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, timeout=LONGEST, env=own)
    counts = json.loads(done.stdout)["counts"]
    return {name: counts[name] for name in ("pages", "rendered", "stored", "rejected", "failed")}


def main(words: Sequence[str] | None = None) -> int:
    """Measures, prints, and writes the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=2_000)
    parser.add_argument("--every", type=int, default=50)
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="newscrawl-bench-") as home:
        os.environ |= {"NEWSCRAWL_HOME": home, "NEWSCRAWL_DATABASE": "bench"}
        embedded.ensure()
        try:
            results = {"static": few(), "many": many(given.pages, given.every)}
        finally:
            embedded.stop()
    print(json.dumps(results, indent=1))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    return 0 if all(judged(results)) else 1


def judged(results: dict[str, Any]) -> list[bool]:
    """Whether the memory stayed flat, and few static pages were rendered."""
    run = results["many"]
    static = [one for name, one in results["static"].items() if name != "half scripted"]
    pages, rendered = sum(one["pages"] for one in static), sum(one["rendered"] for one in static)
    return [
        run["browser MB, last quarter"] <= FLAT * run["browser MB, first quarter"],
        rendered <= MOST_STATIC * pages,
    ]


if __name__ == "__main__":
    sys.exit(main())
