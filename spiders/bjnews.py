"""新京报: its categories."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import PageLayout, Section, Seen, Source


class BjnewsSpider(NewsSpider):
    """News, finance, real estate, technology."""

    name = "bjnews"
    source = Source(
        title="新京报",
        domain="bjnews.com.cn",
        outlet="新京报",
        seen=Seen("2026", "public code"),
        lists=tuple(
            Section(
                f"https://www.bjnews.com.cn/{category}",
                column=column,
                links=("#waterfall-container .pin_demo > a",),
            )
            for category, column in (
                ("news", "时事"),
                ("financial", "财经"),
                ("realestate", "房产"),
                ("tech", "科技"),
            )
        ),
        articles=r"bjnews\.com\.cn/detail/(?P<id>\d+)\.html$",
        rewrite=((r"^https?://m\.bjnews\.com\.cn/", "https://www.bjnews.com.cn/"),),
        layouts=(
            PageLayout(
                name="2023",
                title=(".bodyTitle .content h1", "h1"),
                body=("#contentStr",),
                date=(".left-info .timer",),
                authors=(".left-info .reporter",),
                editors=("//*[@id='contentStr']/p[starts-with(normalize-space(.), '编辑')]",),
                drop=("//*[@id='contentStr']/p[starts-with(normalize-space(.), '编辑')]",),
            ),
        ),
    )
