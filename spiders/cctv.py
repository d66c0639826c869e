"""央视网: lists and articles of its news API."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Api, DataLayout, Seen, Source


class CctvSpider(NewsSpider):
    """China, world, economy, society, law."""

    name = "cctv"
    source = Source(
        title="央视网",
        domain="cctv.com",
        domains=("cctv.cn",),
        outlet="央视网",
        seen=Seen("2026-09-26", "the economy list answered a public probe; the others as in public code"),
        lists=tuple(
            Api(
                f"https://news.cctv.com/2019/07/gaiban/cmsdatainterface/page/{category}_{{page}}.jsonp",
                items="data.list",
                link="url",
                column=column,
                date="focus_date",
                digest="brief",
                headers={"Referer": "https://news.cctv.com/"},
            )
            for category, column in (
                ("china", "国内"),
                ("world", "国际"),
                ("economy_zixun", "经济"),
                ("society", "社会"),
            )
        ),
        articles=r"cctv\.c(?:om|n)/\d{4}/\d\d/\d\d/(?P<id>ARTI[0-9A-Za-z]+)\.shtml$",
        fetch=(
            (
                r"^https?://[a-z]+\.cctv\.c(?:om|n)/\d{4}/\d\d/\d\d/(ARTI[0-9A-Za-z]+)\.shtml$",
                r"https://api.cntv.cn/Article/getXinwenNextArticleInfo?serviceId=sjnews&id=\1&t=json",
            ),
        ),
        layouts=(
            DataLayout(
                name="2019",
                title="article_title || title",
                body="article_content",
                date="article_focus_date",
                outlet="article_source",
            ),
        ),
    )
