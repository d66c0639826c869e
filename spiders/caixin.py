"""财新网: its scroll API. Most articles give their opening only; the paywall is not gone round."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Api, PageLayout, Seen, Source


class CaixinSpider(NewsSpider):
    """Scroll, newest first; without sound, video and charts, which have no text."""

    name = "caixin"
    source = Source(
        title="财新网",
        domain="caixin.com",
        outlet="财新网",
        seen=Seen("2026-08-21", "public code"),
        lists=(
            Api(
                "https://gateway.caixin.com/api/dataplatform/scroll/index?page={page}&size={size}&date=&channel=0",
                items="data.articleList",
                link="url",
                date="time",
                authors="author",
                digest="summary",
                columns="channelObject.name",
            ),
        ),
        articles=r"//(?!(?:fm|video|datanews)\.)[a-z]+\.caixin\.com/\d{4}-\d\d-\d\d/(?P<id>\d{9})\.html$",
        layouts=(
            PageLayout(
                name="2023",
                title=("#conTit h1", "h1"),
                body=("div#Main_Content_Val",),
                date=("#artInfo",),
                outlet=("#artInfo",),
                authors=("#artInfo",),
            ),
        ),
    )
