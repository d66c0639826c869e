"""Every page: what stands on it, and that it is sound HTML."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from lxml.html import HtmlElement, document_fromstring

from newscrawl.read import Posts
from newscrawl.web.static import static_path
from tests.web.newsstand import CHANGED_ID, LONG, OUTLETS, RICH_ID
from tests.web.serving import Reply, ask

PAGES = {
    "home": "/",
    "category": "/category/beifangwang",
    "categories": "/category",
    "outlet": "/outlet/xinhuashe",
    "outlets": "/outlet",
    "tag": "/tag/北方网新闻",
    "odd tag": "/tag/a%2Fb%20c",
    "security": "/security/1.600717",
    "post": f"/post/{RICH_ID}",
    "pictures": f"/post/{RICH_ID}?images=1",
    "history": f"/post/{CHANGED_ID}/history",
    "no history": f"/post/{RICH_ID}/history",
    "arabic": "/post/eastmoney:202603083600000912",
    "no text": "/post/eastmoney:202603083600000922",
    "search": "/search?q=吞吐量",
    "empty search": "/search",
    "found nothing": "/search?q=无此词语",
    "archive": "/archive",
    "day": "/archive/2026-03-08",
    "status": "/status",
}
ERRORS = {
    "/nothing": 404,
    "/post/eastmoney:1": 404,
    "/post/eastmoney:1/history": 404,
    "/category/none": 404,
    "/category/../x": 404,
    "/outlet/Ünknown": 404,
    "/security/a%20b": 404,
    "/tag/%00": 400,
    "/archive/2026-02-30": 404,
    "/archive/20260308": 404,
    "/archive/0001-01-01": 404,
    "/archive/2001-01-01": 404,
    "/search?q=a&q=b": 400,
    f"/search?q={'词' * 101}": 400,
    "/category/beifangwang?after=!": 400,
    f"/category/beifangwang?after={'x' * 401}": 400,
    f"/search?q={'x' * 5000}": 414,
    "/static/newscrawl.000000000000.css": 404,
    "/post/": 404,
}


def page(address: str, path: str, status: int = 200) -> HtmlElement:
    reply = ask(address, path)
    assert reply.status == status, reply.text
    return document_fromstring(reply.text)


def texts(tree: HtmlElement, path: str) -> list[str]:
    return [" ".join(each.text_content().split()) for each in tree.xpath(path)]


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_every_page_is_sound(pages: str, path: str) -> None:
    tree = page(pages, path)
    assert tree.get("lang") == "zh-Hans"
    title = tree.findtext("head/title")
    assert title
    assert title.endswith("新闻簿")
    assert tree.xpath("//meta[@name='description']/@content")[0].strip()
    assert len(tree.xpath("//link[@rel='canonical']/@href")) == 1
    assert len(tree.xpath("//h1")) == 1
    levels = [int(each.tag[1]) for each in tree.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
    assert all(later <= before + 1 for before, later in pairwise(levels)), levels
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert len(tree.xpath("//main")) == 1
    assert tree.xpath("//a[@class='skip']/@href") == ["#main"]
    assert all(re.fullmatch(r"\d{4}-\d\d(-\d\d)?(T.+)?", each) for each in tree.xpath("//time/@datetime"))
    assert not tree.xpath("//script|//style|//@style|//@*[starts-with(name(), 'on')]|//iframe|//base")


@pytest.mark.parametrize(("path", "status"), ERRORS.items())
def test_errors_are_pages(pages: str, path: str, status: int) -> None:
    reply = ask(pages, path)
    assert reply.status == status
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.headers["cache-control"] == "no-store"
    assert "etag" not in reply.headers
    tree = document_fromstring(reply.text)
    assert len(tree.xpath("//h1")) == 1
    assert tree.xpath("//main//a/@href") == ["/"]


def test_home_has_the_last_five_of_each_tag(pages: str, stocked: str) -> None:
    tree = page(pages, "/")
    headings = texts(tree, "//section[@class='column']/h2")
    assert set(headings) >= {f"{outlet}新闻" for outlet in OUTLETS}
    for section in tree.xpath("//section[@class='column']"):
        [tag] = texts(section, "h2")
        with Posts.connect(database=stocked) as posts:
            expected = [post.title for post in posts.latest(tag=tag, limit=5)]
        assert texts(section, ".//li//a") == [" ".join(title.split()) for title in expected]
    mores = dict(zip(headings, tree.xpath("//p[@class='more']/a/@href"), strict=True))
    assert mores["北方网新闻"] == "/category/beifangwang"
    assert len(tree.xpath("//section[@class='latest']//li")) == 12


def test_home_is_light(pages: str) -> None:
    reply = ask(pages, "/")
    assert len(reply.body) + len(ask(pages, static_path("newscrawl.css")).body) < 60_000


def test_paging_shows_every_post_once(pages: str) -> None:
    path, seen, turns = "/category/beifangwang", [], 0
    while path:
        tree = page(pages, path)
        seen += tree.xpath("//ol[@class='items']/li//p[@class='headline']/a/@href")
        path = next(iter(tree.xpath("//nav[@class='pager']/a[@rel='next']/@href")), "")
        turns += 1
    own = [f"/post/eastmoney:2026030836{number:08}" for number in range(0, LONG, 4)]
    assert turns == 1
    assert len(seen) == len(set(seen))
    assert set(own) <= set(seen)
    first = page(pages, "/archive/2026-03-08")
    second = page(pages, first.xpath("//nav[@class='pager']/a[@rel='next']/@href")[0])
    links = [tree.xpath("//p[@class='headline']/a/@href") for tree in (first, second)]
    assert len(links[0]) == 30
    assert not set(links[0]) & set(links[1])
    assert texts(second, "//nav[@class='pager']/a")[0] == "回到最新"


def test_a_post_shows_its_source_and_the_original(pages: str) -> None:
    tree = page(pages, f"/post/{RICH_ID}")
    assert texts(tree, "//h1") == ["天津港三月吞吐量创新高 同比增长12.3%"]
    [line] = texts(tree, "//p[@class='source']")
    assert line.startswith("来源：北方网 2026年3月8日 19:30 作者：张三 编辑：李四")
    assert tree.xpath("//p[@class='source']/time/@datetime") == ["2026-03-08T19:30+08:00"]
    assert tree.xpath("//p[@class='original']/a/@href") == [
        "http://finance.eastmoney.com/news/1350,202603083600000900.html"
    ]
    assert texts(tree, "//dl//li")[:2] == ["天津港 600717", "03382"]
    assert texts(tree, "//section[@class='others']//a[not(@class)]") == [
        "天津港吞吐量创新高（TechWeb转）",
        "天津港吞吐量创新高（新华社转）",
    ]
    assert "时区按来源推定" in texts(tree, "//footer[@class='about']")[0]


def test_pictures_come_only_when_asked_for(pages: str) -> None:
    tree = page(pages, f"/post/{RICH_ID}")
    assert not tree.xpath("//img")
    assert "图为天津港" in texts(tree, "//figcaption")
    assert set(tree.xpath("//a[@class='picture']/@href")) == {"?images=1"}
    reply = ask(pages, f"/post/{RICH_ID}?images=1")
    shown = document_fromstring(reply.text)
    assert shown.xpath("//img/@src") == [
        "https://pictures.example.com/1.jpg",
        "https://cdn.example.org/2.png",
    ]
    assert (
        "img-src 'self' https://pictures.example.com https://cdn.example.org;"
        in (reply.headers["content-security-policy"])
    )


def test_history_has_every_state(pages: str) -> None:
    tree = page(pages, f"/post/{CHANGED_ID}/history")
    assert texts(tree, "//section[@class='state']/h2") == ["现在的版本", "第 2 版", "第 1 版"]
    assert texts(tree, "//section[1]//ins") == ["[增]操作"]
    assert texts(tree, "//section[1]//del") == ["[删]将"]
    assert texts(tree, "//section[2]//ins|//section[2]//del") == ["[删]五", "[增]八"]
    assert not tree.xpath("//section[3]//dl")
    bodies = texts(tree, "//div[@class='body']")
    assert [body[:4] for body in bodies] == ["央行开展", "央行将开", "央行将开"]
    assert "改动 2 次" in texts(page(pages, f"/post/{CHANGED_ID}"), "//footer[@class='about']")[0]


def test_times_are_the_sources(pages: str) -> None:
    def line(number: int) -> str:
        return texts(page(pages, f"/post/eastmoney:202603083600000{number}"), "//p[@class='source']/time")[0]

    assert line(911).endswith("（UTC+1）")
    assert line(920) == "2026年3月8日"
    assert line(921) == "2022年2月26日 16:34:18"
    day = page(pages, "/archive/2022-02-26")
    assert texts(day, "//li/time") == ["16:34"]
    assert day.xpath("//li/time/@datetime") == ["2022-02-26T16:34:18+08:00"]
    assert day.xpath("//nav[@aria-label='前后日期']/a/@href") == ["/archive/2026-03-08"]


def test_other_languages_say_so(pages: str) -> None:
    tree = page(pages, "/post/eastmoney:202603083600000912")
    [heading] = tree.xpath("//h1")
    assert (heading.get("lang"), heading.get("dir")) == ("ar", "auto")
    assert tree.xpath("//div[@class='body']/@lang") == ["ar"]


def test_search_marks_what_it_found(pages: str) -> None:
    tree = page(pages, "/search?q=吞吐量")
    assert texts(tree, "//h1") == ["搜索：吞吐量"]
    assert len(tree.xpath("//ol/li")) == 3
    assert set(texts(tree, "//mark")) == {"吞吐量"}
    assert "没有找到" in texts(page(pages, "/search?q=！！"), "//main")[0]


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/category/beifangwang.html", "/category/beifangwang"),
        (f"/post/{RICH_ID.removeprefix('eastmoney:')}", f"/post/{RICH_ID}"),
        ("/post/https://finance.eastmoney.com/a/202603083600000900.html", f"/post/{RICH_ID}"),
    ],
)
def test_other_names_lead_to_the_page(pages: str, path: str, leads_to: str) -> None:
    reply: Reply = ask(pages, path)
    assert (reply.status, reply.headers["location"]) == (301, leads_to)


def test_status_tells_how_the_crawling_goes(pages: str) -> None:
    tree = page(pages, "/status")
    words = " ".join(texts(tree, "//main"))
    for word in (
        "eastmoney",
        "enorth",
        "有问题",
        "新增 90；拒收 3",
        "0 posts stored, 12 expected",
        "字段填充率",
    ):
        assert word in words
    assert len(tree.xpath("//svg")) == 1


def test_a_column_is_called_as_it_is_printed(pages: str) -> None:
    assert "<h1>财经</h1>" in ask(pages, "/category/caijing").text
    assert ">财经</a>" in ask(pages, "/category").text
    post = ask(pages, "/api/v1/posts?category=caijing&size=1").json["posts"][0]
    assert '<a href="/category/caijing">财经</a>' in ask(pages, f"/post/{post['id']}").text
