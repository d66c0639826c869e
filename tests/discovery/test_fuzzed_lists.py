"""Lists broken at random, always alike: each is read or is a PageError."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.discovery.home_page import discover
from newscrawl.discovery.list_page import ListResponse
from newscrawl.discovery.list_reader import ListReader
from newscrawl.errors import PageError
from newscrawl.model.lists import Api, Feed, Section, Sitemap
from newscrawl.model.source import ListSource, Source

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOME = "https://example.org/"
ITEM = "<item><title>R&amp;D</title><link>/1.html</link><description>&lt;p&gt;x</description></item>"
NEWS = "<news:news><news:title>T</news:title></news:news>"
URL = f"<url><loc>/1.html</loc><lastmod>2026-11-20</lastmod>{NEWS}</url>"
SECTION = '<base href="/x/"><ul><li><a href="1.html">x</a><i>2026</i></li></ul><a class=n href="?p=2">'
LISTS: dict[str, tuple[ListSource, str]] = {
    "rss": (
        Feed(HOME, full=True),
        f'<?xml version="1.0"?><rss version="2.0"><channel>{ITEM * 3}</channel></rss>',
    ),
    "atom": (
        Feed(HOME),
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/1.html"/></entry></feed>',
    ),
    "json feed": (Feed(HOME), '{"items": [{"url": "/1.html", "authors": [{"name": "x"}]}]}'),
    "sitemap": (Sitemap(HOME), f'<?xml version="1.0"?><urlset xmlns="s">{URL * 3}</urlset>'),
    "section": (Section(HOME, items="li", dates=("i",), next=("a.n",)), SECTION),
    "api": (
        Api(f"{HOME}?c={{cursor}}", items="d[?ok > `0`]", link="u", cursor="d[-1].u", date="max(t)"),
        '{"d": [{"u": 1, "ok": 2, "t": [1, 2]}, {"u": "2", "ok": 1}]}',
    ),
}
PIECES = [
    b"&#",
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"<!ENTITY x ",
    b'xml:base="http://[a"',
    b"\xff",
    b"\x00",
    b"'",
    b'"',
    b"<?",
    b"<!DOCTYPE",
    b"</item>",
    b"<item>",
    b"xmlns:a=''",
    b"xmlns=''",
    b"<link href='http://[x'/>",
    b"\xe5\xa4",
    b"<content type='xhtml'>",
    b"<gml:pos>a b</gml:pos>",
    b"&#99999999999;",
    b"<summary mode='base64'>!!</summary>",
    b"{",
    b"[",
    b"}",
    b"]",
    b"null",
    b"9" * 5000,
    b"-",
    b"1e999",
    b"NaN",
    b"\\ud83d",
    b":99999/",
    b"http://[",
    b"://",
    b"<base href='//'>",
    b"\xef\xbb\xbf",
    b"\xfe\xff",
    b"\x1f\x8b",
    b"<url>",
    b"<sitemap>",
    b"<loc>",
    b"<image:loc>",
]


def broken(body: bytes, chance: random.Random) -> bytes:
    text = bytearray(body)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(text) + 1)
        match chance.randrange(3):
            case 0:
                text[at:at] = chance.choice(PIECES)
            case 1:
                del text[at : at + chance.randint(1, 20)]
            case _:
                start = chance.randrange(len(text) + 1)
                text[at:at] = text[start : start + chance.randint(1, 40)]
    return bytes(text)


@pytest.mark.parametrize("kind", LISTS)
def test_a_broken_list_is_read_or_a_page_error(kind: str) -> None:
    declared, text = LISTS[kind]
    source = Source(title="e", domain="example.org", lists=(declared,))
    reader, chance, read = ListReader(source, NOW - timedelta(days=7), NOW), random.Random(kind), 0
    for _ in range(150):
        body = broken(text.encode(), chance)
        try:
            reader.read(ListResponse(HOME, body), {"list": 0})
            read += 1
        except PageError:
            pass
    assert read


def test_a_broken_home_page_is_read_or_a_page_error() -> None:
    chance, read = random.Random(3), 0
    text = SECTION + '<link rel=feed href="feed:x"><meta http-equiv=refresh content="0; url=/b">'
    for _ in range(150):
        try:
            discover(broken(text.encode(), chance), HOME, link_header='</f>; rel="feed"')
            read += 1
        except PageError:
            pass
    assert read
