"""中国青年网: its news list, and three layouts that live side by side."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import PageLayout, Section, Seen, Source


class YouthSpider(NewsSpider):
    """Domestic news."""

    name = "youth"
    source = Source(
        title="中国青年网",
        domain="youth.cn",
        outlet="中国青年网",
        seen=Seen("2025-10", "public code; saved pages of 2024"),
        lists=(
            Section(
                "http://news.youth.cn/jsxw/index.htm", column="国内", items="ul.tj3_1 li", dates=("font",)
            ),
        ),
        articles=r"youth\.cn/(?:[a-z0-9_]+/)+\d{6}/t\d{8}_(?P<id>\d+)\.html?$",
        layouts=(
            PageLayout(
                name="page_title",
                title=(".page_title h1",),
                body=("#container .TRS_Editor", ".TRS_Editor"),
                date=("#page_right",),
                outlet=("#source_baidu",),
                editors=("#editor_baidu",),
                columns=(".page_zi a",),
                drop=("#editor_baidu",),
            ),
            PageLayout(
                name="l_tit",
                title=(".l_tit",),
                body=(".article",),
                date=("#pubtime_baidu",),
                outlet=("#source_baidu",),
                editors=("#editor_baidu",),
                columns=(".hd_meun_jk1 a",),
                drop=("#editor_baidu",),
            ),
            PageLayout(
                name="pbt",
                title=(".pbt",),
                body=(".page_text .TRS_Editor",),
                date=(".pwz",),
                outlet=(".pwz a",),
                authors=(".pwz",),
                editors=("#editor_baidu",),
                columns=(".lm_mc a",),
            ),
        ),
    )
