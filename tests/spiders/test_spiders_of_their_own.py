"""Spiders that say in code what cannot be declared."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scrapy.http import HtmlResponse

from newscrawl.crawl.runner import spider_class
from newscrawl.errors import PageError
from newscrawl.model.draft import Entry
from newscrawl.model.source import Sitemap

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
    assert len(listed.entries) == 1, "an item without an address is none"
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
