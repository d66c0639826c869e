"""网易财经 (163.com): its lists by script, and pages of two generations.

Of the lists the first page only: the further ones are named otherwise (…_02.js).
"""

from __future__ import annotations

import datetime

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Api, PageLayout, Seen, Source


class NeteaseSpider(NewsSpider):
    """财经, 股票, 商业, 基金, 房产; posts of 网易号 among them."""

    name = "netease"
    source = Source(
        title="网易财经",
        domain="163.com",
        outlet="网易财经",
        seen=Seen("2026", "public code; saved pages of 2019 and 2024"),
        lists=tuple(
            Api(
                f"https://money.163.com/special/00259BVP/news_flow_{name}.js?callback=data_callback",
                items="@",
                link="docurl",
                date="time",
                date_format="%m/%d/%Y %H:%M:%S",
                outlet="source",
                digest="digest",
                column=column,
            )
            for name, column in (
                ("index", "财经"),
                ("stock", "股票"),
                ("biz", "商业"),
                ("fund", "基金"),
                ("house", "房产"),
            )
        ),
        articles=(
            r"//(?:www|money|news|m)\.163\.com/"
            r"(?:(?:[a-z]+/)?article|\d\d/\d{4}/\d\d)/(?P<id>[0-9A-Z]{16})\.html$"
        ),
        layouts=(
            PageLayout(
                name="2021",
                title=("h1.post_title",),
                body=(".post_body",),
                date=(".post_info",),
                outlet=(".post_info a:first-of-type", ".post_info"),
                editors=(".post_author",),
                columns=(".post_crumb a",),
                drop=(".post_author", ".post_statement", "script"),
            ),
            PageLayout(
                name="2019",
                title=("#epContentLeft h1",),
                body=("#endText",),
                date=(".post_time_source",),
                outlet=("#ne_article_source", ".post_time_source"),
                editors=(".ep-editor",),
                columns=(".post_crumb a",),
                drop=(".ep-source", "script"),
                until=datetime.date(2020, 12, 31),
            ),
        ),
    )
