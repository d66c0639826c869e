"""newscrawl init: a project of one's own, as a newcomer goes on with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from newscrawl.devtools.new_project import FILES, write_project
from newscrawl.errors import UsageError
from newscrawl.jobs.config import read_jobs

pytestmark = pytest.mark.slow

MINE = """
from newscrawl.spiders.enorth import EnorthSpider

class MineSpider(EnorthSpider):
    \"\"\"North, with another name.\"\"\"

    name = "mine"
"""


def run(folder: Path, *words: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def test_a_project_is_a_scrapy_project_with_the_shipped_sources(tmp_path: Path) -> None:
    told = run(tmp_path, "newscrawl", "init", "my news")
    project = tmp_path / "my news"
    assert "cd 'my news'" in told
    assert {str(path.relative_to(project)) for path in project.rglob("*") if path.is_file()} == set(FILES)
    (project / "spiders" / "mine.py").write_text(MINE)
    below = project / "spiders"
    names = [line.split()[0] for line in run(below, "newscrawl", "sources").splitlines()]
    assert {"mine", "enorth", "site"} <= set(names)
    assert run(below, "scrapy", "list").split() == names
    assert "spider" in run(project, "newscrawl", "sources", "mine", "--json")
    assert "1 skipped" in run(project, "pytest", "-q", "-p", "no:cacheprovider", "tests")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "jobs.toml").write_text("mine")
    with pytest.raises(UsageError, match=r"jobs\.toml already there"):
        write_project(tmp_path)
    assert os.listdir(tmp_path) == ["jobs.toml"]
    with pytest.raises(UsageError, match="is a file"):
        write_project(tmp_path / "jobs.toml")


def test_the_jobs_of_the_template_are_valid_once_uncommented(tmp_path: Path) -> None:
    lines = FILES["jobs.toml"].splitlines()
    text = "\n".join(line.removeprefix("# ") for line in lines if line.startswith("# [") or " = " in line)
    (tmp_path / "jobs.toml").write_text(text)
    assert [job.spider for job in read_jobs(tmp_path / "jobs.toml", ["eastmoney"])] == ["eastmoney"]


def test_new_and_freeze_say_what_they_need(tmp_path: Path) -> None:
    told = run(tmp_path, "newscrawl", "new", "x", "https://example.org", code=2)
    assert "does not exist; start a project with newscrawl init FOLDER" in told
    told = run(tmp_path, "newscrawl", "freeze", "enorth", "page.html", code=2)
    assert "tests/pages does not exist" in told
