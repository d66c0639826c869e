"""Lists with addresses that are none: they cost no other article and no other list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

import pytest

from newscrawl.discovery.home_page import discover
from newscrawl.discovery.list_page import ListResponse
from newscrawl.discovery.list_reader import ListReader
from newscrawl.errors import PageError
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


BROKEN = [
    "http://[bad/1.html", "https://example.org:99999/1.html", "https://example.org:abc/1.html", "http:///1.html",
    "http://exa mple.org/1.html", "https://..../1.html", f"https://{'a' * 70}.org/1.html", "https://a..b/1.html",
    "https://\u2100.org/1.html", "http://", "https://example.org\\@evil.org/1.html",
]  # fmt: skip
ELSEWHERE = [
    "feed:https://example.org/1",
    "javascript:void(0)",
    "mailto:x@example.org",
    "ftp://example.org/1",
]


@pytest.mark.parametrize("kind", ["feed", "json feed", "sitemap", "text sitemap", "section", "items", "api"])
@pytest.mark.parametrize("bad", [*BROKEN, *ELSEWHERE])
def test_a_malformed_link_is_skipped_and_counted(kind: str, bad: str) -> None:
    quoted = escape(bad, {'"': "&quot;"})
    links = ["/1.html", "BAD", "/2.html"]
    entry, form, separator, around = {
        "feed": (
            Feed(HOME),
            "<item><title>t</title><link>{}</link></item>",
            "",
            "<rss><channel>{}</channel></rss>",
        ),
        "json feed": (Feed(HOME), '{{"url": "{}"}}', ",", '{{"items": [{}]}}'),
        "sitemap": (Sitemap(HOME), "<url><loc>{}</loc></url>", "", "<urlset>{}</urlset>"),
        "text sitemap": (Sitemap(HOME), "{}", "\n", "https://example.org/0.html\n{}"),
        "section": (Section(HOME), '<a href="{}">a title</a>', "", "<p>{}</p>"),
        "items": (Section(HOME, items="li"), '<li><a href="{}">a title</a></li>', "", "<ul>{}</ul>"),
        "api": (Api(HOME, items="d", link="u"), '{{"u": "{}"}}', ",", '{{"d": [{}]}}'),
    }[kind]
    assert isinstance(entry, Feed | Sitemap | Section | Api)
    in_json = kind in ("json feed", "api")
    word = bad.replace("\\", "\\\\") if in_json else bad if kind == "text sitemap" else quoted
    body = around.format(separator.join(form.format(link) for link in links)).replace("BAD", word)
    listed = walk(entry).read(ListResponse(HOME, body.encode()), {"list": 0})
    found = [item.url for item in listed.items if item.url != "https://example.org/0.html"]
    assert found == ["https://example.org/1.html", "https://example.org/2.html"]
    navigation = kind in ("section", "items") and bad in ELSEWHERE
    assert listed.skipped == ({} if navigation else {"not an article's address": 1})


def test_half_a_character_in_an_address_of_json() -> None:
    api = Api(HOME, items="d", link="u")
    listed = walk(api).read(
        ListResponse(HOME, b'{"d": [{"u": "/\\ud83d.html"}, {"u": "/2.html"}]}'), {"list": 0}
    )
    assert [item.url for item in listed.items] == ["https://example.org/2.html"]
    assert listed.skipped == {"not an article's address": 1}


@pytest.mark.parametrize("link", ["", "//", "?", "./"])
def test_a_link_to_the_list_itself_is_not_an_article(link: str) -> None:
    body = f'<a href="{link}">here</a><a href="/2.html">b</a>'
    listed = walk(Section(HOME)).read(ListResponse(HOME, body.encode()), {"list": 0})
    assert [item.url for item in listed.items] == ["https://example.org/2.html"]


def test_base_is_obeyed_by_articles_and_by_the_next_page() -> None:
    links = '<a href="2.html">b</a><a class="next" href="?p=2">n</a>'
    body = f'<base target="_top"><base href="/b/"><base href="/c/">{links}'
    section = Section(HOME, links=("a:not(.next)",), next=("a.next",))
    listed = walk(section).read(ListResponse(HOME, body.encode()), {"list": 0})
    assert [item.url for item in listed.items] == ["https://example.org/b/2.html"]
    assert listed.next is not None
    assert listed.next.url == "https://example.org/b/?p=2"


@pytest.mark.parametrize(
    "base", ["http://[bad/", "https://example.org:99999/", "javascript:1", "", "mailto:x", "feed:x"]
)
def test_a_base_that_is_not_an_address_is_ignored(base: str) -> None:
    body = f'<base href="{base}"><a href="/2.html">b</a>'
    listed = walk(Section(HOME)).read(ListResponse(HOME, body.encode()), {"list": 0})
    assert [item.url for item in listed.items] == ["https://example.org/2.html"]
    assert [
        link.url
        for link in discover(
            f"{body}<a href='/20261120/33333.html'>Council approves the bridge</a>".encode(), HOME
        ).articles
    ]


@pytest.mark.parametrize("count", ["²", "9" * 5000, "x", ""])
def test_a_count_of_pages_that_is_not_a_number(count: str) -> None:
    section = Section(HOME, pages="https://example.org/{page}.html", count=r"pages = (\w*)")
    with pytest.raises(PageError, match="no count of pages"):
        walk(section).read(
            ListResponse(HOME, f'<a href="/2.html">b</a> pages = {count}'.encode()), {"list": 0}
        )


def test_of_a_list_with_masses_of_items_the_first_are_taken_and_the_rest_counted() -> None:
    items = ",".join(f'{{"url": "/{n}.html"}}' for n in range(5_003))
    listed = walk(Feed(HOME)).read(ListResponse(HOME, f'{{"items": [{items}]}}'.encode()), {"list": 0})
    assert (len(listed.items), listed.skipped) == (5000, {"items of a list's page after 5,000": 3})
