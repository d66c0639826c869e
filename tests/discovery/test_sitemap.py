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
        (b"", "empty answer"),
        (b"<html><body>404</body></html>", "HTML instead of a sitemap"),
        (b"<!DOCTYPE html><p>404", "HTML instead of a sitemap"),
        (b"<other><url><loc>https://example.org/1</loc></url></other>", "no sitemap"),
        (b"not found", "no sitemap"),
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


def urlset(*rows: str, attributes: str = NS, encoding: str = "UTF-8") -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?><urlset {attributes}>{"".join(rows)}</urlset>'


def row(loc: str, more: str = "") -> str:
    return f"<url><loc>{loc}</loc>{more}</url>"


def urls(body: str | bytes) -> list[str | None]:
    listed = read(body)
    return [item.url for item in listed.items] + [f"list {step.url}" for step in listed.others]


A = "https://example.org/2026/11/20/a.html"
TODAY = "<lastmod>2026-11-20T08:00:00Z</lastmod>"
ONE_DAY = (
    "<news:news><news:publication_date>2026-11-19</news:publication_date>"
    "<news:title>T</news:title></news:news>"
)
SITEMAP_ONLY = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@pytest.mark.parametrize("attributes", ["", SITEMAP_ONLY, 'xmlns="urn:other"', f'xmlns:sm="x" {NS}'])
def test_prefixes_and_namespaces_that_are_not_declared_or_wrong(attributes: str) -> None:
    pictures = "<image:image><image:loc>https://example.org/i.jpg</image:loc><image:title>P</image:title></image:image>"
    listed = read(urlset(row(A, pictures + ONE_DAY), attributes=attributes))
    assert [(item.url, item.title, item.date) for item in listed.items] == [(A, "T", "2026-11-19")]


def test_a_prefix_on_every_element() -> None:
    text = f'<sm:urlset xmlns:sm="http://www.sitemaps.org/schemas/sitemap/0.9"><sm:url><sm:loc>{A}</sm:loc></sm:url>'
    assert urls(text + "</sm:urlset>") == [A]
    assert urls(
        text.replace(' xmlns:sm="http://www.sitemaps.org/schemas/sitemap/0.9"', "") + "</sm:urlset>"
    ) == [A]


def test_a_urlset_in_a_urlset() -> None:
    assert urls(f"<urlset><urlset>{row(A)}</urlset></urlset>") == [A]


def test_ampersands_that_are_not_escaped() -> None:
    loc = "https://example.org/a?id=1&page=2&lang=zh&copy=3"
    assert urls(urlset(row(loc))) == [loc]
    assert urls(urlset(row(loc.replace("&", "&amp;")))) == [loc]
    assert urls(urlset(row(f"<![CDATA[{loc}]]>"))) == [loc]


def test_gb2312_that_holds_other_characters_of_gbk() -> None:
    rows = [row(f"https://example.org/{n}", f"<news:news><news:title>{title}</news:title></news:news>")
            for n, title in enumerate(["央行开展逆回购", "朱镕基谈改革", "第三条新闻"])]  # fmt: skip
    listed = read(urlset(*rows, encoding="gb2312").encode("gb18030"))
    assert [item.title for item in listed.items] == ["央行开展逆回购", "朱镕基谈改革", "第三条新闻"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig", "big5"])
def test_other_encodings(encoding: str) -> None:
    title = "中央社台北電，記者從有關部門了解到"
    body = urlset(row(A, f"<news:news><news:title>{title}</news:title></news:news>"), encoding=encoding[:6])
    assert [item.title for item in read(body.encode(encoding)).items] == [title]


def test_a_broken_byte_loses_nothing_else() -> None:
    body = urlset(row(A, "<x>XX</x>"), row(A + "?2")).encode().replace(b"XX", b"\xe5\xa4")
    assert urls(body) == [A, A + "?2"]


@pytest.mark.parametrize("name", ["sitemap-2026-11.xml", "news.xml.gz", "sitemap2.xml?page=3", "sitemap.txt"])
def test_a_urlset_that_lists_sitemaps(name: str) -> None:
    assert urls(urlset(row(f"https://example.org/{name}"), row(A))) == [A, f"list https://example.org/{name}"]


def test_an_index_that_lists_articles() -> None:
    text = f"<sitemapindex {NS}><sitemap><loc>{A}</loc></sitemap><sitemap><loc>https://example.org/s</loc></sitemap>"
    assert urls(text + "</sitemapindex>") == [A, "list https://example.org/s"]


@pytest.mark.parametrize(
    "declared", ["", 'xmlns:image="i"', 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"']
)
@pytest.mark.parametrize(
    "pictures",
    ["<image:image><image:loc>https://example.org/i.jpg</image:loc></image:image>",
     "<image:loc>https://example.org/i.jpg</image:loc><image:title>P</image:title>"],
)  # fmt: skip
def test_a_picture_before_the_address(declared: str, pictures: str) -> None:
    listed = read(f"<urlset {declared}><url>{pictures}<loc>{A}</loc></url></urlset>")
    assert [(item.url, item.title) for item in listed.items] == [(A, None)]


def test_the_date_of_a_video_is_not_the_article_s() -> None:
    date = "<video:publication_date>2019-01-01</video:publication_date>"
    video = f"<video:video><video:title>V</video:title>{date}</video:video>"
    item = read(urlset(row(A, video + TODAY))).items[0]
    assert (item.url, item.title, item.date, item.changed) == (A, None, None, "2026-11-20T08:00:00Z")


@pytest.mark.parametrize("start", ["", "\ufeff", "\n\n"])
def test_plain_text(start: str) -> None:
    assert urls(f"{start}{A}\r\n\r\n {A}?2 \n") == [A, A + "?2"]


def test_a_feed() -> None:
    item = f"<item><title>x</title><link>{A}</link></item>"
    text = f"<rss version='2.0'><channel><title>T</title>{item}</channel></rss>"
    assert [(item.url, item.title, item.columns) for item in read(text, column="c").items] == [
        (A, "x", ("c",))
    ]
    assert urls(f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><link href='{A}'/></entry></feed>") == [A]


def test_robots_txt_as_it_is_written() -> None:
    text = (
        "\ufeffSitemap: /relative.xml\r  sitemap :https://example.org/a.xml\r"
        "SITEMAP:\thttps://example.org/b.xml # all\r"
        "Site-map: https://example.org/c.xml\rSitemap:\rSitemap: http://[bad/\rSitemap: https://example.org:99999/x\r"
        "Disallow: /sitemap:x\rNositemap: https://example.org/no.xml\rSitemap: /relative.xml"
    )
    for ends in ("\r", "\n", "\r\n"):
        listed = read(text.replace("\r", ends), "https://example.org/robots.txt")
        assert [step.url for step in listed.others] == [
            f"https://example.org/{name}.xml" for name in ("relative", "a", "b", "c")
        ]
        assert listed.skipped == {"not an address": 2}


def test_a_long_robots_txt_is_read_in_linear_time() -> None:
    for filler in (b"\n", b" ", b"\t\n", b"sitemap", b"sitemap \n", b":"):
        body = b"Sitemap: /a.xml\n" + filler * (20_000_000 // len(filler))
        assert [step.url for step in read(body, "https://example.org/robots.txt").others] == [
            "https://example.org/a.xml"
        ]


def test_sitemaps_that_are_left_out_are_counted() -> None:
    rows = "".join(f"<sitemap><loc>https://example.org/{n}</loc></sitemap>" for n in range(250))
    listed = read(f"<sitemapindex>{rows}</sitemapindex>")
    assert (len(listed.others), listed.skipped) == (200, {"a list's sitemaps after 200": 50})
    robots = read("".join(f"Sitemap: /{n}.xml\n" for n in range(250)), "https://example.org/robots.txt")
    assert (len(robots.others), robots.skipped) == (200, {"a list's sitemaps after 200": 50})
