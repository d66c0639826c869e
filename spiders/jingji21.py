"""21世纪经济报道: its 7×24 list."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Api, PageLayout, Seen, Source


class Jingji21Spider(NewsSpider):
    """7×24, newest first."""

    name = "jingji21"
    source = Source(
        title="21世纪经济报道",
        domain="21jingji.com",
        outlet="21世纪经济报道",
        seen=Seen("2026", "public code"),
        lists=(
            Api(
                "https://api.21jingji.com/timestream/getListweb?page={page}",
                items="list",
                link="url",
                date="inputtime",
                outlet="source",
                authors="author",
                text="content",
                page_optional=True,
                headers={"Referer": "https://www.21jingji.com/"},
            ),
        ),
        articles=r"21jingji\.com/article/\d{8}/(?:herald/)?(?P<id>[0-9a-f]+)\.html$",
        layouts=(
            PageLayout(
                name="2023",
                title=("div.titleHead h1",),
                body=("div.main_content", "div.txtContent"),
                date=("div.author-infos span",),
                outlet=("div.author-infos",),
                authors=("div.author-infos",),
                editors=("div.author-infos",),
                drop=(".rela-box", ".copyright"),
            ),
        ),
    )
