"""界面新闻: its feed.

Lists and pages as public code of 2023–2026 has them, collected 2026-11 (confidence: high).
Not seen live from here.
"""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Source


class JiemianSpider(NewsSpider):
    """The feed of all articles."""

    name = "jiemian"
    source = Source(
        title="界面新闻",
        domain="jiemian.com",
        outlet="界面新闻",
        lists=(Feed("https://a.jiemian.com/index.php?m=article&a=rss"),),
        articles=r"jiemian\.com/article/(?P<id>\d+)\.html$",
        rewrite=((r"^https?://m\.jiemian\.com/", "https://www.jiemian.com/"),),
        layouts=(
            PageLayout(
                name="2023",
                title=(".article-header h1",),
                body=(".article-content",),
                date=(".article-info span[data-article-publish-time]",),
                outlet=(".article-info",),
                authors=(".article-info span.author a",),
                columns=(".meta-container a",),
                digest=(".article-header p",),
                lead=(".article-img",),
            ),
        ),
    )
