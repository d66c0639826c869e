"""Sources that declare what is rendered: `Source(render=…)` and `Section(render=True)`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawl.browser.scripted_site import HOST, pages, serving_pages, shell
from tests.crawl.crawls import crawl, documents

pytestmark = [pytest.mark.slow, pytest.mark.needs("chromium")]

SPIDER = f"""
from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Section, Source


class Scripted(NewsSpider):
    name = "scripted"
    source = Source(
        title="Scripted", domain="odd.example.com", zone="UTC", language="en", render="empty",
        lists=(Section("http://{HOST}/list.html", render=True),), articles=r"/a/.*\\.html",
    )
"""
LINKS = """
fetch('/links.json').then((answer) => answer.json()).then((paths) => paths.forEach((path) => {
  const link = document.createElement('a');
  link.href = path;
  link.textContent = 'The council of a town met about its harbour';
  document.body.append(link);
}));
"""


@pytest.fixture
def scripted(tmp_path: Path, database: str) -> Path:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "__init__.py").touch()
    (tmp_path / "own" / "scripted.py").write_text(SPIDER, "utf-8")
    (tmp_path / "sitecustomize.py").write_text(
        "import newscrawl.settings as settings; settings.SPIDER_MODULES = ['own']\n"
    )
    return tmp_path


def test_a_list_that_a_script_fills_is_rendered_at_every_run(scripted: Path, database: str) -> None:
    found = pages("alpha", "beta")
    found["/list.html"] = shell(LINKS)
    found["/links.json"] = (200, "application/json", '["/a/alpha.html"]')
    with serving_pages(found) as (address, _):
        code, first = crawl("scripted", address, PYTHONPATH=str(scripted))
        assert (code, first["counts"]["stored"], first["counts"]["rendered"]) == (0, 1, 2), first
        found["/links.json"] = (200, "application/json", '["/a/beta.html", "/a/alpha.html"]')
        code, second = crawl("scripted", address, PYTHONPATH=str(scripted))
    assert (code, second["counts"]["stored"]) == (0, 1), second
    assert second["counts"]["unchanged_lists"] == 0
    assert len(documents(database)) == 2


def test_the_setting_overrides_the_declaration(scripted: Path) -> None:
    found = pages("alpha")
    found["/list.html"] = shell(LINKS)
    with serving_pages(found) as (address, asked):
        never = ("-s", "NEWSCRAWL_RENDER=never")
        _, run = crawl("scripted", address, *never, PYTHONPATH=str(scripted))
    assert (run["counts"]["entries"], run["counts"]["rendered"]) == (0, 0), run
    assert asked["/app.js"] == 0
