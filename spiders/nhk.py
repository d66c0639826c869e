"""NHK WORLD-JAPAN: the list of its news in English, and each text from its API.

The list below `/nhkworld/data/en/` still answers, but stopped on 2026-09-05. NHK's Japanese pages stand
behind a page that asks for consent, and are left alone.
"""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Api, DataLayout, Seen, Source


class NhkSpider(NewsSpider):
    """NHK WORLD-JAPAN, in English."""

    name = "nhk"
    source = Source(
        title="NHK WORLD-JAPAN",
        domain="nhk.or.jp",
        domains=("nhkworld.jp",),
        language="en",
        zone="Asia/Tokyo",
        outlet="NHK",
        seen=Seen("2026-09-22", "the list answered a public probe; the text API as in public code"),
        lists=(
            Api(
                "https://www3.nhk.or.jp/nhkworld/data/news/all.json",
                items="data",
                link="https://www3.nhk.or.jp{page_url}",
                date="public_at",
                digest="description",
                columns="categories.name",
                page_optional=True,
            ),
        ),
        articles=r"nhk\.or\.jp/nhkworld/(?:en/)?news/(?P<id>\d{8}\w+)/",
        fetch=(
            (
                r"^https://www3\.nhk\.or\.jp/nhkworld/(?:en/)?news/(\w+)/.*",
                r"https://api.nhkworld.jp/nwapi/rdnewsweb/v6b/en/detail/\1.json",
            ),
        ),
        layouts=(DataLayout(name="2024", title="data.title", body="data.detail", date="data.public_at"),),
    )
