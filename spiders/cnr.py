"""央广网: its lists of the day's news."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import PageLayout, Section, Seen, Source


class CnrSpider(NewsSpider):
    """Domestic and quick news."""

    name = "cnr"
    source = Source(
        title="央广网",
        domain="cnr.cn",
        outlet="央广网",
        seen=Seen("2026-08-21", "public code"),
        lists=tuple(
            Section(
                url,
                items=".articleList .item",
                links=("a[href]",),
                titles=("strong",),
                dates=("span.publishTime",),
                digests=("em",),
            )
            for url in ("https://www.cnr.cn/newscenter/native/gd/", "https://www.cnr.cn/newscenter/kx/")
        ),
        articles=r"cnr\.cn/(?:[a-z0-9_]+/)+\d{8}/t\d{8}_(?P<id>\d+)\.s?html",
        rewrite=((r"\?sign=.*$", ""),),
        layouts=(
            PageLayout(
                name="2018",
                title=(".subject h2",),
                body=(".TRS_Editor",),
                date=(".subject .source",),
                outlet=(".subject .source",),
                editors=(
                    "//*[not(*)][starts-with(normalize-space(.), '编辑：')"
                    " or starts-with(normalize-space(.), '责编：')]",
                ),
                columns=(".daoHang a",),
            ),
        ),
    )
