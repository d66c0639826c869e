"""A source that is polled for an hour: what benchmarks/polls.py measures over a day."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
HOST_FILES = 2  # robots.txt and tdmrep.json, once a day


def polled(*words: str) -> tuple[int, dict[str, Any], dict[str, Any]]:
    """Exit code, and the figures of both days."""
    command = [sys.executable, "-m", "benchmarks.polls", "--hours", "1", "--every", "10", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert not done.stderr, done.stderr
    quiet, lively = (json.loads(part) for part in done.stdout.replace("}\n{", "}\0{").split("\0"))
    return done.returncode, quiet, lively


def test_a_poll_without_news_asks_once_and_no_article_is_missed(mongo_home: Path) -> None:
    code, quiet, lively = polled()
    assert code == 0
    assert (quiet["polls"], quiet["robots"], quiet["lists"], quiet["stored"]) == (7, 1, 7, 30)
    assert quiet["requests"] == HOST_FILES + 7 + 30 + 3 * 30, "each article again after 10, 20 and 60 minutes"
    assert quiet["of_quiet_poll"] == 1.0
    assert lively["stored"] == lively["published"] == 32


def test_without_what_earlier_polls_learned_each_poll_asks_for_everything(mongo_home: Path) -> None:
    code, quiet, _ = polled("--every-time")
    assert code == 1
    assert quiet["requests"] == HOST_FILES + 7 + 7 * 30
