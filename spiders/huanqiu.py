"""环球网: its finance list by API; the page keeps the article in text areas."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Api, PageLayout, Seen, Source


class HuanqiuSpider(NewsSpider):
    """Finance."""

    name = "huanqiu"
    source = Source(
        title="环球网",
        domain="huanqiu.com",
        outlet="环球网",
        seen=Seen("2026-08-21", "public code; a saved page"),
        lists=(
            Api(
                "https://finance.huanqiu.com/api/list2?node=/e3pmh1hmp/e3pn61831&offset={offset}&limit={size}",
                items="list",
                only="aid && addltype != 'gallery'",
                link="https://finance.huanqiu.com/article/{aid}",
                date="ctime",
                digest="summary",
                column="财经",
                headers={"X-Requested-With": "XMLHttpRequest"},
            ),
        ),
        articles=r"huanqiu\.com/article/(?P<id>[0-9A-Za-z]+)$",
        layouts=(
            PageLayout(
                name="2021",
                title=("textarea.article-title",),
                body=("textarea.article-content",),
                date=("textarea.article-time",),
                outlet=(".source span",),
                editors=("textarea.article-editor",),
            ),
            PageLayout(
                name="rendered",
                title=(".t-container-title h3",),
                body=(".l-con article",),
                date=(".metadata-info p.time",),
                outlet=(".metadata-info .source",),
                drop=("adv-loader",),
            ),
        ),
    )
