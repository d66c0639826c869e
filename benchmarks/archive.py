"""Reading WARC files compared: `python -m benchmarks.archive [--venvs FOLDER] [--rounds 3] [--pages 400]`.

Two files are made of the corpus (benchmarks/corpus.py): one of the pages of Fundus's publishers, one of pages
of any site. newscrawl, Fundus and news-please read them in turn, each in a process of its own that imports
first and reads some pages to warm up: articles, and articles per second of CPU time, from the bytes of the
file to the article. Nobody stores anything. Fundus reads as its CC-NEWS crawler does (`CCNewsScraper` over
`CCNewsSource`, complete articles only), from a server on loopback, since it takes addresses only; news-please
as its CC-NEWS extractor does (`NewsPlease.from_warc`, no images fetched). Both are installed into virtual
environments of their own in FOLDER, once. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks.corpus import Page, folder, pages

ANY = ("aeb", "trafilatura", "htmldate", "newspaper4k")
#: Name, what pip installs. Fundus imports a name that curl_cffi 0.14 took away.
PEERS = {"fundus": ("fundus", "curl_cffi<0.14"), "news-please": ("news-please",)}
TARGETS = {("fundus", "publishers"): 2.0, ("news-please", "publishers"): 5.0, ("news-please", "any"): 5.0}
READER_SHARE = 0.05

# Each gets a file, its address, a small file to warm up with, and its address. It prints a line of JSON.
_OURS = """
import io, json, sys, time
from newscrawl.captures.choice import Choice, Chooser
from newscrawl.captures.http_capture import capture_of, date_of, url_of
from newscrawl.captures.reading import read_any
from newscrawl.captures.record_reader import HEAD, RecordReader
from newscrawl.errors import NotAPage
from newscrawl.extract import paused
from newscrawl.model.post import Post
from newscrawl.store.record import post_record

def read(path, whole):
    chooser, articles, records = Chooser(Choice(any=True), ()), 0, 0
    with open(path, "rb") as file:
        head = file.read(HEAD)
        for _, record in RecordReader(file, head, path):
            if record.headers.get("WARC-Type") != "response":
                continue
            records += 1
            try:
                url, at = url_of(record), date_of(record)
                chooser.kind_of(url, at)
                capture = capture_of(record, url, at)
                if whole:
                    chooser.check_page(capture, None)
                    post = read_any(capture, "run").item
                    articles += bool(post_record(post, at).raw)
            except NotAPage:
                pass
    return articles, records

with paused():
    read(sys.argv[3], True)
    found = {}
    for name, whole in (("reader", False), ("all", True)):
        before = time.process_time()
        articles, records = read(sys.argv[1], whole)
        found[name] = time.process_time() - before
print(json.dumps({"articles": articles, "seconds": found["all"], "reader": found["reader"]}))
"""
_FUNDUS = """
import json, sys, time
from fundus import PublisherCollection
from fundus.scraping.filter import Requires
from fundus.scraping.html import CCNewsSource
from fundus.scraping.scraper import CCNewsScraper
publishers = list(PublisherCollection)

def read(url):
    scraper = CCNewsScraper(CCNewsSource(*publishers, warc_path=url))
    wanted = Requires("title", "body", "publishing_date")
    return sum(1 for _ in scraper.scrape("suppress", wanted))

read(sys.argv[4])
before = time.process_time()
articles = read(sys.argv[2])
print(json.dumps({"articles": articles, "seconds": time.process_time() - before}))
"""
_NEWS_PLEASE = """
import json, logging, sys, time, warnings
warnings.simplefilter("ignore")
from newsplease import EmptyResponseError, NewsPlease
from warcio.archiveiterator import ArchiveIterator
logging.disable(logging.CRITICAL)

def read(path):
    articles = 0
    with open(path, "rb") as stream:
        for record in ArchiveIterator(stream):
            if record.rec_type == "response":
                try:
                    found = NewsPlease.from_warc(record, decode_errors="strict", fetch_images=False)
                except Exception:
                    continue
                articles += bool(found.title and found.maintext and found.date_publish)
    return articles

read(sys.argv[3])
before = time.process_time()
articles = read(sys.argv[1])
print(json.dumps({"articles": articles, "seconds": time.process_time() - before}))
"""
_SCRIPTS = {"newscrawl": _OURS, "fundus": _FUNDUS, "news-please": _NEWS_PLEASE}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--venvs", type=Path, default=Path(tempfile.gettempdir()) / "newscrawl-archive-peers")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=400, help="of each file, at most")
    arguments = parser.parse_args()
    place = folder()
    if place is None:
        sys.exit("the corpus is absent (../shared/pages, or NEWSCRAWL_PAGES): nothing is measured")
    pythons = {"newscrawl": sys.executable} | {name: _python(arguments.venvs, name) for name in PEERS}
    for name, python in pythons.items():
        if python is None:
            print(f"{name} cannot be installed here, and is left out")
    with tempfile.TemporaryDirectory() as work, _served(Path(work)) as base:
        chosen = [page for page in pages(place, ANY) if page.truth["url"]]
        random.Random(1).shuffle(chosen)
        known = list(pages(place, ("fundus",)))
        random.Random(1).shuffle(known)
        files = {"publishers": known[: arguments.pages], "any": chosen[: arguments.pages]}
        _write(Path(work) / "warm.warc.gz", known[-10:])
        for kind, found in files.items():
            _write(Path(work) / f"{kind}.warc.gz", found)
        print(f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}")
        print(_versions(pythons))
        for kind, found in files.items():
            contestants = {
                name: python
                for name, python in pythons.items()
                if python and (name, kind) != ("fundus", "any")
            }
            print(f"\n{kind}: {len(found)} pages")
            _compare(kind, contestants, Path(work), base, arguments.rounds)


def _compare(kind: str, contestants: dict[str, str], work: Path, base: str, rounds: int) -> None:
    path = work / f"{kind}.warc.gz"
    rates: dict[str, list[float]] = {name: [] for name in contestants}
    last: dict[str, dict[str, Any]] = {}
    for _ in range(rounds):
        for name, python in contestants.items():
            places = [str(path), f"{base}{path.name}", str(work / "warm.warc.gz"), f"{base}warm.warc.gz"]
            command = [python, "-c", _SCRIPTS[name], *places]
            done = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
            if done.returncode:
                sys.exit(f"{name} failed: {done.stderr[-2000:]}")
            last[name] = json.loads(done.stdout.splitlines()[-1])
            rates[name].append(last[name]["articles"] / last[name]["seconds"])
    print("  articles, and articles/s of CPU time (median)")
    for name in contestants:
        print(f"  {name:12} {last[name]['articles']:5} {statistics.median(rates[name]):8.1f}")
    share = last["newscrawl"]["reader"] / last["newscrawl"]["seconds"]
    print(f"  of newscrawl's time, reading the file itself is {share:.1%} (wanted: below {READER_SHARE:.0%})")
    for name in list(contestants)[1:]:
        pairs = zip(rates["newscrawl"], rates[name], strict=True)
        ratio = statistics.median(ours / theirs for ours, theirs in pairs)
        print(f"  newscrawl : {name} = {ratio:.2f} (wanted: {TARGETS[name, kind]:g})")


def _write(path: Path, found: list[Page]) -> None:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "benchmarks.archive"}))
        for page in found:
            content = page.read()
            http = StatusAndHeaders("200 OK", [("Content-Type", _type_of(content))], protocol="HTTP/1.1")
            headers = {"WARC-Date": f"{_captured(page):%Y-%m-%dT%H:%M:%SZ}"}
            body = io.BytesIO(content)
            writer.write_record(
                writer.create_warc_record(
                    page.url, "response", payload=body, http_headers=http, warc_headers_dict=headers
                )
            )


def _type_of(content: bytes) -> str:
    """As most servers say it: Fundus guesses the encoding, slowly, if nobody names it."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return "text/html"
    return "text/html; charset=utf-8"


def _captured(page: Page) -> datetime:
    """A day after publication, where that is known: Fundus chooses its parser by the date."""
    try:
        moment = datetime.fromisoformat(page.truth["date"] or "2026-11-01")
    except ValueError:
        moment = datetime(2026, 11, 1, tzinfo=UTC)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC) + timedelta(days=1)


def _python(venvs: Path, name: str) -> str | None:
    """The Python of an environment with a peer, made if it is not there; None if it cannot be made."""
    home = venvs / name
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        done = subprocess.run(
            [str(python), "-m", "pip", "install", "-q", *PEERS[name]],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            print(done.stderr[-500:], file=sys.stderr)
            return None
        (home / "ready").touch()
    return str(python)


def _versions(pythons: dict[str, str | None]) -> str:
    show = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"
    names = {"fundus": "fundus", "news-please": "news-please"}
    found = []
    for name, package in names.items():
        if python := pythons[name]:
            done = subprocess.run([python, "-c", show, package], capture_output=True, text=True, check=True)
            found.append(f"{name} {done.stdout.strip()}")
    return ", ".join(found)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _served(work: Path) -> Iterator[str]:
    """The folder on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(work)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    main()
