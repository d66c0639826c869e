"""newscrawl export atom, rss, jsonfeed; and what all exports show on a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import feedparser
import pytest

from tests.export.specifications import ATOM, check_atom, check_json_feed, check_rss
from tests.in_process import run
from tests.read.stored import post_of, put

pytestmark = pytest.mark.slow

CHECKS: dict[str, Callable[[bytes], list[Any]]] = {
    "atom": check_atom,
    "rss": check_rss,
    "jsonfeed": check_json_feed,
}


@pytest.mark.parametrize("form", CHECKS)
def test_a_feed_of_a_category(form: str, database: str, tmp_path: Path) -> None:
    put([*(post_of(n) for n in range(60)), *(post_of(n, outlet="上海证券报") for n in range(60, 64))])
    target = tmp_path / "feed"
    words = ["--category", "北方网", "--self", "https://news.example.com/feed", "--title", "北方网"]
    told = run("export", form, str(target), *words, "--home", "https://news.example.com").stdout
    assert told == f"50 posts written to {target}\n"
    assert len(CHECKS[form](target.read_bytes())) == 50
    assert b"https://news.example.com/feed" in target.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["feed"]
    at = target.stat().st_mtime_ns
    run("export", form, str(target), *words, NEWSCRAWL_SITE="//news.example.com")
    assert target.stat().st_mtime_ns == at  # the same feed is not written again
    assert "4 posts" in run("export", form, str(target), "--source", "上海证券报").stdout
    assert "no post matches" in run("export", form, str(target), "--text", "nothing").stderr
    assert CHECKS[form](target.read_bytes()) == []


def test_a_feed_says_what_it_is(database: str, tmp_path: Path) -> None:
    put([post_of(1)])
    target = tmp_path / "feed.xml"
    run("export", "rss", str(target), "--category", "beifangwang", "--text", "正文")
    feed = feedparser.parse(target.read_bytes()).feed
    assert feed.title == "newscrawl: beifangwang 正文"
    assert feed.link == "https://finews.withounder.com/"
    run("export", "atom", str(target))
    (entry,) = check_atom(target.read_bytes())
    assert entry.findtext(f"{ATOM}title") == "第1条"
    assert b'rel="self"' not in target.read_bytes()


def test_wrong_words_are_told(database: str, tmp_path: Path) -> None:
    target = str(tmp_path / "feed.xml")
    for words in (
        ["--self", "feed.xml"],
        ["--home", "javascript:alert(1)"],
        ["--home", "http://[x"],
        ["--limit", "0"],
        ["--limit", "1001"],
    ):
        assert run("export", "atom", target, *words, code=2).stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "jekyll"])
def test_progress_is_shown_on_a_terminal_and_wiped(form: str, database: str, tmp_path: Path) -> None:
    put([post_of(number) for number in range(3)])
    shown, terminal = pty.openpty()
    words = [sys.executable, "-m", "newscrawl", "export", form, str(tmp_path / "x")]
    subprocess.run(words, stdout=subprocess.DEVNULL, stderr=terminal, check=True)
    os.close(terminal)
    told = os.read(shown, 10_000).decode()
    os.close(shown)
    assert " posts" in told
    assert told.endswith("\r\x1b[2K")
