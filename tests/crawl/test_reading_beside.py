"""Whole crawls whose pages are read in a process of their own: nothing is otherwise than without it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests import warm
from tests.crawl.crawls import crawl, documents

pytestmark = pytest.mark.slow

PATIENCE = 60  # seconds that any of this may take
ARTICLES = ("--articles", "150", "--seed", "5")
OF_THE_RUN = ("first_seen", "last_seen", "story", "crawl")


def told(database: str, collection: str) -> dict[str, dict[str, Any]]:
    """The documents without what differs from run to run."""
    found = documents(database, collection)
    for document in found.values():
        document["origins"] = document.get("crawl", {}).get("origins")
        document["layout"] = document.get("crawl", {}).get("page_version")
        document["marks"] = (document.get("story") or {}).get("clauses")
        for statement in (document.get("rights") or {}).get("statements", ()):
            del statement["at"]
        for name in (*OF_THE_RUN, "run", "fetched"):
            document.pop(name, None)
    return found


@pytest.mark.parametrize("spider", ["eastmoney", "eastmoney_flash", "enorth"])
def test_a_crawl_stores_and_rejects_the_same_by_either_way(
    spider: str, mongo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSCRAWL_HOME", str(mongo_home))
    counts = {}
    for way in ("here", "process"):
        place = {"NEWSCRAWL_DATABASE": f"newscrawl_{spider}_{way}"}
        # One request at a time: of an article on two lists, the one that is read first counts.
        words = ("--since", "2019-01-01", "-s", f"NEWSCRAWL_READER={way}", "-s", "CONCURRENT_REQUESTS=1")
        with warm.newsroom([*ARTICLES, "--now", "2026-11-28T08:00:00+00:00"]) as newsroom:  # some faults pass
            _, run = crawl(spider, newsroom, *words, **place)
        counts[way] = run["counts"]
    for collection in ("posts", "rejects"):
        here, beside = (told(f"newscrawl_{spider}_{way}", collection) for way in ("here", "process"))
        assert here == beside
    stored = documents(f"newscrawl_{spider}_process").values()
    used = {category for post in stored for category in post["categories"]}
    assert used <= documents(f"newscrawl_{spider}_process", "names").keys()
    assert counts["here"] == counts["process"]
    assert counts["here"]["stored"] > 20


def start(newsroom: str, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "newscrawl", "crawl", "eastmoney", "--newsroom", newsroom, "--json"]
    slowly = ("-s", "DOWNLOAD_DELAY=0.03", "-s", "AUTOTHROTTLE_START_DELAY=0.03")
    return subprocess.Popen(
        [*command, *slowly, "-L", "WARNING", "-s", "NEWSCRAWL_READER=process", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def reader_of(crawl: subprocess.Popen[str], database: str) -> int:
    """The id of a crawl's reading process, once posts are stored."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        children = Path(f"/proc/{crawl.pid}/task/{crawl.pid}/children").read_text().split()
        readers = [
            int(child)
            for child in children
            if b"newscrawl.crawl.worker.process" in Path(f"/proc/{child}/cmdline").read_bytes()
        ]
        if readers and len(documents(database)) > 10:
            return readers[0]
        time.sleep(0.05)
    raise AssertionError("the crawl started no process to read pages")


def test_a_killed_reading_process_costs_no_page(mongo_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCRAWL_HOME", str(mongo_home))
    monkeypatch.setenv("NEWSCRAWL_DATABASE", "newscrawl_reader_killed")
    with warm.newsroom([*ARTICLES, "--no-faults"]) as newsroom:
        process = start(newsroom)
        os.kill(reader_of(process, "newscrawl_reader_killed"), signal.SIGKILL)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, out + err
        assert "The process that parses pages ended (killed by signal 9)" in err
        crawl("eastmoney", newsroom, NEWSCRAWL_DATABASE="newscrawl_reader_calm")
        killed, calm = (documents(f"newscrawl_reader_{name}") for name in ("killed", "calm"))
        assert {n: p["content_hash"] for n, p in killed.items()} == {
            n: p["content_hash"] for n, p in calm.items()
        }


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_a_crawl_whose_processes_are_told_to_stop_ends_in_order(
    told: signal.Signals, mongo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = f"newscrawl_reader_{told.name.lower()}"
    monkeypatch.setenv("NEWSCRAWL_HOME", str(mongo_home))
    monkeypatch.setenv("NEWSCRAWL_DATABASE", database)
    with warm.newsroom([*ARTICLES, "--no-faults"]) as newsroom:
        process = start(newsroom)
        reader = reader_of(process, database)
        os.killpg(process.pid, told)  # as a terminal does, and systemd
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, out + err
    assert "the run was ended early: shutdown" in out
    assert not Path(f"/proc/{reader}").exists()
    assert "The process that parses pages ended" not in err
    (run,) = documents(database, "runs").values()
    counts = run["counts"]
    assert counts["pages"] == sum(counts[end] for end in ("stored", "rejected", "failed", "duplicate"))
