"""What a run records of its lists; the run is a real one, of a crawler that does not start."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from scrapy import Request
from scrapy.http import TextResponse
from scrapy.utils.test import get_crawler

from newscrawl.crawl.conditional_lists import ConditionalLists
from newscrawl.crawl.drafts import ListPage
from newscrawl.crawl.list_outcomes import ListOutcomes
from newscrawl.crawl.run import Run, RunPlan
from newscrawl.crawl.selection import EntrySelector
from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.draft import Entry
from newscrawl.model.lists import Feed
from newscrawl.model.source import Source
from tests.crawl.test_selection import Held

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://example.com/rss.xml"
SOURCE = Source(title="Example", domain="example.com", language="en", zone="UTC", lists=(Feed(URL),))
FIRST = {"list": 0, "page": 1}


class Example(NewsSpider):
    name = "example"
    source = SOURCE


@pytest.fixture
def outcomes() -> ListOutcomes:
    run = Run(get_crawler(Example), "example", {}, RunPlan(clock=lambda: NOW))
    run._archive = Held()  # type: ignore[assignment]
    run.conditional = ConditionalLists({}, "example:", "v", lambda: NOW, keeps=True)
    return ListOutcomes(run, EntrySelector(run, SOURCE, None, None), SOURCE)


def entry(number: int) -> Entry:
    url = f"https://example.com/a/{number}"
    return Entry(id=str(number), url=url, canonical_url=url, share_url=url, date="2026-11-20 11:00")


def answer(outcomes: ListOutcomes, url: str = URL) -> TextResponse:
    asked = outcomes.run.conditional.ask(Request(url, cb_kwargs={"cursor": FIRST}))
    return TextResponse(url, body=b"<rss/>", request=asked)


def read(outcomes: ListOutcomes, response: TextResponse, *, first: bool = True, **cursor: object) -> str:
    page = ListPage([entry(1), entry(2)])
    asyncio.run(outcomes.selector.choose(page.entries))
    return outcomes.read(response, page, {**FIRST, **cursor}, first=first)


def test_a_list_that_was_read_is_watched_and_kept(outcomes: ListOutcomes) -> None:
    assert read(outcomes, answer(outcomes)) == URL
    assert outcomes.run.quiet.readings[URL].dates.keys() == {"1", "2"}
    assert not outcomes.run.conditional.to_keep(outcomes.run.ledger), "1 and 2 are under way"
    for number in ("1", "2"):
        outcomes.run.ledger.end(number, "stored")
    [kept] = outcomes.run.conditional.to_keep(outcomes.run.ledger)
    assert (kept.url, kept.count) == (URL, 2)


@pytest.mark.parametrize(("first", "cursor"), [(False, {}), (True, {"counting": True})])
def test_only_the_first_page_of_a_list_is_watched(
    outcomes: ListOutcomes, first: bool, cursor: dict[str, bool]
) -> None:
    assert read(outcomes, answer(outcomes), first=first, **cursor) == URL
    assert outcomes.run.quiet.readings == {}


def test_a_list_that_is_not_declared_is_named_by_its_address(outcomes: ListOutcomes) -> None:
    response = answer(outcomes, "https://example.com/api?_=1700000000123")
    assert read(outcomes, response, list=None, column="350") == "https://example.com/api column=350"
    response.meta["list"] = "that of its first page"
    assert read(outcomes, response, list=None, column="350") == "that of its first page"


def test_a_list_without_news_counts_as_such(outcomes: ListOutcomes) -> None:
    response = answer(outcomes)
    read(outcomes, response)
    for number in ("1", "2"):
        outcomes.run.ledger.end(number, "stored")
    [kept] = outcomes.run.conditional.to_keep(outcomes.run.ledger)
    outcomes.run.quiet.readings.clear()
    outcomes.unchanged(response, kept, FIRST)
    assert outcomes.run.quiet.readings[URL].unchanged


def test_a_list_that_was_given_up_is_a_failure_and_not_kept(
    outcomes: ListOutcomes, caplog: pytest.LogCaptureFixture
) -> None:
    response = answer(outcomes)
    read(outcomes, response)
    outcomes.give_up(response.request, URL, "HTTP 500", FIRST)
    assert outcomes.run.ledger.list_failures == {"HTTP 500": 1}
    assert outcomes.run.quiet.broken == {URL, None}
    assert outcomes.run.conditional.to_keep(outcomes.run.ledger) == []
    assert f"List {URL} given up: HTTP 500" in caplog.text


def test_an_optional_list_may_be_missing(outcomes: ListOutcomes) -> None:
    outcomes.give_up(Request(URL), URL, "HTTP 404", {**FIRST, "optional": True})
    assert outcomes.run.ledger.list_failures == {}
    assert outcomes.run.quiet.broken == set()


def test_of_pages_over_the_budget_the_first_is_named_and_all_are_counted(
    outcomes: ListOutcomes, caplog: pytest.LogCaptureFixture
) -> None:
    reason = "lists after 2 requests of one run"
    with caplog.at_level(logging.ERROR):
        for number in range(3):
            outcomes.leave_out(Request(f"{URL}?page={number}"), reason)
    assert outcomes.run.ledger.skipped == {reason: 3}
    assert outcomes.run.ledger.list_failures == {f"no {reason}": 1}
    assert caplog.messages == [f"No {reason}, the first of them {URL}?page=0"]


def test_the_source_is_the_one_that_the_spider_has_found_by_now(outcomes: ListOutcomes) -> None:
    found = replace(SOURCE, title="Found")
    read(ListOutcomes(outcomes.run, outcomes.selector, found), answer(outcomes))
    assert outcomes.run.quiet.source is found
