"""What a home page leads to: feeds in every form they are linked in, moves, links that are broken."""

from __future__ import annotations

import pytest

from newscrawl.discovery.home_page import Discovered, discover

HOME = "https://example.org/"
FEED = "https://example.org/feed.xml"


def look(head: str = "", body: str = "", link_header: str | None = None) -> Discovered:
    html = f"<!doctype html><html lang=en><head><title>E</title>{head}</head><body>{body}</body></html>"
    return discover(html.encode(), HOME, "text/html", link_header=link_header)


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="alternate" type="application/rss+xml" href="/feed.xml">',
        '<link rel="ALTERNATE" type="application/RSS+xml" href="feed.xml">',
        '<link rel="alternate" type="application/rss+xml; charset=utf-8" href="/feed.xml">',
        '<link rel="alternate" type=" application/atom+xml ;charset=utf-8" href=" /feed.xml ">',
        '<link rel="alternate" type="application/rss&#43;xml" href="/feed.xml">',
        '<link rel="alternate" type="text/xml" href="/feed.xml">',
        '<link rel="alternate" type="application/xml" href="/feed.xml">',
        '<link rel="alternate" type="application/feed+json" href="/feed.xml">',
        '<link rel="alternate" type="application/rdf+xml" href="/feed.xml">',
        '<link rel="alternate" type="text/rss+xml" href="/feed.xml">',
        '<link rel="alternate home" type="application/x-rss+xml" href="/feed.xml">',
        '<link rel="feed" href="/feed.xml">',
        '<link rel="alternate" type="application/rss+xml" href="feed:https://example.org/feed.xml">',
        '<link rel="alternate" type="application/rss+xml" href="feed://example.org/feed.xml">',
        '<link rel="alternate" type="application/rss+xml" href="//example.org/feed.xml">',
        '<base href="https://example.org/x/"><link rel=feed href="../feed.xml">',
    ],
)
def test_feeds_that_the_head_names(head: str) -> None:
    assert look(head).feeds == [FEED]


@pytest.mark.parametrize(
    "body",
    [
        '<a rel="alternate" type="application/rss+xml" href="/feed.xml">RSS</a>',
        '<a rel="feed" href="/feed.xml">Follow us</a>',
        '<a href="/feed.xml">RSS</a>',
        '<svg><a href="http://[bad/feed.xml">x</a></svg><a href="/feed.xml">RSS</a>',
    ],
)
def test_feeds_that_are_linked_in_the_body(body: str) -> None:
    assert look(body=body).feeds == [FEED]


@pytest.mark.parametrize(
    "header",
    [
        '</feed.xml>; rel="alternate"; type="application/atom+xml"',
        "</feed.xml>; rel=alternate; type=application/rss+xml",
        '</a.css>; rel=preload, <https://example.org/feed.xml>;REL="alternate" ; Type="application/rss+xml"',
        '</feed.xml>; rel="feed", </oembed>; rel="alternate"; type="text/xml+oembed"',
    ],
)
def test_feeds_of_the_link_header(header: str) -> None:
    assert look(link_header=header).feeds == [FEED]


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="alternate" type="application/json+oembed" href="/o">',
        '<link rel="alternate" type="text/xml+oembed" href="/o">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/8">',
        '<link rel="search" type="application/opensearchdescription+xml" href="/s.xml">',
        '<link rel="alternate" hreflang="de" href="/de/">',
        '<link rel="stylesheet" type="text/xml" href="/s.xsl">',
        '<link rel="sitemap" type="application/xml" href="/sitemap.xml">',
        '<link rel="alternate" type="application/rss+xml" title="Comments" href="/c">',
        '<link rel="alternate" type="application/rss+xml" href="">',
        '<link rel="alternate" type="application/rss+xml">',
        '<link rel="alternate" type="application/rss+xml" href="/">',
    ],
)
def test_what_is_not_a_feed(head: str) -> None:
    assert look(head).feeds == []


@pytest.mark.parametrize(
    "bad",
    [
        "http://[bad/feed.xml", "javascript:void(0)", "mailto:x@example.com", "http:///feed.xml", "//", "http://",
        "https://example.org:99999/feed.xml", "https://example.org:abc/feed.xml", "http://exa mple.com/feed",
        "ftp://example.org/feed.xml", "feed:", "feed:feed:", "https://..../feed.xml", "data:text/xml,x",
    ],
)  # fmt: skip
def test_a_broken_link_costs_itself_alone(bad: str) -> None:
    feeds = "".join(
        f'<link rel=alternate type="application/rss+xml" href="{href}">' for href in (bad, "/feed.xml")
    )
    headline = "The council approves a bridge over the river"
    links = f'<a href="{bad}">{headline}</a><a href="/20261120/33333.html">{headline}</a>'
    found = look(feeds, links, f'<{bad}>; rel="feed"')
    assert found.feeds == [FEED]
    assert [link.url for link in found.articles] == ["https://example.org/20261120/33333.html"]


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ("0; url=/en/index.html", "https://example.org/en/index.html"),
        ("0;URL='https://www.example.org/'", "https://www.example.org/"),
        ('3, url="/en/"', "https://example.org/en/"),
        ("0.5;/en/", "https://example.org/en/"),
        ("0; url=/", None),
        ("300; url=/en/", None),
        ("300", None),
        ("0; url=http://[bad/", None),
        ("0; url=javascript:x", None),
        ("", None),
        ("x", None),
    ],
)
def test_a_page_that_leads_on(content: str, target: str | None) -> None:
    quoted = content.replace('"', "&quot;")
    assert look(f'<meta http-equiv="Refresh" content="{quoted}">').moved_to == target


def test_a_refresh_for_those_without_scripts_does_not_count() -> None:
    assert look('<noscript><meta http-equiv="refresh" content="0; url=/nojs"></noscript>').moved_to is None


def test_hostile_link_headers_take_linear_time() -> None:
    for piece in ("<", "<a>", ";", "; a=", '; a="', "<a>; rel="):
        assert look(link_header=piece * 1_000_000).feeds == []


@pytest.mark.parametrize(
    ("title", "href"),
    [
        ("News and Commentary", "/feed.xml"),
        ("Commentaires et analyses", "/feed.xml"),
        ("人民评论", "/feed.xml"),
    ],
)
def test_a_section_of_opinions_is_not_a_feed_of_comments(title: str, href: str) -> None:
    head = f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{href}">'
    assert look(head).feeds == [FEED]


@pytest.mark.parametrize(
    ("title", "href"),
    [
        ("E » Comments Feed", "/x/feed/"),
        ("E » Kommentar-Feed", "/comments/feed/"),
        ("E &raquo; 评论Feed", "/x/feed/"),
        ("《文章》的评论", "/x/feed/"),
        ("", "/feeds/1/comments/default"),
        ("", "/comment-feed.xml"),
    ],
)
def test_feeds_of_comments_are_left_out(title: str, href: str) -> None:
    head = f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{href}">'
    assert look(head + '<link rel="feed" href="/feed.xml">').feeds == [FEED]


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.example.com", "example.com"),
        ("www.shanghai.gov.cn", "shanghai.gov.cn"),
        ("news.pku.edu.cn", "pku.edu.cn"),
        ("www.example.sh.cn", "example.sh.cn"),
        ("www.example.or.kr", "example.or.kr"),
        ("www.example.gob.mx", "example.gob.mx"),
        ("m.example.co.uk", "example.co.uk"),
        ("ann.github.io", "ann.github.io"),
        ("ann.blogspot.com", "ann.blogspot.com"),
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
    ],
)
def test_a_site_ends_where_its_neighbours_begin(host: str, domain: str) -> None:
    """Of a suffix under which anybody may have a name, no neighbour's articles are the site's."""
    suffix = domain.partition(".")[2] or host
    links = f"<a href='https://{host}/2026/01/05/a.html'>One headline of this very site</a>"
    links += f"<a href='https://other.{suffix}/2026/01/05/b.html'>One headline of a neighbour</a>"
    found = discover(f"<html><body>{links}</body></html>".encode(), f"https://{host}/")
    assert found.domain == domain
    assert [link.url for link in found.articles] == [f"https://{host}/2026/01/05/a.html"]


@pytest.mark.parametrize(
    ("home", "domain"),
    [
        ("http://127.0.0.1:8401/", "127.0.0.1"),
        ("http://[2001:db8::1]/", "2001:db8::1"),
        ("https://www.example.org/", "example.org"),
    ],
)
def test_what_the_hosts_of_a_site_share(home: str, domain: str) -> None:
    assert discover(b"<html><body><h1>Harbour</h1></body></html>", home, "text/html").domain == domain
