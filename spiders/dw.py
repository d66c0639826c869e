"""Deutsche Welle: the English feed and news sitemap."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Seen, Sitemap, Source

_EDITED_BY = "//div[contains(@class, 'rich-text')]/p[starts-with(normalize-space(.), 'Edited by')]"


class DwSpider(NewsSpider):
    """The English service."""

    name = "dw"
    source = Source(
        title="Deutsche Welle",
        domain="dw.com",
        language="en",
        zone="Europe/Berlin",
        outlet="Deutsche Welle",
        seen=Seen("2026-08-05", "public code; a saved page of 2024"),
        lists=(
            Feed("https://rss.dw.com/xml/rss-en-all"),
            Sitemap("https://www.dw.com/en/news-sitemap.xml"),
        ),
        articles=r"dw\.com/[a-z]{2}/[^/]+/a-(?P<id>\d+)$",
        layouts=(
            PageLayout(
                name="2023",
                title=("h1",),
                body=("div.rich-text",),
                columns=(".kicker span",),
                digest=("header p",),
                editors=(_EDITED_BY,),
                lead=("(//article//figure[not(ancestor::*[contains(@class, 'rich-text')])])[1]",),
                drop=(".embed", "img[data-url*='{']", _EDITED_BY),
            ),
        ),
    )
