"""新浪财经: its rolling lists."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Api, PageLayout, Seen, Source


class SinaFinanceSpider(NewsSpider):
    """财经, 股市, 美股, 港股, rolling."""

    name = "sina_finance"
    source = Source(
        title="新浪财经",
        domain="sina.com.cn",
        domains=("sina.cn",),
        outlet="新浪财经",
        seen=Seen("2026-10-04", "a list answered a public probe; saved pages of 2019 and 2024"),
        lists=tuple(
            Api(
                f"https://feed.mix.sina.com.cn/api/roll/get?pageid=384&lid={lid}&num={{size}}&page={{page}}",
                items="result.data",
                link="url",
                date="ctime",
                outlet="media_name",
                digest="intro",
                column=column,
                size=50,
            )
            for lid, column in (("2519", "财经"), ("2671", "股市"), ("2672", "美股"), ("2674", "港股"))
        ),
        articles=r"sina\.(?:com\.)?cn/(?:[\w-]+/)*\d{4}-\d\d-\d\d/(?:doc|detail)-(?P<id>i[0-9a-z]+)\.(?:shtml|d\.html)$",
        layouts=(
            PageLayout(
                name="2018",
                title=("h1.main-title",),
                body=("#artibody", "#article"),
                date=(".date-source .date",),
                outlet=(".date-source .source", "meta[name=mediaid]::attr(content)"),
                editors=(".show_author",),
                columns=(".channel-path a",),
                drop=("#left_hzh_ad", ".appendQr_wrap", ".app-kaihu-qr", ".tech-quotation", ".show_author"),
            ),
        ),
    )
