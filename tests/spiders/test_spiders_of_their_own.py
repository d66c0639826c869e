"""Spiders that say in code what cannot be declared."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from scrapy.http import HtmlResponse, TextResponse

from newscrawl.crawl.runner import spider_class
from newscrawl.errors import PageError
from newscrawl.model.draft import Entry
from newscrawl.model.source import Sitemap
from newscrawl.read.post_references import filters_for

LIST = """<html><body><div class="article-list"><ul class="newslist">
<li><script>var curHref = './t20261118_612345.html'; var curTitle ='深交所举办开放日';</script>
<span class="time">2026-11-18</span></li><li><span class="time">2026-11-17</span></li></ul>
</div></body></html>"""
SHUFFLED = """<html><body><h1>标题</h1><article class="article-body">
<p data-s="b2">第二段。</p><p data-s="a1">第一段。</p></article></body></html>"""


def page(url: str, text: str) -> HtmlResponse:
    return HtmlResponse(url, body=text.encode(), encoding="utf-8")


def test_szse_reads_its_scripts() -> None:
    spider = spider_class("szse")()
    listed = spider.read_list(page("https://www.szse.cn/aboutus/trends/news/", LIST), {"page": 1})
    entry = listed.entries[0]
    assert len(listed.entries) == 1
    assert listed.skipped == {"not an article's address": 1}
    assert entry.id == "szse:612345"
    assert entry.url == "https://www.szse.cn/aboutus/trends/news/t20261118_612345.html"
    assert (entry.title, entry.date) == ("深交所举办开放日", "2026-11-18")
    assert listed.next
    assert listed.next.url == "https://www.szse.cn/aboutus/trends/news/index_1.html"


def test_zaobao_refuses_shuffled_paragraphs() -> None:
    spider = spider_class("zaobao")()
    url = "https://www.zaobao.com/realtime/china/story20261119-1"
    entry = Entry(id="zaobao:1", url=url, canonical_url=url, share_url=url)
    with pytest.raises(PageError, match="shuffled"):
        spider.read_article(page(url, SHUFFLED), entry)
    plain = spider.read_article(page(url, SHUFFLED.replace("data-s", "data-x")), entry)
    assert plain.body is not None


def test_site_counts_what_it_leaves_out() -> None:
    spider = spider_class("site")(url="http://a.example:8000/")
    spider.source = replace(spider.source, domain="a.example", lists=(Sitemap("http://a.example:8000/map"),))  # type: ignore[misc]
    rows = "".join(
        f"<url><loc>http://a.example:8000/{path}</loc></url>" for path in ("a/1.html", "a/123456.html")
    )
    listed = spider.read_list(page("http://a.example:8000/map", f"<urlset>{rows}</urlset>"), {"list": 0})
    assert [entry.url for entry in listed.entries] == ["http://a.example:8000/a/123456.html"]
    assert listed.skipped == {"not like an article's address": 1}


def answer(text: str) -> TextResponse:
    return TextResponse("https://np-listapi.eastmoney.com/x", body=text.encode(), encoding="utf-8")


def test_a_blog_post_of_eastmoney_has_23_digits() -> None:
    number, article = "20260702101113747001360", "202607023793020144"
    items = [
        {"code": number, "np_dst": "CFH", "url": f"http://caifuhao.eastmoney.com/news/{number}"},
        {"code": number, "np_dst": "CFH", "url": ""},
        {"code": article, "np_dst": "CMS", "uniqueUrl": f"http://finance.eastmoney.com/a/{article}.html"},
        {"code": "2026070210111374700136", "title": "22 digits"},
    ]
    body = json.dumps({"code": "1", "data": {"totle_hits": 4, "list": items}})
    listed = spider_class("eastmoney")().read_list(answer(body), {"column": "350", "page": 1})
    blog = f"https://caifuhao.eastmoney.com/news/{number}"
    assert [(entry.id, entry.url) for entry in listed.entries] == [
        (f"eastmoney:{number}", blog),
        (f"eastmoney:{number}", blog),
        (f"eastmoney:{article}", f"https://finance.eastmoney.com/a/{article}.html"),
    ]
    assert listed.skipped == {"no article's number": 1}
    assert filters_for(number) == [{"_id": f"eastmoney:{number}"}]
    assert f"eastmoney:{number}" in filters_for(blog)[0]["_id"]["$in"]


@pytest.mark.parametrize(
    ("name", "body", "cursor"),
    [
        ("eastmoney_flash", {"code": "1", "data": {"fastNewsList": [{"code": "1", "title": "x"}]}}, {}),
        ("eastmoney_choice", {"nodeList": [{"infocode": "AP1"}]}, {"feed": "nodeList"}),
    ],
)
def test_lists_read_by_hand_count_what_they_drop(
    name: str, body: dict[str, object], cursor: dict[str, str]
) -> None:
    spider = spider_class(name)()
    if cursor:
        cursor = {"feed": "/web/webapi?type=45&count=100&newsid=1"}
    listed = spider.read_list(answer(json.dumps(body)), cursor)
    assert not listed.entries
    assert listed.skipped == {"no article's number": 1}


@pytest.mark.parametrize(
    ("name", "url", "known"),
    [
        ("ithome", "https://www.ithome.com/1/007/357.htm", True),
        ("ithome", "https://www.ithome.com/0/912/345.htm", True),
        ("ithome", "https://lapin.ithome.com/html/digi/1.htm", False),
        ("nhk", "https://www3.nhk.or.jp/nhkworld/news/20260913de49938/", True),
        ("nhk", "https://www3.nhk.or.jp/nhkworld/en/news/20260902_N03/", True),
        ("nhk", "https://www3.nhk.or.jp/nhkworld/en/news/20260905_100/", True),
        ("nhk", "https://www3.nhk.or.jp/nhkworld/en/news/backstories/2026/", False),
        ("guancha", "https://www.guancha.cn/industry-science/2026_08_20_827965.shtml", True),
        ("cs", "https://www.cs.com.cn/ssgs/01/2026/09/26/detail_2026092610041829.html", True),
        ("ce", "http://district.ce.cn/newarea/sddy/202606/t20260622_3044364.shtml", True),
    ],
)
def test_addresses_of_2026_are_known(name: str, url: str, known: bool) -> None:
    assert spider_class(name).source.is_article(url) is known


def test_nhk_asks_its_api_for_the_text() -> None:
    source = spider_class("nhk").source
    text = "https://api.nhkworld.jp/nwapi/rdnewsweb/v6b/en/detail/20260913de49938.json"
    assert source.fetched("https://www3.nhk.or.jp/nhkworld/news/20260913de49938/") == text
