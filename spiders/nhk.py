"""NHK WORLD-JAPAN: the list of its news in English, and each text from the same API.

List and text as public readers of 2024–2026 have them (collected 2026-11). NHK's Japanese pages stand behind
a page that asks for consent, and are left alone. Not seen live from here.
"""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Api, DataLayout, Source


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
        lists=(
            Api(
                "https://api.nhkworld.jp/nwapi/rdnewsweb/v7b/en/outline/list.json",
                items="data",
                link="https://www3.nhk.or.jp{page_url}",
                date="public_at",
                digest="description",
                columns="categories.name",
                page_optional=True,
            ),
        ),
        articles=r"nhk\.or\.jp/nhkworld/en/news/(?P<id>[0-9_]+)/",
        fetch=(
            (
                r"^https://www3\.nhk\.or\.jp/nhkworld/en/news/([0-9_]+)/.*",
                r"https://api.nhkworld.jp/nwapi/rdnewsweb/v6b/en/detail/\1.json",
            ),
        ),
        layouts=(DataLayout(name="2024", title="data.title", body="data.detail", date="data.public_at"),),
    )
