"""东方财富网: the columns of its news site, newest first, and their article pages.

Lists: np-listapi getNewsByColumns, `req_trace` mandatory. Pages: the
layout of 2026 from a page saved on 2026-03-08; the layout of 2019–2022 from public scrapers.
"""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import TextResponse

from newscrawl.crawl.drafts import ListPage
from newscrawl.crawl.spider import NewsSpider
from newscrawl.discovery.json_answers import at, json_answer, records, text_of
from newscrawl.errors import PageError, UsageError
from newscrawl.model.draft import Entry
from newscrawl.model.source import PageLayout, Seen, Source

EASTMONEY = Source(
    title="东方财富网",
    domain="eastmoney.com",
    outlet="东方财富网",
    seen=Seen("2026-09", "answers of the list; a page saved on 2026-03-08; older layouts from public code"),
    layouts=(
        PageLayout(
            name="2026",
            title=("#topbox > .title",),
            body=("#ContentBody.txtinfos",),
            date=("#topbox .infos .item:first-child",),
            outlet=(
                "#ContentBody p.em_media",
                "#topbox .infos .item",
                "div.sourcebox span:first-child",
            ),
            authors=("#topbox .infos .item",),
            columns=("div.navitem a",),
            drop=("[class^=ad_context]", "script", "style"),
        ),
        PageLayout(
            name="2019",
            until=datetime.date(2022, 12, 31),
            title=(".newsContent h1",),
            body=("#ContentBody",),
            date=(".time-source .time", ".newsContent .time"),
            outlet=("#ContentBody p.em_media", ".data-source", ".source img::attr(alt)", ".source"),
            authors=(".author",),
            editors=(".res-edit",),
            columns=("#Column_Navigation a",),
            digest=(".b-review",),
            drop=(".b-review", ".res-edit", "[class^=ad_context]", "script", "style"),
        ),
    ),
)
_ID = re.compile(r"(?<!\d)(20\d{16}(?:\d{5})?)(?!\d)")
_BLOG_DIGITS = 23  #: of a post of caifuhao, the blogs; an article has 18


def article_id(text: str | None) -> str | None:
    """The 18 digits of an article, or 23 of a blog's post, in a code, infoCode (`NW…`) or URL; else None."""
    match = _ID.search(text or "")
    return match[1] if match else None


def article_url(number: str) -> str:
    """The canonical page of an article or of a blog's post."""
    if len(number) == _BLOG_DIGITS:
        return f"https://caifuhao.eastmoney.com/news/{number}"
    return f"https://finance.eastmoney.com/a/{number}.html"


def now_ms() -> str:
    """What the lists want as `req_trace`."""
    return str(int(time.time() * 1000))


class EastmoneyArticles(NewsSpider):
    """Base of the East Money spiders: an article has the same identity in every feed and under every URL."""

    source = EASTMONEY

    @classmethod
    def identity_of(cls, url: str) -> str:
        number = article_id(url)
        return f"eastmoney:{number}" if number else super().identity_of(url)


class EastmoneySpider(EastmoneyArticles):
    """`columns`: their numbers, comma-separated (344 财经导读, 345, 350, 351, 1207 财经早餐)."""

    name = "eastmoney"
    own_arguments = frozenset({"columns"})
    columns = "344,345,350,351,1207"
    page_size = 20

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        if not re.fullmatch(r"\s*\d+\s*(,\s*\d+\s*)*", self.columns, re.ASCII):
            raise UsageError(f"columns {self.columns!r} are not comma-separated numbers, as in 350,351")

    def first_lists(self) -> Iterable[Request]:
        for column in self.columns.split(","):
            yield self._column(column.strip(), 1)

    def _column(self, column: str, page: int) -> Request:
        query = urlencode(
            {
                "client": "web",
                "biz": "web_news_col",
                "column": column,
                "order": 1,
                "needInteractData": 0,
                "page_index": page,
                "page_size": self.page_size,
                "req_trace": now_ms(),
            }
        )
        url = f"https://np-listapi.eastmoney.com/comm/web/getNewsByColumns?{query}"
        return self.list_request(url, column=column, page=page)

    def read_list(self, response: TextResponse, cursor: Mapping[str, Any]) -> ListPage:
        answer = json_answer(response.text)
        if str(at(answer, "code")) != "1":
            raise PageError(f"error code {answer['code']}: {answer.get('message')}")
        column, page = cursor["column"], cursor["page"]
        found = records(answer, "data", "list")
        more = page * self.page_size < int(at(answer, "data", "totle_hits"))
        following = self._column(column, page + 1) if more else None
        return ListPage.of([self._entry(record) for record in found], "no article's number", following)

    def _entry(self, record: dict[str, object]) -> Entry | None:
        code, url = text_of(record, "code"), text_of(record, "uniqueUrl", "url")
        number = article_id(code) or article_id(url)
        if not number:
            return None
        is_blog = text_of(record, "np_dst") == "CFH"
        page = url if is_blog and url else article_url(number)
        return Entry(
            id=f"eastmoney:{number}",
            url=page.replace("http://", "https://", 1),
            canonical_url=page.replace("http://", "https://", 1),
            share_url=page.replace("http://", "https://", 1),
            title=text_of(record, "title"),
            date=text_of(record, "showTime"),
            outlet=text_of(record, "mediaName"),
            digest=text_of(record, "summary"),
        )
