"""Al Jazeera English: the feed of all news."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Seen, Source


class AljazeeraSpider(NewsSpider):
    """All news, without live blogs and videos."""

    name = "aljazeera"
    source = Source(
        title="Al Jazeera",
        domain="aljazeera.com",
        language="en",
        zone="Asia/Qatar",
        outlet="Al Jazeera",
        seen=Seen("2026-09-22", "the feed answered a public probe; pages as in public code"),
        lists=(Feed("https://www.aljazeera.com/xml/rss/all.xml"),),
        articles=r"aljazeera\.com/(?!.*(?:liveblog|video|gallery)/)(?:[a-z-]+/)+20\d\d/\d{1,2}/\d{1,2}/[a-z0-9-]+",
        layouts=(
            PageLayout(
                name="2023",
                title=("h1",),
                body=(".wysiwyg",),
                authors=(".article-author-name", ".author"),
                lead=("figure.article-featured-image",),
                drop=(".more-on",),
            ),
        ),
    )
