"""中国经济网: its home page, rolling news and finance."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import PageLayout, Section, Seen, Source


class CeSpider(NewsSpider):
    """Rolling news, national news, finance."""

    name = "ce"
    source = Source(
        title="中国经济网",
        domain="ce.cn",
        outlet="中国经济网",
        seen=Seen("2026-09-26", "the home page answered a public probe; pages as in public code"),
        lists=(
            Section("http://www.ce.cn/", links=("a[href*='/t20']",)),
            Section("http://www.ce.cn/xwzx/gnsz/gdxw/", column="国内时政", links=("div.sec_left li a",)),
            Section("http://finance.ce.cn/rolling/index.shtml", column="金融", links=("a[href*='/t20']",)),
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
