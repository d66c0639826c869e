"""Deutsche Welle: the English feed and news sitemap.

Lists and pages as public code of 2023–2026 has them, collected 2026-11 (confidence: high).
Not seen live from here.
"""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Sitemap, Source

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
                drop=("figure", ".embed", _EDITED_BY),
            ),
        ),
    )
