"""每日经济新闻: two of its columns."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import PageLayout, Section, Seen, Source

_BYLINE = "//div[contains(@class, 'g-articl-text')]/p[starts-with(normalize-space(.), '每经记者')]"
_EDITOR = f"(translate(substring-after(string({_BYLINE}), '每经编辑'), '｜|：: ', ''))"


class NbdSpider(NewsSpider):
    """头条 and 要闻."""

    name = "nbd"
    source = Source(
        title="每日经济新闻",
        domain="nbd.com.cn",
        outlet="每日经济新闻",
        seen=Seen("2026-08", "public code"),
        lists=tuple(
            Section(f"https://www.nbd.com.cn/columns/{number}/", column=column, links=(".u-news-title a",))
            for number, column in (("2", "头条"), ("3", "要闻"))
        ),
        articles=r"nbd\.com\.cn/(?:rss/toutiao/)?articles/\d{4}-\d\d-\d\d/(?P<id>\d+)\.html$",
        rewrite=((r"^https?://m\.nbd\.com\.cn/", "https://www.nbd.com.cn/"),),
        layouts=(
            PageLayout(
                name="2023",
                title=(".g-article-top h1",),
                body=(".g-articl-text",),
                date=(".g-article-top .u-time .time",),
                outlet=(".u-time .source",),
                authors=(_BYLINE,),
                editors=(_EDITOR,),
                drop=(_BYLINE,),
            ),
        ),
    )
