"""The first run: everything once, and nothing left running."""

from __future__ import annotations

from pathlib import Path

import pytest

from newscrawl.store import embedded
from tests.crawl.crawls import newscrawl


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
