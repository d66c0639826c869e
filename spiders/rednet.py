"""红网 (Hunan): its news home, which is not confirmed as a list; selectors of 2019."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import PageLayout, Section, Seen, Source


class RednetSpider(NewsSpider):
    """Hunan news."""

    name = "rednet"
    source = Source(
        title="红网",
        domain="rednet.cn",
        outlet="红网",
        seen=Seen("2026", "public code; the list is not confirmed, selectors of 2019"),
        lists=(Section("https://news.rednet.cn/", links=("a[href*='/content/']",)),),
        articles=r"rednet\.cn/(?:pc/)?content/(?:\d{4}/\d\d/\d\d|\d{6}/\d\d)/(?P<id>\d+)\.html$",
        layouts=(
            PageLayout(
                name="2019",
                title=("h1.detail_title",),
                body=("section.detail_article_content", "article.detail-article"),
                date=("span.p_l_25",),
                outlet=("span.p_l_10",),
                authors=("//span[starts-with(normalize-space(.), '作者：')]",),
                editors=("//span[starts-with(normalize-space(.), '编辑：')]",),
            ),
        ),
    )
