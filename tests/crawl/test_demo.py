"""The first run: everything once, and nothing left running."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from newscrawl.store.server import embedded
from tests.warm import run as newscrawl

pytestmark = pytest.mark.slow


def test_the_whole_way_once_and_once_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCRAWL_HOME", str(tmp_path / "home"))
    first = newscrawl("demo", "--into", str(tmp_path / "site"))
    assert first.returncode == 0, first.stdout + first.stderr
    assert not embedded.status().running
    written = sorted((tmp_path / "site" / "_posts").glob("*.md"))
    assert len(written) > 350
    assert f"{len(written)} posts written" in first.stdout
    for word in ("eastmoney_choice: ", "The latest posts", "crawl eastmoney --since 2d", "newscrawl_demo"):
        assert word in first.stdout
    embedded.ensure()
    try:
        second = newscrawl("demo", "--into", str(tmp_path / "site"))
        assert second.returncode == 0, second.stdout + second.stderr
        assert "unchanged" in second.stdout
        assert embedded.status().running, "what was up before stays up"
    finally:
        embedded.stop()


def test_on_a_terminal_it_ends_with_the_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCRAWL_HOME", str(tmp_path / "home"))
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "newscrawl", "demo", "--into", str(tmp_path / "site")]
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, close_fds=True
    )
    os.close(theirs)
    try:
        said = _read_until(ours, r"pages: (http://127\.0\.0\.1:\d+)\s")
        address = re.findall(r"pages: (\S+)", said)[0]
        with urllib.request.urlopen(address, timeout=20) as answer:
            page = answer.read().decode()
        assert page.count("<li>") > 50
        assert embedded.status().running, "the database is kept up while pages are served"
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does it
        _read_until(ours, None)
        assert process.wait(30) == 0
        assert not embedded.status().running
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
        embedded.stop()
        os.close(ours)


def _read_until(terminal: int, pattern: str | None) -> str:
    """What a terminal shows until the pattern is there, or until its end."""
    said, end = "", time.monotonic() + 100
    while time.monotonic() < end:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # nobody writes any more
            return said
        if not part:
            return said
        said += part.decode("utf-8", "replace")
        if pattern and re.search(pattern, said):
            return said
    raise AssertionError(f"{pattern} did not come; there was: {said[-2000:]}")
