"""第一财经: its news page. robots.txt forbids `/api/`, where the list API is."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import PageLayout, Section, Seen, Source


class YicaiSpider(NewsSpider):
    """News, newest first; what is for members only has other addresses."""

    name = "yicai"
    source = Source(
        title="第一财经",
        domain="yicai.com",
        outlet="第一财经",
        seen=Seen("2026-09-25", "the list page answered a public probe; pages as in public code"),
        lists=(
            Section(
                "https://www.yicai.com/news/",
                items="#newslist > a",
                titles=("h2",),
                dates=(".author span:last-of-type",),
                digests=(".common p",),
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
