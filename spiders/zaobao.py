"""联合早报 (Singapore): sections; of premium stories the opening only. It has no feed."""

from __future__ import annotations

from scrapy.http import TextResponse

from newscrawl.crawl.spider import NewsSpider
from newscrawl.errors import PageError
from newscrawl.model.draft import Entry, Extraction
from newscrawl.model.source import PageLayout, Section, Seen, Source


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
        seen=Seen("2026-09", "public code"),
        lists=tuple(
            Section(
                f"https://www.zaobao.com/{path}",
                links=(
                    ".card-listing .card a[href*='/story']",
                    "[data-testid=article-list] a[href*='/story']",
                ),
            )
            for path in ("realtime/china", "realtime/world", "realtime/singapore", "news/china", "news/world")
        ),
        articles=r"zaobao\.com(?:\.sg)?/(?:realtime|news|finance)/[a-z]+/story\d{8}-(?P<id>\d+)",
        layouts=(
            PageLayout(
                name="2026",
                title=("h1",),
                body=("div.article-body:not([data-s])",),
                lead=("[data-testid=article-banner]",),
                drop=("astro-island", ".further-reading", ".read-on-app-cover"),
            ),
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
