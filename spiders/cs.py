"""中证网: its home page, and one layout for two forms of address. Its channels are filled by script."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import PageLayout, Section, Seen, Source


class CsSpider(NewsSpider):
    """The flashes and headlines of the home page."""

    name = "cs"
    source = Source(
        title="中证网",
        domain="cs.com.cn",
        outlet="中国证券报·中证网",
        seen=Seen("2026-09-26", "the home page answered a public probe; pages as in public code"),
        lists=(Section("https://www.cs.com.cn/", links=("a[href*='/detail_']", "a[href*='/t20']")),),
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
