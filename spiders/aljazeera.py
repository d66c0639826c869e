"""Al Jazeera English: the feed of all news.

Lists and pages as public code of 2023–2026 has them, collected 2026-11 (confidence: high).
Not seen live from here.
"""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Source


class AljazeeraSpider(NewsSpider):
    """All news, without live blogs and videos."""

    name = "aljazeera"
    source = Source(
        title="Al Jazeera",
        domain="aljazeera.com",
        language="en",
        zone="Asia/Qatar",
        outlet="Al Jazeera",
        lists=(Feed("https://www.aljazeera.com/xml/rss/all.xml"),),
        articles=r"aljazeera\.com/(?!.*(?:liveblog|video|gallery)/)(?:[a-z-]+/)+20\d\d/\d{1,2}/\d{1,2}/[a-z0-9-]+",
        layouts=(
            PageLayout(
                name="2023",
                title=("h1",),
                body=(".wysiwyg",),
                authors=(".article-author-name", ".author"),
                drop=(".more-on", "figure"),
            ),
        ),
    )
