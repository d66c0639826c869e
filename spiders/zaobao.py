"""联合早报 (Singapore): sections; of premium stories the opening only. It has no feed.

Lists and pages as public code of 2023–2026 has them, collected 2026-11 (confidence: medium).
Not seen live from here.
"""

from __future__ import annotations

from scrapy.http import TextResponse

from newscrawl.crawl.spider import NewsSpider
from newscrawl.errors import PageError
from newscrawl.model.draft import Entry, Extraction
from newscrawl.model.source import PageLayout, Section, Source


class ZaobaoSpider(NewsSpider):
    """Its sections, newest first."""

    name = "zaobao"
    source = Source(
        title="联合早报",
        domain="zaobao.com.sg",
        domains=("zaobao.com",),
        language="zh-SG",
        zone="Asia/Singapore",
        outlet="联合早报",
        lists=tuple(
            Section(
                f"https://www.zaobao.com/{path}", items=".card-listing .card", links=("a[href*='/story']",)
            )
            for path in ("realtime/china", "realtime/world", "realtime/singapore", "news/china", "news/world")
        ),
        articles=r"zaobao\.com(?:\.sg)?/(?:realtime|news|finance)/[a-z]+/story\d{8}-(?P<id>\d+)",
        layouts=(
            PageLayout(
                name="2024",
                title=("h1",),
                body=(".articleBody", ".article-body"),
                drop=(".overlay-microtransaction", "#video-freemium-player"),
            ),
        ),
    )

    def read_article(self, response: TextResponse, entry: Entry) -> Extraction:
        # Pages for Hong Kong come with their paragraphs shuffled on purpose; what is not to be read is not.
        if response.css(".article-body [data-s], .articleBody [data-s]"):
            raise PageError("paragraphs are shuffled")
        return super().read_article(response, entry)
