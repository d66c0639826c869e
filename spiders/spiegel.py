"""DER SPIEGEL: the feed of headlines and the news sitemap; of S+ articles the opening only."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Seen, Sitemap, Source


class SpiegelSpider(NewsSpider):
    """Headlines in German."""

    name = "spiegel"
    source = Source(
        title="DER SPIEGEL",
        domain="spiegel.de",
        language="de",
        zone="Europe/Berlin",
        outlet="Der Spiegel",
        seen=Seen("2026-08-05", "public code; saved pages of 2023 and 2024"),
        lists=(
            Feed("https://www.spiegel.de/schlagzeilen/index.rss"),
            Sitemap("https://www.spiegel.de/sitemaps/news-de.xml"),
        ),
        articles=r"spiegel\.de/(?:[a-z-]+/)+[a-z0-9-]+-a-(?P<id>[0-9a-f-]{36})$",
        layouts=(
            PageLayout(
                name="2023",
                title=("main h2 span.leading-tight",),
                body=("main [data-area=body]", "main article:has(.word-wrap)"),
                digest=("header .leading-loose",),
                lead=("main header figure",),
                drop=("header", "[data-area=related]", "[data-area=ad]"),
            ),
        ),
    )
