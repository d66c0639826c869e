"""The scheduler with the real crawl, and the progress line on a real terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crawl.crawls import documents
from tests.warm import run as newscrawl

pytestmark = pytest.mark.slow


@pytest.fixture
def jobs_file(tmp_path: Path) -> Path:
    file = tmp_path / "jobs.toml"
    file.write_text(
        '[jobs.news]\nspider = "eastmoney"\nevery = "5m"\nargs = { limit = "12" }\n'
        '[jobs.broken]\nspider = "eastmoney"\ncron = "*/5 * * * *"\nargs = { columns = "1298" }\n',
        encoding="utf-8",
    )
    return file


def test_a_job_crawls_and_is_shown(
    jobs_file: Path, quiet_newsroom: str, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSCRAWL_NEWSROOM", quiet_newsroom)
    good = newscrawl("schedule", str(jobs_file), "--once", "news")
    assert good.returncode == 0, good.stdout + good.stderr
    assert len(documents(database)) == 12
    bad = newscrawl("schedule", str(jobs_file), "--once", "broken")
    assert bad.returncode == 1
    shown = newscrawl("jobs", "--json")
    assert shown.returncode == 0
    jobs = json.loads(shown.stdout)
    states = {job["name"]: job for job in (jobs["jobs"] if isinstance(jobs, dict) else jobs)}
    assert states["news"]["last_run"]["exit"] == 0
    assert states["news"]["last_run"]["counts"]["stored"] == 12
    assert states["broken"]["last_run"]["exit"] == 1


def test_a_crawl_on_a_terminal_shows_its_progress(quiet_newsroom: str, database: str) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "newscrawl", "crawl", "eastmoney", "--newsroom", quiet_newsroom]
    process = subprocess.Popen(
        [*command, "-s", "DOWNLOAD_DELAY=0.02"], stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:  # how Linux says that the other end is closed
        pass
    finally:
        os.close(ours)
    assert process.wait(60) == 0
    assert re.search(rb"lists \d+  pages \d+/\d+  stored \d+  updated 0  rejected 0  failed 0  \d+/s", shown)
    assert shown.endswith(b"\r\x1b[2K")
