"""人民网: its section pages, and pages of two generations. Its feeds stopped on 2025-06-05."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import PageLayout, Section, Seen, Source


class PeopleSpider(NewsSpider):
    """Rolling news, finance, world, society."""

    name = "people"
    source = Source(
        title="人民网",
        domain="people.com.cn",
        domains=("people.cn",),
        outlet="人民网",
        seen=Seen("2026-10-04", "the section pages answered a public probe; saved pages of 2019 and 2024"),
        lists=(
            Section("http://www.people.com.cn/GB/59476/index.html", links=("a[href*='/n1/']",)),
            Section("http://finance.people.com.cn/", column="财经", links=("a[href*='/n1/']",)),
            Section("http://world.people.com.cn/", column="国际", links=("a[href*='/n1/']",)),
            Section("http://society.people.com.cn/", column="社会", links=("a[href*='/n1/']",)),
        ),
        articles=r"people\.com\.cn/n1/\d{4}/\d{4}/c\d+-(?P<id>\d+)\.html$",
        layouts=(
            PageLayout(
                name="2020",
                title=(".rm_txt h1",),
                body=("div.rm_txt_con",),
                date=("div.channel .col-1-1",),
                outlet=("div.channel .col-1-1",),
                authors=(".rm_txt .author",),
                editors=("div.edit",),
                columns=("#rwb_navpath a",),
                drop=(".paper_num", ".bza", ".box_pic", ".zdfy", "#rwb_tjyd", "center", "div.edit"),
            ),
            PageLayout(
                name="2013",
                title=(".text_title h1",),
                body=("#rwb_zw", ".box_con"),
                date=(".box01 .fl",),
                outlet=(".box01 .fl",),
                editors=(".edit",),
                columns=("#rwb_navpath a",),
                drop=("#rwb_tjyd", "div.edit"),
            ),
        ),
    )
