"""`newscrawl try --render` and what `newscrawl sources` says of a source that is rendered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.crawl.browser.scripted_site import HOST, pages, serving_pages, shell
from tests.crawl.browser.test_declared_sources import SPIDER
from tests.warm import run as newscrawl

pytestmark = [pytest.mark.slow, pytest.mark.needs("chromium")]

PAGE = f"http://{HOST}/a/alpha.html"


def test_a_page_is_rendered_if_it_is_wanted() -> None:
    with serving_pages(pages("alpha")) as (address, _):
        plain = newscrawl("try", PAGE, "--newsroom", address, "--json")
        rendered = newscrawl("try", PAGE, "--newsroom", address, "--render", "--json")
    assert (plain.returncode, json.loads(plain.stdout)["reasons"]) == (1, ["empty page"])
    assert rendered.returncode == 0, rendered.stderr
    assert json.loads(rendered.stdout)["post"]["title"] == "The council of alpha met about its harbour"


def test_what_cannot_be_rendered_is_said() -> None:
    with serving_pages(pages(busy=shell("while (true) {}"))) as (address, _):
        done = newscrawl("try", PAGE.replace("alpha", "busy"), "--newsroom", address, "--render")
        wrong = newscrawl("try", PAGE, "--newsroom", address, "--render", NEWSCRAWL_CHROMIUM="/no/browser")
    assert done.returncode == 1
    assert "it was not rendered" in done.stderr
    assert wrong.returncode == 2
    assert "NEWSCRAWL_CHROMIUM is '/no/browser'" in wrong.stderr


def test_a_file_is_not_rendered(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>x</p>")
    done = newscrawl("try", str(tmp_path / "page.html"), "--url", PAGE, "--render")
    assert done.returncode == 2
    assert "--render needs an address" in done.stderr


def test_sources_says_what_is_rendered(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "__init__.py").touch()
    (tmp_path / "own" / "scripted.py").write_text(SPIDER, "utf-8")
    (tmp_path / "sitecustomize.py").write_text(
        "import newscrawl.settings as settings; settings.SPIDER_MODULES = ['own']\n"
    )
    shown = newscrawl("sources", PYTHONPATH=str(tmp_path)).stdout
    assert "renders empty pages  renders 1 list" in shown
    [row] = json.loads(newscrawl("sources", "--json", PYTHONPATH=str(tmp_path)).stdout)
    assert (row["render"], row["rendered_lists"]) == ("empty", [f"http://{HOST}/list.html"])
