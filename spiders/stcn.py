"""证券时报网: its lists, and pages of two generations."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import PageLayout, Section, Seen, Source


class StcnSpider(NewsSpider):
    """要闻, 公司, 基金, 金融, 评论."""

    name = "stcn"
    source = Source(
        title="证券时报网",
        domain="stcn.com",
        outlet="证券时报",
        seen=Seen("2026-09-25", "a list answered a public probe; a saved page of 2019"),
        lists=tuple(
            Section(
                f"https://www.stcn.com/article/list/{name}.html",
                column=column,
                items="ul.infinite-list li",
                links=(".t a", ".tt a", ".title a"),
            )
            for name, column in (
                ("yw", "要闻"),
                ("company", "公司"),
                ("fund", "基金"),
                ("finance", "金融"),
                ("comment", "评论"),
            )
        ),
        # /article/detail/ since 2022; before it /2019/0926/ on kuaixun.stcn.com, finance.stcn.com …
        articles=r"stcn\.com/(?:article/detail|\d{4}/\d{4})/(?P<id>\d+)\.s?html?$",
        layouts=(
            PageLayout(
                name="2022",
                title=(".detail-title",),
                body=(".detail-content",),
                date=(".detail-info span:last-of-type",),
                outlet=(".detail-info span:first-of-type",),
                authors=(".detail-info span",),
                editors=(".detail-content-editor",),
                columns=(".breadcrumb a",),
                drop=(".detail-content-editor", ".detail-content-tags"),
            ),
            PageLayout(
                name="2019",
                title=(".intal_tit h2",),
                body=(".txt_con", "#ctrlfscont"),
                date=(".intal_tit .info",),
                outlet=(".intal_tit .info",),
                authors=(".intal_tit .info",),
                columns=(".website a",),
            ),
        ),
    )
