"""中国证监会: its news, whole in the list's answer.

The list's API as public readers of 2024–2026 have it (collected 2026-11).
"""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Api, PageLayout, Seen, Source


class CsrcSpider(NewsSpider):
    """证监会要闻, newest first."""

    name = "csrc"
    source = Source(
        title="中国证监会",
        domain="csrc.gov.cn",
        outlet="中国证监会",
        seen=Seen("2026", "public code"),
        lists=(
            Api(
                "http://www.csrc.gov.cn/searchList/a1a078ee0bc54721ab6b148884c784a8"
                "?_isAgg=true&_isJson=true&_pageSize=18&_template=index&page={page}",
                items="data.results",
                link="url",
                date="publishedTime",
                columns="channelName",
                text="contentHtml",
                full=True,
            ),
        ),
        articles=r"csrc\.gov\.cn/(?:csrc|[a-z]+)/c\d+/c(?P<id>\d+)/content\.shtml$",
        layouts=(
            PageLayout(
                name="2024",
                title=("h2", ".title"),
                body=(".detail-news",),
            ),
        ),
    )
