"""Which rejects a retry takes, and what it knows of their articles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.database import Database

from newscrawl.crawl.retry import A_POST, RetryChoice, RetryFilter, RetryLedger, choose
from newscrawl.crawl.runner import spider_class
from newscrawl.errors import UsageError
from newscrawl.model.draft import Entry, Reject
from newscrawl.model.post import Security
from newscrawl.store import client
from newscrawl.store.record import reject_record

URL = "https://finance.eastmoney.com/a/{}.html"
NOTHING_KEPT = "its list entry was not kept, and its URL is not enough"


def number(n: int) -> str:
    return f"2026030836652829{n:02}"


def entry(n: int, **said: Any) -> Entry:
    url = URL.format(number(n))
    addresses = {"url": url, "canonical_url": url, "share_url": url}
    return Entry(**{"id": f"eastmoney:{number(n)}", **addresses, **said})


@pytest.fixture
def rejects(database: str) -> Iterator[Rejects]:
    with client.connect("writer") as writer:
        yield Rejects(writer[database])


class Rejects:
    """The collection of a database, written as a crawl does."""

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self.database = database
        self.now = datetime.now(UTC).replace(microsecond=0)

    def add(
        self,
        said: Entry,
        reason: str = "no title",
        *,
        ago: int = 0,
        spider: str = "eastmoney",
        **other: Any,
    ) -> None:
        """One of so many hours ago; `other` are fields to be overwritten."""
        at = self.now - timedelta(hours=ago)
        reject = Reject(said.id, said.url or "", (reason,), spider, "run-1", at, listed=said)
        document = reject_record(reject, at).document | {"first_seen": at, "last_seen": at, "seen": 1}
        self.database["rejects"].insert_one(document | other)

    def chosen(self, spider: str = "eastmoney", **wanted: Any) -> RetryChoice:
        return choose(self.database, spider_class(spider), RetryFilter(**wanted))

    def ids(self, **wanted: Any) -> list[str]:
        return [one.id.removeprefix("eastmoney:") for one in self.chosen(**wanted).entries]


def test_what_the_list_said_comes_back(rejects: Rejects) -> None:
    said = entry(
        1,
        title="标题",
        date="2026-03-08 16:34:18",
        outlet="北方网",
        digest="摘要" * 3_000,
        columns=("要闻", "港口"),
        tags=("东财滚动新闻",),
        authors=("张三",),
        securities=(Security("1", "600160", "巨化股份"), Security("116", "00700")),
        page_optional=True,
    )
    rejects.add(said)
    assert rejects.chosen().entries == [said]


def test_a_text_that_only_the_list_had_is_gone(rejects: Rejects) -> None:
    rejects.add(entry(1, title="半\ud83d", text="正文", page_optional=True))
    assert rejects.chosen().entries == [entry(1, title="半?")], "without it the list's words make no post"
    rejects.add(entry(2, url=None, text="正文"), ago=1)
    assert rejects.chosen().left_out == {"it has no page: all of it was in its list": 1}


@pytest.mark.parametrize(
    ("printed", "kept"),
    [("2026-03-08 16:34", True), ("3小时前", False), ("昨天 16:34", False), ("就在不久前", False)],
)
def test_a_date_that_means_another_moment_now_is_dropped(rejects: Rejects, printed: str, kept: bool) -> None:
    rejects.add(entry(1, date=printed), ago=50)
    assert rejects.chosen().entries == [entry(1, date=printed if kept else None)]


def test_the_newest_first_and_each_once(rejects: Rejects) -> None:
    for n, ago in ((1, 9), (2, 1), (3, 5)):
        rejects.add(entry(n, title=f"alt {n}"), ago=ago)
    rejects.add(entry(1, title="neu"), "HTTP 404", ago=0)
    rejects.add(entry(3), "failed: HTTP 500", ago=2, listed=None)
    found = rejects.chosen().entries
    assert [(one.id[-1], one.title) for one in found] == [("1", "neu"), ("2", "alt 2"), ("3", "alt 3")]
    assert rejects.ids(limit=2) == [number(1), number(2)]
    assert rejects.ids(since=rejects.now - timedelta(hours=1)) == [number(1), number(2)]
    assert rejects.ids(reason="http 5") == [number(3)]
    assert rejects.ids(reason="HTTP .0") == [], "a text, no pattern"


def test_what_is_left_out_does_not_count_for_the_limit(rejects: Rejects) -> None:
    for n in (1, 2, 3, 4):
        rejects.add(entry(n), ago=n)
    rejects.database["posts"].insert_one(
        {"_id": entry(1).id, "language": "zh"}, bypass_document_validation=True
    )
    rejects.add(entry(5, url="javascript:void(0)"))
    found = rejects.chosen(limit=2)
    assert [one.id for one in found.entries] == [entry(2).id, entry(3).id]
    assert found.left_out == {A_POST: 1, "its URL is not an http address": 1}


def test_without_the_list_s_words_the_page_has_to_be_the_article_s_own(rejects: Rejects) -> None:
    rejects.add(entry(1), listed=None)
    assert rejects.chosen().entries == [entry(1)]
    answer = f"http://choicewzp1.eastmoney.com/NewsData/GetNewsText.do?id=NW{number(2)}"
    rejects.add(entry(2), spider="eastmoney_choice", listed=None, url=answer)
    found = rejects.chosen("eastmoney_choice")
    assert (found.entries, found.left_out) == ([], {NOTHING_KEPT: 1})


def test_an_article_goes_by_several_names(rejects: Rejects) -> None:
    rejects.add(entry(1))
    rejects.add(entry(2))
    [document] = rejects.database["rejects"].find({"post": entry(1).id})
    for name in (entry(1).id, number(1), f"NW{number(1)}", document["_id"], entry(1).url):
        assert rejects.ids(ids=(name,)) == [number(1)], name
    assert sorted(rejects.ids(ids=(number(1), number(2)))) == [number(1), number(2)]


def test_an_id_without_a_reject_of_the_spider_is_an_error(rejects: Rejects) -> None:
    rejects.add(entry(1), spider="eastmoney_flash")
    rejects.database["posts"].insert_one(
        {"_id": entry(2).id, "language": "zh"}, bypass_document_validation=True
    )
    told = (
        (1, rf"it belongs to eastmoney_flash: newscrawl retry eastmoney_flash {number(1)}"),
        (2, rf"it is a post: newscrawl show eastmoney:{number(2)}"),
        (3, r"is not a reject of eastmoney; newscrawl rejects eastmoney lists them"),
    )
    for n, words in told:
        with pytest.raises(UsageError, match=words):
            rejects.chosen(ids=(number(n),))


def test_what_is_wanted_in_words() -> None:
    since = datetime(2026, 3, 8, 12, tzinfo=UTC)
    assert str(RetryFilter()) == "all"
    wanted = RetryFilter(("a:1", "a:2"), since, "no title", 5)
    assert str(wanted) == 'a:1 a:2, since 2026-03-08T12:00:00Z, reason "no title", limit 5'


def test_only_a_retry_of_which_nothing_came_is_bad() -> None:
    ledger = RetryLedger()
    assert ledger.problems() == []
    for n in range(20):
        ledger.take(str(n), again=True)
        ledger.end(str(n), "rejected", "no title")
    assert ledger.problems() == ["none of 20 pages became a post; most often: no title"]
    ledger.take("20", again=True)
    ledger.end("20", "stored")
    assert ledger.problems() == []
