"""同花顺财经 (10jqka): its list API, and pages in GBK."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Api, PageLayout, Seen, Source


class TonghuashunSpider(NewsSpider):
    """Rolling financial news."""

    name = "tonghuashun"
    source = Source(
        title="同花顺财经",
        domain="10jqka.com.cn",
        outlet="同花顺财经",
        seen=Seen("2026-09-25", "the list answered a public probe; pages as in public code"),
        lists=(
            Api(
                "https://news.10jqka.com.cn/tapp/news/push/stock?page={page}&tag=&track=website&pagesize={size}",
                items="data.list",
                link="url",
                date="ctime",
                outlet="source",
                digest="digest",
                size=50,
            ),
        ),
        articles=r"10jqka\.com\.cn/\d{8}/c(?P<id>\d+)\.shtml$",
        layouts=(
            PageLayout(
                name="2018",
                title=(".main-title", ".atc-head h1", "h1"),
                body=(".main-text.atc-content", ".news-content-parsed"),
                date=("#pubtime_baidu",),
                outlet=("#source_baidu", "#sourcename"),
                editors=("#editor_baidu",),
                columns=(".top-channel a",),
                drop=("//p[starts-with(normalize-space(.), '免责声明')]",),
            ),
        ),
    )
