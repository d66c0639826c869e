"""经济观察网: its sections."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import PageLayout, Section, Seen, Source


class EeoSpider(NewsSpider):
    """Industry, finance, companies, TMT, comment."""

    name = "eeo"
    source = Source(
        title="经济观察网",
        domain="eeo.com.cn",
        outlet="经济观察网",
        seen=Seen("2026", "public code"),
        lists=tuple(
            Section(
                f"https://www.eeo.com.cn/{section}/", column=column, links=("#lyp_article li div span a",)
            )
            for section, column in (
                ("shangyechanye", "商业产业"),
                ("caijing", "财经"),
                ("ssgsn", "公司"),
                ("tmt", "TMT"),
                ("pinglun", "评论"),
            )
        ),
        articles=r"eeo\.com\.cn/\d{4}/\d{4}/(?P<id>\d+)\.shtml$",
        layouts=(
            PageLayout(
                name="2023",
                title=("h1",),
                body=("div.xx_boxsing", "div#mainBody", ".xd-nr"),
                authors=("h1 + *::text",),
                date=("h1 + * span:first-of-type", ".from"),
                drop=(".xd-xd-xd-rwm", ".xd_zuozheinfo", ".xd-lj", ".xd-gg"),
            ),
        ),
    )
