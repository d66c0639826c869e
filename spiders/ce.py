"""中国经济网: rolling news and sections.

Lists and pages as public code of 2023–2026 has them, collected 2026-11 (confidence: medium).
Not seen live from here.
"""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import PageLayout, Section, Source


class CeSpider(NewsSpider):
    """National news, rolling finance, districts."""

    name = "ce"
    source = Source(
        title="中国经济网",
        domain="ce.cn",
        outlet="中国经济网",
        lists=(
            Section("http://www.ce.cn/xwzx/gnsz/gdxw/", column="国内时政", links=("div.sec_left li a",)),
            Section("http://finance.ce.cn/rolling/index.shtml", column="金融", links=("a[href*='/t20']",)),
            Section(
                "http://district.ce.cn/newarea/roll/index.shtml", column="地方", links=("div.sec_left li a",)
            ),
        ),
        articles=r"ce\.cn/(?:[a-z0-9_]+/)+\d{6}/(?:\d\d/)?t\d{8}_(?P<id>\d+)\.s?html$",
        layouts=(
            PageLayout(
                name="2015",
                title=("#articleTitle",),
                body=("#articleText", "div.TRS_Editor"),
                date=("#articleTime",),
                outlet=("#articleSource",),
                authors=("#articleAuthor",),
                editors=("//*[not(*)][starts-with(normalize-space(.), '（责任编辑')]",),
                columns=("#sousuo a",),
            ),
        ),
    )
