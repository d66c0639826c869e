"""36氪: its feeds, which carry the whole text; the pages behind a challenge are not asked for."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Seen, Source


class Kr36Spider(NewsSpider):
    """Articles and news flashes."""

    name = "kr36"
    source = Source(
        title="36氪",
        domain="36kr.com",
        outlet="36氪",
        seen=Seen("2026-10-04", "the feed answered a public probe"),
        lists=(
            Feed("https://36kr.com/feed", full=True),
            Feed("https://www.36kr.com/feed-newsflash", column="快讯", full=True),
        ),
        articles=r"36kr\.com/(?:p|newsflashes)/(?P<id>\d+)",
        layouts=(
            PageLayout(
                name="2023",
                title=(".article-title", "h1"),
                body=("div.articleDetailContent",),
                date=("span.title-icon-item.item-time",),
                authors=(".title-icon-item.item-a",),
            ),
        ),
    )
