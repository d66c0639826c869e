"""Feeds of all kinds, the broken ones too."""

import itertools
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


def rss(*items: str, encoding: str = "utf-8", attributes: str = "") -> str:
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>'
    head = f'{declaration}<rss version="2.0" {attributes}><channel><title>T</title>'
    return f"{head}{''.join(items)}</channel></rss>"


def entry(title: str, link: str = "https://example.org/1.html", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def titles(body: str | bytes, kind: str | None = "text/xml; charset=utf-8") -> list[str | None]:
    return [item.title for item in read(body, kind=kind).items]


@pytest.mark.parametrize("broken", [b"\xe5\xa4", b"\xd0", b"\xab", b"\xff"])
@pytest.mark.parametrize("title", ["央行开展逆回购", "Новости недели", "Die „Wahrheit“ über den Krieg"])
def test_a_broken_byte_costs_nothing_else(title: str, broken: bytes) -> None:
    text = rss(entry(title), entry("2", more="<description>XX</description>"))
    assert titles(text.encode().replace(b"XX", broken)) == [title, "2"]


@pytest.mark.parametrize(
    ("title", "said", "written", "header"),
    [
        ("央行开展逆回购操作", "utf-8", "gbk", "text/xml; charset=utf-8"),
        ("央行开展逆回购操作", "utf-8", "gbk", None),
        ("朱镕基谈改革开放的成就", "gb2312", "gb18030", "text/xml"),
        ("央行开展逆回购操作", "gbk", "utf-8", "text/xml; charset=gbk"),
        ("央行开展逆回购操作", "utf-8", "utf-8", "text/xml; charset=iso-8859-1"),
        ("記者從有關部門了解到", "big5", "big5", "application/rss+xml"),
        ("記者從有關部門了解到，這項工程將於今年開工", "utf-8", "big5", None),
        ("央行开展", "utf-16", "utf-16", "text/xml"),
        ("央行开展", "utf-16", "utf-16-le", None),
        ("央行开展", "utf-8", "utf-8-sig", "text/xml; charset=us-ascii"),
        ("Совет одобрил строительство моста", "windows-1251", "cp1251", "text/xml; charset=iso-8859-1"),
        ("Совет одобрил строительство нового моста", "utf-8", "cp1251", "text/xml"),
        ("L’été à Besançon", "iso-8859-1", "cp1252", "text/xml"),
    ],
)
def test_encodings_as_pages_have_them(title: str, said: str, written: str, header: str | None) -> None:
    assert titles(rss(entry(title), encoding=said).encode(written), header) == [title]


@pytest.mark.parametrize(
    "link",
    ["https://example.org/a?id=1&lang=zh&copy=2&image=3", "https://example.org/a?id=1&amp;lang=zh&amp;copy=2&amp;image=3",
     "<![CDATA[https://example.org/a?id=1&lang=zh&copy=2&image=3]]>"],
)  # fmt: skip
@pytest.mark.parametrize("more", ["", "<description><br>not closed <b>x</description>"])
def test_ampersands_in_addresses(link: str, more: str) -> None:
    item = read(rss(entry("x", link, more))).items[0]
    assert item.url == "https://example.org/a?id=1&lang=zh&copy=2&image=3"


def test_ampersands_in_texts() -> None:
    text = rss(entry("R&D at AT&T"), entry("A&nbsp;B &amp; C"), entry("<![CDATA[x & y]]>"))
    assert titles(text) == ["R&D at AT&T", "A\xa0B & C", "x & y"]


def test_prefixes_that_are_not_declared() -> None:
    more = "<dc:creator>Ann &amp; Bo</dc:creator>"
    more += "<content:encoded><![CDATA[<p>all</p>]]></content:encoded><foo:bar/>"
    item = read(rss(entry("x", more=more)), full=True).items[0]
    assert (item.authors, item.text) == (("Ann & Bo",), "<p>all</p>")


def test_what_feedparser_raises_for_costs_only_itself() -> None:
    for more in (
        "<gml:pos>1 2</gml:pos>",
        "<description>&amp;#99999999999;</description>",
        "<description>&amp;#xD800;</description>",
        "</textinput>",
        "<georss:point>x</georss:point>",
    ):
        assert titles(rss(entry("one", more=more), entry("two"))) == ["one", "two"], more


def test_what_stands_before_the_feed() -> None:
    assert titles("<br />\n<b>Warning</b>: x<br />\n" + rss(entry("x"))) == ["x"]
    assert titles("\n\n" + rss(entry("A\x0bB\x00C &#0;&#11;D"))) == ["ABC D"]


def feed_of(item: str, version: str = "rss") -> Any:
    names = (
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:a="http://www.w3.org/2005/Atom" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    )
    if version == "atom":
        return read(f'<feed xmlns="http://www.w3.org/2005/Atom">{item}</feed>').items[0]
    return read(f'<rss version="2.0" {names}><channel><title>x</title>{item}</channel></rss>').items[0]


CHANGED = "2026-11-30T08:00:00Z"
FIRST = "2026-11-29T08:00:00Z"


@pytest.mark.parametrize(
    ("dates", "date", "changed"),
    [
        (f"<dc:date>{FIRST}</dc:date>", FIRST, FIRST),
        (f"<a:updated>{CHANGED}</a:updated>", None, CHANGED),
        (f"<dcterms:modified>{CHANGED}</dcterms:modified>", None, CHANGED),
        (
            f"<dcterms:created>{FIRST}</dcterms:created><dcterms:modified>{CHANGED}</dcterms:modified>",
            FIRST,
            CHANGED,
        ),
        (
            f"<dcterms:issued>{FIRST}</dcterms:issued><dcterms:modified>{CHANGED}</dcterms:modified>",
            FIRST,
            CHANGED,
        ),
        (f"<pubDate>{FIRST}</pubDate><a:updated>{CHANGED}</a:updated>", FIRST, CHANGED),
    ],
)
def test_a_change_is_not_the_publication(dates: str, date: str | None, changed: str) -> None:
    item = feed_of(f"<item><title>x</title><link>https://example.org/a</link>{dates}</item>")
    assert (item.date, item.changed) == (date, changed)


ARTICLE = "https://example.org/a"
OTHER = "https://example.org/other"
LINK = f"<link>{ARTICLE}</link>"
BURNT = f"<link>{OTHER}</link><feedburner:origLink>{ARTICLE}</feedburner:origLink>"
ATOM_LINK = f'<link type="text/html" href="{ARTICLE}"/>'


@pytest.mark.parametrize(
    ("item", "version", "url"),
    [
        (f"<item>{BURNT}</item>", "rss", ARTICLE),
        (f"<item><guid>https://example.org/?p=1</guid><link>{ARTICLE}</link></item>", "rss", ARTICLE),
        (f"<item><title>x</title><guid>{ARTICLE}</guid></item>", "rss", ARTICLE),
        (f'<item><title>x</title><guid isPermaLink="false">{ARTICLE}</guid></item>', "rss", None),
        (f'<item><link/><a:link rel="alternate" href="{ARTICLE}"/></item>', "rss", ARTICLE),
        (f'<item>{LINK}<a:link rel="self" href="{OTHER}"/></item>', "rss", ARTICLE),
        (f'<item><link href="{ARTICLE}"/></item>', "rss", ARTICLE),
        (f"<item><image><link>{OTHER}</link></image>{LINK}</item>", "rss", ARTICLE),
        ('<entry xml:base="https://example.org/x/"><link href="../a"/></entry>', "atom", ARTICLE),
        (f'<entry><link rel="replies" href="{OTHER}"/>{ATOM_LINK}</entry>', "atom", ARTICLE),
        (f'<entry><link type="application/json" href="{OTHER}"/>{ATOM_LINK}</entry>', "atom", ARTICLE),
    ],
)  # fmt: skip
def test_which_address_is_the_article_s(item: str, version: str, url: str | None) -> None:
    assert feed_of(item, version).url == url


def test_an_id_that_is_an_address_stands_in_for_it() -> None:
    items = [{"id": ARTICLE, "title": "x"}, {"id": "17", "title": "y"}, {"id": ARTICLE, "url": "/b"}]
    assert [item.url for item in read(json.dumps({"items": items})).items] == [ARTICLE, None, "/b"]
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        f'<channel rdf:about="x"/><item rdf:about="{ARTICLE}"><title>x</title></item></rdf:RDF>'
    )
    assert [item.url for item in read(rdf).items] == [ARTICLE]


def test_an_address_that_breaks_off_is_left_out() -> None:
    items = read(
        RSS2.removesuffix("</channel></rss>") + "<item><title>x</title><link>https://example.org/a/12"
    ).items
    assert items[-1].url is None


LICENSED = """<rss version="2.0" xmlns:creativeCommons="http://backend.userland.com/creativeCommonsRssModule"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:cc="http://creativecommons.org/ns#">
<channel><title>x</title><copyright>© 2026 Example</copyright>{channel}
<item><title>One</title><link>https://e.org/1</link>{item}</item></channel></rss>"""
BY = "https://creativecommons.org/licenses/by/4.0/"


_ANYWHERE = (
    f"<creativeCommons:license>{BY}</creativeCommons:license>",
    f'<cc:license xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:resource="{BY}"/>',
    f'<atom:link rel="license" href="{BY}"/>',
)
_OF_ITEMS = f'<media:license type="text/html" href="{BY}">CC</media:license>'


@pytest.mark.parametrize(
    ("licence", "where"),
    [*itertools.product(_ANYWHERE, ["channel", "item"]), (_OF_ITEMS, "item")],
)
def test_the_licence_of_a_feed_and_of_an_item(licence: str, where: str) -> None:
    [item] = read(LICENSED.format(**{"channel": "", "item": ""} | {where: licence})).items
    assert (item.licence, item.copyright) == (BY, "© 2026 Example")


def test_an_item_s_own_rights_go_before_the_feed_s() -> None:
    [item] = read(LICENSED.format(channel="", item="<dc:rights>禁止转载</dc:rights>")).items
    assert item.copyright == "禁止转载"


def test_atom_s_rights() -> None:
    feed = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><rights>© Example</rights>
    <link rel="license" href="{BY}"/><entry><title>One</title><link href="https://e.org/1"/></entry></feed>"""
    [item] = read(feed).items
    assert (item.licence, item.copyright) == (BY, "© Example")
