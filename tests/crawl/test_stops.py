"""SIGTERM while many pages wait for their turn at a slow host, or for a retry."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.crawl.crawls import documents
from tests.crawl.test_strange_sites import HOST, NOTHING, Answer, feed, page, site

pytestmark = pytest.mark.slow

PAGES = 24
DELAY = 2  # seconds; for all pages that would be 48
PROMPTLY = 15  # seconds


def stopped(pages: dict[str, Answer], when: str, *words: str) -> tuple[int, dict[str, Any], float]:
    """Exit code and run document of a crawl that is told to stop once it asked for `when`, and how long it
    took to end."""
    with site(lambda path: pages.get(path, NOTHING)) as (address, asked):
        command = [sys.executable, "-m", "newscrawl", "crawl", "site", "-a", f"url=http://{HOST}/rss.xml"]
        crawl = subprocess.Popen(
            [*command, "--newsroom", address, "--json", *words], stdout=subprocess.PIPE, text=True
        )
        until = time.monotonic() + 60
        while not asked[when] and time.monotonic() < until:
            time.sleep(0.05)
        told = time.monotonic()
        crawl.send_signal(signal.SIGTERM)
        try:
            out, _ = crawl.communicate(timeout=60)
        finally:
            crawl.kill()
        return crawl.returncode, json.loads(out), time.monotonic() - told


def test_what_waits_for_its_turn_is_left_to_the_next_run(database: str) -> None:
    paths = [f"/a/town-{n}.html" for n in range(PAGES)]
    pages = {path: page(f"Town {n}", f"http://{HOST}{path}") for n, path in enumerate(paths)}
    pages["/robots.txt"] = (200, "text/plain", f"User-agent: *\nCrawl-delay: {DELAY}\n")
    pages["/rss.xml"] = feed(*paths)
    code, run, took = stopped(pages, paths[0])
    counts = run["counts"]
    assert took < PROMPTLY
    assert (code, run["complete"], run["reason"]) == (1, False, "shutdown"), run
    assert counts["stored"] >= 1
    assert counts["stored"] + counts["failed"] == counts["pages"] == PAGES
    assert counts["reasons"] == {"the run stopped first": counts["failed"]}
    assert not documents(database, "rejects")


def test_a_pause_before_a_retry_holds_nothing_up(database: str) -> None:
    pages = {"/rss.xml": feed("/a/town-1.html"), "/a/town-1.html": (503, "text/plain", "busy")}
    code, run, took = stopped(pages, "/a/town-1.html", "-s", "RETRY_BACKOFF=60")
    assert took < PROMPTLY
    assert (code, run["reason"], run["counts"]["failed"]) == (1, "shutdown", 1), run
