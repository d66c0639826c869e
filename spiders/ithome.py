"""IT之家: its feed.

Lists and pages as public code of 2023–2026 has them, collected 2026-11 (confidence: high).
Not seen live from here.
"""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Source


class IthomeSpider(NewsSpider):
    """All articles but advertisements."""

    name = "ithome"
    source = Source(
        title="IT之家",
        domain="ithome.com",
        outlet="IT之家",
        lists=(Feed("https://www.ithome.com/rss/"),),
        articles=r"www\.ithome\.com/0/\d{3,4}/\d{3}\.htm$",
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
