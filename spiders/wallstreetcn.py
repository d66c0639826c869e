"""华尔街见闻: lists and articles of its open API. Paid articles give their preview."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Api, DataLayout, Seen, Source


class WallstreetcnSpider(NewsSpider):
    """Global markets, newest first."""

    name = "wallstreetcn"
    source = Source(
        title="华尔街见闻",
        domain="wallstreetcn.com",
        domains=("wallstcn.com",),
        outlet="华尔街见闻",
        seen=Seen("2026-06-30", "public code"),
        lists=(
            Api(
                "https://api-one.wallstcn.com/apiv1/content/information-flow"
                "?channel=global-channel&accept=article&limit=25&cursor={cursor}",
                items="data.items",
                only="resource_type == 'article'",
                link="https://wallstreetcn.com/articles/{resource.id}",
                title="resource.title",
                date="resource.display_time",
                authors="resource.author.display_name",
                digest="resource.content_short",
                cursor="data.next_cursor",
            ),
        ),
        articles=r"wallstreetcn\.com/articles/(?P<id>\d+)$",
        fetch=(
            (
                r"^https://wallstreetcn\.com/articles/(\d+)$",
                r"https://api-one.wallstcn.com/apiv1/content/articles/\1?extract=0",
            ),
        ),
        layouts=(
            DataLayout(
                name="2023",
                title="data.title",
                body="join('', [data.content || '', data.content_more || ''])",
                date="data.display_time",
                outlet="data.source_name",
                authors="data.author.display_name",
            ),
        ),
    )
