"""NHK WORLD: the list of its news service in English; the text comes from its own API.

List and text as public readers of 2024–2026 have them (collected 2026-11). NHK's Japanese pages stand
behind a page that asks for consent, and are left alone. Not seen live from here.
"""

from __future__ import annotations

from newscrawl.source import Api, PageVersion, Source
from newscrawl.spider import NewsSpider


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
        entries=(
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
        articles=r"nhk\.or\.jp/nhkworld/\w+/news/(?P<id>[0-9_]+)/",
        pages=(
            PageVersion(
                name="2024",
                title=("h1",),
                body=(".p-article__body",),
            ),
        ),
    )
