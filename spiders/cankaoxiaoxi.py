"""参考消息: channel lists and articles of its open JSON."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Api, DataLayout, Seen, Source


class CankaoxiaoxiSpider(NewsSpider):
    """China and world as foreign papers see them."""

    name = "cankaoxiaoxi"
    source = Source(
        title="参考消息",
        domain="cankaoxiaoxi.com",
        domains=("ckxx.net",),
        outlet="参考消息",
        seen=Seen("2026-08-21", "public code"),
        lists=tuple(
            Api(
                f"https://china.cankaoxiaoxi.com/json/channel/{channel}/list.json",
                items="list[].data",
                link="url",
                date="publishTime",
                authors="author",
                columns="channelName",
            )
            for channel in ("zhongguo", "gj")
        ),
        articles=r"ckxx\.net/pages/\d{4}/\d\d/\d\d/(?P<id>[0-9a-f]{32})\.html$",
        fetch=(
            (
                r"^https://ckxxapp\.ckxx\.net/pages/(.*)\.html$",
                r"https://china.cankaoxiaoxi.com/json/content/\1.detailjson",
            ),
        ),
        layouts=(DataLayout(name="2023", title="title", body="txt", date="publishTime", authors="author"),),
    )
