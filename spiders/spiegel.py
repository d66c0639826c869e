"""DER SPIEGEL: the feed of headlines and the news sitemap; of S+ articles the opening only.

Lists and pages as public code of 2023–2026 has them, collected 2026-11 (confidence: high).
Not seen live from here.
"""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Sitemap, Source


class SpiegelSpider(NewsSpider):
    """Headlines in German."""

    name = "spiegel"
    source = Source(
        title="DER SPIEGEL",
        domain="spiegel.de",
        language="de",
        zone="Europe/Berlin",
        outlet="Der Spiegel",
        lists=(
            Feed("https://www.spiegel.de/schlagzeilen/index.rss"),
            Sitemap("https://www.spiegel.de/sitemaps/news-de.xml"),
        ),
        articles=r"spiegel\.de/(?:[a-z-]+/)+[a-z0-9-]+-a-(?P<id>[0-9a-f-]{36})$",
        layouts=(
            PageLayout(
                name="2023",
                title=("main h2 span.leading-tight",),
                body=("main .word-wrap",),
                digest=("header .leading-loose",),
                drop=("[data-area=related]", "figure"),
            ),
        ),
    )
