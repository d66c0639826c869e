"""IT之家: its feed."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Seen, Source


class IthomeSpider(NewsSpider):
    """All articles but advertisements."""

    name = "ithome"
    source = Source(
        title="IT之家",
        domain="ithome.com",
        outlet="IT之家",
        seen=Seen("2026-09-26", "the feed answered a public probe; pages as in public code"),
        lists=(Feed("https://www.ithome.com/rss/"),),
        articles=r"www\.ithome\.com/\d{1,3}/\d{3,4}/\d{3}\.htm$",
        layouts=(
            PageLayout(
                name="2023",
                title=("h1",),
                body=("#paragraph",),
                date=("#pubtime_baidu",),
                outlet=("#source_baidu",),
                authors=("#author_baidu strong",),
                editors=("#editor_baidu strong",),
                drop=("//p[.//a[contains(@href, 'lapin')]]",),  # advertisements
            ),
        ),
    )
