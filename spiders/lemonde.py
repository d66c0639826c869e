"""Le Monde: the front page's feed and the news sitemap; of subscribers' articles the opening only."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Seen, Sitemap, Source


class LemondeSpider(NewsSpider):
    """The front page, in French."""

    name = "lemonde"
    source = Source(
        title="Le Monde",
        domain="lemonde.fr",
        language="fr",
        zone="Europe/Paris",
        outlet="Le Monde",
        seen=Seen("2026-08-05", "public code; a saved page of 2023"),
        lists=(
            Feed("https://www.lemonde.fr/rss/une.xml"),
            Sitemap("https://www.lemonde.fr/sitemap_news.xml"),
        ),
        articles=r"lemonde\.fr/[a-z0-9-]+/article/20\d\d/\d\d/\d\d/[a-z0-9-]+_(?P<id>\d+)_\d+\.html$",
        layouts=(
            PageLayout(
                name="2023",
                title=("h1.article__title",),
                body=("article:has(p.article__paragraph)", "section:has(p.article__paragraph)"),
                date=("meta[property='og:article:published_time']::attr(content)",),
                digest=("p.article__desc",),
                drop=("h1", "header", "p.article__desc", ".meta__date"),
            ),
        ),
    )
