"""What a run counts that is neither a post nor a reject."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawl.crawls import crawl
from tests.crawl.test_strange_sites import HOST, NOTHING, feed, page, site

pytestmark = pytest.mark.slow

SPIDER = """
from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, Source

class OddSpider(NewsSpider):
    name = "odd"
    source = Source(
        title="Odd", domain="example.com", language="en", zone="UTC",
        lists=(Feed("http://odd.example.com/rss.xml"),),
    )

    async def parse_article(self, response, entry, **more):
        yield {"headline": entry.title}
        async for each in super().parse_article(response, entry, **more):
            yield each
"""


def test_items_that_are_no_posts_make_the_run_bad(database: str, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "__init__.py").touch()
    (tmp_path / "own" / "odd.py").write_text(SPIDER, "utf-8")
    (tmp_path / "sitecustomize.py").write_text(
        "import newscrawl.settings as settings; settings.SPIDER_MODULES = ['own']\n"
    )
    paths = ["/a/ansel-1.html", "/a/bree-2.html"]
    pages = {path: page(path[3:-7], f"http://{HOST}{path}") for path in paths} | {"/rss.xml": feed(*paths)}
    with site(lambda path: pages.get(path, NOTHING)) as (address, _):
        code, run = crawl("odd", address, PYTHONPATH=str(tmp_path))
    assert (code, run["counts"]["stored"]) == (1, 2), str(run)
    assert run["problems"] == [
        "2 items of class dict were not stored: a post needs an item with url and text"
    ]
