"""东方财富网 7×24: flashes, newest first; the article page where a flash has one.

List: np-weblist getFastNewsList, paged by `sortEnd`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import TextResponse

from newscrawl.crawl.drafts import ListPage
from newscrawl.discovery.json_answers import at, json_answer, records, text_of
from newscrawl.errors import PageError
from newscrawl.model.draft import Entry
from newscrawl.model.post import Security
from newscrawl.model.source import Seen

from .eastmoney import EASTMONEY, EastmoneyArticles, article_id, article_url, now_ms


class EastmoneyFlashSpider(EastmoneyArticles):
    """`column`: the flashes' column (102 all)."""

    name = "eastmoney_flash"
    source = replace(EASTMONEY, seen=Seen("2026-10-04", "the list answered a public probe"))
    own_arguments = frozenset({"column"})
    column = "102"
    page_size = 50

    def first_lists(self) -> Iterable[Request]:
        yield self._flashes("")

    def _flashes(self, after: str) -> Request:
        query = urlencode(
            {
                "client": "web",
                "biz": "web_724",
                "fastColumn": self.column,
                "sortEnd": after,
                "pageSize": self.page_size,
                "req_trace": now_ms(),
            }
        )
        return self.list_request(f"https://np-weblist.eastmoney.com/comm/web/getFastNewsList?{query}")

    def read_list(self, response: TextResponse, cursor: Mapping[str, Any]) -> ListPage:
        answer = json_answer(response.text)
        if str(at(answer, "code")) != "1":
            raise PageError(f"error code {answer['code']}: {answer.get('message')}")
        found = records(answer, "data", "fastNewsList")
        after = text_of(found[-1], "realSort") if len(found) == self.page_size else None
        following = self._flashes(after) if after else None
        return ListPage.of([_entry(record) for record in found], "no article's number", following)


def _entry(record: dict[str, object]) -> Entry | None:
    number = article_id(text_of(record, "code"))
    if not number:
        return None
    stocks = record.get("stockList")
    return Entry(
        id=f"eastmoney:{number}",
        url=article_url(number),
        canonical_url=article_url(number),
        share_url=article_url(number),
        title=text_of(record, "title"),
        date=text_of(record, "showTime"),
        digest=text_of(record, "summary"),
        securities=tuple(_securities(stocks if isinstance(stocks, list) else [])),
        page_optional=True,
    )


def _securities(stocks: list[object]) -> Iterable[Security]:
    """`116.00700` is market and code."""
    for stock in stocks:
        market, dot, code = str(stock).partition(".")
        if dot and code:
            yield Security(market, code)
