"""国家统计局: the feed of 最新发布 and its list."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Section, Seen, Source


class StatsSpider(NewsSpider):
    """Statistical releases; their tables are kept."""

    name = "stats"
    source = Source(
        title="国家统计局",
        domain="stats.gov.cn",
        outlet="国家统计局",
        seen=Seen("2026-09-25", "the list answered a public probe; pages as in public code"),
        lists=(
            Feed("https://www.stats.gov.cn/sj/zxfb/rss.xml", column="最新发布"),
            Section(
                "https://www.stats.gov.cn/sj/zxfb/",
                column="最新发布",
                items=".list-content li",
                links=("a.pchide", "a[title]"),
                dates=("span",),
                pages="https://www.stats.gov.cn/sj/zxfb/index_{page}.html",
                first=1,
            ),
        ),
        articles=r"stats\.gov\.cn/(?:[a-z]+/)+\d{6}/t\d{8}_(?P<id>\d+)\.html$",
        layouts=(
            PageLayout(
                name="2023",
                title=("div.detail-title h1",),
                body=(".TRS_Editor", ".TRS_UEDITOR"),
                date=("div.detail-title-des p", ".info"),
                outlet=("div.detail-title-des",),
            ),
        ),
    )
