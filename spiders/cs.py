"""中证网: its channels, and one layout for two forms of address.

Lists and pages as public code of 2023–2026 has them, collected 2026-11 (confidence: high).
Not seen live from here.
"""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import PageLayout, Section, Source


class CsSpider(NewsSpider):
    """新闻, 宏观, 公司, 股市, 基金."""

    name = "cs"
    source = Source(
        title="中证网",
        domain="cs.com.cn",
        outlet="中国证券报·中证网",
        lists=tuple(
            Section(
                f"https://www.cs.com.cn/{channel}/",
                column=column,
                items="ul.ch_type3_list li",
                titles=("h3",),
                dates=("em",),
            )
            for channel, column in (
                ("xwzx", "新闻"),
                ("xwzx/hg", "宏观"),
                ("ssgs", "公司"),
                ("gppd", "股市"),
                ("tzjj", "基金"),
            )
        ),
        articles=r"cs\.com\.cn/(?:[a-z0-9]+/)+(?:\d{4}/\d\d/\d\d/detail_|\d{6}/t\d{8}_)(?P<id>\d+)\.html?$",
        layouts=(
            PageLayout(
                name="2020",
                title=("article.cont_article header h1",),
                body=("article.cont_article section",),
                date=("article.cont_article .time::attr(datetime)", "article.cont_article .time"),
                outlet=("div.artc_info em",),
                authors=("div.artc_info em",),
                columns=("div.artc_route div a",),
            ),
        ),
    )
