"""OPML as the readers in the wild write it, and as nobody should."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from newscrawl.discovery.opml import Opml, OpmlFeed, read_opml, write_opml
from newscrawl.errors import UsageError

FILES = Path(__file__).parent / "opml"
HARBOUR, TIDES = "https://harbour.example/feed.json", "https://tides.example/atom.xml"
NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)


def read(name: str) -> Opml:
    return read_opml((FILES / f"{name}.opml").read_bytes())


def body(outlines: str) -> bytes:
    return f'<opml version="2.0">\n<head/>\n<body>\n{outlines}\n</body>\n</opml>'.encode()


@pytest.mark.parametrize(
    ("reader", "feeds"),
    [
        ("netnewswire", {HARBOUR: ((),), TIDES: (("Boats & Ports",),)}),
        ("feedly", {"http://harbour.example/feed.json": (("News",), ("Must read",)), TIDES: (("News",),)}),
        ("miniflux", {HARBOUR: (("All",),)}),
        ("thunderbird", {HARBOUR: (("Ports", "Harbour Times"),)}),
        ("ttrss", {HARBOUR: (("Ports",),), TIDES: (("Ports", "Deep water"),)}),
        ("inoreader", {HARBOUR: (("Ports",),), TIDES: ((),)}),
    ],
)
def test_exports_of_readers(reader: str, feeds: dict[str, object]) -> None:
    found = read(reader)
    assert {feed.url: feed.folders for feed in found.feeds} == feeds
    assert found.left_out == []
    titles = {
        HARBOUR: "Harbour Times",
        TIDES: "Tide Tables",
        "http://harbour.example/feed.json": "Harbour Times",
    }
    assert all(feed.title == titles[feed.url] and feed.home for feed in found.feeds)


def test_what_is_scraped_from_pages_is_left_out() -> None:
    found = read("freshrss")
    assert [(feed.url, feed.title, feed.folders) for feed in found.feeds] == [
        ("https://port.example/rss?lang=zh&full=1", "港口新闻", (("海运",),))
    ]
    assert found.left_out == [
        "line 10: 'Pilots' is of type HTML+XPath, not a feed; declare it as a Section or Api"
    ]


def test_old_encodings_spellings_and_schemes() -> None:
    [feed] = read("old").feeds
    assert (feed.title, feed.url) == ("Café du Port", "http://cafe.example/rss")
    assert (feed.language, feed.categories) == ("fr_FR", ("/Boats/Coffee", "food"))


def test_what_cannot_be_a_feed_is_said_with_its_line() -> None:
    found = read_opml(
        body(
            '<outline text="A" xmlUrl="https://a.example/feed"/>\n'
            '<outline text="B" type="rss" htmlUrl="https://b.example"/>\n'
            '<outline text="C" xmlUrl="ftp://c.example/feed"/>\n'
            '<outline text="A too" xmlUrl="http://A.example:80/feed#x"/>\n'
            '<outline text="D" xmlUrl="https://ann:secret@d.example/feed"/>\n'
            '<outline text="E" type="include" url="https://e.example/list.opml"/>\n'
            '<outline xmlUrl="https://f.example/feed"/>'
        )
    )
    assert [feed.url for feed in found.feeds] == ["https://a.example/feed", "https://f.example/feed"]
    assert found.left_out == [
        "line 5: 'B' has no xmlUrl, the address of its feed",
        "line 6: 'C' has the address 'ftp://c.example/feed', which is not an http address",
        "line 7: 'A too' is the feed of line 4 again",
        "line 8: 'D' has a password in its address; declare it by hand, with headers that name a variable",
        "line 9: 'E' is a link to another list; import that file itself",
    ]


def test_bare_ampersands_are_repaired_and_the_lines_are_those_of_the_file() -> None:
    text = '<?xml version="1.0"?>\n\n<opml version="2.0"><body>\n<outline text="R & D" type="rss"/>\n'
    text += '<outline text="Caf&eacute;" xmlUrl="https://a.example/?a=1&b=2"/></body></opml>'
    found = read_opml(text.encode())
    assert [(feed.title, feed.url, feed.line) for feed in found.feeds] == [
        ("Café", "https://a.example/?a=1&b=2", 5)
    ]
    assert found.left_out == ["line 4: 'R & D' has no xmlUrl, the address of its feed"]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (b"", "line 1: the XML is broken"),
        (b"feeds: none", "the XML is broken"),
        (body('<outline text="A">')[:-20], r"line \d: the XML is broken .*export the file again"),
        (b"<rss version='2.0'><channel/></rss>", "this is a feed, not OPML"),
        (b"<html><body/></html>", "begins with <html>"),
        (b"<opml version='2.0'><head/></opml>", "no <body>"),
        (b"<opml><body>" + b"<outline text='a'>" * 5000 + b"</outline>" * 5000 + b"</body></opml>", "broken"),
        (b" " * (20 * 2**20 + 1), "more than 20 MB"),
    ],
)
def test_what_is_not_opml_is_refused_as_a_whole(document: bytes, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        read_opml(document)


def test_entities_neither_explode_nor_read_files() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = (
        f'<!DOCTYPE opml [<!ENTITY l0 "ha">{laughs}]>' + body('<outline text="&l11;" xmlUrl="x"/>').decode()
    )
    with pytest.raises(UsageError):
        read_opml(bomb.encode())
    thief = (
        '<!DOCTYPE opml [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
        + body("<outline>&f;</outline>").decode()
    )
    assert read_opml(thief.encode()).feeds == []


def test_five_hundred_feeds_come_back_as_they_went() -> None:
    feeds = [
        OpmlFeed(
            url=f"https://site{n}.example/feed?lang=zh&n={n}",
            title=f'Site {n} <"News" & 新闻>',
            home=f"https://site{n}.example/",
            language=("zh", "en-GB", None)[n % 3],
            folders=((), ("News",), (("News", f"Folder {n % 7}")))[n % 3 : n % 3 + 1]
            + ((("Both",),) if n % 5 == 0 else ()),
            categories=("/Tech/Linux", "free") if n % 4 == 0 else (),
            name=f"site{n}",
        )
        for n in range(500)
    ]
    found = read_opml(write_opml(feeds, "mine", NOW))
    assert found.left_out == []

    def shown(feed: OpmlFeed) -> tuple[object, ...]:
        return feed.url, feed.title, feed.home, feed.language, set(feed.folders), feed.categories, feed.name

    assert sorted(map(shown, found.feeds), key=str) == sorted(map(shown, feeds), key=str)


def test_characters_that_xml_does_not_allow_are_left_out() -> None:
    [feed] = read_opml(
        write_opml([OpmlFeed(url="https://a.example/", title="a\x00b\x1bc")], "x\x07", NOW)
    ).feeds
    assert feed.title == "abc"
