"""新华网: sections, and pages of two generations."""

from __future__ import annotations

import datetime

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import PageLayout, Section, Seen, Source


class XinhuanetSpider(NewsSpider):
    """Politics, world, fortune, technology, local, law."""

    name = "xinhuanet"
    source = Source(
        title="新华网",
        domain="news.cn",
        domains=("xinhuanet.com",),
        outlet="新华网",
        seen=Seen("2026-10-04", "section pages answered a public probe; saved pages of 2019 and 2024"),
        lists=(
            Section("https://www.news.cn/politics/", column="时政", links=("a[href*='/c.html']",)),
            Section("https://www.news.cn/world/", column="国际", links=("a[href*='/c.html']",)),
            Section("https://www.news.cn/fortune/", column="财经", links=("a[href*='/c.html']",)),
            Section("https://www.news.cn/tech/", column="科技", links=("a[href*='/c.html']",)),
            Section("https://www.news.cn/local/", column="地方", links=("a[href*='/c.html']",)),
            Section("https://www.news.cn/legal/", column="法治", links=("a[href*='/c.html']",)),
        ),
        articles=(
            r"(?:news\.cn|xinhuanet\.com)/(?:[a-z]+/)*"
            r"(?:\d{8}/(?=[0-9a-f]{32}/c\.html$)|\d{4}-\d\d/\d\d/c_(?=\d+\.htm$))(?P<id>[0-9a-f]+)"
        ),
        layouts=(
            PageLayout(
                name="2023",
                title=("h1 span.title", ".head-line span.title"),
                body=("#detailContent", "#detail"),
                date=(".header-time", ".info .time"),
                outlet=(".source",),
                editors=(".editor",),
                drop=(".editor", "#articleEdit"),
            ),
            PageLayout(
                name="2017",
                title=(".h-title",),
                body=("#p-detail",),
                date=(".h-time",),
                outlet=("#source",),
                editors=(".p-jc",),
                columns=(".news-position a",),
                drop=(".lb", ".zan-wap", ".p-tags"),  # carousel, likes, 纠错: inside #p-detail
                until=datetime.date(2022, 12, 31),
            ),
        ),
    )
