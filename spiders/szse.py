"""深圳证券交易所: news of the exchange. Its announcements are PDFs and are left out.

The list's items give address and title in a script, the body is `#desContent`: public code of 2024–2026,
collected 2026-11 (confidence: high, `h2.title` not confirmed).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import TextResponse

from newscrawl.crawl.drafts import ListPage
from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.draft import Entry
from newscrawl.model.source import PageLayout, Seen, Source

_SCRIPTED = re.compile(r"""var\s+(curHref|curTitle)\s*=\s*(['"])(.*?)\2""")
_LIST = "https://www.szse.cn/aboutus/trends/news/"


class SzseSpider(NewsSpider):
    """本所要闻, newest first."""

    name = "szse"
    source = Source(
        title="深圳证券交易所",
        domain="szse.cn",
        outlet="深圳证券交易所",
        seen=Seen("2026", "public code; the title is not confirmed"),
        articles=r"szse\.cn/.*/t\d{8}_(?P<id>\d+)\.html$",
        layouts=(PageLayout(name="2024", title=("h2.title",), body=("#desContent",)),),
    )

    def first_lists(self) -> Iterable[Request]:
        yield self.list_request(_LIST, page=1)

    def read_list(self, response: TextResponse, cursor: Mapping[str, Any]) -> ListPage:
        found = [
            self._entry(item.get(), response.url, item.css("span.time::text").get())
            for item in response.css(".article-list .newslist li")
        ]
        following = self.list_request(f"{_LIST}index_{cursor['page']}.html", page=cursor["page"] + 1)
        return ListPage.of(found, "not an article's address", following if any(found) else None)

    def _entry(self, item: str, base: str, date: str | None) -> Entry | None:
        values = {name: value for name, _, value in _SCRIPTED.findall(item)}
        if "curHref" not in values:
            return None
        url = urljoin(base, values["curHref"])
        if not self.source.is_article(url):
            return None
        return Entry(
            id=self.identity_of(url),
            url=url,
            canonical_url=url,
            share_url=url,
            title=values.get("curTitle"),
            date=date,
        )
