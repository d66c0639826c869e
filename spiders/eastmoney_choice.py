"""东方财富 Choice: the three feeds that the seed site read, and the text of each article.

Feeds and GetNewsText.do as the site's own program used them in 2021–2022; the old hosts may be gone
(`host` names another); `newscrawl newsroom` serves them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from scrapy import Request
from scrapy.http import TextResponse

from newscrawl.crawl.drafts import ListPage
from newscrawl.discovery.json_answers import json_answer, records, text_of
from newscrawl.errors import PageError
from newscrawl.model.draft import Entry, Extraction
from newscrawl.model.source import Seen

from .eastmoney import EASTMONEY, EastmoneyArticles, article_id, article_url

ROLLING = "/web/webapi?type=102&count=100&newsid=1"
FEEDS = {
    ROLLING: "records",
    "/web/webapi?type=45&count=100&newsid=1": "nodeList",
    "/information/newmarket/web/webapi?marketType=37&count=100": "record",
    "/information/newmarket/web/webapi?marketType=38&count=100": "record",
    "/information/newmarket/web/webapi?marketType=39&count=100": "record",
}


class EastmoneyChoiceSpider(EastmoneyArticles):
    """`host`: where the feeds are; `share_host`: where people read an article."""

    name = "eastmoney_choice"
    source = replace(
        EASTMONEY, seen=Seen("2022", "answers that the site of the bundled posts read; the hosts may be gone")
    )
    own_arguments = frozenset({"host", "share_host"})
    host = "choicewzp1.eastmoney.com"
    share_host = "finews.zning.xyz"

    def first_lists(self) -> Iterable[Request]:
        for feed in FEEDS:
            yield self.list_request(f"http://{self.host}{feed}", feed=feed)

    def read_list(self, response: TextResponse, cursor: Mapping[str, Any]) -> ListPage:
        feed = cursor["feed"]
        found = records(json_answer(response.text), FEEDS[feed])
        return ListPage.of([self._entry(record, feed) for record in found], "no article's number")

    def _entry(self, record: dict[str, object], feed: str) -> Entry | None:
        code = text_of(record, "infoCode", "infocode")
        number = article_id(code) or article_id(text_of(record, "id"))
        if not number:
            return None
        rolling = feed == ROLLING
        shared = f"http://{self.share_host}/html_News/NewsShare.html?infoCode={code}"
        return Entry(
            id=f"eastmoney:{number}",
            url=f"http://{self.host}/NewsData/GetNewsText.do?id={code}",
            canonical_url=article_url(number),
            share_url=text_of(record, "url_w") or article_url(number) if rolling else shared,
            title=text_of(record, "title"),
            date=text_of(record, "showtime", "datetime"),
            outlet=text_of(record, "from", "medianame"),
            digest=text_of(record, "digest", "simdigest"),
            columns=("emnews",) if rolling else (),
            tags=("东财滚动新闻",) if rolling else (),
        )

    def read_article(self, response: TextResponse, entry: Entry) -> Extraction:
        from newscrawl.page import read_fragment  # slow to import

        answer = json_answer(response.text)
        if not isinstance(answer, dict):
            raise PageError(f"answer is {type(answer).__name__}, not an object")
        text = text_of(answer, "content", "text")
        if text is None:
            raise PageError(f"answer without content or text: {text_of(answer, 'message') or 'no message'}")
        return read_fragment(text, url=entry.canonical_url)
