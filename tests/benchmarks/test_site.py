import json
from datetime import UTC, datetime
from typing import Any

import pytest

from benchmarks.site import Site, make_articles, render
from newscrawl.page import read_page
from spiders.eastmoney import EASTMONEY

NOW = datetime(2026, 3, 8, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def site() -> Site:
    return Site(make_articles(50, NOW))


def body_of(answer: Any) -> Any:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    return body


def test_the_articles_are_the_same_each_time(site: Site) -> None:
    assert make_articles(50, NOW) == site.articles
    assert len({article.number for article in site.articles}) == 50
    assert all(len(article.number) == 18 for article in site.articles)


def test_pages_are_about_50_kb(site: Site) -> None:
    assert all(40_000 < len(render(article)) < 60_000 for article in site.articles)


def test_pages_are_of_the_layout_that_the_spider_declares(site: Site) -> None:
    article = site.articles[0]
    page = body_of(site.answer(article.path))
    extraction = read_page(
        page, url=f"https://finance.eastmoney.com{article.path}", layouts=EASTMONEY.layouts
    )
    assert extraction.layout == "2026"
    assert extraction.titles[0].value == article.title
    assert extraction.dates[0].value == f"{article.when:%Y年%m月%d日 %H:%M}"
    assert article.outlet in extraction.outlets[0].value
    assert article.author in extraction.authors[0].value


def test_lists_are_in_the_shape_of_the_api(site: Site) -> None:
    query = "column=350&page_index=3&page_size=20&req_trace=1"
    data = json.loads(body_of(site.answer(f"/comm/web/getNewsByColumns?{query}")))["data"]
    assert data["totle_hits"] == 50
    assert [entry["code"] for entry in data["list"]] == [article.number for article in site.articles[40:]]


def test_articles_sent_are_counted(site: Site) -> None:
    site.answer("/reset")
    site.answer(site.articles[0].path)
    site.answer("/a/nothing.html")
    assert body_of(site.answer("/served")) == b"1"
    assert body_of(site.answer("/reset")) == b"1"
    assert body_of(site.answer("/served")) == b"0"
