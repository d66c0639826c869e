"""BBC News: the feed and the news sitemap."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Seen, Sitemap, Source


class BbcSpider(NewsSpider):
    """The front page's feed."""

    name = "bbc"
    source = Source(
        title="BBC News",
        domain="bbc.com",
        domains=("bbc.co.uk",),
        language="en-GB",
        zone="Europe/London",
        outlet="BBC News",
        seen=Seen("2026-09", "the feed answered a public probe; a saved page of 2026-04"),
        lists=(
            Feed("https://feeds.bbci.co.uk/news/rss.xml"),
            Sitemap("https://www.bbc.co.uk/sitemaps/https-index-uk-news.xml"),
        ),
        articles=r"bbc\.(?:com|co\.uk)/(?!.*/(?:live|videos?)/)[a-z]+/(?:articles/(?P<id>[0-9a-z]{8,})|[a-z-]+-\d{8})",
        layouts=(
            PageLayout(
                name="2026",
                title=("article h1", "h1"),
                body=("article:has([data-block=text])", "main:has([data-block=text])"),
                columns=("[data-block=topicList] a",),
                drop=(
                    "h1",
                    "header",
                    "img[src*=grey-placeholder]",
                    "[data-block=byline]",
                    "[data-block=topicList]",
                    "[data-block=links]",
                ),
            ),
            PageLayout(
                name="2023",
                title=("article h1", "h1"),
                body=("article:has([data-component=text-block])", "main:has([data-component=text-block])"),
                columns=("[data-component=tag-list-block] a", "[data-component=topic-list] li"),
                drop=(
                    "h1",
                    "header",
                    "img[src*=grey-placeholder]",
                    "[data-component=byline-block]",
                    "[data-component=headline-block]",
                    "[data-component=links-block]",
                    "[data-component=tag-list-block]",
                    "[data-component=topic-list]",
                ),
            ),
        ),
    )
