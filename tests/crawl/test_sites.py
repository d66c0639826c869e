"""The newsroom's further sites, each crawled end to end and compared with what it published."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from newscrawl.newsroom.sites import SiteArticle, articles_of
from newscrawl.text.outlets import outlet_named
from newscrawl.text.urls import canonical_url
from tests import warm
from tests.crawl.crawls import SINCE, crawl, documents
from tests.warm import run as newscrawl

pytestmark = pytest.mark.slow

SEED = 7
ENORTH, FEEDS = "news.enorth.com.cn", "feeds.newsroom.example"
SITEMAPS, PLAIN = "sitemaps.newsroom.example", "plain.newsroom.example"
LISTS = [f"https://{FEEDS}/{name}" for name in ("rss.xml", "atom.xml", "rdf.xml", "feed.json")]
LISTS += [f"https://{SITEMAPS}/{name}" for name in ("sitemap-index.xml", "news-sitemap.xml")]


@dataclass(frozen=True)
class Room:
    """A newsroom of a moment, and what its sites published by then."""

    address: str
    now: datetime

    def published(self, host: str) -> dict[str, SiteArticle]:
        return {article.url: article for article in articles_of(host, self.now, SEED)}


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    now = datetime.now(UTC).replace(microsecond=0)
    with warm.newsroom(["--articles", "30", "--seed", str(SEED), "--now", now.isoformat()]) as address:
        yield Room(address, now)


def stored(database: str) -> dict[str, dict[str, Any]]:
    return {post["canonical_url"]: post for post in documents(database).values()}


def same(post: dict[str, Any], article: SiteArticle) -> None:
    """Title, minute, outlet and every paragraph of every page."""
    assert post["title"] == article.title
    assert post["date"].replace(tzinfo=UTC, second=0) == article.at.astimezone(UTC).replace(second=0)
    known = outlet_named(article.outlet)
    assert post["source"]["name"] == (known.name if known else article.outlet)
    text = "".join(post["body"]["text"].split())
    for paragraph in article.paragraphs:
        assert "".join(paragraph.split()) in text, article.url


def test_enorth_in_gb18030_with_articles_of_several_pages(room: Room, database: str) -> None:
    code, run = crawl("enorth", room.address, *SINCE)
    posts, articles = stored(database), room.published(ENORTH)
    assert code == 0, run["problems"]
    assert run["counts"]["rejected"] == run["counts"]["failed"] == 0
    assert posts.keys() <= articles.keys()
    assert len(posts) >= 30
    assert any(articles[url].pages == 3 for url in posts)
    assert {articles[url].kind for url in posts} >= {"B", "C"}
    for url, post in posts.items():
        same(post, articles[url])
        assert post["_id"] == f"enorth:{url.rpartition('/')[2].removesuffix('.shtml')}"


def test_enorth_again_stores_nothing(room: Room, database: str) -> None:
    crawl("enorth", room.address, "--limit", "8")
    _, again = crawl("enorth", room.address, "--limit", "8")
    assert again["counts"]["updated"] == 0
    assert again["counts"]["unchanged"] + again["counts"]["stored"] >= 8


def test_a_site_with_feeds_is_one_post_an_article(room: Room, database: str) -> None:
    code, run = crawl("site", room.address, *SINCE, "-a", f"url=https://{FEEDS}/")
    posts, articles = stored(database), room.published(FEEDS)
    assert code == 0, run["problems"]
    assert posts.keys() == articles.keys(), "tracking parameters, AMP and mobile twins make no second post"
    for url, post in posts.items():
        same(post, articles[url])


def test_a_site_with_news_sitemaps(room: Room, database: str) -> None:
    code, run = crawl("site", room.address, *SINCE, "-a", f"url=https://{SITEMAPS}/")
    posts, articles = stored(database), room.published(SITEMAPS)
    assert code == 0, run["problems"]
    assert posts.keys() == articles.keys()
    for url, post in posts.items():
        same(post, articles[url])
    with urllib.request.urlopen(f"{room.address}/__log__", timeout=10) as answer:
        assert b'"path": "/internal/' not in answer.read(), "robots.txt forbids it"


def test_a_site_with_nothing_but_a_home_page(room: Room, database: str) -> None:
    code, run = crawl("site", room.address, *SINCE, "-a", f"url=http://{PLAIN}/")
    posts, articles = stored(database), room.published(PLAIN)
    assert code == 0, run["problems"]
    assert posts.keys() == articles.keys(), "all of them, and no list, login, consent or about page"
    for url, post in posts.items():
        same(post, articles[url])


@pytest.mark.parametrize("address", LISTS)
def test_a_feed_or_a_sitemap_of_a_site_will_do(address: str, room: Room, database: str) -> None:
    code, run = crawl("site", room.address, *SINCE, "-a", f"url={address}", "--limit", "5")
    broken = "1 list given up: broken gzip"  # one of those that the index names, on purpose
    assert code == 0 or (run["problems"][0].startswith(broken) and len(run["problems"]) == 1)
    posts, articles = stored(database), room.published(FEEDS) | room.published(SITEMAPS)
    assert 3 <= len(posts) <= 5
    for url, post in posts.items():
        same(post, articles[url])


@pytest.mark.parametrize("word", ["", "example.org", "ftp://example.org/", "https://localhost/"])
def test_site_wants_an_address(word: str, mongo_home: object) -> None:
    done = newscrawl("crawl", "site", "-a", f"url={word}")
    assert done.returncode == 2
    assert "https://example.org" in done.stderr


def test_check_says_what_it_found(room: Room) -> None:
    done = newscrawl("check", "enorth", "--newsroom", room.address, "--limit", "3")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 articles requested, 3 would be stored" in done.stdout
    assert "robots.txt obeyed" in done.stdout
    assert "no problems found" in done.stdout


def test_check_fails_where_the_site_is_another(room: Room) -> None:
    done = newscrawl("check", "people", "--newsroom", room.address, "--limit", "3")
    assert done.returncode == 1
    assert "WRONG:" in done.stdout


def test_new_writes_a_source_that_checks(room: Room, tmp_path: Any, monkeypatch: Any) -> None:
    done = newscrawl(
        "new", "plain", f"http://{PLAIN}/", "--folder", str(tmp_path), "--newsroom", room.address
    )
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "plain.py").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    exec(compile(text, "plain.py", "exec"), names)
    source = names["PlainSpider"].source
    matched = [url for url in room.published(PLAIN) if source.is_article(canonical_url(url))]
    assert len(matched) >= 0.9 * len(room.published(PLAIN)), source.articles
    again = newscrawl(
        "new", "plain", f"http://{PLAIN}/", "--folder", str(tmp_path), "--newsroom", room.address
    )
    assert again.returncode == 2
    assert "not written over" in again.stderr
