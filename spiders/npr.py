"""NPR: the news feed.

Lists and pages as public code of 2023–2026 has them, collected 2026-11 (confidence: medium).
Not seen live from here.
"""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Source


class NprSpider(NewsSpider):
    """The news feed."""

    name = "npr"
    source = Source(
        title="NPR",
        domain="npr.org",
        language="en-US",
        zone="America/New_York",
        outlet="NPR",
        lists=(Feed("https://feeds.npr.org/1001/rss.xml"),),
        articles=r"npr\.org/(?:[a-z-]+/)*20\d\d/\d\d/\d\d/(?P<id>(?:nx-s1-)?[\w-]+)/[a-z0-9-]+",
        layouts=(
            PageLayout(
                name="2023",
                title=(".storytitle h1",),
                body=("#storytext",),
                date=(".dateblock time::attr(datetime)",),
                authors=("#storybyline .byline__name",),
                drop=(".bucketwrap", "aside", "figure"),
            ),
        ),
    )
