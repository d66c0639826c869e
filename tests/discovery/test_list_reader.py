"""Lists with addresses that are none: they cost no other article and no other list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.discovery.home_page import discover
from newscrawl.discovery.list_page import ListResponse
from newscrawl.discovery.list_reader import ListReader
from newscrawl.model.lists import Api, Feed, Section, Sitemap
from newscrawl.model.source import ListSource, Source

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOME = "https://example.org/"
BAD = "http://[bad/1.html"


def walk(entry: ListSource) -> ListReader:
    source = Source(title="e", domain="example.org", lists=(entry,))
    return ListReader(source, NOW - timedelta(days=7), NOW)


@pytest.mark.parametrize(
    ("entry", "body"),
    [
        (Feed(HOME), f'{{"items": [{{"url": "{BAD}"}}, {{"url": "/2.html"}}], "next_url": "{BAD}"}}'),
        (Sitemap(HOME), f"<urlset><url><loc>{BAD}</loc></url><url><loc>/2.html</loc></url></urlset>"),
        (Section(HOME), f'<base href="{BAD}"><a href="{BAD}">a</a><a href="/2.html">b</a>'),
        (Api(HOME, items="d", link="u"), f'{{"d": [{{"u": "{BAD}"}}, {{"u": "/2.html"}}]}}'),
    ],
)
def test_an_address_that_is_none_costs_itself_only(entry: ListSource, body: str) -> None:
    listed = walk(entry).read(ListResponse(HOME, body.encode()), {"list": 0})
    assert [item.url for item in listed.items] == ["https://example.org/2.html"]
    assert listed.next is None


def test_sitemaps_of_an_index_may_be_named_by_their_paths() -> None:
    rows = f"<sitemap><loc>{BAD}</loc></sitemap><sitemap><loc>/a.xml</loc></sitemap>"
    index = f"<sitemapindex>{rows}</sitemapindex>"
    listed = walk(Sitemap(HOME)).read(ListResponse(HOME, index.encode()), {"list": 0})
    assert [step.url for step in listed.others] == ["https://example.org/a.xml"]


def test_a_robots_txt_with_an_address_that_is_none() -> None:
    robots = f"Sitemap: {BAD}\nSitemap: /a.xml".encode()
    listed = walk(Sitemap(HOME)).read(ListResponse(f"{HOME}robots.txt", robots), {"list": 0})
    assert [step.url for step in listed.others] == ["https://example.org/a.xml"]


def test_a_home_page_with_addresses_that_are_none() -> None:
    home = f'<base href="{BAD}"><a href="http://[bad/rss.xml">feed</a><a href="/feed.xml">feed</a>'
    assert discover(home.encode(), HOME).feeds == ["https://example.org/feed.xml"]


@pytest.mark.parametrize("authors", ["5", "true", "1e9", '{"name": "a"}', '"a"', '["a", null, {"name": []}]'])
def test_authors_of_another_kind_cost_no_article(authors: str) -> None:
    body = f'{{"items": [{{"url": "/2.html", "authors": {authors}}}]}}'
    listed = walk(Feed(HOME)).read(ListResponse(HOME, body.encode()), {"list": 0})
    assert [(item.url, item.authors) for item in listed.items] == [("https://example.org/2.html", ())]


def test_a_comparison_of_another_kind_is_not_true() -> None:
    api = Api(HOME, items="d", link="u", only="ok > `0`")
    body = b'{"d": [{"u": "/1.html", "ok": "1"}, {"u": "/2.html", "ok": 1}]}'
    listed = walk(api).read(ListResponse(HOME, body), {"list": 0})
    assert [item.url for item in listed.items] == ["https://example.org/2.html"]


@pytest.mark.parametrize(
    ("entry", "body", "cursor"),
    [
        (Feed(HOME), '{"items": [{"url": "/2.html"}], "next_url": "/feed?page=x"}', {}),
        (Section(HOME, next=("a.next",)), '<a href="/2.html">a</a><a class="next" href="/p">b</a>', {}),
        (Api(f"{HOME}?p={{page}}", items="d", link="u"), '{"d": [{"u": "/2.html"}]}', {"cursor": ""}),
    ],
)
def test_pages_are_counted_whatever_the_list(entry: ListSource, body: str, cursor: dict[str, str]) -> None:
    listed = walk(entry).read(ListResponse(HOME, body.encode()), {"list": 0, "page": 6, **cursor})
    assert listed.next
    assert listed.next.cursor["page"] == 7
