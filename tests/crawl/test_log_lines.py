"""The log of a real crawl, on standard error."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys

import pytest

from newscrawl.crawl.log import make_log_printable

pytestmark = pytest.mark.slow


def crawl_log(*words: str) -> list[str]:
    """The lines that a crawl of a list which nobody serves logs."""
    url = "http://127.0.0.1:1/\x1b[2Jnews"
    command = [
        sys.executable,
        "-m",
        "newscrawl",
        "crawl",
        "site",
        "-a",
        f"url={url}",
        "--dry-run",
        "-L",
        "INFO",
    ]
    done = subprocess.run([*command, *words], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1, done.stderr
    return done.stderr.splitlines()


def test_a_log_as_json_is_one_object_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCRAWL_PRIVATE_HOSTS", "127.0.0.1")
    monkeypatch.setenv("NEWSCRAWL_JOB", "news")
    monkeypatch.setenv("MONGODB_URI", "mongodb://user:p4ssword@127.0.0.1:1/")
    lines = [json.loads(line) for line in crawl_log("--log-format", "json")]
    closed = next(line for line in lines if line["message"].startswith("Spider closed"))
    assert (closed["spider"], closed["job"]) == ("site", "news")
    assert closed["run"].startswith("site-")
    assert any("no list could be read" in line["message"] for line in lines if line["level"] != "INFO")
    assert "p4ssword" not in str(lines)
    assert len({json.dumps(line, sort_keys=True) for line in lines}) == len(lines), "no line twice"


def test_handlers_of_the_log_are_filtered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(logging.root, "handlers", [logging.StreamHandler(stream)])
    make_log_printable()
    make_log_printable()
    logging.getLogger("newscrawl").error("List %s", "\x1b[2J")
    assert stream.getvalue() == "List [2J\n"
    assert len(logging.root.handlers[0].filters) == 1
