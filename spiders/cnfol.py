"""中金在线: sections; several page layouts of 2017–2019."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import PageLayout, Section, Seen, Source


class CnfolSpider(NewsSpider):
    """证券要闻, 国内财经, 国际财经, 产业经济."""

    name = "cnfol"
    source = Source(
        title="中金在线",
        domain="cnfol.com",
        outlet="中金在线",
        seen=Seen("2026-09", "public code; page layouts of 2017 to 2019"),
        lists=tuple(
            Section(f"http://news.cnfol.com/{section}/", column=column, links=("a[href*='.shtml']",))
            for section, column in (
                ("zhengquanyaowen", "证券要闻"),
                ("guoneicaijing", "国内财经"),
                ("guojicaijing", "国际财经"),
                ("chanyejingji", "产业经济"),
            )
        ),
        articles=r"cnfol\.com/[a-z]+/\d{8}/(?P<id>\d+)\.shtml$",
        layouts=(
            PageLayout(
                name="2019",
                title=("#Title", ".artTitle"),
                body=(".Article", "#Content"),
                date=(".artDes span:nth-of-type(1)", "#pubtime_baidu"),
                outlet=(".artDes span:nth-of-type(2)", "#source_baidu"),
                authors=("#author_baidu",),
                editors=("#editor_baidu",),
                columns=(".LocalUl a", ".Location a"),
            ),
            PageLayout(
                name="2017",
                title=("h1.ArtH1", ".EDArt h1"),
                body=("#ArtDsc", ".EDArtInfo"),
                date=(".ArtHps span", ".Subtitle"),
                outlet=("#source_baidu", ".ArtHps a", ".Subtitle"),
            ),
        ),
    )
