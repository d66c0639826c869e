"""光明网: channel homes, and pages of two generations.

Lists and pages as public code of 2023–2026 and a saved page has them, collected 2026-11 (confidence: high).
Not seen live from here.
"""

from __future__ import annotations

from newscrawl.source import PageVersion, Section, Source
from newscrawl.spider import NewsSpider


class GmwSpider(NewsSpider):
    """News, politics, theory, economy, law, world."""

    name = "gmw"
    source = Source(
        title="光明网",
        domain="gmw.cn",
        outlet="光明网",
        entries=tuple(
            Section(f"https://{channel}.gmw.cn/", column=column, links=("a[href*='content_']",))
            for channel, column in (
                ("news", "新闻"),
                ("politics", "时政"),
                ("theory", "理论"),
                ("economy", "经济"),
                ("legal", "法治"),
                ("world", "国际"),
            )
        ),
        articles=r"gmw\.cn/\d{4}-\d\d/\d\d/content_(?P<id>\d+)\.htm$",
        pages=(
            PageVersion(
                name="2019",
                title=(".u-title",),
                body=(".u-mainText", "#ContentPh"),
                date=(".m-con-time", "#articlePubTime"),
                outlet=(".m-con-source",),
                editors=(".liability", "#articleLiability"),
                columns=(".g-crumbs a",),
                drop=(".m-zbTool", "#articleLiability", ".liability"),
            ),
            PageVersion(
                name="2010",
                title=("#articleTitle",),
                body=("#contentMain",),
                date=("#pubTime",),
                outlet=("#source",),
                columns=("#contentBreadcrumbs2 a",),
                drop=("#contentLiability",),
            ),
        ),
    )
