"""newscrawl sources import, newscrawl export opml: exit codes, messages, and what is written when."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from tests.in_process import run

FILES = Path(__file__).parents[1] / "discovery" / "opml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


def test_the_sound_feeds_are_imported_and_the_others_named(folder: Path) -> None:
    done = run("sources", "import", str(FILES / "freshrss.opml"), "--folder", str(folder), code=1)
    assert "new      gangkouxinwen: https://port.example/rss?lang=zh&full=1" in done.stdout
    assert done.stderr.count("\n") == 2
    assert "freshrss.opml: line 10: 'Pilots' is of type HTML+XPath" in done.stderr
    assert "[gangkouxinwen]" in (folder / "feeds.toml").read_text("utf-8")


def test_a_dry_run_and_a_broken_file_write_nothing(folder: Path, tmp_path: Path) -> None:
    done = run(
        "sources", "import", str(FILES / "feedly.opml"), "--folder", str(folder), "--dry-run", "--json"
    )
    assert [line.partition(":")[0] for line in json.loads(done.stdout)["new"]] == [
        "harbour_times",
        "tide_tables",
    ]
    broken = tmp_path / "broken.opml"
    broken.write_bytes((FILES / "feedly.opml").read_bytes()[:-80])
    refused = run("sources", "import", str(broken), "--folder", str(folder), code=2)
    assert "the XML is broken" in refused.stderr
    assert "nothing was imported" in refused.stderr
    assert list(folder.iterdir()) == []


def test_files_and_folders_that_are_not_there(folder: Path, tmp_path: Path) -> None:
    assert (
        "cannot be read (No such file"
        in run("sources", "import", "no.opml", "--folder", str(folder), code=2).stderr
    )
    missing = run("sources", "import", str(FILES / "old.opml"), "--folder", str(tmp_path / "no"), code=2)
    assert "does not exist" in missing.stderr


def test_standard_input(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO((FILES / "old.opml").read_bytes())))
    assert (
        "cafe_du_port: http://cafe.example/rss"
        in run("sources", "import", "-", "--folder", str(folder)).stdout
    )


def test_sources_lists_and_shows_as_before() -> None:
    assert "bbc  " in run("sources").stdout
    assert run("sources", "bbc").stdout.startswith("spider      bbc\n")
    assert json.loads(run("sources", "--json", "bbc").stdout)["spider"] == "bbc"
    assert "no spider 'imports'" in run("sources", "imports", code=2).stderr
    assert "import" in run("sources", "--help").stdout
