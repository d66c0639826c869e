"""The Guardian: the international feed and the news sitemap."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Seen, Sitemap, Source


class GuardianSpider(NewsSpider):
    """The international edition."""

    name = "guardian"
    source = Source(
        title="The Guardian",
        domain="theguardian.com",
        language="en-GB",
        zone="Europe/London",
        outlet="The Guardian",
        seen=Seen("2026-08-05", "public code; a saved page of 2024"),
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
                lead=("[data-gu-name=media] figure", "[style*='grid-area:media'] figure"),
                drop=("aside", "[data-component=newsletter]", "figure[data-spacefinder-type*=RichLink]"),
            ),
        ),
    )
