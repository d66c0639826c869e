"""国家统计局: the feed of 最新发布 and its list.

Lists and pages as public code of 2023–2026 has them, collected 2026-11 (confidence: high).
Not seen live from here.
"""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Section, Source


class StatsSpider(NewsSpider):
    """Statistical releases; their tables are kept."""

    name = "stats"
    source = Source(
        title="国家统计局",
        domain="stats.gov.cn",
        outlet="国家统计局",
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
