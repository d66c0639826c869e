"""Sitemaps, plain, gzipped, of news, in an index, from robots.txt; broken ones."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.discovery.list_page import ListResponse, ListResult
from newscrawl.discovery.sitemap import read_sitemap
from newscrawl.errors import PageError
from newscrawl.model.source import Sitemap

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://example.org/sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def read(text: str | bytes, url: str = URL, days: int = 7, depth: int = 0, **values: str) -> ListResult:
    body = text if isinstance(text, bytes) else text.encode()
    return read_sitemap(
        Sitemap(URL, **values), ListResponse(url, body), NOW - timedelta(days=days), NOW, depth
    )


NEWS = f"""<?xml version="1.0" encoding="UTF-8"?><urlset {NS}>
<url><loc>https://example.org/old</loc><lastmod>2025-01-01</lastmod></url>
<url><loc>https://example.org/1</loc><news:news><news:publication><news:name>E</news:name></news:publication>
<news:publication_date>2026-11-19T08:00:00+08:00</news:publication_date>
<news:title>One &amp; only</news:title></news:news></url>
<url><loc> https://example.org/2 </loc><lastmod>2026-11-20T01:00:00Z</lastmod></url>
<url><loc>https://example.org/undated</loc></url><url></url></urlset>"""


def test_news_newest_first_and_what_is_old_left_out() -> None:
    listed = read(NEWS)
    assert [item.url for item in listed.items] == [
        "https://example.org/2",
        "https://example.org/1",
        "https://example.org/undated",
    ]
    assert listed.items[1].title == "One & only"
    assert listed.items[1].date == "2026-11-19T08:00:00+08:00"
    assert listed.items[0].date is None, "a change is no publication"
    assert listed.items[0].changed == "2026-11-20T01:00:00Z"
    assert listed.skipped == {"older than what is crawled": 1}


def test_since_reaches_back() -> None:
    assert len(read(NEWS, days=1000).items) == 4


def test_gzip() -> None:
    assert len(read(gzip.compress(NEWS.encode())).items) == 3


def test_an_index_newest_first_without_what_ended_before() -> None:
    index = f"""<sitemapindex {NS}>
    <sitemap><loc>https://example.org/2026-10.xml</loc></sitemap>
    <sitemap><loc>https://example.org/2026-11.xml</loc></sitemap>
    <sitemap><loc>https://example.org/old.xml</loc><lastmod>2026-01-01</lastmod></sitemap>
    <sitemap><loc>https://example.org/news.xml.gz</loc><lastmod>2026-11-20</lastmod></sitemap></sitemapindex>"""
    listed = read(index)
    assert listed.items == []
    assert [step.url for step in listed.others] == [
        "https://example.org/news.xml.gz",
        "https://example.org/2026-11.xml",
    ]
    assert listed.others[0].cursor == {"depth": 1}
    assert [step.url for step in read(index, follow="2026-11").others] == ["https://example.org/2026-11.xml"]
    assert len(read(index, days=60).others) == 3


def test_robots_names_them() -> None:
    text = "User-agent: *\nDisallow: /x\nSitemap: https://example.org/a.xml\nSITEMAP: /b.xml\nSitemap: /b.xml"
    steps = read(text, url="https://example.org/robots.txt").others
    assert [step.url for step in steps] == ["https://example.org/a.xml", "https://example.org/b.xml"]
    assert read("User-agent: *", url="https://example.org/robots.txt").others == []


def test_a_sitemap_without_end_tags_gives_what_is_there() -> None:
    assert len(read(NEWS[: NEWS.index("<url></url>")]).items) == 3


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "no sitemap"),
        (b"<html><body>404</body></html>", "no sitemap"),
        (gzip.compress(NEWS.encode(), mtime=0)[:60], "broken gzip|no sitemap"),
        (b"\x1f\x8bnonsense", "broken gzip"),
    ],
)
def test_what_is_none_is_named(body: bytes, told: str) -> None:
    with pytest.raises(PageError, match=told):
        read(body)


def test_indexes_are_followed_so_far_and_no_further() -> None:
    with pytest.raises(PageError, match="nested too deeply"):
        read(NEWS, depth=4)


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(Exception, match=r"gzip|exceeded|size"):
        read(gzip.compress(b" " * 80_000_000))


def test_entities_are_not_expanded() -> None:
    text = f'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/hostname">]><urlset {NS}><url><loc>https://e.org/&a;</loc>'
    assert [item.url for item in read(f"{text}</url></urlset>").items] in ([], ["https://e.org/"])
