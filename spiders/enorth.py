"""北方网 (Tianjin): its sections, and pages of three generations."""

from __future__ import annotations

import datetime

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import PageLayout, Section, Seen, Source


class EnorthSpider(NewsSpider):
    """Tianjin news, economy and society."""

    name = "enorth"
    source = Source(
        title="北方网",
        domain="enorth.com.cn",
        outlet="北方网",
        seen=Seen("2026-06", "public code"),
        lists=(
            Section("http://news.enorth.com.cn/tj/tjyw/", column="天津要闻", links=("a[href*='/system/']",)),
            Section("http://news.enorth.com.cn/tj/", column="天津", links=("a[href*='/system/']",)),
            Section("http://economy.enorth.com.cn/", column="经济", links=("a[href*='/system/']",)),
            Section("http://ms.enorth.com.cn/", column="民生", links=("a[href*='/system/']",)),
        ),
        articles=r"enorth\.com\.cn/system/\d{4}/\d\d/\d\d/(?P<id>\d{9})\.shtml$",
        rewrite=(
            (r"(/system/\d{4}/\d\d/\d\d/\d{9})_\d\d\.shtml$", r"\1.shtml"),  # a further page of an article
            (r"\.big5\.enorth\.com\.cn/", ".enorth.com.cn/"),  # the copy in traditional characters
        ),
        layouts=(
            PageLayout(
                name="2017",
                title=("#title h2",),
                body=("#article > div:nth-of-type(2)", "div.content"),
                date=("#title p.info span:last-of-type",),
                outlet=("#title p.info",),
                authors=("#title p.info",),
                editors=("#title p.info",),
                columns=(".brumb a",),
            ),
            PageLayout(
                name="photo",
                title=(".nph_set_title h1",),
                body=(".nph_cnt",),
                date=(".time_source",),
                outlet=(".time_source",),
                authors=(".time_source",),
                editors=(".time_source",),
                columns=(".nph_chn a",),
            ),
            PageLayout(
                name="2008",
                title=(".title.heiti.zi24.yanse1",),
                body=(".zi14.hanggao24",),
                date=("#pubtime_baidu",),
                outlet=("#source_baidu",),
                authors=("#author_baidu",),
                editors=("#editor_baidu",),
                until=datetime.date(2016, 12, 31),
            ),
        ),
    )
