"""Feeds: as feedparser reads them, on the addresses that pages name."""

from __future__ import annotations

import feedparser
import pytest
from lxml.html import document_fromstring

from newscrawl.read import Posts
from tests.web.serving import ask

KINDS = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}


@pytest.mark.parametrize(
    ("head", "page", "title"),
    [
        ("/feed", "/", "新闻簿"),
        ("/category/beifangwang", "/category/beifangwang", "新闻簿 · 北方网"),
        ("/outlet/xinhuashe", "/outlet/xinhuashe", "新闻簿 · 新华社"),
    ],
)
def test_feeds_have_the_latest_posts(pages: str, stocked: str, head: str, page: str, title: str) -> None:
    _, _, slug = head.rpartition("/")
    with Posts.connect(database=stocked) as posts:
        wanted = [post.title for post in posts.latest(limit=30, category=None if slug == "feed" else slug)]
    for suffix in ("atom", "rss"):
        reply = ask(pages, f"{head}.{suffix}", accept_encoding="gzip")
        assert reply.headers["content-type"] == KINDS[suffix]
        assert reply.headers["content-encoding"] == "gzip"
        feed = feedparser.parse(reply.text.encode())
        assert not feed.bozo
        assert (feed.feed.title, feed.feed.link) == (title, f"{pages}{page}")
        assert [entry.title for entry in feed.entries] == [" ".join(each.split()) for each in wanted]
        assert feed.entries[0].link.startswith(f"{pages}/post/eastmoney:")
        assert ask(pages, feed.entries[0].link.removeprefix(pages)).status == 200
    found = ask(pages, f"{head}.json")
    assert found.headers["content-type"] == KINDS["json"]
    assert found.json["feed_url"] == f"{pages}{head}.json"
    assert len(found.json["items"]) == len(wanted)
    alternates = document_fromstring(ask(pages, page).text).xpath("//link[@rel='alternate']/@href")
    assert alternates == [f"{head}.{suffix}" for suffix in KINDS]


@pytest.mark.parametrize("path", ["/category/none.atom", "/outlet/Ünknown.rss", "/feed.xml", "/tag/x.atom"])
def test_feeds_of_nothing_are_not_found(pages: str, path: str) -> None:
    assert ask(pages, path).status == 404
