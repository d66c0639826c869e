"""Withdrawn articles: two looks an hour apart make one, a return ends it, and nothing else counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newscrawl.model.post import Post
from newscrawl.store import client
from newscrawl.store.archive import Archive, ArchiveOptions
from newscrawl.store.record import look_record, touch_record
from newscrawl.store.withdrawals import WATCHED, WATCHED_GONE, count_seen, fetch_due, note_failed_looks
from newscrawl.store.writer import PostWriter
from tests.store.posts import START, Outcomes, make_post

pytestmark = pytest.mark.slow

Step = Callable[[Archive], Any]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass
class Town:
    """A database, and archives on a clock of our own."""

    database: str
    spool: Path
    now: datetime = START
    outcomes: Outcomes = field(default_factory=Outcomes)

    def options(self) -> ArchiveOptions:
        return ArchiveOptions(database=self.database, spool=self.spool, clock=lambda: self.now)

    def do(self, at: timedelta, *steps: Step) -> str:
        """Does this with an archive of its own, so long after START; the last outcome."""
        self.now = START + at

        async def run() -> None:
            archive = await Archive.open(self.options(), self.outcomes)
            for step in steps:
                await step(archive)
            await archive.close()

        asyncio.run(run())
        return self.outcomes.told[-1][1]

    def documents(self, collection: str) -> list[dict[str, Any]]:
        with client.connect("reader") as reader:
            return reader[self.database][collection].find().sort("_id").to_list()

    @property
    def post(self) -> dict[str, Any]:
        [post] = self.documents("posts")
        return post


@pytest.fixture
def town(database: str, tmp_path: Path) -> Town:
    town = Town(database, tmp_path / "spool")
    assert town.do(timedelta(), put(make_post())) == "stored"
    return town


def put(post: Post) -> Step:
    return lambda archive: archive.put(post)


def gone(status: int = 404) -> Step:
    return lambda archive: archive.look(make_post().id, status)


def there() -> Step:
    return lambda archive: archive.look(make_post().id, None)


def touched() -> Step:
    return lambda archive: archive.touch([make_post().id])


def test_two_looks_an_hour_apart_make_it_withdrawn(town: Town) -> None:
    first = town.post
    assert town.do(HOUR, gone(404)) == "gone"
    assert town.post["withdrawn"] is None
    assert town.post["revision"] == 1
    assert town.do(2 * HOUR, gone(410)) == "withdrawn"
    post = town.post
    assert post["withdrawn"] == {
        "since": START + HOUR,
        "status": 410,
        "seen": START + 2 * HOUR,
        "until": None,
    }
    assert (post["revision"], post["updated"], post["last_seen"]) == (2, START + 2 * HOUR, START)
    assert {name: post[name] for name in ("title", "body", "content_hash")} == {
        name: first[name] for name in ("title", "body", "content_hash")
    }
    [state] = town.documents("revisions")
    assert (state["_id"], state["withdrawn"], "gone" in state) == (f"{post['_id']}@1", None, False)


def test_looks_less_than_an_hour_apart_do_not_count_twice(town: Town) -> None:
    for minutes in (60, 70, 119):
        assert town.do(minutes * MINUTE, gone()) == "gone"
    assert town.post["withdrawn"] is None
    assert town.do(120 * MINUTE, gone()) == "withdrawn"


def test_further_looks_move_seen_without_a_revision(town: Town) -> None:
    town.do(HOUR, gone())
    town.do(2 * HOUR, gone())
    assert town.do(5 * HOUR, gone(410)) == "gone"
    post = town.post
    assert (post["withdrawn"]["seen"], post["withdrawn"]["status"]) == (START + 5 * HOUR, 404)
    assert post["revision"] == 2


@pytest.mark.parametrize("back", [there(), touched(), put(make_post())], ids=["look", "touch", "page"])
def test_an_article_that_flaps_is_never_withdrawn(town: Town, back: Step) -> None:
    for round_ in range(3):
        assert town.do((3 * round_ + 1) * HOUR, gone()) == "gone"
        assert town.do((3 * round_ + 2) * HOUR, back) == "unchanged"
    assert town.post["withdrawn"] is None
    assert town.post["revision"] == 1
    assert town.documents("revisions") == []


def test_a_changed_page_ends_the_first_look_too(town: Town) -> None:
    town.do(HOUR, gone())
    assert town.do(2 * HOUR, put(make_post(text="央行今日开展逆回购操作，规模不变。"))) == "updated"
    assert "gone" not in town.post
    assert town.do(3 * HOUR, gone()) == "gone"
    assert town.post["withdrawn"] is None


@pytest.mark.parametrize("back", [there(), put(make_post())], ids=["look", "page"])
def test_one_that_is_back_says_until_when(town: Town, back: Step) -> None:
    town.do(HOUR, gone())
    town.do(2 * HOUR, gone())
    assert town.do(5 * HOUR, back) == "updated"
    post = town.post
    assert post["withdrawn"]["until"] == post["updated"] == post["last_seen"] == START + 5 * HOUR
    assert post["withdrawn"]["since"] == START + HOUR
    assert (post["revision"], "gone" in post) == (3, False)
    assert town.do(6 * HOUR, back) == "unchanged"
    assert town.post["revision"] == 3


def test_one_that_comes_back_changed_is_one_revision(town: Town) -> None:
    town.do(HOUR, gone())
    town.do(2 * HOUR, gone())
    assert town.do(3 * HOUR, put(make_post(text="央行今日开展逆回购操作，规模不变。"))) == "updated"
    post = town.post
    assert (post["revision"], post["withdrawn"]["until"]) == (3, START + 3 * HOUR)
    assert "规模不变" in post["body"]["text"]
    assert [state["revision"] for state in town.documents("revisions")] == [1, 2]


def test_one_that_goes_again_is_withdrawn_anew(town: Town) -> None:
    for hours, step in ((1, gone()), (2, gone()), (3, there()), (4, gone(410)), (5, gone(410))):
        town.do(hours * HOUR, step)
    assert town.post["withdrawn"] == {
        "since": START + 4 * HOUR,
        "status": 410,
        "seen": START + 5 * HOUR,
        "until": None,
    }
    assert town.post["revision"] == 4


def test_another_page_in_its_place_does_not_bring_it_back(town: Town) -> None:
    article = make_post(text="央行今日开展五千亿元逆回购操作，利率与前一日持平，到期资金为三千亿元。" * 20)
    town.do(10 * MINUTE, put(article))
    town.do(HOUR, gone())
    town.do(2 * HOUR, gone())
    assert town.do(3 * HOUR, put(make_post(title="请稍候", text="正在检查您的浏览器。"))) == "rejected"
    assert town.post["withdrawn"]["until"] is None


def test_a_look_at_a_post_that_was_removed_changes_nothing(town: Town) -> None:
    with client.connect("writer") as writer:
        writer[town.database].posts.delete_many({})
    assert town.do(HOUR, gone()) == "gone"
    assert town.do(2 * HOUR, gone()) == "gone"
    assert town.documents("posts") == []


def test_a_look_that_comes_late_out_of_a_spool_does_not_count(town: Town) -> None:
    """It was seen there at 3 h; looks of 1 h and 2 h come after that."""
    town.do(3 * HOUR, touched())
    for hours in (1, 2):
        assert town.do(hours * HOUR, gone()) == "gone"
    assert town.post["withdrawn"] is None
    assert "gone" not in town.post


def test_the_same_looks_written_again_change_nothing(town: Town) -> None:
    """As after a broken connection, and as a spool is replayed."""
    looks = [look_record(make_post().id, 404, START + hours * HOUR) for hours in (1, 2)]
    back = look_record(make_post().id, None, START + 3 * HOUR)

    async def write() -> list[list[str]]:
        async with await client.connect_async("writer") as connection:
            writer = PostWriter(connection[town.database])
            once = [*await writer.write(looks), *await writer.write(looks[1:], again=True)]
            once += [*await writer.write([back]), *await writer.write([back], again=True)]
            return [[result.outcome for result in once]]

    [outcomes] = asyncio.run(write())
    assert outcomes == ["gone", "withdrawn", "withdrawn", "updated", "updated"]
    assert town.post["revision"] == 3
    assert len(town.documents("revisions")) == 2


def due(
    town: Town, at: timedelta, limit: int = 10, *, spider: str = "eastmoney", domain: str = "eastmoney.com"
) -> list[str]:
    async def ask() -> list[str]:
        async with await client.connect_async("reader") as connection:
            found = await fetch_due(connection[town.database], spider, [domain], START + at, limit)
            return [stored.entry.id for stored in found]

    return asyncio.run(ask())


def test_an_article_is_due_at_growing_intervals(town: Town) -> None:
    ours = make_post().id
    assert due(town, 59 * MINUTE) == []
    assert due(town, 60 * MINUTE) == [ours]
    town.do(HOUR, touched())
    assert due(town, 215 * MINUTE) == []
    assert due(town, 216 * MINUTE) == [ours], "nine tenths of 4 hours"
    town.do(8 * HOUR, touched())
    assert due(town, 10 * HOUR) == []
    assert due(town, 11 * HOUR) == [ours]
    town.do(11 * HOUR, touched())
    assert due(town, 23 * HOUR) == [], "no more in the first day"
    assert due(town, 24 * HOUR) == [ours]
    town.do(24 * HOUR, touched())
    assert due(town, 47 * HOUR) == []
    assert due(town, 48 * HOUR) == [ours]
    assert due(town, WATCHED - MINUTE) == [ours]
    assert due(town, WATCHED) == []


def test_only_articles_of_the_spider_and_the_site_with_a_page_are_due(town: Town) -> None:
    ours = make_post().id
    assert due(town, 2 * HOUR, spider="enorth") == []
    for domain in ("example.com", "money.com", "eastmoney.co"):
        assert due(town, 2 * HOUR, domain=domain) == []
    assert due(town, 2 * HOUR, domain="finance.eastmoney.com") == [ours]
    with client.connect("writer") as writer:
        writer[town.database].posts.update_one({}, {"$set": {"crawl.status": None}})
    assert due(town, 2 * HOUR) == []


def test_one_that_is_gone_is_due_an_hour_later_and_then_at_growing_intervals(town: Town) -> None:
    ours = make_post().id
    town.do(2 * HOUR, gone())
    assert due(town, 2 * HOUR + 59 * MINUTE) == []
    assert due(town, 3 * HOUR) == [ours]
    town.do(6 * HOUR, gone())
    assert due(town, 9 * HOUR) == []
    assert due(town, 10 * HOUR) == [ours]
    assert due(town, WATCHED_GONE + 2 * HOUR) == [ours]
    assert due(town, WATCHED_GONE + 3 * HOUR) == []


def test_those_that_are_gone_come_first_and_then_others_to_choose_from(town: Town) -> None:
    town.do(timedelta(), *(put(make_post(number)) for number in range(2, 9)))
    town.do(HOUR, lambda archive: archive.look(make_post(5).id, 404))
    found = due(town, 2 * HOUR, 1)
    assert len(found) == len(set(found)) == 8
    assert found[0] == make_post(5).id


def test_a_touch_of_an_article_that_is_gone_moves_last_seen_only(town: Town) -> None:
    """So a first look before it means nothing any more, and it is due as one that is there."""
    town.do(HOUR, gone())

    async def write() -> None:
        async with await client.connect_async("writer") as connection:
            await PostWriter(connection[town.database]).write(
                [touch_record(make_post().id, START + 2 * HOUR)]
            )

    asyncio.run(write())
    assert town.do(3 * HOUR, gone()) == "gone"
    assert town.post["withdrawn"] is None


def test_articles_that_were_there_after_others_went_are_counted(town: Town) -> None:
    town.do(timedelta(), *(put(make_post(number)) for number in range(2, 6)))
    town.do(3 * HOUR, touched())

    async def ask(since: timedelta, limit: int, spider: str = "eastmoney") -> int:
        async with await client.connect_async("writer") as connection:
            return await count_seen(connection[town.database], spider, START + since, START + 4 * HOUR, limit)

    assert asyncio.run(ask(2 * HOUR, 9)) == 1
    assert asyncio.run(ask(-HOUR, 3)) == 3
    assert asyncio.run(ask(2 * HOUR, 9, "enorth")) == 0


def test_withdrawn_ones_do_not_take_the_place_of_those_without_a_second_look(town: Town) -> None:
    def look(number: int) -> Step:
        return lambda archive: archive.look(make_post(number).id, 404)

    town.do(timedelta(0), put(make_post(2)))
    town.do(HOUR, gone())
    town.do(2 * HOUR, gone())
    town.do(3 * HOUR, look(2))
    assert sorted(due(town, 5 * HOUR, limit=1)) == [make_post(1).id, make_post(2).id]


def test_a_look_that_failed_is_noted_until_the_next_that_did_not(town: Town) -> None:
    def is_failed(at: timedelta) -> list[bool]:
        async def ask() -> list[bool]:
            async with await client.connect_async("writer") as connection:
                found = await fetch_due(
                    connection[town.database], "eastmoney", ["eastmoney.com"], START + at, 9
                )
                await note_failed_looks(connection[town.database], [make_post().id], START + at)
                return [stored.failed for stored in found]

        return asyncio.run(ask())

    assert is_failed(HOUR) == [False]
    assert is_failed(2 * HOUR) == [True]
    town.do(3 * HOUR, touched())
    assert is_failed(5 * HOUR) == [False]
    assert town.post["revision"] == 1
