"""What the two processes tell each other comes over as it was."""

from __future__ import annotations

import dataclasses
import pickle
from datetime import UTC, datetime

import pytest

from newscrawl.crawl.worker.messages import HEAD, PageTask, ParseResult, packed, unpacked
from newscrawl.model.draft import Entry, Reject
from newscrawl.model.post import Attribution, Body, Crawl, DateInfo, Image, Post, Security, Story

NOW = datetime(2026, 3, 8, 1, 2, 3, 456_000, tzinfo=UTC)
POST = Post(
    id="eastmoney:202603083666123456",
    title="央行：\ud83d 3月8日\0开展逆回购",
    date=NOW,
    date_info=DateInfo("3月8日", "+08:00", "minute", "page", ["zone", "year"]),
    categories=["xinhuashe"],
    tags=["列表"],
    source=Attribution("新华社", "xinhuashe", "（文章来源：新华社）", "em_media", None),
    authors=["李明"],
    body=Body(
        "<p>正文</p>",
        "正文",
        2,
        [Image("https://example.org/1.png"), Image("https://example.org/2.png", "图")],
    ),
    securities=[Security("1", "600000", "浦发银行"), Security("0", "000001")],
    url="https://finance.eastmoney.com/a/202603083666123456.html",
    canonical_url="https://finance.eastmoney.com/a/202603083666123456.html",
    share_url="https://finance.eastmoney.com/a/202603083666123456.html",
    story=Story("00ff00ff00ff00ff", "eastmoney:202603083666123456", [1 << 62, 3], "0000000a"),
    content_hash="ab" * 32,
    crawl=Crawl("eastmoney", "run-1", NOW, 200, "2026", {"date": "#topbox"}, '"e"', None),
)
ENTRY = Entry(
    id=POST.id,
    url=POST.url,
    canonical_url=POST.url,
    share_url=POST.url,
    securities=(Security("1", "600000", None),),
    tags=("要闻",),
)
REJECT = Reject(
    "url:1", "https://example.org/1", ("no title",), "enorth", "run-1", NOW, "<html>", {"title": ""}, ENTRY
)


@pytest.mark.parametrize(
    "message",
    [
        None,
        ParseResult(POST, "标题", POST.url, {"xinhuashe": "新华社"}),
        ParseResult(dataclasses.replace(POST, source=None, story=None, securities=[])),
        ParseResult(REJECT),
        ParseResult(error="no page", unforeseen=True),
        (PageTask(ENTRY, POST.url, "text/html; charset=gbk", bytes(range(256)), POST.crawl), True),
    ],
    ids=lambda message: type(message).__name__,
)
def test_a_message_comes_over_as_it_was(message: object) -> None:
    data = packed(7, message)
    assert HEAD.unpack_from(data) == (7, len(data) - HEAD.size)
    there = unpacked(data[HEAD.size :])
    assert there == message
    assert type(there) is type(message)


def test_lists_that_two_parts_share_are_shared_there() -> None:
    """As pickle has it: nothing is sent twice."""
    shared = ["一" * 1_000]
    answer = unpacked(packed(1, ParseResult(names={"a": shared[0]}, title=shared[0]))[HEAD.size :])
    assert answer.title == answer.names["a"]
    assert len(packed(1, ParseResult(names={"a": shared[0]}, title=shared[0]))) < 4_000


def test_what_pickle_cannot_take_is_told() -> None:
    with pytest.raises((pickle.PicklingError, AttributeError)):
        packed(1, lambda: None)
