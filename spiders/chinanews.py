"""中国新闻网: its feeds, and three layouts that live side by side."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Seen, Source


class ChinanewsSpider(NewsSpider):
    """Rolling news, China, world, finance."""

    name = "chinanews"
    source = Source(
        title="中国新闻网",
        domain="chinanews.com.cn",
        domains=("chinanews.com",),
        outlet="中国新闻网",
        seen=Seen("2026-10-04", "the feeds answered a public probe; pages as in public code"),
        lists=(
            Feed("https://www.chinanews.com.cn/rss/scroll-news.xml"),
            Feed("https://www.chinanews.com.cn/rss/china.xml", column="时政"),
            Feed("https://www.chinanews.com.cn/rss/world.xml", column="国际"),
            Feed("https://www.chinanews.com.cn/rss/finance.xml", column="财经"),
        ),
        articles=r"chinanews\.com(?:\.cn)?/(?:[a-z0-9]+/)*\d{4}/\d\d-\d\d/(?P<id>\d+)\.shtml$",
        layouts=(
            PageLayout(
                name="text",
                title=(".content h1", "h1"),
                body=("div.left_zw",),
                date=("div.left-t",),
                outlet=("a.source", "div.left-t"),
                editors=("div.adEditor", "div.left_name"),
                columns=("#nav a",),
                drop=(".adInContent",),
            ),
            PageLayout(
                name="channel",
                title=(".content h1", "h1"),
                body=("div.content_desc",),
                date=(".left p",),
                outlet=("a.source", ".left p"),
                drop=(".adInContent",),
            ),
            PageLayout(
                name="photo",
                title=("#mian .title", "h1"),
                body=("div.t3",),
                editors=("//p[starts-with(normalize-space(.), '【编辑')]",),
                drop=("//p[starts-with(normalize-space(.), '【编辑')]",),
            ),
        ),
    )
