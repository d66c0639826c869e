"""No Chromium outlives its crawl, however that ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.crawl.browser.scripted_site import HOST, pages, serving_pages, shell

pytestmark = [
    pytest.mark.slow,
    pytest.mark.needs("chromium"),
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are read from /proc"),
]

ENDLESS = shell("setInterval(() => fetch('/api/tick.json?' + Math.random()), 50)")


def crawling(address: str, *words: str) -> subprocess.Popen[str]:
    """A crawl that renders a page for minutes."""
    command = [sys.executable, "-m", "newscrawl", "crawl", "site", "-a", f"url=http://{HOST}/rss.xml"]
    settings = ["-s", "NEWSCRAWL_RENDER=empty", "-s", "NEWSCRAWL_RENDER_SECONDS=300", *words]
    return subprocess.Popen(
        [*command, "--newsroom", address, "--json", *settings], stdout=subprocess.PIPE, text=True
    )


def within(seconds: float, found: Callable[[], Any]) -> Any:
    """What `found` returns, once that is something; else what it returned last."""
    until = time.monotonic() + seconds
    while not (value := found()) and time.monotonic() < until:
        time.sleep(0.1)
    return value


def browsers_of(root: int) -> set[int]:
    """The processes below one that are Playwright's or Chromium's."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    found, waiting = set(), [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found.update(below)
        waiting += below
    return {pid for pid in found if "chrom" in _command(pid) or "playwright" in _command(pid)}


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


def running(pids: set[int]) -> set[int]:
    """Those that have not ended; a zombie has no command line."""
    return {pid for pid in pids if "chrom" in _command(pid) or "playwright" in _command(pid)}


def started(crawl: subprocess.Popen[str], asked: Callable[[], int]) -> set[int]:
    """The browser's processes, once the page is being rendered."""
    assert within(120, asked), "the page was never rendered"
    return browsers_of(crawl.pid)


@pytest.mark.parametrize("killed", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_process_of_the_browser_is_left(database: str, killed: signal.Signals) -> None:
    with serving_pages(pages(endless=ENDLESS)) as (address, asked):
        crawl = crawling(address)
        try:
            pids = started(crawl, lambda: asked["/api/tick.json"])
            assert len(pids) >= 3
            crawl.send_signal(killed)
            out, _ = crawl.communicate(timeout=60)
        finally:
            crawl.kill()
        assert within(30, lambda: not running(pids)), running(pids)
    if killed != signal.SIGKILL:
        run = json.loads(out)
        assert (run["reason"], run["complete"]) == ("shutdown", False)
        assert run["counts"]["reasons"] == {"the run stopped first": 1}


def test_a_browser_that_is_killed_is_started_again(database: str) -> None:
    with serving_pages(pages(endless=ENDLESS)) as (address, asked):
        crawl = crawling(address)
        try:
            pids = started(crawl, lambda: asked["/api/tick.json"])
            asked.clear()
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            assert within(60, lambda: asked["/api/tick.json"])
            crawl.terminate()
            crawl.communicate(timeout=60)
        finally:
            crawl.kill()
