"""Tombstones: what they keep away, and what they do not tell."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest

from newscrawl.model.draft import Reject
from newscrawl.store import client
from newscrawl.store.archive import Archive, ArchiveOptions
from newscrawl.store.tombstones import Buried, Names, Salt, Tombstones, bury, finish, lift, stones_of
from tests.store.posts import Outcomes, make_post, put_all

NOW = datetime(2026, 3, 8, 1, tzinfo=UTC)
URL = "https://finance.eastmoney.com/a/1.html"
GONE = Names("eastmoney:000000000000000001", frozenset({URL}))

T = TypeVar("T")


def _with(database: str, work: Callable[[Any], Awaitable[T]]) -> T:
    async def run() -> T:
        async with await client.connect_async("writer") as connected:
            return await work(connected[database])

    return asyncio.run(run())


def _bury(database: str, *names: Names) -> None:
    _with(database, lambda there: bury(there, [(one, {"id": one.id}) for one in names], "a contract", NOW))


def _found(database: str, *names: Names) -> set[str]:
    return _with(database, lambda there: Tombstones(there).find(names))


@pytest.mark.parametrize(
    ("names", "is_forgotten"),
    [
        (GONE, True),
        (Names(GONE.id), True),
        (Names("url:1", frozenset({"http://finance.eastmoney.com/a/1.html?utm_source=x#top"})), True),
        (Names("archive:7", frozenset({URL})), True),
        # The items of a live page share one address.
        (Names("eastmoney:000000000000000002", frozenset({URL})), False),
        (Names("url:2", frozenset({"https://finance.eastmoney.com/a/2.html"})), False),
        (Names("url:3", frozenset({"https://finance.eastmoney.com/"})), False),
    ],
)
def test_an_article_is_known_by_its_id_and_its_addresses(
    database: str, names: Names, is_forgotten: bool
) -> None:
    home_page = frozenset({URL, "https://finance.eastmoney.com/"})
    _bury(database, Names(GONE.id, home_page))
    assert _found(database, names, Names("url:9")) == ({names.id} if is_forgotten else set())
    with client.connect("reader") as reader:
        assert Buried.of(reader[database]["forgotten"].find()).has(names) == is_forgotten


def test_a_tombstone_tells_nothing_of_its_article(database: str) -> None:
    _bury(database, GONE)
    stones = _with(database, lambda there: stones_of(there, [GONE]))
    _with(database, lambda there: finish(there, [stone["_id"] for stone in stones], NOW))
    with client.connect("reader") as reader:
        [stone] = reader[database]["forgotten"].find({"keys": {"$exists": True}})
    assert stone.keys() == {"_id", "keys", "at", "reason", "space", "done"}
    assert "eastmoney" not in str(stone)
    other = Salt.new()
    assert other.id(GONE.id) not in stone["keys"], "another database has other hashes"


def test_a_lifted_tombstone_keeps_nothing_away(database: str) -> None:
    _bury(database, GONE)
    stones = _with(database, lambda there: stones_of(there, [Names("", frozenset({URL}))]))
    assert _with(database, lambda there: lift(there, stones)) == 1
    assert _found(database, GONE) == set()


def test_nothing_of_a_forgotten_article_is_stored(database: str, tmp_path: Path) -> None:
    _bury(database, GONE)
    outcomes, _ = asyncio.run(put_all([make_post(1), make_post(2)], ArchiveOptions(spool=tmp_path)))
    assert outcomes.last == {GONE.id: "rejected", make_post(2).id: "stored"}
    assert outcomes.reasons[GONE.id] == "forgotten"

    async def reject() -> None:
        archive = await Archive.open(ArchiveOptions(spool=tmp_path), lambda *_: None)
        await archive.reject(Reject("url:7", URL, ("no body",), "eastmoney", "eastmoney-1", NOW))
        await archive.close()

    asyncio.run(reject())
    with client.connect("reader") as reader:
        names = {post["_id"] for post in reader[database]["posts"].find()}
        assert (names, reader[database]["rejects"].count_documents({})) == ({make_post(2).id}, 0)


def test_a_batch_that_looked_before_the_tombstone_takes_its_posts_back(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newscrawl.store.writer import PostWriter

    write = PostWriter._write_kept

    async def slow(writer: PostWriter, *words: Any) -> Any:
        await bury(writer.database, [(GONE, {"id": GONE.id})], "a contract", NOW)
        return await write(writer, *words)

    monkeypatch.setattr(PostWriter, "_write_kept", slow)
    outcomes: Outcomes
    outcomes, _ = asyncio.run(put_all([make_post(1), make_post(2)], ArchiveOptions(spool=tmp_path)))
    assert outcomes.last == {GONE.id: "rejected", make_post(2).id: "stored"}
    with client.connect("reader") as reader:
        assert [post["_id"] for post in reader[database]["posts"].find()] == [make_post(2).id]
        assert [mark["_id"] for mark in reader[database]["story_marks"].find()] in ([], [make_post(2).id])
