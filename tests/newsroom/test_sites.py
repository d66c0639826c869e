"""The newsroom's further sites, asked over its socket and read by readers of other people's making."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import zlib
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree
from lxml import html as lxml_html

from newscrawl.newsroom.sites import (
    HOSTS,
    SITES,
    SiteArticle,
    SiteData,
    articles_of,
    enorth,
    feeds,
    homepage,
    sitemaps,
)
from newscrawl.newsroom.sites.enorth_pages import page_url
from newscrawl.newsroom.sites.traditional import traditional
from tests import warm

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
ALL = [host for site in SITES for host in site.hosts[:1]]
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


class Room:
    """A newsroom that is asked by the real URL."""

    def __init__(self, base: str) -> None:
        self.place = urlsplit(base).netloc

    def ask(self, url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(self.place, timeout=10)
        try:
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", path, headers={"Host": parts.netloc, **headers})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def body(self, url: str) -> bytes:
        status, _, body = self.ask(url)
        assert status == 200, url
        return body


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    with warm.newsroom(["--articles", "5", "--now", NOW.isoformat()]) as base:
        yield Room(base)


@pytest.fixture(scope="module")
def faultless() -> Iterator[Room]:
    with warm.newsroom(["--articles", "5", "--now", NOW.isoformat(), "--no-faults"]) as base:
        yield Room(base)


def links(body: bytes | str) -> list[str]:
    found = lxml_html.fromstring(body).xpath("//a/@href")
    assert isinstance(found, list)
    return [str(link) for link in found]


@pytest.mark.parametrize("host", ALL)
def test_many_articles_the_newest_minutes_old(host: str) -> None:
    found = articles_of(host, NOW)
    assert len(found) >= 30
    assert len({article.url for article in found}) == len(found)
    assert sorted(found, key=lambda article: article.at, reverse=True) == found
    assert timedelta(0) < NOW - found[0].at < timedelta(minutes=24)
    assert found == articles_of(host, NOW)
    assert found[0].title != articles_of(host, NOW, seed=8)[0].title


@pytest.mark.parametrize("host", ALL)
def test_an_hour_later_the_same_articles_and_five_new_ones(host: str) -> None:
    before = {article.url: article for article in articles_of(host, NOW)}
    after = {article.url: article for article in articles_of(host, NOW + timedelta(hours=1))}
    assert len(after.keys() - before.keys()) == 5
    assert all(after[url] == before[url] for url in after.keys() & before.keys())


@pytest.mark.parametrize("host", ALL)
def test_every_article_is_served_on_all_its_pages(room: Room, host: str) -> None:
    for article in articles_of(host, NOW):
        for page in range(1, article.pages + 1):
            assert room.ask(page_url(article, page))[0] == 200
        parts = [article.on_page(page) for page in range(1, article.pages + 1)]
        assert all(parts)
        assert sum(parts, ()) == article.paragraphs


@pytest.mark.parametrize("host", HOSTS)
def test_what_is_not_there_is_404(room: Room, host: str) -> None:
    for path in ("/nowhere", "/a/1.html", "/system/2026/11/20/999999999.shtml", "/sitemaps/1999-01.xml.gz"):
        assert room.ask(f"http://{host}{path}")[0] == 404


def test_the_front_page_lists_the_sites(room: Room) -> None:
    body = room.body(f"http://{room.place}/").decode()
    for site in SITES:
        assert site.home in body
        for url in site.lists(SiteData(NOW)):
            assert url in body
    assert feeds.HOST in json.loads(room.body(f"http://{room.place}/__stats__"))


def of_kind(host: str, kind: str) -> SiteArticle:
    return next(article for article in articles_of(host, NOW) if article.kind == kind)


def test_enorth_is_gb18030_that_says_gb2312(room: Room) -> None:
    for article in articles_of(enorth.NEWS, NOW):
        status, headers, body = room.ask(page_url(article, article.pages))
        assert status == 200
        assert headers["Content-Type"] == "text/html"
        assert b"charset=gb2312" in body
        assert "镕" in body.decode("gb18030")
        for wrong in ("gb2312", "utf-8"):
            with pytest.raises(UnicodeDecodeError):
                body.decode(wrong)
    odd = next(a for a in articles_of(enorth.NEWS, NOW) if a.slot % 2)
    with pytest.raises(UnicodeDecodeError):
        room.body(page_url(odd, odd.pages)).decode("gbk")


@pytest.mark.parametrize(
    ("kind", "title", "time", "outlet"),
    [
        (
            "A",
            '//*[@class="title heiti zi24 yanse1"]',
            '//*[@id="pubtime_baidu"]',
            '//*[@id="source_baidu"]',
        ),
        (
            "B",
            '//*[@id="title"]//h2/text()',
            '//p[contains(@class,"info")]/span[last()]',
            '//p[contains(@class,"info")]/span[1]',
        ),
        ("C", '//*[@class="nph_set_title"]/h1', '//*[@class="time_source"]', '//*[@class="time_source"]'),
    ],
)
def test_enorths_generations_have_the_known_selectors(
    room: Room, kind: str, title: str, time: str, outlet: str
) -> None:
    article = of_kind(enorth.NEWS, kind)
    tree = lxml_html.fromstring(room.body(article.url).decode("gb18030"))
    assert tree.xpath(f"string({title})") == article.title
    assert f"{article.at:%Y-%m-%d %H:%M:%S}" in str(tree.xpath(f"string({time})"))
    assert f"来源：{article.outlet}" in str(tree.xpath(f"string({outlet})"))
    assert (article.at.year <= 2016) == (kind == "A")


def test_enorths_pages_lead_from_one_to_the_next(room: Room) -> None:
    article = next(a for a in articles_of(enorth.NEWS, NOW) if a.pages == 3)
    url, texts, visited = article.url, "", []
    for _ in range(5):
        visited.append(url)
        tree = lxml_html.fromstring(room.body(url).decode("gb18030"))
        texts += "".join(map(str, tree.xpath("//p[starts-with(., '　　')]//text()")))
        after = tree.xpath("//a[.='下一页']/@href")
        if not after:
            break
        url = str(after[0])
    assert visited == [page_url(article, n) for n in (1, 2, 3)]
    assert visited[1].endswith("_01.shtml")
    assert texts.replace("　　", "") == "".join(article.paragraphs)
    assert room.ask(article.url.replace(".shtml", "_03.shtml"))[0] == 404
    assert room.ask(article.url.replace(".shtml", "_00.shtml"))[0] == 404


@pytest.mark.parametrize("host", [enorth.NEWS, enorth.ECONOMY])
def test_enorths_archive_has_every_article_of_its_host_once(room: Room, host: str) -> None:
    told = re.fullmatch(r"var maxpage = (\d+);\s*", room.body(enorth.count_url(host)).decode())
    assert told
    found: list[str] = []
    for number in range(int(told[1]), 0, -1):
        body = room.body(enorth.archive_url(host, number)).decode("gb18030")
        found += [link for link in links(body) if "/system/20" in link]
    wanted = [a.url for a in articles_of(host, NOW) if urlsplit(a.url).netloc == host]
    assert found == wanted
    assert room.ask(enorth.archive_url(host, int(told[1]) + 1))[0] == 404
    assert room.ask(enorth.archive_url(host, 0))[0] == 404


def test_enorths_section_list_is_a_table_of_links_with_dates(room: Room) -> None:
    body = room.body(f"http://{enorth.NEWS}/tj/tjyw/").decode("gb18030")
    rows = lxml_html.fromstring(body).xpath('//table[@class="list"]//tr[.//a[contains(@href,"/system/")]]')
    assert isinstance(rows, list)
    assert len(rows) == enorth.LISTED
    newest = next(a for a in articles_of(enorth.NEWS, NOW) if enorth.NEWS in a.url)
    assert newest.title in body
    assert f"({newest.at:%Y-%m-%d %H:%M})" in body


def test_enorths_copy_is_the_same_article_in_big5(room: Room) -> None:
    article = next(a for a in articles_of(enorth.NEWS, NOW) if enorth.NEWS in a.url)
    body = room.body(article.url.replace(enorth.NEWS, enorth.COPY))
    assert b"charset=big5" in body
    assert traditional(article.title) in body.decode("big5")


def test_the_feeds_site_links_its_feeds(room: Room) -> None:
    tree = lxml_html.fromstring(room.body(f"https://{feeds.HOST}/"))
    assert tree.xpath('//link[@rel="alternate"]/@href') == list(feeds.FEEDS)


@pytest.mark.parametrize("path", ["/rss.xml", "/atom.xml", "/rdf.xml"])
def test_an_independent_reader_reads_the_feeds(room: Room, path: str) -> None:
    body = room.body(f"https://{feeds.HOST}{path}")
    etree.fromstring(body)
    entries = feedparser.parse(body).entries
    wanted = articles_of(feeds.HOST, NOW)
    assert [entry.title for entry in entries] == [article.title for article in wanted]
    assert [entry.author for entry in entries] == [article.author for article in wanted]
    kept = "updated_parsed" if path == "/rdf.xml" else "published_parsed"
    times = [datetime.fromtimestamp(timegm(entry[kept]), UTC) for entry in entries]
    assert times == [article.at for article in wanted]
    for entry in entries:
        assert room.ask(entry.link)[0] == 200


def test_rss_has_the_text_the_tracking_and_many_zones(room: Room) -> None:
    body = room.body(f"https://{feeds.HOST}/rss.xml").decode()
    wanted = articles_of(feeds.HOST, NOW)
    assert "?utm_source=rss&amp;utm_medium=feed" in body
    zones = {date.rpartition(" ")[2] for date in re.findall(r"<pubDate>(.*?)</pubDate>", body)}
    assert zones == {"+0800", "GMT", "EST", "+0100", "UT", "-0700"}
    first = feedparser.parse(body).entries[0]
    assert wanted[0].paragraphs[-1] in lxml_html.fromstring(first.content[0].value).text_content()
    assert parsedate_to_datetime(re.findall(r"<pubDate>(.*?)</pubDate>", body)[0]) == wanted[0].at


def test_json_feed(room: Room) -> None:
    feed = json.loads(room.body(f"https://{feeds.HOST}/feed.json"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["title"] for item in feed["items"]] == [a.title for a in articles_of(feeds.HOST, NOW)]
    assert all(urlsplit(item["url"]).netloc == feeds.MOBILE for item in feed["items"])


def test_the_broken_feed_is_broken_and_without_faults_it_is_not(room: Room, faultless: Room) -> None:
    url = f"https://{feeds.HOST}/broken.xml"
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(room.body(url))
    assert b"\x0b" in room.body(url)
    assert etree.fromstring(faultless.body(url)).tag == "rss"


@pytest.mark.parametrize("path", feeds.FEEDS)
def test_a_feed_that_is_known_is_304(room: Room, path: str) -> None:
    _, headers, _ = room.ask(f"https://{feeds.HOST}{path}")
    for name, value in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        status, _, body = room.ask(f"https://{feeds.HOST}{path}", **{name: headers[value]})
        assert (status, body) == (304, b"")


def test_twins_name_the_desktop_page(room: Room) -> None:
    for article in articles_of(feeds.HOST, NOW)[:6]:
        path = urlsplit(article.url).path
        for twin in (
            f"https://{feeds.HOST}/amp{path}",
            f"https://{feeds.MOBILE}{path}",
            f"{article.url}?utm_source=x",
        ):
            tree = lxml_html.fromstring(room.body(twin))
            assert tree.xpath('//link[@rel="canonical"]/@href') == [article.url]
        told = json.loads(str(tree.xpath('string(//script[@type="application/ld+json"])')))
        assert told["headline"] == article.title
        assert datetime.fromisoformat(told["datePublished"]) == article.at


def locations(body: bytes) -> list[str]:
    return [str(place.text) for place in etree.fromstring(body).iter(f"{SITEMAP}loc")]


def test_the_sitemaps_lead_to_every_article(room: Room) -> None:
    robots = room.body(f"https://{sitemaps.HOST}/robots.txt").decode()
    index, news = re.findall(r"(?m)^Sitemap: (\S+)$", robots)
    found, corrupt = [], []
    for child in locations(room.body(index)):
        status, headers, body = room.ask(child)
        assert (status, headers["Content-Type"], body[:2]) == (200, "application/gzip", b"\x1f\x8b")
        try:
            found += locations(gzip.decompress(body))
        except zlib.error:
            corrupt.append(child)
    wanted = articles_of(sitemaps.HOST, NOW)
    assert sorted(found) == sorted(article.url for article in wanted)
    assert corrupt == [f"https://{sitemaps.HOST}/sitemaps/{sitemaps.LOST_MONTH}.xml.gz"]
    fresh = [a.url for a in wanted if NOW - a.at < timedelta(days=2)]
    assert locations(room.body(news)) == fresh + sitemaps.forbidden(SiteData(NOW))
    assert "Disallow: /internal/" in robots


def test_the_corrupt_sitemap_gives_nothing_away(room: Room) -> None:
    body = room.body(f"https://{sitemaps.HOST}/sitemaps/{sitemaps.LOST_MONTH}.xml.gz")
    with pytest.raises(zlib.error):
        zlib.decompressobj(31).decompress(body, 1)


def test_without_faults_no_sitemap_is_corrupt(faultless: Room) -> None:
    body = faultless.body(f"https://{sitemaps.HOST}/sitemaps/{sitemaps.LOST_MONTH}.xml.gz")
    wanted = {a.url for a in articles_of(sitemaps.HOST, NOW, faults=False)}
    assert set(locations(gzip.decompress(body))) <= wanted
    assert len(wanted) == len(articles_of(sitemaps.HOST, NOW)) + 3


def test_the_news_extension_is_filled(room: Room) -> None:
    tree = etree.fromstring(room.body(f"https://{sitemaps.HOST}/news-sitemap.xml"))
    newest = articles_of(sitemaps.HOST, NOW)[0]
    first = {
        name: next(tree.iter(f"{NEWS}{name}")).text for name in ("title", "language", "publication_date")
    }
    assert first == {"title": newest.title, "language": "en", "publication_date": newest.at.isoformat()}


def test_the_home_page_leads_to_every_article(room: Room) -> None:
    base = f"http://{homepage.HOST}"
    for path in ("/robots.txt", "/sitemap.xml", "/feed", "/rss.xml"):
        assert room.ask(f"{base}{path}")[0] == 404
    assert b'rel="alternate"' not in room.body(f"{base}/")
    queue, known = ["/"], {"/"}
    while queue and len(known) < 200:
        new = [link for link in links(room.body(base + queue.pop())) if link.startswith("/")]
        queue += sorted(set(new) - known)
        known |= set(new)
    assert {a.url.removeprefix(base) for a in articles_of(homepage.HOST, NOW)} <= known
    assert {"/about.html", "/login", "/consent"} <= known


def test_the_home_page_sites_encodings(room: Room, faultless: Room) -> None:
    big5, gbk = of_kind(homepage.HOST, "big5_undeclared"), of_kind(homepage.HOST, "gbk_as_utf8")
    _, headers, body = room.ask(big5.url)
    assert headers["Content-Type"] == "text/html"
    assert b"charset" not in body
    assert big5.title in body.decode("big5")
    _, headers, body = room.ask(gbk.url)
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert b'charset="utf-8"' in body
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")
    assert gbk.title in body.decode("gbk")
    for article in articles_of(homepage.HOST, NOW, faults=False):
        assert article.title in faultless.body(article.url).decode("utf-8")
    assert {a.kind for a in articles_of(homepage.HOST, NOW, faults=False)} == {""}


def test_the_home_page_sites_line_of_information(room: Room) -> None:
    article = articles_of(homepage.HOST, NOW)[0]
    line = f"来源：{article.outlet}　作者：{article.author}　时间：{article.at:%Y-%m-%d %H:%M}"
    assert line in room.body(article.url).decode()
