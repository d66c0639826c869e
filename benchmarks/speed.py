"""Whole crawls compared: `python -m benchmarks.speed [--articles 2000] [--rounds 3] [--quick]`.

Each contestant (benchmarks/contestants.py) crawls the generated site (benchmarks/site.py) into the
real MongoDB, each run a process of its own, the contestants taking turns. Figures are of the whole
job, the start of Python included: articles/s by the wall clock, CPU milliseconds per article of the
crawl's process and of those that it started (MongoDB's and the site's own are not in it), and their
resident memory, what they share counted once: the peak, and what it was when a quarter, half, three
quarters and all of the articles had been sent. Ratios hold from machine to machine; absolute figures do
not. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.contestants import CONTESTANTS, FOLDER, Contestant

QUARTERS = (0.25, 0.5, 0.75, 1.0)
TARGETS = (
    ("articles/s, of the afternoon project's", "afternoon", 4.0),
    ("articles/s, of the empty spider's with our settings", "empty_ours", 0.45),
)
RSS_TARGET = 160.0  # MB
RUN_LIMIT = 600.0  # seconds
_EVERY = 5  # looks at a run, to one at its memory


@dataclass(frozen=True, slots=True)
class Measured:
    """One run, the processes that it started included. Memory is in MB (10^6 bytes)."""

    seconds: float
    articles_per_second: float
    cpu_ms_per_article: float
    peak_rss: float
    rss_at_quarters: list[float]


class Site:
    """The generated site in its own process."""

    def __init__(self, articles: int) -> None:
        command = [sys.executable, "-m", "benchmarks.site", "--articles", str(articles)]
        self.process = subprocess.Popen(
            command, cwd=FOLDER.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        self.address = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def ask(self, path: str) -> int:
        """A number that the site tells: `/served`, `/reset`."""
        with urllib.request.urlopen(self.address + path, timeout=30) as answer:
            return int(answer.read())

    def close(self) -> None:
        self.process.communicate(timeout=10)


def measure(contestant: Contestant, site: Site, articles: int, environment: dict[str, str]) -> Measured:
    """Runs a contestant once. Raises RuntimeError where it failed or left articles out."""
    site.ask("/reset")
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(
            contestant.command(site.address),
            cwd=contestant.folder,
            env=environment,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        samples, peak, usage, status = _watch(process, site, articles)
        seconds = time.perf_counter() - began
        served = site.ask("/served")
        if status or served != articles:
            said.seek(0)
            told = said.read()[-2000:].decode("utf-8", "replace")
            raise RuntimeError(f"{contestant.name}: exit {status}, {served} of {articles} pages\n{told}")
    cpu = usage.ru_utime + usage.ru_stime
    return Measured(seconds, articles / seconds, cpu * 1000 / articles, peak, samples)


def _watch(
    process: subprocess.Popen[bytes], site: Site, articles: int
) -> tuple[list[float], float, Any, int]:
    """Memory at the quarters and at most, the process's use of resources, its exit code."""
    samples: list[float] = []
    peak = 0.0
    looks = itertools.count()
    deadline = time.monotonic() + RUN_LIMIT
    while time.monotonic() < deadline:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return samples, peak, usage, process.returncode
        if next(looks) % _EVERY == 0:  # the kernel counts pages for it
            peak = max(peak, _high_water(process.pid), resident(process.pid))
        if len(samples) < len(QUARTERS) and site.ask("/served") >= QUARTERS[len(samples)] * articles:
            samples.append(resident(process.pid))
        time.sleep(0.05)
    process.kill()
    process.wait()
    raise RuntimeError(f"{process.args!r} did not end in {RUN_LIMIT:.0f} s")


def resident(pid: int) -> float:
    """MB of a process and of those that it started: what is each one's own, and once what they share."""
    own, shared = 0.0, 0.0
    for one in (pid, *_children(pid)):
        figures = _figures(f"/proc/{one}/smaps_rollup")
        private = figures.get("Private_Clean", 0.0) + figures.get("Private_Dirty", 0.0)
        own += private
        shared = max(shared, figures.get("Rss", 0.0) - private)
    return own + shared


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _figures(path: str) -> dict[str, float]:
    """The lines `Name: number kB` of a file of the kernel's, in MB (10^6 bytes); empty where it is gone."""
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return {}
    words = (line.split() for line in lines)
    return {parts[0][:-1]: int(parts[1]) * 1024 / 1e6 for parts in words if parts[2:] == ["kB"]}


def _high_water(pid: int) -> float:
    """The most that was resident so far; getrusage counts what its parent had when it was forked, too."""
    return _figures(f"/proc/{pid}/status").get("VmHWM", 0.0)


@contextmanager
def _database() -> Iterator[tuple[Any, dict[str, str]]]:
    """A client, and the environment in which every contestant writes to the same MongoDB."""
    from newscrawl.store import client as connections
    from newscrawl.store.server import embedded

    with tempfile.TemporaryDirectory(prefix="newscrawl-bench-") as home:
        os.environ.setdefault("NEWSCRAWL_HOME", home)
        os.environ["NEWSCRAWL_DATABASE"] = f"newscrawl_bench_{os.getpid()}"
        os.environ.pop("NEWSCRAWL_NEWSROOM", None)
        address = connections.uri("writer")
        try:
            with connections.connect("writer") as client:
                yield client, {**os.environ, "MONGODB_URI": address}
        finally:
            if os.environ["NEWSCRAWL_HOME"] == home:
                embedded.stop()


def compare(articles: int, rounds: int) -> dict[str, list[Measured]]:
    """All contestants, in turn, `rounds` times."""
    results: dict[str, list[Measured]] = {contestant.name: [] for contestant in CONTESTANTS}
    site = Site(articles)
    try:
        with _database() as (client, environment):
            database = client[environment["NEWSCRAWL_DATABASE"]]
            for number in range(rounds):
                for contestant in CONTESTANTS:
                    client.drop_database(database.name)
                    result = measure(contestant, site, articles, environment)
                    if contestant.stores and (stored := database["posts"].count_documents({})) != articles:
                        raise RuntimeError(f"{contestant.name} stored {stored} of {articles} articles")
                    results[contestant.name].append(result)
                    rate = f"{result.articles_per_second:.0f} articles/s"
                    print(f"round {number + 1}: {contestant.name} {rate}", file=sys.stderr, flush=True)
            client.drop_database(database.name)
    finally:
        site.close()
    return results


def summary(results: dict[str, list[Measured]]) -> dict[str, dict[str, Any]]:
    """The medians of each contestant, and its articles/s as a ratio of newscrawl's."""
    medians = {name: _median(runs) for name, runs in results.items()}
    ours = medians["newscrawl"]["articles_per_second"]
    for median in medians.values():
        median["newscrawl_is_times"] = ours / median["articles_per_second"]
    return medians


def _median(runs: list[Measured]) -> dict[str, Any]:
    names = ("seconds", "articles_per_second", "cpu_ms_per_article", "peak_rss")
    quarters = [list(values) for values in zip(*(run.rss_at_quarters for run in runs), strict=False)]
    return {
        **{name: statistics.median(getattr(run, name) for run in runs) for name in names},
        "rss_at_quarters": [statistics.median(values) for values in quarters],
    }


def table(medians: dict[str, dict[str, Any]]) -> str:
    """Markdown, for docs/evaluation.md."""
    lines = [
        "| job | articles/s | newscrawl is | CPU ms/article | peak MB | MB at 25/50/75/100 % |",
        "|---|---|---|---|---|---|",
    ]
    for contestant in CONTESTANTS:
        median = medians[contestant.name]
        quarters = " / ".join(f"{value:.0f}" for value in median["rss_at_quarters"])
        cells = (
            contestant.title,
            f"{median['articles_per_second']:.0f}",
            f"{median['newscrawl_is_times']:.2f} ×",
            f"{median['cpu_ms_per_article']:.1f}",
            f"{median['peak_rss']:.0f}",
            quarters,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def verdict(medians: dict[str, dict[str, Any]]) -> str:
    """Each target, and what was reached."""
    lines = []
    for title, rival, wanted in TARGETS:
        reached = medians[rival]["newscrawl_is_times"]
        lines.append(f"{title}: {reached:.2f}, wanted {wanted} ({_met(reached >= wanted)})")
    peak = medians["newscrawl"]["peak_rss"]
    lines.append(f"peak resident MB: {peak:.0f}, wanted {RSS_TARGET:.0f} ({_met(peak <= RSS_TARGET)})")
    first, *_, last = medians["newscrawl"]["rss_at_quarters"] or [0.0, 0.0]
    lines.append(f"resident MB from a quarter of the articles to the end: {last - first:+.1f}")
    return "\n".join(lines)


def _met(met: bool) -> str:
    return "met" if met else "missed"


def setting() -> dict[str, Any]:
    """When, where and with what it was measured."""
    packages = ("newscrawl", "scrapy", "parsel", "pymongo", "dateparser", "lxml")
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} CPUs",
        "versions": {name: version(name) for name in packages},
    }


def main() -> None:
    """Compares, prints the table, writes the figures."""
    parser = argparse.ArgumentParser(description="Whole crawls compared; see the module.")
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="200 articles, one round: does it work at all")
    parser.add_argument("--output", type=Path, default=FOLDER / "results" / "speed.json")
    options = parser.parse_args()
    articles, rounds = (200, 1) if options.quick else (options.articles, options.rounds)
    results = compare(articles, rounds)
    medians = summary(results)
    print(table(medians), verdict(medians), sep="\n\n")
    options.output.parent.mkdir(parents=True, exist_ok=True)
    figures = {name: [asdict(run) for run in runs] for name, runs in results.items()}
    document = {**setting(), "articles": articles, "rounds": rounds, "medians": medians, "runs": figures}
    options.output.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
