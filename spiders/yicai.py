"""第一财经: its list API.

Lists and pages as public code of 2023–2026 has them, collected 2026-11 (confidence: high).
Not seen live from here.
"""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Api, PageLayout, Source


class YicaiSpider(NewsSpider):
    """News, newest first; what is for members only is left out."""

    name = "yicai"
    source = Source(
        title="第一财经",
        domain="yicai.com",
        outlet="第一财经",
        lists=(
            Api(
                "https://www.yicai.com/api/ajax/getjuhelist?action=news&page={page}&pagesize={size}",
                items="@",
                link="url",
                title="NewsTitle",
                date="CreateDate",
                outlet="NewsSource",
                authors="NewsAuthor",
                digest="NewsNotes",
                columns="ChannelName",
                only="AppID != `0`",  # these stand under /vip, behind a paywall
                size=30,
            ),
        ),
        articles=r"yicai\.com/(?:news|brief)/(?P<id>\d+)\.html$",
        layouts=(
            PageLayout(
                name="2023",
                title=("h1",),
                body=("#multi-text", ".multiText", ".txt"),
                date=(".title p em",),
                outlet=(".title p",),
                authors=(".title p",),
                editors=(".title p",),
                drop=("h1", "#aiBox", "#jb_report", ".u-btn6", ".m-smallshare", ".topic-hot"),
            ),
        ),
    )
