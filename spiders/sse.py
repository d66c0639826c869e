"""上海证券交易所: news of the exchange. Its announcements are PDFs and are left out.

List and addresses from public scrapers (collected 2026-11), the page's own form only partly known: what is
not declared is read generically.
"""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import PageLayout, Section, Seen, Source


class SseSpider(NewsSpider):
    """热点动态, newest first."""

    name = "sse"
    source = Source(
        title="上海证券交易所",
        domain="sse.com.cn",
        outlet="上海证券交易所",
        seen=Seen("2026", "public code; the page is only partly known"),
        lists=(
            Section(
                "https://www.sse.com.cn/aboutus/mediacenter/hotandd/",
                items="dd",
                dates=("span",),
                pages="https://www.sse.com.cn/aboutus/mediacenter/hotandd/s_index_{page}.htm",
            ),
        ),
        articles=r"sse\.com\.cn/.*/c/(?:\d+/)?c_\d{8}_(?P<id>\d+)\.shtml$",
        layouts=(
            PageLayout(
                name="2024",
                title=(".article-infor h2",),
                body=(".article-infor .allZoom",),
                date=(".article-infor i",),
            ),
        ),
    )
