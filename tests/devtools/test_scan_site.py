"""A first source file of a site whose home page links to no article."""

from __future__ import annotations

import gzip
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from newscrawl.crawl.spider import NewsSpider
from newscrawl.devtools.kept_responses import KeptList
from newscrawl.devtools.list_fit import list_fits
from newscrawl.devtools.scan_site import Scout
from newscrawl.devtools.try_page import Fetched
from newscrawl.errors import NewscrawlError
from newscrawl.model.lists import Feed, Sitemap
from newscrawl.model.seen import Seen
from newscrawl.newsroom.sites import HOSTS, SITES, ReplicaSite, SiteData, answer

HOME = "http://www.jiangcheng.cn/"
SECTION = f"{HOME}shehui/"
NUMBERS = range(100201, 100206)
PARAGRAPH = (
    "<p>上周五，市商务局发布通知，要求各县区在月底之前完成冬季蔬菜储备的核查工作，并将结果逐级上报。</p>"
)


def page(url: str, html: str, status: int = 200) -> Fetched:
    text = f"<html><head><title>江城晚报</title></head><body>{html}</body></html>"
    return Fetched(text.encode("gb18030"), url, "text/html; charset=gbk", status, url)


def home(head: str = "") -> Fetched:
    return page(HOME, f'{head}<a href="/shehui/">社会</a> <a href="/about.html">关于</a>')


def article(number: int, before: str = "") -> Fetched:
    info = (
        "<div class='info'><span class='time'>2026年03月08日 12:00</span>"
        "<span class='source'>来源：江城日报</span><span class='author'>作者：王小明</span></div>"
    )
    return page(
        f"{SECTION}c{number}.html",
        f"<h1 class='title'>全市冬季蔬菜储备核查有序推进（{number}）</h1>"
        f"{info}<div class='article'>{before}{PARAGRAPH * 3}"
        f"<p>本次核查第{number}号通报到此为止，下月再报。</p></div>",
    )


def source_of(text: str) -> Any:
    names: dict[str, Any] = {}
    exec(compile(text, "mine.py", "exec"), names)
    [kind] = [each for each in names.values() if isinstance(each, type) and each.__module__ == "builtins"]
    assert issubclass(kind, NewsSpider)
    return kind.source


def test_articles_are_looked_for_in_sections() -> None:
    scout = Scout()
    assert scout.follow(home()) == [SECTION, f"{HOME}robots.txt"]
    links = "".join(f"<a href='c{n}.html'>全市冬季蔬菜储备核查有序推进{n}</a>" for n in NUMBERS)
    wanted = scout.follow(page(SECTION, links + "<a class='p' href='index_2.html'> 下一页 </a>"))
    assert wanted == [f"{SECTION}c{n}.html" for n in NUMBERS[:3]]
    for number in NUMBERS[:3]:
        assert scout.follow(article(number)) == []
    text, read = scout.source_file("mine", "2026-03-09")
    source = source_of(text)
    assert read
    assert (source.language, source.zone, source.title) == ("zh", "Asia/Shanghai", "江城晚报")
    assert all(source.is_article(f"{SECTION}c{n}.html") for n in NUMBERS)
    assert not source.is_article(SECTION)
    assert [(entry.url, entry.next) for entry in source.lists] == [
        (SECTION, ("//a[normalize-space() = '下一页']",))  # the home page itself links to no article
    ]
    [version] = source.layouts
    assert (version.title, version.body) == (("h1.title",), ("div.article",))
    assert (version.date, version.outlet, version.authors) == (
        ("span.time",),
        ("span.source",),
        ("span.author",),
    )


def test_articles_are_looked_for_in_feeds() -> None:
    scout = Scout()
    feed = f"{HOME}rss.xml"
    assert feed in scout.follow(home(f"<link rel='alternate' type='application/rss+xml' href='{feed}'>"))
    item = "<item><title>x</title><link>{}</link></item>"
    items = "".join(item.format(f"/shehui/c{n}.html") for n in NUMBERS)
    body = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
    wanted = scout.follow(Fetched(body, feed, "text/xml", 200, feed))
    assert wanted == [f"{SECTION}c{n}.html" for n in NUMBERS[:3]]
    assert "Feed(" in scout.source_file("mine", "2026-03-09")[0]


def test_articles_are_looked_for_in_sitemaps() -> None:
    scout, robots, index = Scout(), f"{HOME}robots.txt", f"{HOME}index.xml.gz"
    assert scout.follow(page(HOME, "欢迎")) == [robots]
    assert scout.follow(Fetched(f"Sitemap: {index}".encode(), robots, "text/plain", 200, robots)) == [index]
    children = "".join(f"<sitemap><loc>{HOME}{name}.xml</loc></sitemap>" for name in ("new", "old"))
    packed = gzip.compress(f"<sitemapindex>{children}</sitemapindex>".encode())
    assert scout.follow(Fetched(packed, index, "application/gzip", 200, index)) == [f"{HOME}new.xml"]
    others = ("about.html", "shehui/")
    articles = [f"shehui/c{n}.html" for n in NUMBERS]
    urls = "".join(f"<url><loc>{HOME}{path}</loc></url>" for path in (*others, *articles))
    listed = Fetched(f"<urlset>{urls}</urlset>".encode(), f"{HOME}new.xml", None, 200, f"{HOME}new.xml")
    assert scout.follow(listed) == [f"{HOME}{path}" for path in articles[:3]]
    scout.follow(article(NUMBERS[0]))
    text, read = scout.source_file("mine", "2026-03-09")
    source = source_of(text)
    assert read
    assert source.lists == (Sitemap(robots),)
    assert all(source.is_article(f"{HOME}{path}") for path in articles)
    assert not source.is_article(f"{HOME}about.html")


def test_the_usual_sitemap_is_tried_where_robots_txt_names_none() -> None:
    scout, robots, usual = Scout(), f"{HOME}robots.txt", f"{HOME}sitemap.xml"
    scout.follow(home())
    assert scout.follow(Fetched(b"User-agent: *\nDisallow:", robots, "text/plain", 200, robots)) == [usual]
    urls = "".join(f"<url><loc>{SECTION}c{n}.html</loc></url>" for n in NUMBERS)
    urls += "<url><loc>http://[bad/</loc></url>"
    listed = Fetched(f"<urlset>{urls}</urlset>".encode(), usual, "text/xml", 200, usual)
    assert scout.follow(listed) == [f"{SECTION}c{n}.html" for n in NUMBERS[:3]]
    scout.follow(article(NUMBERS[0]))
    assert Sitemap(usual) in source_of(scout.source_file("mine", "2026-03-09")[0]).lists


def test_a_home_page_that_leads_on_by_a_refresh() -> None:
    scout, moved = Scout(), f"{HOME}cn/"
    assert scout.follow(page(HOME, f'<meta http-equiv="refresh" content="0; url={moved}">')) == [moved]
    assert scout.follow(page(moved, '<a href="/shehui/">社会</a>')) == [SECTION, f"{HOME}robots.txt"]


def test_a_site_without_robots_txt_and_sitemap() -> None:
    scout, robots, usual = Scout(), f"{HOME}robots.txt", f"{HOME}sitemap.xml"
    scout.follow(home())
    scout.follow(page(robots, "not found", 404))
    assert scout.follow(page(usual, "not found", 404)) == []
    assert scout.found
    assert [link.url for link in scout.found.sections] == [SECTION]


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<div id='app'></div><script src='/app.js'></script>", "its scripts fill it; nothing is written"),
        ("<p>欢迎</p>", f"was found at {HOME}; nothing is written"),
    ],
)
def test_a_site_that_shows_no_article_gives_no_file(html: str, said: str) -> None:
    scout = Scout()
    assert scout.follow(page(HOME, html)) == [f"{HOME}robots.txt"]
    with pytest.raises(NewscrawlError, match=said):
        scout.source_file("mine", "2026-03-09")


def scouted(pages: list[Fetched], head: str = "") -> tuple[Any, str]:
    """The source that is written from a home page with links to articles, and these articles."""
    links = "".join(f"<a href='{one.url}'>全市冬季蔬菜储备核查有序推进</a>" for one in pages)
    scout = Scout()
    for address in scout.follow(page(HOME, head + links)):
        if address not in {one.url for one in pages}:
            scout.follow(page(address, links))
    for one in pages:
        scout.follow(one)
    text, _ = scout.source_file("mine", "2026-03-09")
    return source_of(text), text


def test_a_guess_that_does_not_hold_on_three_pages_is_not_written() -> None:
    source, text = scouted([article(n) for n in NUMBERS[:2]])
    assert source.layouts == ()
    assert "PageLayout" not in text
    byline = "<p>文/王小明 2026年03月08日</p>"
    source, _ = scouted([article(NUMBERS[0]), article(NUMBERS[1]), article(NUMBERS[2], byline)])
    assert all("article" not in selector for one in source.layouts for selector in one.body)


def test_a_guess_that_holds_on_three_pages_is_written() -> None:
    source, _ = scouted([article(n) for n in NUMBERS[:3]])
    assert [layout.body for layout in source.layouts] == [("div.article",)]
    assert source.seen == Seen("2026-03-09", "newscrawl new")


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.title)
def test_each_site_of_the_newsroom_gets_a_spider_whose_lists_hold_articles(site: ReplicaSite) -> None:
    data, now = SiteData(datetime(2026, 3, 9, 4, tzinfo=UTC), 7), datetime(2026, 3, 9, 5, tzinfo=UTC)

    def fetched(url: str) -> Fetched:
        parts = urlsplit(url)
        reply = answer(data, parts.hostname or "", parts.path)
        return Fetched(reply.body, url, reply.content_type, reply.status, url)

    scout, waiting = Scout(now=now), [site.home]
    while waiting:
        url = waiting.pop(0)
        if urlsplit(url).hostname in HOSTS:  # others do not answer
            waiting += scout.follow(fetched(url))
    source = source_of(scout.source_file("mine", "2026-03-09")[0])
    lists = [KeptList(fetched(one.url), {"list": index}) for index, one in enumerate(source.lists)]
    fits = list_fits(source, lists, now)
    assert len(fits) == len(source.lists) > 0
    assert all(fit.is_enough for fit in fits.values())
    assert all(fit.articles for i, fit in fits.items() if not isinstance(source.lists[i], Sitemap))
    assert "https://feeds.newsroom.example/rdf.xml" not in {one.url for one in source.lists}  # AMP links


def rss(*paths: str) -> bytes:
    items = "".join(f"<item><title>x</title><link>{HOME}{path}</link></item>" for path in paths)
    return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (rss(*(f"amp/c{n}.html" for n in NUMBERS)), 200, "0 of its 5 links fit the pattern"),
        (rss("tags/a", "tags/b", "tags/c", f"shehui/c{NUMBERS[0]}.html"), 200, "1 of its 4 links fit"),
        (rss(), 200, "0 of its 0 links fit"),
        (b"<html><body>404</body></html>", 404, "HTTP 404"),
        (b"", 200, "it cannot be read"),
        (None, 200, "it could not be fetched"),
    ],
)
def test_a_feed_without_articles_is_left_out(body: bytes | None, status: int, reason: str) -> None:
    good, bad = f"{HOME}good.xml", f"{HOME}bad.xml"
    head = "".join(f"<a rel=alternate type='application/rss+xml' href='{url}'></a>" for url in (good, bad))
    links = "".join(f"<a href='/shehui/c{n}.html'>全市冬季蔬菜储备核查有序推进</a>" for n in NUMBERS)
    scout = Scout()
    assert {good, bad} <= set(scout.follow(page(HOME, head + links)))
    scout.follow(Fetched(rss(*(f"shehui/c{n}.html" for n in NUMBERS)), good, "text/xml", 200, good))
    if body is not None:
        scout.follow(Fetched(body, bad, "text/xml", status, bad))
    source = source_of(scout.source_file("mine", "2026-03-09")[0])
    assert source.lists == (Feed(good),)
    assert list(scout.left_out) == [bad]
    assert scout.left_out[bad].startswith(reason)


def test_without_a_list_that_fits_nothing_is_written() -> None:
    feed = f"{HOME}rss.xml"
    scout = Scout()
    scout.follow(home(f"<link rel='alternate' type='application/rss+xml' href='{feed}'>"))
    shapes = [f"{'/'.join('abcdef'[:depth])}/{end}" for depth in range(1, 7) for end in ("x", "y.html")]
    scout.follow(Fetched(rss(*shapes), feed, "text/xml", 200, feed))
    with pytest.raises(NewscrawlError, match=r"nothing is written\. .*rss\.xml: \d of its 12 links fit"):
        scout.source_file("mine", "2026-03-09")


def test_sections_by_query_count_and_forums_and_further_pages_do_not() -> None:
    nav = (
        "<a href='/index.php?m=content&amp;c=index&amp;a=lists&amp;catid=6'>本地要闻</a>"
        "<a href='/list-7-1.html'>社会民生</a><a href='/portal.php?mod=list&amp;catid=3'>教育</a>"
        "<a href='/forum.php'>论坛</a><a href='http://bbs.jiangcheng.cn/'>江城社区</a>"
        "<a href='/list-7-2.html'>下一页</a><a href='/list_3.html'>3</a>"
        "<a href='/index.php?m=content&amp;a=show&amp;catid=6&amp;id=9'>详情</a>"
    )
    source, _ = scouted([article(n) for n in NUMBERS[:3]], nav)
    assert {(one.url.partition(".cn")[2], one.column) for one in source.lists} == {
        ("/", None),
        ("/index.php?a=lists&c=index&catid=6&m=content", "本地要闻"),
        ("/list-7-1.html", "社会民生"),
        ("/portal.php?catid=3&mod=list", "教育"),
    }


def test_articles_held_as_data_are_told_apart() -> None:
    data = "<div>加载中</div><script id='__NEXT_DATA__' type='application/json'>{}</script>"
    source, text = scouted([page(f"{HOME}commonDetail/{n}", data) for n in NUMBERS[:3]])
    assert "hold the article as data (__NEXT_DATA__): declare a DataLayout" in text
    assert source.layouts == ()
    assert all(source.is_article(f"{HOME}commonDetail/{n}") for n in (1, 999999))


def test_the_language_that_a_site_states_is_kept() -> None:
    scout = Scout()
    text = "<html lang=zh-TW><head><title>x</title></head><body>" + "".join(
        f"<a href='/a/{n}'>one two three four five</a>" for n in NUMBERS
    )
    scout.follow(Fetched(text.encode(), "https://news.example.tw/", "text/html", 200))
    source = source_of(scout.source_file("mine", "2026-03-09")[0])
    assert (source.language, source.zone) == ("zh-TW", "Asia/Taipei")


@pytest.mark.parametrize(
    ("answer", "told"),
    [(page(HOME, "gone", 404), "answered HTTP 404"), (Fetched(b"", HOME, None, 200, HOME), "empty")],
)
def test_without_a_home_page_nothing_is_sketched(answer: Fetched, told: str) -> None:
    scout = Scout()
    assert scout.follow(answer) == []
    with pytest.raises(NewscrawlError, match=told):
        scout.source_file("mine", "2026-03-09")


def test_a_first_file_passes_the_linter() -> None:
    scout = Scout()
    site = "https://a-rather-long-name.newsroom.example/"
    feed = b"<link rel=alternate type='application/rss+xml' href='/rss.xml'>"
    links = b"".join(b"<a href='/a/2026/03/08/%d.html'>one two three four five</a>" % n for n in NUMBERS)
    title = b"<title>The Harbour Herald of Port Ansel and Lower Tarn</title>"
    scout.follow(Fetched(title + feed + links, site, "text/html", 200, site))
    text, _ = scout.source_file("mine", "2026-03-09")
    words = [sys.executable, "-m", "ruff", "check", "--stdin-filename", "spiders/mine.py", "-"]
    run = subprocess.run(words, input=text, text=True, capture_output=True, timeout=60, check=False)
    assert run.returncode == 0, run.stdout


def test_a_title_with_quotes_makes_python() -> None:
    scout = Scout()
    link = b"<a href='/a/2026/03/08/100201.html'>one two three four five</a>"
    scout.follow(Fetched(b'<title>A "B" \'C\' \\\\ """</title><p>x' + link, HOME, "text/html", 200, HOME))
    source_of(scout.source_file("mine", "2026-03-09")[0])


def test_a_feed_of_other_links_is_not_declared() -> None:
    links = "".join(f"<a href='/shehui/c{n}.html'>全市冬季蔬菜储备核查有序推进{n}</a>" for n in NUMBERS)
    names = ("alike", "other")
    head = "".join(f"<link rel='alternate' type='application/rss+xml' href='/{name}.xml'>" for name in names)
    scout = Scout()
    wanted = scout.follow(home(head + links))
    assert wanted[-3:] == [f"{HOME}alike.xml", f"{HOME}other.xml", SECTION]
    for name, path in (("alike", "shehui/c{}.html"), ("other", "go?to={}")):
        items = "".join(
            f"<item><title>核查有序推进{n}</title><link>{HOME}{path.format(n)}</link></item>" for n in NUMBERS
        )
        body = f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()
        scout.follow(Fetched(body, f"{HOME}{name}.xml", "text/xml", 200, f"{HOME}{name}.xml"))
    for n in NUMBERS:
        scout.follow(article(n))
    found = source_of(scout.source_file("mine", "2026-03-09")[0])
    assert [one.url for one in found.lists] == [f"{HOME}alike.xml"]
