"""人民网: its feeds, and pages of two generations.

Lists and pages as public code of 2023–2026 and a saved page has them, collected 2026-11 (confidence: high).
Not seen live from here.
"""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Feed, PageLayout, Source


class PeopleSpider(NewsSpider):
    """Politics, society, law, world, Taiwan Strait, finance."""

    name = "people"
    source = Source(
        title="人民网",
        domain="people.com.cn",
        domains=("people.cn",),
        outlet="人民网",
        lists=(
            Feed("http://www.people.com.cn/rss/politics.xml", column="时政"),
            Feed("http://www.people.com.cn/rss/society.xml", column="社会"),
            Feed("http://www.people.com.cn/rss/legal.xml", column="法治"),
            Feed("http://www.people.com.cn/rss/world.xml", column="国际"),
            Feed("http://www.people.com.cn/rss/haixia.xml", column="台湾"),
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
