"""光明网: lists of its channels, and pages of two generations."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import PageLayout, Section, Seen, Source


class GmwSpider(NewsSpider):
    """Rolling news, politics, economy, world, law."""

    name = "gmw"
    source = Source(
        title="光明网",
        domain="gmw.cn",
        outlet="光明网",
        seen=Seen("2026", "public code; saved pages of 2024"),
        lists=tuple(
            Section(
                f"https://{channel}.gmw.cn/node_{node}.htm",
                column=column,
                items=".channel-newsGroup li",
                links=("a[href*='content_']",),
                dates=(".channel-newsTime",),
                pages=f"https://{channel}.gmw.cn/node_{node}_{{page}}.htm",
            )
            for channel, node, column in (
                ("news", 4108, "新闻"),
                ("politics", 9844, "时政"),
                ("economy", 8971, "经济"),
                ("world", 4661, "国际"),
                ("legal", 9668, "法治"),
            )
        ),
        articles=r"gmw\.cn/\d{4}-\d\d/\d\d/content_(?P<id>\d+)\.htm$",
        layouts=(
            PageLayout(
                name="2019",
                title=(".u-title",),
                body=(".u-mainText", "#ContentPh"),
                date=(".m-con-time", "#articlePubTime"),
                outlet=(".m-con-source",),
                editors=(".liability", "#articleLiability"),
                columns=(".g-crumbs a",),
                drop=(".m-zbTool", "#articleLiability", ".liability"),
            ),
            PageLayout(
                name="2010",
                title=("#articleTitle",),
                body=("#contentMain",),
                date=("#pubTime",),
                outlet=("#source",),
                editors=("#contentLiability",),
                columns=("#contentBreadcrumbs2 a",),
                drop=("#contentLiability",),
            ),
        ),
    )
