"""界面新闻: its feed."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Seen, Source


class JiemianSpider(NewsSpider):
    """The feed of all articles."""

    name = "jiemian"
    source = Source(
        title="界面新闻",
        domain="jiemian.com",
        outlet="界面新闻",
        seen=Seen("2026-10", "public code"),
        lists=(Feed("https://a.jiemian.com/index.php?m=article&a=rss"),),
        articles=r"jiemian\.com/article/(?P<id>\d+)\.html$",
        rewrite=((r"^https?://m\.jiemian\.com/", "https://www.jiemian.com/"),),
        layouts=(
            PageLayout(
                name="2023",
                title=(".article-header h1",),
                body=(".article-content",),
                date=(".article-info span[data-article-publish-time]", ".article-header__info"),
                outlet=(".article-info",),
                authors=(".article-info span.author a",),
                columns=(".meta-container a",),
                digest=(".article-header p",),
                lead=(".article-img",),
            ),
        ),
    )
