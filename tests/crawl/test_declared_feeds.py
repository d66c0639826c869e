"""Feeds of feeds.toml as spiders: imported from OPML, listed, crawled, exported."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from newscrawl.crawl.declared_feeds import feed_spider, source_of
from newscrawl.crawl.spider_loader import FileLoader
from newscrawl.discovery.opml import OpmlFeed, read_opml, write_opml
from newscrawl.errors import UsageError
from newscrawl.model.source import Feed
from tests.crawl.crawls import documents
from tests.crawl.harbour import HOST, harbour_in
from tests.crawl.test_spider_loader import GOOD
from tests.discovery.test_opml import NOW

FEED = "https://feeds.example.org/port.xml"


def test_what_a_table_declares() -> None:
    source = source_of(
        {
            "feed": FEED,
            "title": "港口",
            "home": "https://www.port.example.com.cn/",
            "language": "zh",
            "delay": 2,
        }
        | {"categories": ["/Sea/港口"], "quiet": "30d", "domains": ["port.cn"]}
    )
    assert (source.domain, source.domains) == ("example.com.cn", ("example.org", "port.cn"))
    assert (source.zone, source.outlet, source.delay) == ("Asia/Shanghai", "港口", 2)
    assert source.quiet is not None
    assert source.quiet.days == 30
    assert source.lists == (Feed(FEED, column="港口", anywhere=True),)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({}, "feed: missing"),
        ({"feed": FEED, "zoen": "UTC"}, "zoen: unknown key; did you mean zone"),
        ({"feed": 3}, "feed = 3: not a string"),
        ({"feed": FEED, "quiet": "soon"}, "quiet = 'soon': not a duration"),
        ({"feed": FEED, "zone": "Mars/Phobos"}, "zone 'Mars/Phobos' is not an IANA zone"),
        ({"feed": "ftp://a.example/x"}, "not an http address"),
        ({"feed": FEED, "folders": "News"}, "folders = 'News': not a list of paths"),
        ({"feed": FEED, "full": "yes"}, "full = 'yes': neither true nor false"),
    ],
)
def test_what_is_wrong_with_a_table_is_told(table: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=rf"feeds\.toml: \[port\] .*{told}"):
        feed_spider("port", table, Path("feeds.toml"))


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    folder = tmp_path / f"feeds_{abs(hash(request.node.name))}"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "good.py").write_text(GOOD.format(name="good", zone="UTC"), "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def test_a_table_is_a_spider_and_the_file_of_its_name_comes_first(package: Path) -> None:
    (package / "feeds.toml").write_text(f'[port]\nfeed = "{FEED}"\n[good]\nfeed = "{FEED}"\n[bad]\n', "utf-8")
    loader = FileLoader([package.name])
    assert loader.list() == ["bad", "good", "port"]
    assert loader.load("port").source.lists[0].url == FEED  # type: ignore[attr-defined]
    assert loader.load("good").source.title == "x"  # type: ignore[attr-defined]
    with pytest.raises(KeyError):
        loader.load("nobody")


def test_one_wrong_table_or_a_broken_file_leaves_the_others(
    package: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (package / "feeds.toml").write_text(f'[port]\nfeed = "{FEED}"\n[bad]\n', "utf-8")
    assert [kind.name for kind in FileLoader([package.name]).sound()] == ["good", "port"]
    assert "[bad] feed: missing" in caplog.text
    (package / "feeds.toml").write_text("[port", "utf-8")
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        assert [kind.name for kind in FileLoader([package.name]).sound()] == ["good"]
    assert "feeds.toml is not valid TOML" in caplog.text


def test_a_spider_of_a_file_is_found_without_the_feeds(package: Path) -> None:
    (package / "feeds.toml").write_text("[port", "utf-8")
    loader = FileLoader([package.name])
    assert loader.load("good").name == "good"
    assert "_tables" not in vars(loader), "feeds.toml was not read"


@pytest.mark.slow
def test_five_hundred_feeds_are_imported_one_is_crawled_and_all_are_exported(
    tmp_path: Path, database: str
) -> None:
    feeds = [OpmlFeed(url=f"https://site{n}.example/feed", title=f"Site {n}") for n in range(500)]
    feeds[7] = OpmlFeed(
        url=f"http://{HOST}/feed.xml",
        title="The Harbour",
        home=f"http://{HOST}/",
        language="en",
        folders=(("Sea", "Ports"), ("Daily",)),
        categories=("/Sea/Ports",),
    )
    file = tmp_path / "mine.opml"
    file.write_bytes(write_opml(feeds, "mine", NOW))
    with harbour_in(tmp_path) as harbour:
        (tmp_path / "own" / "harbour.py").unlink()
        done = harbour.command("sources", "import", str(file), "--folder", str(tmp_path / "own"))
        assert done.returncode == 0, done.stderr
        assert done.stdout.endswith("feeds.toml: 500 new, 0 changed, 0 unchanged\n")
        again = harbour.command("sources", "import", str(file), "--folder", str(tmp_path / "own"))
        assert again.stdout.endswith("feeds.toml: 0 new, 0 changed, 500 unchanged\n")

        listed = json.loads(harbour.command("sources", "--json").stdout)
        assert len([row for row in listed if row["spider"].startswith("site_")]) == 499
        shown = json.loads(harbour.command("sources", "the_harbour", "--json").stdout)
        assert (shown["domains"], shown["lists"]) == (["example.com"], [f"http://{HOST}/feed.xml"])

        harbour.numbers = [1, 2, 3]
        run = harbour.crawl(spider="the_harbour")
        assert (run["spider"], run["counts"]["stored"]) == ("the_harbour", 3)
        posts = documents(database)
        assert {post["crawl"]["spider"] for post in posts.values()} == {"the_harbour"}
        assert {post["source"]["name"] for post in posts.values()} == {"The Harbour"}
        assert all("ports" in post["categories"] for post in posts.values())

        exported = harbour.command("export", "opml", str(tmp_path / "out.opml"))
        assert exported.returncode == 0, exported.stderr
    found = {feed.url: feed for feed in read_opml((tmp_path / "out.opml").read_bytes()).feeds}
    for feed in feeds:
        came = found[feed.url]
        assert (came.title, set(came.folders), came.categories) == (
            (feed.title, set(feed.folders), feed.categories)
        )
    assert "https://feeds.bbci.co.uk/news/rss.xml" in found, "the feeds of spiders' files, too"
