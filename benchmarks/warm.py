"""What a poll that finds nothing costs: started cold, forked from a warm parent, and watched.

`python -m benchmarks.warm [--rounds 5] [--forks 300]` serves a feed of 30 articles on loopback, crawls it
once into the real MongoDB, and then polls it in turn: cold, forked, watched. CPU is that of the crawl and its
supervisor, or of the watcher's process; MongoDB's and the site's are not in it. Ratios hold from machine to
machine; milliseconds do not. `sources a core` is 300 s divided by the CPU seconds of a poll.

The parent's growth is measured over `--forks` runs that end at once. `--long-life 10000` measures nothing but
the growth of parent and watcher over so many watched polls, with a forked crawl after every eleven.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from newscrawl.jobs.config import Job
from newscrawl.jobs.run import PROGRAM, RunOptions, SupervisedRun
from newscrawl.jobs.warm import WarmParent
from newscrawl.jobs.watcher import Watcher
from newscrawl.store import client as connections
from newscrawl.store.server import embedded

SPIDER, FEED, ARTICLES = "aljazeera", "/xml/rss/all.xml", 30
BETWEEN = 11  #: polls between two crawls, of a long life
WATCHED = 8  #: polls of the watcher in a round; after 12 it wants a crawl
RESULTS = Path(__file__).parent / "results" / "warm.json"
BARS = {"forked": 1_500, "watched": 20_000}  #: sources a core, at five minutes
_WORDS = "council harbour bridge budget school river market railway theatre hospital".split()


class Site(BaseHTTPRequestHandler):
    """A feed with an ETag, its articles of two days ago, and a robots.txt."""

    protocol_version = "HTTP/1.1"
    then = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)

    def do_GET(self) -> None:
        """Answers, with 304 where nothing changed."""
        kind, body = self._page()
        mark = f'"{len(body)}"'
        if self.headers.get("If-None-Match") == mark:
            self.send_response(304)
            self.send_header("ETag", mark)
            self.end_headers()
            return
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", mark)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def _page(self) -> tuple[str, bytes]:
        if self.path == FEED:
            items = "".join(self._item(number) for number in range(ARTICLES))
            return "application/rss+xml", f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
        if self.path == "/robots.txt":
            return "text/plain", b"User-agent: *\nDisallow: /search\n"
        return "text/html", self._article(int(self.path.rpartition("-")[2]))

    def _item(self, number: int) -> str:
        link = f"https://www.aljazeera.com/news/{self.then:%Y/%m/%d}/town-{number}"
        date = format_datetime(self.then + timedelta(minutes=number))
        return f"<item><title>{_title(number)}</title><link>{link}</link><pubDate>{date}</pubDate></item>"

    def _article(self, number: int) -> bytes:
        text = "".join(
            f"<p>The {_WORDS[(number + n) % 10]} of town {number} was the matter of day {n},"
            f" and {number * n} people spoke of it for hours.</p>"
            for n in range(1, 9)
        )
        title = _title(number)
        return (
            f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
            f'<time datetime="{self.then.isoformat()}">then</time>'
            f'<div class="wysiwyg">{text}</div></body></html>'
        ).encode()


def _title(number: int) -> str:
    return f"The {_WORDS[number % 10]} of town {number} is discussed at length"


class Bench:
    """The three ways to poll one job."""

    def __init__(self, home: Path) -> None:
        self.job = Job(name="poll", spider=SPIDER, every=timedelta(minutes=5), zone=UTC)
        self.cold = RunOptions(home)
        self.parent = WarmParent()
        self.forked = replace(self.cold, warm=self.parent)
        self.watcher = Watcher(home)

    async def crawl(self, options: RunOptions) -> tuple[float, float]:
        """CPU seconds of a run, and MB (10^6 bytes) of its own at most."""
        run = await SupervisedRun.start(self.job, options)
        looking = asyncio.create_task(_peak(run.pid or 0))
        ended = await run.wait()
        looking.cancel()
        peak = max(await asyncio.gather(looking, return_exceptions=True))  # type: ignore[type-var]
        if ended.outcome != "ok" or (ended.counts["stored"] and options is not self.cold):
            raise RuntimeError(f"the run was not a poll without news: {ended}")
        return run.cpu or 0.0, _PEAKS.pop(run.pid or 0, 0.0) if peak else 0.0

    async def watch(self, polls: int) -> float:
        """CPU seconds of a watched poll."""
        await self.poll()
        assert self.watcher._process
        before = _processor_time(self.watcher._process.pid)
        for _ in range(polls):
            await self.poll()
        return (_processor_time(self.watcher._process.pid) - before) / polls

    async def poll(self) -> None:
        """One watched poll."""
        if await self.watcher.poll(self.job) is None:
            raise RuntimeError("the watcher wants a crawl; see its log at level DEBUG")

    async def growth(self, forks: int) -> tuple[float, float]:
        """MB of the parent's own before and after so many runs that end at once."""
        trivial = replace(self.forked, command=lambda _: [*PROGRAM, "--version"])
        before = _private(self.parent.pid or 0)
        for _ in range(forks):
            await (await SupervisedRun.start(self.job, trivial)).wait()
        return before, _private(self.parent.pid or 0)

    async def long_life(self, polls: int) -> dict[str, list[float]]:
        """MB of the parent's and of the watcher's own, at the begin and after each tenth of so many polls. As
        in life, a crawl is forked before every eleventh of them."""
        await self.crawl(self.forked)
        await self.watch(10)
        found: dict[str, list[float]] = {"parent": [], "watcher": []}
        for done in range(0, polls + 1, BETWEEN):
            if done % (polls // 10 // BETWEEN * BETWEEN or BETWEEN) == 0:
                assert self.watcher._process
                found["parent"].append(_private(self.parent.pid or 0))
                found["watcher"].append(_private(self.watcher._process.pid))
                print(
                    f"{done:,} polls: {', '.join(f'{k} {v[-1]:.2f} MB' for k, v in found.items())}",
                    flush=True,
                )
            await self.crawl(self.forked)
            for _ in range(BETWEEN):
                await self.poll()
        return found

    async def close(self) -> None:
        """Ends the processes."""
        await self.parent.close()
        await self.watcher.close()


_PEAKS: dict[int, float] = {}


async def _peak(pid: int) -> float:
    while True:
        _PEAKS[pid] = max(_PEAKS.get(pid, 0.0), _private(pid))
        await asyncio.sleep(0.02)


def _private(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    dirty = next((line.split()[1] for line in lines if line.startswith("Private_Dirty")), "0")
    return int(dirty) * 1024 / 1e6


def _processor_time(pid: int) -> float:
    """Seconds, of all threads; /proc/PID/stat counts in hundredths."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


async def fetch_alone(polls: int, address: str) -> float:
    """CPU seconds of the conditional request alone."""
    from scrapy import Request

    from newscrawl.crawl.runner import project_settings
    from newscrawl.crawl.watch.fetch import ListFetcher

    fetcher = ListFetcher(project_settings({"NEWSCRAWL_NEWSROOM": address}))
    url = f"https://www.aljazeera.com{FEED}"
    mark = (await fetcher.fetch(Request(url))).headers["ETag"]
    before = time.process_time()
    for _ in range(polls):
        await fetcher.fetch(Request(url, headers={"If-None-Match": mark}))
    seconds = time.process_time() - before
    await fetcher.close()
    return seconds / polls


@contextmanager
def _served() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


async def measure_long_life(home: Path, polls: int) -> None:
    """Prints what the processes grow by."""
    bench = Bench(home)
    try:
        await bench.crawl(bench.cold)
        found = await bench.long_life(polls)
    finally:
        await bench.close()
    for name, sizes in found.items():
        print(
            f"{name}: {sizes[0]:.2f} -> {sizes[-1]:.2f} MB in {polls:,} polls and {polls // BETWEEN:,} crawls"
        )


async def measure(home: Path, rounds: int, forks: int) -> dict[str, Any]:
    """The figures, in the order in which they were measured."""
    bench = Bench(home)
    found: dict[str, list[float]] = {
        name: [] for name in ("cold", "forked", "watched", "cold MB", "forked MB")
    }
    try:
        await bench.crawl(bench.cold)  # stores the articles
        await bench.crawl(bench.forked)  # makes the parent
        for number in range(rounds):
            for name, options in (("cold", bench.cold), ("forked", bench.forked)):
                cpu, peak = await bench.crawl(options)
                found[name].append(cpu)
                found[f"{name} MB"].append(peak)
            found["watched"].append(await bench.watch(WATCHED))
            print(
                f"round {number + 1}: {', '.join(f'{k} {v[-1]:.4g}' for k, v in found.items())}", flush=True
            )
        before, after = await bench.growth(forks)
    finally:
        await bench.close()
    return {**found, "parent MB": [before, after], "forks": forks}


def table(found: dict[str, Any], fetch: float) -> str:
    """Markdown, for docs/evaluation.md."""
    medians = {name: statistics.median(found[name]) for name in ("cold", "forked", "watched")}
    memory = {name: f"{statistics.median(found[f'{name} MB']):.0f}" for name in ("cold", "forked")}
    lines = [
        "| a poll without news | CPU ms | of cold | sources a core | private MB |",
        "|---|---|---|---|---|",
    ]
    for name, seconds in medians.items():
        part, sources = f"1/{medians['cold'] / seconds:.0f}", f"{300 / seconds:,.0f}"
        lines.append(f"| {name} | {seconds * 1000:.1f} | {part} | {sources} | {memory.get(name, '-')} |")
    before, after = found["parent MB"]
    lines += [
        "",
        f"The request alone: {fetch * 1000:.1f} ms;"
        f" watching on top of it: {(medians['watched'] - fetch) * 1000:.1f} ms.",
        f"The parent's own memory over {found['forks']} runs: {before:.2f} -> {after:.2f} MB.",
    ]
    for name, bar in BARS.items():
        reached = 300 / medians[name]
        lines.append(
            f"{name}: {reached:,.0f} sources a core, wanted {bar:,}: {'met' if reached >= bar else 'missed'}"
        )
    return "\n".join(lines)


def main() -> None:
    """Measures, prints the table, writes the figures."""
    parser = argparse.ArgumentParser(description="Polls without news compared; see the module.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--forks", type=int, default=300)
    parser.add_argument("--long-life", type=int, metavar="POLLS", help="measure only the growth over these")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newscrawl-bench-") as home, _served() as site:
        os.environ |= {
            "NEWSCRAWL_HOME": home,
            "NEWSCRAWL_DATABASE": "newscrawl_bench",
            "NEWSCRAWL_NEWSROOM": site,
        }
        os.environ["NEWSCRAWL_CONTACT"] = "https://example.org/bot"
        address = connections.uri("writer")
        try:
            os.environ["MONGODB_URI"] = address
            if options.long_life:
                asyncio.run(measure_long_life(Path(home), options.long_life))
                return
            found = asyncio.run(measure(Path(home), options.rounds, options.forks))
        finally:
            os.environ.pop("MONGODB_URI", None)
            embedded.stop()
        fetch = asyncio.run(fetch_alone(500, site))
    print(table(found, fetch))
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    document = {"date": datetime.now(UTC).isoformat(timespec="seconds"), "fetch": fetch, **found}
    RESULTS.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
