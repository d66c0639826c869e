"""Which headlines are those of one article, and which canonical pages are not the article."""

from __future__ import annotations

import pytest
from scrapy.http import Response

from newscrawl.crawl.alternates import Alternate, Alternates, are_alike
from newscrawl.crawl.worker.messages import ParseResult
from newscrawl.model.draft import Entry, Reject
from newscrawl.model.source import Source

URL = "https://example.org/amp/1.html"


@pytest.mark.parametrize(
    ("title", "other", "alike"),
    [
        ("Council approves the bridge", "Council approves the bridge | Example News", True),
        ("Council approves the bridge", "COUNCIL APPROVES THE BRIDGE!", True),
        ("央行开展逆回购操作", "央行开展逆回购操作_示例网", True),
        ("", "Council approves the bridge", True),
        ("Council approves the bridge", "News", False),
        ("Story number 9 about bridges", "Story number 0 about bridges", False),
        ("Council approves the bridge", "Storm destroys two houses", False),
        ("央行开展逆回购操作", "新闻中心", False),
    ],
)
def test_headlines(title: str, other: str, alike: bool) -> None:
    assert are_alike(title, other) is are_alike(other, title) is alike


def test_a_canonical_page_that_was_rejected_is_not_the_article() -> None:
    entry = Entry(id="url:1", url=URL, canonical_url=URL, share_url=URL)
    alternate = Alternate(entry, ParseResult(title="Council approves the bridge"), Response(URL))
    assert alternate.is_same_article(ParseResult(title="Council approves the bridge"))
    assert not alternate.is_same_article(ParseResult(title="News of the day"))
    reject = Reject(id="url:1", url=URL, reasons=("list page",), spider="x", run="1", fetched=None, page=None)  # type: ignore[arg-type]
    assert not alternate.is_same_article(ParseResult(reject, title="Council approves the bridge"))


def test_an_article_with_another_headline_is_another_one() -> None:
    alternates = Alternates(Source(title="e", domain="example.org"))
    alternates.note("url:2", "Storm destroys two houses")
    alternates.note("url:3", None)
    assert alternates.is_another_article("url:2", "Council approves the bridge")
    assert not alternates.is_another_article("url:2", "Storm destroys two houses in town")
    assert not alternates.is_another_article("url:3", "Council approves the bridge")
