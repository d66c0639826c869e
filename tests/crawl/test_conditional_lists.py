"""Which answers say that a list did not change, and which lists are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import TextResponse

from newscrawl.crawl.conditional_lists import FIRST, PART, ConditionalLists, key_of, steady
from newscrawl.crawl.drafts import ListPage
from newscrawl.model.draft import Entry
from newscrawl.model.ledger import Ledger
from newscrawl.model.list_validator import ListValidator

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://example.com/feed.xml"
FEED = b"<rss>a feed</rss>"
HEADERS = {
    "ETag": '"1"',
    "Last-Modified": "Fri, 20 Nov 2026 11:00:00 GMT",
    "Date": "Fri, 20 Nov 2026 12:00:00 GMT",
}


def lists(kept: ListValidator | None = None, **values: Any) -> ConditionalLists:
    usual: dict[str, Any] = {"source": "town:", "variant": "v", "clock": lambda: NOW, "keeps": True}
    return ConditionalLists({kept.key: kept} if kept else {}, **(usual | values))


def request(url: str = URL, **values: Any) -> Request:
    return Request(url, cb_kwargs={"cursor": {"page": 1, "list": 0}}, **values)


def entry(number: int, **values: Any) -> Entry:
    url = f"https://example.com/{number}"
    usual: dict[str, Any] = {"id": str(number), "url": url, "canonical_url": url, "share_url": url}
    return Entry(**(usual | values))


def answer(
    asked: Request, status: int = 200, body: bytes = FEED, url: str | None = None, **values: Any
) -> TextResponse:
    headers = values.pop("headers", HEADERS)
    return TextResponse(url or asked.url, status=status, body=body, headers=headers, request=asked, **values)


def read(run: ConditionalLists, response: TextResponse, *entries: Entry, others: int = 0) -> None:
    page = ListPage(list(entries), others=[Request(f"{URL}?{n}") for n in range(others)])
    run.read(response, page, list(entries))
    run.judge(response, [NOW], news=bool(entries))


def kept(*entries: Entry, **values: Any) -> ListValidator:
    """What a run keeps of the list that shows these articles."""
    run = lists()
    read(run, answer(run.ask(request())), *entries or (entry(1),))
    [validator] = run.to_keep(Ledger())
    return replace(validator, **values)


def test_what_is_kept_of_a_list_is_sent_with_its_next_request() -> None:
    validator = kept(entry(1), entry(2))
    assert (validator.count, validator.url, validator.etag) == (2, URL, '"1"')
    assert (validator.asked, validator.headers) == (URL, {})
    asked = lists(validator).ask(request())
    assert asked.headers.get("If-None-Match") == b'"1"'
    assert asked.headers.get("If-Modified-Since") == b"Fri, 20 Nov 2026 11:00:00 GMT"
    assert "If-None-Match" not in lists(validator).ask(request(f"{URL}?page=2")).headers


def test_a_304_and_the_same_bytes_say_that_it_did_not_change() -> None:
    validator = kept(entry(1))
    for status, body in ((304, b""), (200, FEED)):
        run = lists(validator)
        response = answer(run.ask(request()), status, body)
        assert run.unchanged(response) == validator
        assert run.confirmed == {validator.key: NOW}
        assert run.to_keep(Ledger()) == [], "it stays as it is kept, so that it is read whole in time"


@pytest.mark.parametrize(
    ("status", "body", "url"),
    [
        (200, b"<rss>another feed</rss>", URL),
        (200, b"", URL),
        (304, b"", "https://example.com/moved.xml"),  # an older page elsewhere answers 304 to the date
        (200, FEED, "https://example.com/moved.xml"),
        (404, FEED, URL),
    ],
)
def test_other_answers_do_not(status: int, body: bytes, url: str) -> None:
    run = lists(kept())
    assert run.unchanged(answer(run.ask(request()), status, body, url)) is None
    assert run.confirmed == {}


@pytest.mark.parametrize(
    ("status", "body", "url"),
    [
        (304, b"", "https://example.com/moved.xml"),
        (412, b"Precondition Failed", URL),
        (400, b"Bad Request", URL),
        (200, b" \n", URL),  # coldsweat 99: an empty page instead of a 304
    ],
)
def test_a_useless_answer_to_conditions_is_asked_for_whole_once(status: int, body: bytes, url: str) -> None:
    run = lists(kept())
    asked = run.ask(request())
    whole = run.whole_request(answer(asked, status, body, url))
    assert whole
    assert (whole.url, whole.meta[FIRST]) == (URL, asked.meta[FIRST])
    assert not {"If-None-Match", "If-Modified-Since"} & {name.decode() for name in whole.headers}
    assert run.whole_request(answer(whole, status, body)) is None
    assert run.unchanged(answer(whole, 304, b"")) is None, "it says nothing to a request without conditions"


@pytest.mark.parametrize("status", [200, 403, 404, 500])
def test_an_answer_that_means_what_it_says_is_not_asked_for_again(status: int) -> None:
    run = lists(kept())
    assert run.whole_request(answer(run.ask(request()), status)) is None


def test_a_304_to_a_request_without_conditions_says_nothing() -> None:
    run = lists(kept(etag=None, last_modified=None))
    response = answer(run.ask(request()), 304, b"")
    assert run.unchanged(response) is None
    assert run.whole_request(response) is None


def test_after_its_patience_and_with_other_declarations_a_list_is_read_whole() -> None:
    for run in (
        lists(kept(), clock=lambda: NOW + timedelta(days=1)),
        lists(kept(), variant="declared anew"),
        lists(kept(), clock=None),
    ):
        asked = run.ask(request())
        assert "If-None-Match" not in asked.headers
        assert run.unchanged(answer(asked)) is None


def test_a_post_carries_no_conditions_and_is_compared_byte_by_byte() -> None:
    def post(page: int) -> Request:
        return request(method="POST", body=f'{{"page": {page}, "at": {int(NOW.timestamp())}}}')

    run = lists()
    read(run, answer(run.ask(post(1))), entry(1))
    [validator] = run.to_keep(Ledger())
    later = lists(validator, clock=lambda: NOW + timedelta(minutes=5))
    asked = later.ask(post(1))
    assert "If-None-Match" not in asked.headers
    assert later.unchanged(answer(asked)) == validator
    assert later.unchanged(answer(later.ask(post(2)))) is None


def test_only_what_has_ended_well_is_kept() -> None:
    run, ledger = lists(), Ledger()
    read(run, answer(run.ask(request())), entry(1), entry(2))
    ledger.take("1")
    ledger.take("2")
    ledger.end("1", "stored")
    assert run.to_keep(ledger) == [], "2 is open"
    ledger.end("2", "spooled")
    assert run.to_keep(ledger) == []
    ledger.end("2", "stored")
    assert len(run.to_keep(ledger)) == 1


@pytest.mark.parametrize("outcome", ["stored", "updated", "unchanged", "duplicate", "gone", "rejected"])
def test_every_other_end_lasts(outcome: Any) -> None:
    run, ledger = lists(), Ledger()
    read(run, answer(run.ask(request())), entry(1))
    ledger.take("1")
    ledger.end("1", outcome)
    assert len(run.to_keep(ledger)) == 1


def test_a_failure_under_the_canonical_address_is_the_listed_article_s() -> None:
    run, ledger = lists(), Ledger()
    read(run, answer(run.ask(request())), entry(1))
    ledger.take("1")
    ledger.rename("1", "2")
    ledger.rename("2", "3")
    ledger.end("3", "failed", "HTTP 500")
    assert run.to_keep(ledger) == []


def test_a_list_is_kept_with_all_its_pages_or_not_at_all() -> None:
    run, ledger = lists(), Ledger()
    first = run.ask(request())
    read(run, answer(first), entry(1))
    second = Request(f"{URL}?page=2", meta={PART: run.key_of(answer(first))})
    read(run, answer(second, body=b"more"), entry(2))
    ledger.take("2")
    ledger.end("2", "failed")
    assert run.to_keep(ledger) == []
    [validator] = run.to_keep(Ledger())
    assert [one.id for one in validator.entries] == ["1", "2"]
    assert validator.count == 1, "of the first page, which is asked for"
    run.break_off(second)
    assert run.to_keep(Ledger()) == []


def test_a_list_is_not_kept_if_it_is_empty_cut_short_or_leads_to_others() -> None:
    for flags, entries, others in (
        ([], [], 0),
        (["partial"], [entry(1)], 0),
        (["dataloss"], [entry(1)], 0),
        ([], [entry(1)], 1),
    ):
        run = lists()
        read(run, answer(run.ask(request()), flags=flags), *entries, others=others)
        assert run.to_keep(Ledger()) == []


def test_a_run_that_may_not_keep_and_one_whose_spider_broke_keep_nothing() -> None:
    for run in (lists(keeps=False), lists()):
        read(run, answer(run.ask(request())), entry(1))
        if run.keeps:
            run.break_off(None)
        assert run.to_keep(Ledger()) == []


def test_the_headers_that_a_list_declares_are_kept_without_secrets() -> None:
    run = lists()
    asked = run.ask(request(headers={"Accept": "application/json", "X-Api-Key": "1", "Authorization": "2"}))
    read(run, answer(asked), entry(1))
    [validator] = run.to_keep(Ledger())
    assert validator.headers == {"Accept": "application/json"}


def test_texts_are_not_kept() -> None:
    assert kept(entry(1, url=None, text="all of it")).entries == ()
    run = lists()
    read(run, answer(run.ask(request())), entry(1, text="what is used if the page is gone"))
    assert run.to_keep(Ledger()) == []


def test_marks_that_stayed_while_news_came_are_not_sent_again() -> None:
    """A server that answers 304 to everything is found out when its list is read whole."""
    later = NOW + timedelta(days=1)
    run = lists(kept(), clock=lambda: later)
    read(run, answer(run.ask(request()), body=b"<rss>news</rss>"), entry(2))
    [validator] = run.to_keep(Ledger())
    assert validator.distrusted == later
    run = lists(validator, clock=lambda: later + timedelta(minutes=5))
    asked = run.ask(request())
    assert "If-None-Match" not in asked.headers
    assert run.unchanged(answer(asked, body=b"<rss>news</rss>")) == validator, "its bytes are compared"
    run = lists(replace(validator, patience=timedelta()), clock=lambda: later)
    read(run, answer(run.ask(request())))
    read(run, answer(run.ask(request()), headers=HEADERS | {"ETag": '"2"'}), entry(3))
    assert run.visits[validator.key].validator.distrusted == later, "and that is not forgotten"


def test_new_marks_with_news_and_old_ones_without_are_trusted() -> None:
    later = NOW + timedelta(days=1)
    for marks, news in ((HEADERS | {"ETag": '"2"'}, True), (HEADERS, False)):
        run = lists(kept(), clock=lambda: later)
        response = answer(run.ask(request()), body=b"<rss>x</rss>", headers=marks)
        run.read(response, ListPage([entry(2)]), [])
        run.judge(response, [], news=news)
        [validator] = run.to_keep(Ledger())
        assert validator.distrusted is None


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("/api?_=1795176000&page=2", "/api?_=now&page=2"),
        ("/api?callback=jQuery18_1795176000123", "/api?callback=jQuery18_now"),
        ("/api?req_trace=1795176000123456", "/api?req_trace=now"),
        ("/api?id=202211200001234567", "/api?id=202211200001234567"),
        ("/api?before=1700000000", "/api?before=1700000000"),
        ("/a/17951760001.html", "/a/17951760001.html"),
    ],
)
def test_the_time_in_an_address_is_not_part_of_which_list_it_is(text: str, same: str) -> None:
    assert steady(text, NOW) == same


def test_lists_of_other_methods_bodies_and_cursors_are_other_lists() -> None:
    asked = [
        request(),
        request(method="POST"),
        request(method="POST", body="{}"),
        Request(URL, cb_kwargs={"cursor": {"page": 1, "list": 1}}),
        request(f"{URL}?b"),
    ]
    assert len({key_of(one, NOW) for one in asked}) == len(asked)
