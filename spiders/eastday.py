"""东方网: a list of its API.

Lists and pages as public code of 2023–2026 and a saved page has them, collected 2026-11 (confidence: medium).
Not seen live from here.
"""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Api, PageLayout, Source


class EastdaySpider(NewsSpider):
    """Shanghai and national news."""

    name = "eastday"
    source = Source(
        title="东方网",
        domain="eastday.com",
        domains=("021east.com",),
        outlet="东方网",
        lists=(
            Api(
                "https://apin.eastday.com/apiplus/special/specialnewslistbyurl"
                "?specialUrl=1632798465040016&skipCount={offset}&limitCount={size}",
                items="data.list",
                link="url",
                date="time",
                digest="abstracts",
            ),
        ),
        articles=r"(?:eastday\.com|021east\.com)/p/(?P<id>\d{16,})",
        layouts=(
            PageLayout(
                name="2024",
                title=(".contentBox .article > h1",),
                body=(".contentBox .article .detail", ".article_wrapper .mainLayer .content"),
                date=("meta[name=publishdate]::attr(content)", "#ivs_date"),
                outlet=("meta[name=source]::attr(content)", ".subInfo .source"),
                authors=("meta[name=author]::attr(content)",),
                editors=("//*[contains(@class, 'author')][contains(., '选稿')]",),
            ),
        ),
    )
