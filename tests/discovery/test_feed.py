"""Feeds of all kinds, the broken ones too."""

import json
from typing import Any

import pytest

from newscrawl.discovery.feed import read_feed
from newscrawl.discovery.list_page import ListResponse
from newscrawl.errors import PageError
from newscrawl.model.source import Feed

URL = "https://example.org/feeds/rss.xml"


def read(text: str | bytes, *, full: bool = False, kind: str | None = None) -> Any:
    body = text if isinstance(text, bytes) else text.encode()
    return read_feed(Feed(URL, column="财经", full=full), ListResponse(URL, body, kind))


RSS2 = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Example</title><link>https://example.org/</link>
<item><title><![CDATA[煤价 <上行> & 库存]]></title><link>/a/1.html?x=1&amp;y=2</link>
<pubDate>Fri, 20 Nov 2026 08:30:00 +0800</pubDate><dc:creator>王小明</dc:creator><category>能源</category>
<category>能源</category><description>摘要</description>
<content:encoded><![CDATA[<p>第一段。</p><p onclick="x()">第二段。</p>]]></content:encoded></item>
<item><guid isPermaLink="true">https://example.org/a/2.html</guid><title>无链接</title></item>
</channel></rss>"""


def test_rss_2() -> None:
    first, second = read(RSS2).items
    assert first.url == "https://example.org/a/1.html?x=1&y=2"
    assert first.title == "煤价 <上行> & 库存"
    assert first.date == "Fri, 20 Nov 2026 08:30:00 +0800"
    assert (first.authors, first.tags, first.columns) == (("王小明",), ("能源",), ("财经",))
    assert first.digest == "摘要"
    assert first.text is None, "the page is asked for"
    assert second.url == "https://example.org/a/2.html"
    assert second.date is None


def test_the_whole_text_where_the_feed_is_declared_full() -> None:
    assert "第二段" in (read(RSS2, full=True).items[0].text or "")


def test_rss_in_gbk() -> None:
    text = RSS2.replace("utf-8", "gb2312").encode("gb18030")
    assert read(text).items[0].title == "煤价 <上行> & 库存"


def test_rss_1_is_rdf() -> None:
    text = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://e.org/">
    <title>x</title></channel><item rdf:about="https://e.org/1"><title>One</title><link>https://e.org/1</link>
    <dc:date>2026-11-20T08:30:00+09:00</dc:date></item></rdf:RDF>"""
    item = read(text).items[0]
    assert (item.url, item.title, item.date) == ("https://e.org/1", "One", "2026-11-20T08:30:00+09:00")


def test_atom_and_its_next_page() -> None:
    text = """<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><link rel="next" href="/atom?page=2"/>
    <entry><title type="html">A &amp;amp; B</title><link rel="edit" href="/edit/1"/>
    <link rel="alternate" href="/1"/>
    <published>2026-11-20T00:00:00Z</published><updated>2026-11-21T00:00:00Z</updated>
    <author><name>Jane Roe</name></author></entry>
    <entry><title>updated only</title><link href="/2"/>
    <updated>2026-11-21T00:00:00Z</updated></entry></feed>"""
    listed = read(text)
    first, second = listed.items
    assert (first.title, first.url) == ("A &amp; B", "https://example.org/1"), "HTML, as it says"
    assert (first.date, first.changed) == ("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z")
    assert first.authors == ("Jane Roe",)
    assert (second.date, second.changed) == (None, "2026-11-21T00:00:00Z"), "an update is no publication"
    assert listed.next
    assert listed.next.url == "https://example.org/atom?page=2"


def test_json_feed() -> None:
    answer = {
        "version": "https://jsonfeed.org/version/1.1",
        "next_url": "https://example.org/feed.json?page=2",
        "items": [
            {
                "id": "1",
                "url": "https://example.org/1",
                "title": "One",
                "date_published": "2026-11-20T08:30:00+08:00",
                "content_html": "<p>Text</p>",
                "authors": [{"name": "Jane Roe"}, "nobody"],
                "tags": ["energy", 3],
            },
            "no item",
            {"id": "2", "content_text": "only text"},
        ],
    }
    listed = read(json.dumps(answer), full=True)
    assert listed.items[0].authors == ("Jane Roe",)
    assert listed.items[0].tags == ("energy",)
    assert listed.items[0].text == "<p>Text</p>"
    assert listed.items[1].url is None
    assert listed.next


def test_broken_xml_gives_what_can_be_made_out() -> None:
    text = RSS2.replace("&amp;y=2", "&y=2").replace("</channel></rss>", "<item><title>cut of\x08f")
    items = read(text).items
    assert items[0].title == "煤价 <上行> & 库存"
    assert [item.url for item in items[:2]] == [
        "https://example.org/a/1.html?x=1&y=2",
        "https://example.org/a/2.html",
    ]


def test_entities_are_not_expanded() -> None:
    text = '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/hostname">]><rss version="2.0"><channel><item>'
    text += "<title>&a;</title><link>https://e.org/1</link></item></channel></rss>"
    assert all((item.title or "") in ("", "&a;") for item in read(text).items)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("", "empty answer"),
        ("<!DOCTYPE html><html><title>404</title></html>", "HTML instead of a feed"),
        ("just words", "no feed"),
        ('{"items": ', "truncated JSON"),
        ('{"version": "1"}', "answer without items"),
    ],
)
def test_what_is_no_feed_is_named(body: str, told: str) -> None:
    with pytest.raises(PageError, match=told):
        read(body)


def test_an_empty_feed_is_one() -> None:
    assert read('<rss version="2.0"><channel><title>x</title></channel></rss>').items == []
