"""和讯网: its list API, and pages in GBK. A page that answers with a challenge is not forced.

Lists and pages as public code of 2023–2026 and a saved page has them, collected 2026-11 (confidence: medium).
Not seen live from here.
"""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Api, PageLayout, Source


class HexunSpider(NewsSpider):
    """Rolling news."""

    name = "hexun"
    source = Source(
        title="和讯网",
        domain="hexun.com",
        outlet="和讯网",
        lists=(
            Api(
                "https://opentool.hexun.com/MongodbNewsService/getNewsListByJson.jsp?id=189223574&s={size}&cp={page}&callback=",
                items="result",
                link="entityurl",
                date="entitytime",
                outlet="medianame",
                digest="abstract",
                size=30,
            ),
        ),
        articles=r"hexun\.com/\d{4}-\d\d-\d\d/(?P<id>\d+)\.html$",
        layouts=(
            PageLayout(
                name="2015",
                title=(".articleName h1", ".art_title h1"),
                body=(".art_contextBox", "#artibody"),
                date=("span.pr20", "#pubtime_baidu"),
                outlet=("#source_baidu", "span.pr20 + a"),
                editors=(".art_contextBox div[style*=right]",),
                columns=(".links a",),
                drop=("div[style*=right]",),
            ),
        ),
    )
