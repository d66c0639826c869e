"""Whole crawls of a source whose list did not change: what is requested, counted and kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from newscrawl.store import client
from tests.crawl.crawls import crawl, documents
from tests.loopback import QuietHandler, listening

pytestmark = pytest.mark.slow

HOST = "town.example.com"
SPIDER = """
from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, Sitemap, Source

class TownSpider(NewsSpider):
    name = "town"
    source = Source(
        title="Town", domain="example.com", language="en", zone="UTC", articles=r"{articles}",
        lists=({lists},),
    )
"""
BEGAN = datetime.now(UTC).replace(microsecond=0)


@dataclass
class Town:
    """A site with a feed, a spider of it, and what was asked of it in the last crawl."""

    folder: Path
    address: str = ""
    numbers: list[int] = field(default_factory=lambda: [3, 2, 1])
    feed_headers: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)  #: path -> status instead of what is there
    always_304: bool = False
    asked: list[tuple[str, int, bool]] = field(default_factory=list)  #: path, status, with conditions

    def declare(
        self, articles: str = r"/a/(?P<id>\d+)", lists: str = 'Feed("http://town.example.com/feed.xml")'
    ) -> None:
        (self.folder / "own" / "town.py").write_text(SPIDER.format(articles=articles, lists=lists), "utf-8")

    def crawl(self, *words: str, code: int = 0) -> dict[str, Any]:
        """The counts of a crawl."""
        self.asked.clear()
        ended, run = crawl("town", self.address, *words, PYTHONPATH=str(self.folder))
        assert ended == code, run
        counts: dict[str, Any] = run["counts"]
        shown = counts["known"] + counts["repeated"] + counts["old"] + counts["pages"]
        assert shown >= counts["entries"] or "--limit" in words, "every article of a list is accounted for"
        return counts

    @property
    def paths(self) -> list[str]:
        """What the last crawl asked for, without robots.txt."""
        return [path for path, _, _ in self.asked if path != "/robots.txt"]

    def answer(self, path: str) -> tuple[int, str, bytes]:
        if path in self.statuses:
            return self.statuses[path], "text/plain", b"no"
        if path == "/index.xml":
            child = f"<sitemap><loc>http://{HOST}/map.xml</loc></sitemap>"
            return 200, "application/xml", f"<sitemapindex>{child}</sitemapindex>".encode()
        if path == "/map.xml":
            lastmod = f"<lastmod>{BEGAN - timedelta(hours=1):%Y-%m-%d}</lastmod>"
            rows = "".join(f"<url><loc>http://{HOST}/a/{n}</loc>{lastmod}</url>" for n in self.numbers)
            return 200, "application/xml", f"<urlset>{rows}</urlset>".encode()
        if path.startswith("/feed.xml"):
            items = "".join(
                f"<item><title>The council of town {n} met about its harbour</title>"
                f"<link>http://{HOST}/a/{n}</link>"
                f"<pubDate>{format_datetime(BEGAN - timedelta(minutes=90 - n))}</pubDate></item>"
                for n in self.numbers
            )
            body = f"<rss version='2.0'><channel>{items}</channel></rss>"
            return 200, "application/rss+xml", body.encode()
        if path.startswith("/a/"):
            text = "".join(
                f"<p>The council of town {path[3:]} met on day {n} and spoke at length about its harbour.</p>"
                for n in range(1, 9)
            )
            title = f"The council of town {path[3:]} met about its harbour"
            at = (BEGAN - timedelta(hours=1)).isoformat()
            page = (
                f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
                f'<time datetime="{at}">today</time><article>{text}</article></body></html>'
            )
            return 200, "text/html; charset=utf-8", page.encode()
        return 404, "text/plain", b"none"


@contextmanager
def serving(town: Town) -> Iterator[str]:
    class Handler(QuietHandler):
        def do_GET(self) -> None:
            status, kind, body = town.answer(self.path)
            headers = town.feed_headers if self.path.startswith("/feed.xml") else {}
            tag = self.headers.get("If-None-Match")
            conditional = tag is not None or "If-Modified-Since" in self.headers
            if conditional and headers and (town.always_304 or tag == headers.get("ETag")):
                status, body = 304, b""
            town.asked.append((self.path, status, conditional))
            self.send_response(status)
            for name, value in {"Content-Type": kind, **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with listening(Handler) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def town(tmp_path: Path, database: str) -> Iterator[Town]:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "__init__.py").touch()
    (tmp_path / "sitecustomize.py").write_text(
        "import newscrawl.settings as settings; settings.SPIDER_MODULES = ['spiders', 'own']\n"
    )
    town = Town(tmp_path)
    town.declare()
    with serving(town) as town.address:
        yield town


def change(database: str, collection: str, **values: Any) -> None:
    with client.connect("writer") as writer:
        writer[database][collection].update_many({}, {"$set": values})


def list_of(database: str) -> dict[str, Any]:
    """What is kept of the only list."""
    [kept] = documents(database, "validators").values()
    return kept


def test_an_unchanged_list_costs_one_request_and_is_a_good_run(town: Town, database: str) -> None:
    town.feed_headers = {"ETag": '"1"'}
    assert town.crawl()["stored"] == 3
    articles = [path for path in town.paths if path != "/.well-known/tdmrep.json"]
    assert articles == ["/feed.xml", "/a/3", "/a/2", "/a/1"]
    assert len(town.paths) == len(articles) + 1, (
        "what the host says of mining is asked once, before an article"
    )
    first = list_of(database)
    counts = town.crawl()
    assert town.asked == [("/feed.xml", 304, True)], "robots.txt is kept, too"
    assert (counts["lists"], counts["unchanged_lists"], counts["kept_lists"]) == (1, 1, 1)
    assert (counts["entries"], counts["known"]) == (3, 3)
    second = list_of(database)
    assert second["confirmed"] > first["confirmed"]
    assert {**second, "confirmed": 0} == {**first, "confirmed": 0}


def test_the_same_bytes_without_any_validator_are_unchanged_too(town: Town) -> None:
    town.crawl()
    counts = town.crawl()
    assert town.asked == [("/feed.xml", 200, False)]
    assert counts["unchanged_lists"] == 1


def test_news_are_fetched_and_the_list_is_kept_anew(town: Town, database: str) -> None:
    town.feed_headers = {"ETag": '"1"'}
    town.crawl()
    town.numbers, town.feed_headers = [4, 3, 2, 1], {"ETag": '"2"'}
    assert town.crawl()["stored"] == 1
    assert town.paths == ["/feed.xml", "/a/4"]
    assert (list_of(database)["etag"], list_of(database)["count"]) == ('"2"', 4)
    assert town.crawl()["unchanged_lists"] == 1


def test_articles_that_are_due_are_read_again_though_their_list_is_unchanged(
    town: Town, database: str
) -> None:
    town.feed_headers = {"ETag": '"1"'}
    town.crawl()
    before = datetime.now(UTC) - timedelta(minutes=6)
    change(database, "posts", first_seen=before, last_seen=before)
    counts = town.crawl()
    assert (counts["unchanged_lists"], counts["unchanged"], counts["entries"]) == (1, 3, 3)
    assert sorted(town.paths) == ["/a/1", "/a/2", "/a/3", "/feed.xml"]
    assert all(post["revision"] == 1 for post in documents(database).values()), (
        "what the list said of them is known still"
    )
    town.crawl()
    assert town.paths == ["/feed.xml"]


def test_a_list_is_not_kept_while_an_article_of_it_fails(town: Town, database: str) -> None:
    town.feed_headers = {"ETag": '"1"'}
    town.statuses["/a/2"] = 500
    quick = ("-s", "RETRY_TIMES=0")
    assert town.crawl(*quick)["failed"] == 1
    assert documents(database, "validators") == {}
    del town.statuses["/a/2"]
    assert town.crawl(*quick)["stored"] == 1
    assert town.crawl(*quick)["unchanged_lists"] == 1


def test_a_rejected_article_does_not_keep_its_list_from_being_kept(town: Town, database: str) -> None:
    town.statuses["/a/2"] = 404
    assert town.crawl()["rejected"] == 1
    assert town.crawl()["unchanged_lists"] == 1
    del town.statuses["/a/2"]
    change(database, "rejects", first_seen=datetime.now(UTC) - timedelta(minutes=6))
    change(database, "rejects", last_seen=datetime.now(UTC) - timedelta(minutes=6))
    counts = town.crawl()
    assert (counts["unchanged_lists"], counts["stored"]) == (1, 1), "it is tried again when it is due"


@pytest.mark.parametrize(
    "words",
    [
        ("--limit", "2"),
        ("--since", "30d"),
        ("--dry-run",),
        ("-s", "NEWSCRAWL_CONDITIONAL=False"),
        ("-s", "NEWSCRAWL_REPLACE=True"),
    ],
)
def test_runs_that_do_not_see_all_keep_nothing(town: Town, database: str, words: tuple[str, ...]) -> None:
    town.crawl(*words)
    assert documents(database, "validators") == {}


@pytest.mark.parametrize(
    "words",
    [
        ("--since", "30d"),
        ("--dry-run",),
        ("-s", "NEWSCRAWL_CONDITIONAL=False"),
        ("-s", "NEWSCRAWL_REPLACE=True"),
        ("-s", "USER_AGENT=another"),
    ],
)
def test_runs_that_want_the_whole_list_ask_for_it(town: Town, words: tuple[str, ...]) -> None:
    town.feed_headers = {"ETag": '"1"'}
    town.crawl()
    counts = town.crawl(*words)
    assert counts["unchanged_lists"] == 0
    assert ("/feed.xml", 200, False) in town.asked


def test_without_what_is_kept_each_article_that_may_change_is_read(town: Town) -> None:
    town.crawl()
    assert town.crawl("-s", "NEWSCRAWL_CONDITIONAL=False")["unchanged"] == 3


def test_another_declaration_reads_the_list_whole(town: Town) -> None:
    """An unchanged list may hold articles that it did not match before."""
    town.feed_headers = {"ETag": '"1"'}
    town.declare(articles=r"/a/(?P<id>[12])$")
    assert town.crawl()["stored"] == 2
    town.declare()
    assert town.crawl()["stored"] == 1


def test_a_server_that_answers_304_to_everything_is_found_out(town: Town, database: str) -> None:
    town.feed_headers, town.always_304 = (
        {"ETag": '"1"', "Last-Modified": "Thu, 12 Jan 2017 00:12:01 GMT"},
        True,
    )
    town.crawl()
    town.numbers = [4, 3, 2, 1]
    assert town.crawl()["unchanged_lists"] == 1, "it is believed for a while"
    change(database, "validators", read=datetime.now(UTC) - timedelta(hours=25))
    assert town.crawl()["stored"] == 1
    town.numbers = [5, 4, 3, 2, 1]
    assert town.crawl()["stored"] == 1, "and then no more"
    assert ("/feed.xml", 200, False) in town.asked
    assert list_of(database)["distrusted"] is not None


def test_a_broken_list_does_not_keep_another_from_being_kept(town: Town, database: str) -> None:
    feeds = ("feed.xml", "feed.xml?b", "none")
    town.declare(lists=", ".join(f'Feed("http://{HOST}/{path}")' for path in feeds))
    town.crawl(code=1)
    assert len(documents(database, "validators")) == 2
    town.feed_headers = {"ETag": '"1"'}
    counts = town.crawl(code=1)
    assert counts["unchanged_lists"] == 2
    assert counts["lists"] == 2


def test_an_unchanged_list_is_neither_frozen_nor_short(town: Town, database: str) -> None:
    """It is evidence of no news, as the same list read whole would be."""
    town.crawl()
    town.crawl()
    lists = {one["list"]: one for one in documents(database, "lists").values()}
    name = f"http://{HOST}/feed.xml"
    assert (lists[name]["entries"], lists[name]["articles"]) == (3, 3)
    assert lists[name]["read"] > lists[name]["since"]
    assert lists[None]["newest"] == lists[name]["newest"]
    long_ago = datetime.now(UTC) - timedelta(days=40)
    change(database, "lists", since=long_ago, newest=long_ago, until=long_ago, changed=long_ago)
    town.crawl(code=1)
    [run] = [one for one in documents(database, "runs").values() if one["problems"]]
    assert run["counts"]["unchanged_lists"] == 1
    assert "nothing new since" in run["problems"][0], "a list that is frozen is reported all the same"


def test_an_index_of_sitemaps_is_read_and_each_of_them_asked_whether_it_changed(
    town: Town, database: str
) -> None:
    town.declare(lists=f'Sitemap("http://{HOST}/index.xml")')
    assert town.crawl()["stored"] == 3
    counts = town.crawl()
    assert town.paths == ["/index.xml", "/map.xml"]
    assert (counts["lists"], counts["unchanged_lists"], counts["kept_lists"]) == (2, 1, 1)
    town.numbers = [4, 3, 2, 1]
    assert town.crawl()["stored"] == 1


def test_a_304_with_the_headers_of_the_list_is_one(town: Town) -> None:
    """Servers send them with it; there is nothing to decompress."""
    town.feed_headers = {"ETag": '"1"'}
    town.crawl()
    town.feed_headers = {"ETag": '"1"', "Content-Encoding": "gzip", "Cache-Control": "no-store"}
    assert town.crawl()["unchanged_lists"] == 1
