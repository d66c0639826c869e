"""上海证券报·中国证券网: lists and articles as the data that its pages carry."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Api, DataLayout, Seen, Source


class CnstockSpider(NewsSpider):
    """要闻, 公司, 快讯."""

    name = "cnstock"
    source = Source(
        title="上海证券报·中国证券网",
        domain="cnstock.com",
        outlet="上海证券报",
        seen=Seen("2026-06", "public code"),
        lists=tuple(
            Api(
                url,
                after=r'<script id="__NEXT_DATA__"[^>]*>',
                items="props.pageProps.data.pageInfo.list[].[@, childList[]][][]",
                link="https://www.cnstock.com/commonDetail/{contId}",
                title="name",
                date="pubTime",
                digest="summary",
                columns="nodeInfo.name",
            )
            for url in ("https://www.cnstock.com/channel/10006", "https://www.cnstock.com/fastNews/10004")
        ),
        articles=r"cnstock\.com/(?:commonDetail|topicDetail)/(?P<id>\d+)$",
        layouts=(
            DataLayout(
                name="2024",
                after=r'<script id="__NEXT_DATA__"[^>]*>',
                title="props.pageProps.data.name || props.pageProps.data.title",
                body="props.pageProps.data.textInfo.content",
                date="props.pageProps.data.pubTime",
                authors="props.pageProps.data.author",
                columns="props.pageProps.data.nodeInfo.name",
            ),
        ),
    )
