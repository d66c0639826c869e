"""国际在线: its rolling, world and China lists."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import PageLayout, Section, Seen, Source


class CriSpider(NewsSpider):
    """World and China."""

    name = "cri"
    source = Source(
        title="国际在线",
        domain="cri.cn",
        outlet="国际在线",
        seen=Seen("2026-09", "public code"),
        lists=(
            Section("https://news.cri.cn/world", column="国际", links=("a[href*='.html']",)),
            Section("https://news.cri.cn/china", column="国内", links=("a[href*='.html']",)),
            Section("https://news.cri.cn/roll", links=("a[href*='.html']",)),
        ),
        articles=r"news\.cri\.cn/\d{8}/(?P<id>[0-9a-f-]{36})\.html$",
        layouts=(
            PageLayout(
                name="2023",
                title=("#atitle",),
                body=("#abody",),
                date=("#apublishtime",),
                outlet=("#asource",),
                editors=("#aeditor",),
                columns=(".crumbs a",),
            ),
            PageLayout(
                name="2018",
                title=(".atitle",),
                body=(".abody",),
                date=(".apublishtime",),
                outlet=(".asource",),
                editors=(".aeditor",),
            ),
        ),
    )
