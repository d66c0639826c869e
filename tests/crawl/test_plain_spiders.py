"""Spiders as `scrapy genspider` writes them, in a project of their own, crawling a server on loopback."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import scrapy

from newscrawl.crawl.plain_items import NAMES, _texts
from newscrawl.crawl.plain_spiders import adopt
from newscrawl.devtools.new_project import write_project
from newscrawl.errors import UsageError
from tests.crawl.crawls import documents
from tests.loopback import QuietHandler, listening

TEXT = "The council met on Monday and agreed on the new bridge. " * 6
SPIDER = """
import dataclasses
import scrapy


@dataclasses.dataclass
class Article:
    link: str
    headline: str
    body: list
    author: list
    published_at: str


class Loaded(scrapy.Item):
    url = scrapy.Field()
    title = scrapy.Field()
    content = scrapy.Field()


class TownSpider(scrapy.Spider):
    name = "town"
    allowed_domains = ["127.0.0.1"]
    start_urls = ["{address}/"]
    custom_settings = {{"LOG_LEVEL": "INFO"}}

    def parse(self, response):
        for kind, href in enumerate(response.css("a::attr(href)").getall()):
            yield response.follow(href, self.parse_page, cb_kwargs={{"kind": kind}})
        yield from self.more(response)

    def more(self, response):
        return ()

    def parse_page(self, response, kind):
        title = response.css("h1::text").get()
        text = response.css("p::text").getall()
        if kind == 0:
            yield {{"url": response.url, "title": title, "text": "\\n".join(text),
                   "date": "2026-03-08T10:00:00+00:00", "source": "Town Crier",
                   "author": "Ada Quay", "tags": ["bridge"]}}
        elif kind == 1:
            yield Article(response.url, title, text, ["Ada Quay", "Bo Pier"], "8 March 2026 11:00")
        else:
            yield Loaded(url=response.url, title=title, content="".join(response.css("p").getall()))
"""
PRICES = """
import scrapy

class PricesSpider(scrapy.Spider):
    name = "prices"
    start_urls = ["{address}/"]

    def parse(self, response):
        for number in range(24):
            yield {{"name": f"Thing {{number}}", "price": number}}
"""


CRIER = """
from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Source

class CrierSpider(NewsSpider):
    name = "crier"
    source = Source(title="Town Crier", domain="127.0.0.1", language="en", zone="UTC")
"""


class Town(QuietHandler):
    def do_GET(self) -> None:
        if self.path == "/":
            body = "".join(f'<a href="/{number}">Article {number}</a>' for number in range(3))
        elif self.path[1:].isdigit():
            number = self.path[1:]
            stamp = f"<time datetime='2026-03-0{number}T00:00:00Z'></time>"
            texts = f"<p>Part {number}. {TEXT}</p><p>End {number}.</p>"
            body = f"<h1>Bridge agreed, part {number}</h1>{stamp}{texts}"
        else:
            self.give(404, {}, b"")
            return
        page = f"<!doctype html><html lang=en><body>{body}</body></html>"
        self.give(200, {"Content-Type": "text/html; charset=utf-8"}, page.encode())


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("town")
    write_project(folder)
    with listening(Town) as port:
        for name, text in (("town", SPIDER), ("prices", PRICES)):
            file = folder / "spiders" / f"{name}.py"
            file.write_text(text.format(address=f"http://127.0.0.1:{port}"))
        yield folder


def run(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=project,
        env={**os.environ, "NEWSCRAWL_PRIVATE_HOSTS": "127.0.0.1"},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


QUICK = ("-s", "DOWNLOAD_DELAY=0", "-s", "NEWSCRAWL_TDMREP=False")


@pytest.mark.slow
def test_items_become_posts(project: Path, database: str) -> None:
    done = run(project, "newscrawl", "crawl", "town", "--json", *QUICK)
    assert done.stdout, done.stderr
    document = json.loads(done.stdout)
    posts = {post["title"][-1]: post for post in documents(database).values()}
    assert sorted(posts) == ["0", "1"], document
    first, second = posts["0"], posts["1"]
    assert first["date"].isoformat() == "2026-03-08T10:00:00+00:00"
    assert (first["source"]["name"], first["authors"], first["tags"]) == (
        "Town Crier", ["Ada Quay"], first["tags"],
    )  # fmt: skip
    assert "bridge" in first["tags"]
    assert first["body"]["html"].startswith("<p>Part 0.")
    assert second["authors"] == ["Ada Quay", "Bo Pier"]
    assert second["body"]["text"].endswith("End 1.")
    assert first["crawl"]["spider"] == "town"
    # the third has no date: a reject says so
    assert [reject["reasons"] for reject in documents(database, "rejects").values()] == [["no date"]]
    assert (document["counts"]["stored"], document["counts"]["rejected"], document["problems"]) == (2, 1, [])
    assert "Scrapy" not in done.stderr
    again = json.loads(run(project, "newscrawl", "crawl", "town", "--json", *QUICK).stdout)
    assert again["counts"]["unchanged"] == 2


@pytest.mark.slow
@pytest.mark.parametrize("program", ["newscrawl", "scrapy"])
def test_items_that_are_no_articles_make_the_run_a_bad_one(
    project: Path, database: str, program: str
) -> None:
    done = run(project, program, "crawl", "prices", *QUICK)
    assert done.returncode == 1
    told = done.stdout + done.stderr
    assert "24 items of class dict were not stored: a post needs an item with url and text" in told
    [document] = documents(database, "runs").values()
    assert document["problems"]
    assert not documents(database)


@pytest.mark.slow
def test_scrapy_parse_shows_the_post_of_a_page(project: Path) -> None:
    (project / "spiders" / "crier.py").write_text(CRIER)
    [start] = re.findall(r"http://127.0.0.1:\d+", (project / "spiders" / "town.py").read_text())
    done = run(project, "scrapy", "parse", f"{start}/1", "--spider=crier", "--nolinks", "--nocolour", *QUICK)
    assert "'title': 'Bridge agreed, part 1'" in done.stdout, done.stderr
    assert "'spider': 'crier'" in done.stdout
    assert "ERROR" not in done.stderr
    done = run(project, "scrapy", "parse", f"{start}/", "--spider=crier", "--nolinks", "--nocolour", *QUICK)
    assert "'reasons': [" in done.stdout, done.stderr


@pytest.mark.slow
def test_scrapys_own_commands_know_them(project: Path) -> None:
    assert {"town", "prices", "enorth"} <= set(run(project, "scrapy", "list").stdout.split())
    listed = run(project, "newscrawl", "sources")
    assert (listed.returncode, "town" in listed.stdout) == (0, True)
    told = run(project, "newscrawl", "crawl", "town", "--limit", "3")
    assert told.returncode == 2
    assert "takes no limit; -s CLOSESPIDER_ITEMCOUNT=20 ends it after so many items" in told.stderr


def test_a_spider_without_a_site_says_what_to_declare() -> None:
    class Lost(scrapy.Spider):
        name = "lost"

    with pytest.raises(UsageError, match="neither allowed_domains nor start_urls"):
        adopt(Lost)


@pytest.mark.parametrize(
    ("item", "field", "texts"),
    [
        ({"author": {"name": "Ada"}}, "authors", ["Ada"]),
        ({"text": ["One.", " ", "Two."]}, "text", ["One.\nTwo."]),
        ({"title": "", "headline": "H"}, "title", ["H"]),
        ({"date": dataclasses.MISSING, "time": "now"}, "date", ["now"]),
        ({"keywords": ("a", None, 3, "b")}, "tags", ["a", "b"]),
    ],
)
def test_fields_are_found_by_their_usual_names(item: dict[str, Any], field: str, texts: list[str]) -> None:
    assert field in NAMES
    assert list(_texts(item, field)) == texts
