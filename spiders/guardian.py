"""The Guardian: the international feed and the news sitemap.

Lists and pages as public code of 2023–2026 has them, collected 2026-11 (confidence: high).
Not seen live from here.
"""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Sitemap, Source


class GuardianSpider(NewsSpider):
    """The international edition."""

    name = "guardian"
    source = Source(
        title="The Guardian",
        domain="theguardian.com",
        language="en-GB",
        zone="Europe/London",
        outlet="The Guardian",
        lists=(
            Feed("https://www.theguardian.com/international/rss"),
            Sitemap("https://www.theguardian.com/sitemaps/news.xml"),
        ),
        articles=r"theguardian\.com/(?!.*/(?:live|video|gallery|audio)/)[a-z-]+(?:/[a-z0-9-]+)*/20\d\d/[a-z]{3}/\d\d/[a-z0-9-]+$",
        layouts=(
            PageLayout(
                name="2023",
                title=("h1",),
                body=(".article-body-viewer-selector",),
                columns=("meta[property='article:section']::attr(content)",),
                digest=("div[data-gu-name=standfirst] p",),
                drop=("aside", "figure", "[data-component=newsletter]"),
            ),
        ),
    )
