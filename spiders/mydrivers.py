"""快科技: its feed."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Seen, Source


class MydriversSpider(NewsSpider):
    """All news."""

    name = "mydrivers"
    source = Source(
        title="快科技",
        domain="mydrivers.com",
        outlet="快科技",
        seen=Seen("2026", "public code"),
        lists=(Feed("https://rss.mydrivers.com/rss.aspx?Tid=1"),),
        articles=r"mydrivers\.com/(?:1/\d+|newsview)/(?P<id>\d+)\.html?$",
        layouts=(
            PageLayout(
                name="desktop",
                title=("#thread_subject",),
                body=(".news_info",),
                date=(".news_bt1_left",),
                outlet=(".news_bt1_left",),
                authors=(".news_bt1_left",),
                editors=(".news_bt1_left",),
                drop=(".zhuanzai", ".bqian", ".end"),
            ),
            PageLayout(
                name="mobile",
                title=("div.news_t",),
                body=("#content",),
                date=("li.writer + li",),
                editors=("li.writer",),
                drop=(".zhuanzai", ".bqian", ".end"),
            ),
        ),
    )
