"""Lists that hold an article more than once, and times that only their declaration tells apart."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.discovery.list_page import ListItem, ListResponse
from newscrawl.discovery.list_reader import ListReader
from newscrawl.discovery.merge_items import dated, once
from newscrawl.model.source import Api, Section, Source
from newscrawl.text.urls import identity

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def source(entry: Api | Section) -> Source:
    return Source(title="某网", domain="example.org", lists=(entry,), articles=r"/a/(?P<id>\d+)\.html")


def read(entry: Api | Section, body: str) -> tuple[list[ListItem], dict[str, int]]:
    walk = ListReader(source(entry), datetime(2026, 1, 1, tzinfo=UTC), NOW)
    listed = walk.read(
        ListResponse(entry.url, body.encode(), "text/html; charset=utf-8"), {"list": 0, "page": 1}
    )
    return listed.items, listed.skipped


def test_an_article_and_its_comments_are_one() -> None:
    page = (
        "<ul><li><a href='/a/1.html#comment'>12</a><a href='/a/1.html'>煤炭价格连续三周上行</a></li>"
        "<li><a href='/a/2.html'>港口新航线开通</a> <a href='/a/2.html?from=list#cmt'>评论</a></li>"
        "<li><a href='http://m.example.org/a/2.html'>港口</a></li></ul>"
    )
    items, skipped = read(Section("https://example.org/news/"), page)
    assert [(item.url, item.title) for item in items] == [
        ("https://example.org/a/1.html", "煤炭价格连续三周上行"),
        ("https://example.org/a/2.html", "港口新航线开通"),
    ]
    assert skipped == {"twice in the list": 3}


def test_what_the_first_does_not_say_is_taken_from_the_others() -> None:
    first = ListItem(url="https://e.org/1", title="港口", columns=("要闻",))
    other = ListItem(
        url="http://e.org/1#x", title="港口新航线", date="2026-11-20", outlet="甲报", columns=("财经",)
    )
    (item,) = once([first, other], identity)
    assert (item.url, item.title, item.date, item.outlet) == (first.url, "港口新航线", "2026-11-20", "甲报")
    assert item.columns == ("要闻", "财经")


def test_items_without_an_address_are_not_one() -> None:
    items = [ListItem(url=None, text="甲"), ListItem(url="https://e.org/1"), ListItem(url=None, text="乙")]
    assert once(items, identity) == items


@pytest.mark.parametrize(
    ("printed", "form", "read_as"),
    [
        ("11/05/2026 09:10:00", "%m/%d/%Y %H:%M:%S", "2026-11-05 09:10:00"),
        ("5/11/2026 09:10", "%d/%m/%Y %H:%M", "2026-11-05 09:10"),
        ("05.11.2026", "%d.%m.%Y", "2026-11-05"),
        ("3小时前", "%m/%d/%Y", "3小时前"),
        ("13/05/2026", "%m/%d/%Y", "13/05/2026"),
        (None, "%m/%d/%Y", None),
        ("11/05/2026", None, "11/05/2026"),
    ],
)
def test_a_declared_form(printed: str | None, form: str | None, read_as: str | None) -> None:
    assert dated(ListItem(url=None, date=printed), form).date == read_as


def test_an_api_with_the_month_first() -> None:
    api = Api("https://example.org/l", items="@", link="u", date="t", date_format="%m/%d/%Y %H:%M")
    items, _ = read(api, '[{"u": "/a/1.html", "t": "03/04/2026 08:30"}]')
    assert items[0].date == "2026-03-04 08:30"
