"""Feeds: by the specifications, whatever the posts hold, and as feed readers take them."""

from __future__ import annotations

import dataclasses
import json
from calendar import timegm
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import pytest

from newscrawl.export.feeds import WRITERS, FeedInfo, entry_id
from newscrawl.model.post import Attribution, Body, Post, Withdrawn
from newscrawl.model.rights import Rights
from tests.export import hostile
from tests.export.specifications import ATOM, CONTENT, DC, check_atom, check_json_feed, check_rss
from tests.read.stored import post_of

INFO = FeedInfo(
    '北方网 <新闻> & "更多" \x00', "https://news.example.com/", "https://news.example.com/feed.xml?a=1&b=2"
)
AWKWARD = '<p>a ]]> b &amp; <strong>"c"</strong></p>\r\n<p>\x00\x0b\ufffe\ud800\x1b[2J 😀</p>'
CHECKS: dict[str, Callable[[bytes], list[Any]]] = {
    "atom": check_atom,
    "rss": check_rss,
    "jsonfeed": check_json_feed,
}


def hostile_posts(count: int = 200) -> list[Post]:
    posts = [hostile.post_of(seed) for seed in range(count)]
    posts[0].body = Body(AWKWARD, "a", 1)
    posts[1].share_url = "javascript:alert(1)"
    posts[2].share_url = posts[2].canonical_url = "http://[broken"
    posts[3].title = "\x00"
    posts[4].authors = ["张三", "\x01"]
    return posts


@pytest.mark.parametrize("form", WRITERS)
def test_hostile_posts_make_a_valid_feed(form: str) -> None:
    posts = hostile_posts()
    feed = WRITERS[form](iter(posts), INFO)
    feed.decode("utf-8")
    assert len(CHECKS[form](feed)) == len(posts)
    assert b"javascript:" not in feed
    assert WRITERS[form](posts, INFO) == feed


@pytest.mark.parametrize("form", WRITERS)
def test_a_feed_without_posts_is_valid(form: str) -> None:
    assert CHECKS[form](WRITERS[form]([], INFO)) == []
    bare = FeedInfo("x", "https://news.example.com/")
    feed = WRITERS[form]([post_of(1)], bare)
    assert len(CHECKS[form](feed)) == 1
    assert b"self" not in feed
    assert b"feed_url" not in feed


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_feedparser_reads_what_was_meant(form: str) -> None:
    post = post_of(3, title='他说"不" <b> & ]]>', digest="摘要", authors=["张三", "李四"])
    post.body = Body(AWKWARD, "a", 1)
    read = feedparser.parse(WRITERS[form]([post, *hostile_posts(60)], INFO))
    assert not read.bozo, read.get("bozo_exception")
    assert read.version == {"atom": "atom10", "rss": "rss20"}[form]
    assert read.feed.title == '北方网 <新闻> & "更多"'
    assert read.feed.links[-1]["href"] == "https://news.example.com/feed.xml?a=1&b=2"
    entry = read.entries[0]
    assert entry.id == entry_id(post)
    assert entry.link == post.share_url
    assert datetime.fromtimestamp(timegm(entry.published_parsed), UTC) == post.date
    assert {"name": "张三"} in entry.authors
    html = entry.content[-1]["value"]
    assert html.startswith('<p>a ]]> b &amp; <strong>"c"</strong></p>\n<p>') or "]]&gt;" in html
    assert "😀" in html
    assert not any(character in html for character in "\x00\x0b\ufffe\x1b")


def test_content_comes_whole() -> None:
    post = post_of(1)
    post.body = Body(AWKWARD, "a", 1)
    whole = '<p>a ]]> b &amp; <strong>"c"</strong></p>\n<p>[2J 😀</p>'
    (entry,) = check_atom(WRITERS["atom"]([post], INFO))
    assert entry.findtext(f"{ATOM}content") == whole
    (item,) = check_rss(WRITERS["rss"]([post], INFO))
    assert item.findtext(f"{CONTENT}encoded") == whole
    (json_item,) = check_json_feed(WRITERS["jsonfeed"]([post], INFO))
    assert json_item["content_html"] == whole


def test_ids_stay_whatever_changes_and_times_tell_the_change() -> None:
    post = post_of(1)
    later = dataclasses.replace(
        post, title="neu", share_url="https://x.test/", updated=post.date + timedelta(days=1), revision=2
    )
    assert entry_id(post) == entry_id(later) == "urn:uuid:4bff6e2e-a380-54a9-abd0-7d542130a31f"
    assert entry_id(post_of(2)) != entry_id(post)
    (entry,) = check_atom(WRITERS["atom"]([later], INFO))
    assert entry.findtext(f"{ATOM}published") == "2026-03-08T04:00:00Z"
    assert entry.findtext(f"{ATOM}updated") == "2026-03-09T04:00:00Z"
    read = json.loads(WRITERS["jsonfeed"]([later], INFO))
    assert read["items"][0]["date_modified"] == "2026-03-09T04:00:00Z"
    assert b"<lastBuildDate>Mon, 09 Mar 2026 04:00:00 GMT</lastBuildDate>" in WRITERS["rss"]([later], INFO)


def test_who_wrote_it_is_the_author_else_the_outlet_else_the_site() -> None:
    posts = [post_of(1, authors=["张三"]), post_of(2), post_of(3, outlet=None)]
    atom = check_atom(WRITERS["atom"](posts, INFO))
    assert [entry.findtext(f"{ATOM}author/{ATOM}name") for entry in atom] == [
        "张三",
        "北方网",
        "finance.eastmoney.com",
    ]
    rss = check_rss(WRITERS["rss"](posts, INFO))
    assert [item.findtext(f"{DC}creator") for item in rss] == ["张三", "北方网", None]
    posts[1].source = Attribution("<S&P>\x00", "sp", "x", "tail")
    assert check_rss(WRITERS["rss"](posts, INFO))[1].findtext(f"{DC}creator") == "<S&P>"


def test_links_may_lead_to_ones_own_pages() -> None:
    info = dataclasses.replace(INFO, link=lambda post: f"https://news.example.com/post/{post.id}")
    (item,) = check_rss(WRITERS["rss"]([post_of(1)], info))
    assert item.findtext("link") == "https://news.example.com/post/eastmoney:202603083600000001"


@pytest.mark.parametrize("form", WRITERS)
def test_a_withdrawn_post_says_so_before_its_text(form: str) -> None:
    gone = datetime(2026, 3, 8, 20, tzinfo=UTC)
    post = dataclasses.replace(post_of(1), withdrawn=Withdrawn(gone, 410, gone))
    feed = WRITERS[form]([post], INFO)
    CHECKS[form](feed)
    assert "原网站已于2026-03-09撤下本文" in feed.decode()  # on the source's clock
    back = dataclasses.replace(post, withdrawn=Withdrawn(gone, 410, gone, until=gone + timedelta(hours=5)))
    assert WRITERS[form]([back], INFO) == WRITERS[form]([post_of(1)], INFO)
    if form == "jsonfeed":
        [entry] = json.loads(feed)["items"]
        assert entry["_newscrawl"] == {"withdrawn": "2026-03-08T20:00:00Z"}


def test_the_note_is_in_english_where_the_post_is_not_chinese() -> None:
    gone = datetime(2026, 3, 8, 20, tzinfo=UTC)
    post = dataclasses.replace(post_of(1), language="fr", withdrawn=Withdrawn(gone, 404, gone))
    assert "The source withdrew this article on 2026-03-09." in WRITERS["rss"]([post], INFO).decode()


def test_rights_are_in_every_form() -> None:
    rights = Rights(
        tdm="reserved",
        licence="CC-BY-4.0",
        licence_url="https://creativecommons.org/licenses/by/4.0/",
        copyright="© 2026 <示例>",
        reprint="禁止转载",
    )
    post = dataclasses.replace(post_of(1), rights=rights)
    atom = feedparser.parse(WRITERS["atom"]([post], INFO)).entries[0]
    assert atom.rights == "© 2026 <示例> 禁止转载"
    assert {link.rel: link.href for link in atom.links}["license"] == rights.licence_url
    assert feedparser.parse(WRITERS["rss"]([post], INFO)).entries[0].rights == "© 2026 <示例> 禁止转载"
    [item] = json.loads(WRITERS["jsonfeed"]([post], INFO))["items"]
    assert item["_newscrawl"]["rights"]["tdm"] == "reserved"
    for form, check in CHECKS.items():
        check(WRITERS[form]([post], INFO))
    unsafe = dataclasses.replace(post, rights=dataclasses.replace(rights, licence_url="javascript:alert(1)"))
    assert b"javascript" not in WRITERS["atom"]([unsafe], INFO)
