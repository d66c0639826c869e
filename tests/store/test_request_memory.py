"""What is kept in MongoDB to save requests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest

from newscrawl.model.draft import Entry
from newscrawl.model.list_validator import ListValidator
from newscrawl.model.post import Security
from newscrawl.store import client
from newscrawl.store.list_validators import MOST_BYTES
from newscrawl.store.request_memory import RequestMemory
from newscrawl.store.robots_cache import KeptRobots
from newscrawl.store.schema import ensure_schema

pytestmark = pytest.mark.slow

T = TypeVar("T")

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TOWN = {"spider": "town", "arguments": {}, "newsroom": False}
ROBOTS = KeptRobots(b"User-agent: *\nDisallow: /\xff", NOW, NOW + timedelta(hours=1))


def in_memory(
    database: str, work: Callable[[RequestMemory], Awaitable[T]], *, dry: bool = False, away: bool = False
) -> T:
    async def do() -> T:
        async with await client.connect_async("writer") as connection:
            await ensure_schema(connection[database])
            return await work(RequestMemory(lambda: None if away else connection[database], dry=dry))

    return asyncio.run(do())


def entry(number: int, **values: Any) -> Entry:
    url = f"https://example.com/{number}"
    usual: dict[str, Any] = {"id": f"town:{number}", "url": url, "canonical_url": url, "share_url": url}
    return Entry(**(usual | values))


def validator(key: str = "town:1", **values: Any) -> ListValidator:
    usual: dict[str, Any] = {
        "key": key,
        "asked": "https://example.com/feed?t=1",
        "headers": {"X.Token": "1"},
        "url": "https://example.com/feed",
        "variant": "v",
        "read": NOW,
        "confirmed": NOW,
        "patience": timedelta(minutes=90),
        "count": 2,
        "digest": "d",
        "etag": 'W/"\u00e9"',
    }
    return ListValidator(**(usual | values))


FULL = entry(
    1,
    title="\u6e2f\u53e3 \ud83d",  # half a character, as a list may have it
    date="2026-11-20",
    columns=("World", "Sea"),
    tags=("t",),
    authors=("A", "B"),
    securities=(Security("1", "600000", "Bank"), Security("0", "000001")),
    page_optional=True,
    changed="2026-11-20T11:00:00Z",
)


def test_lists_come_back_as_they_were_kept(database: str) -> None:
    one, other = validator(entries=(FULL, entry(2))), validator("town:2", etag=None, distrusted=NOW)

    async def work(memory: RequestMemory) -> dict[str, ListValidator]:
        await memory.keep_validators(TOWN, [one, other], {})
        await memory.keep_validators(TOWN | {"spider": "city"}, [validator("city:1")], {})
        return await memory.validators(TOWN)

    found = in_memory(database, work)
    assert found.keys() == {"town:1", "town:2"}
    assert found["town:2"] == other
    assert found["town:1"].entries[1] == entry(2)
    first = found["town:1"].entries[0]
    assert (first.title, first.securities, first.columns) == ("\u6e2f\u53e3 ?", FULL.securities, FULL.columns)
    assert (first.authors, first.page_optional, first.changed) == (("A", "B"), True, FULL.changed)


def test_a_list_that_was_found_unchanged_is_confirmed_and_read_when_it_was(database: str) -> None:
    async def work(memory: RequestMemory) -> dict[str, ListValidator]:
        await memory.keep_validators(TOWN, [validator()], {})
        await memory.keep_validators(TOWN, [], {"town:1": NOW + timedelta(hours=1), "town:gone": NOW})
        return await memory.validators(TOWN)

    [found] = in_memory(database, work).values()
    assert (found.read, found.confirmed) == (NOW, NOW + timedelta(hours=1))


def test_a_list_of_too_many_words_is_not_kept(database: str) -> None:
    words = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(MOST_BYTES))

    async def work(memory: RequestMemory) -> dict[str, ListValidator]:
        await memory.keep_validators(TOWN, [validator(entries=(entry(1, digest=words),))], {})
        return await memory.validators(TOWN)

    assert in_memory(database, work) == {}


def test_robots_come_back_by_origin(database: str) -> None:
    async def work(memory: RequestMemory) -> list[KeptRobots | None]:
        await memory.keep_robots("https://example.com", ROBOTS)
        await memory.keep_robots("https://example.com", ROBOTS)
        return [await memory.robots(f"{scheme}://example.com") for scheme in ("https", "http")]

    assert in_memory(database, work) == [ROBOTS, None]


def test_robots_are_fresh_until_they_say_and_stand_in_for_a_day() -> None:
    assert ROBOTS.is_fresh(NOW + timedelta(minutes=59))
    assert not ROBOTS.is_fresh(NOW + timedelta(hours=1))
    assert not ROBOTS.is_fresh(NOW - timedelta(seconds=1)), "the clock was set back"
    assert ROBOTS.may_stand_in(NOW + timedelta(hours=23))
    assert not ROBOTS.may_stand_in(NOW + timedelta(hours=24))
    longer = KeptRobots(b"", NOW, NOW + timedelta(days=9))
    assert not longer.is_fresh(NOW + timedelta(hours=24))


def test_a_dry_run_knows_robots_and_keeps_nothing(database: str) -> None:
    async def keep(memory: RequestMemory) -> None:
        await memory.keep_robots("https://example.com", ROBOTS)
        await memory.keep_validators(TOWN, [validator()], {})

    async def known(memory: RequestMemory) -> tuple[object, object]:
        return await memory.robots("https://example.com"), await memory.validators(TOWN)

    in_memory(database, keep, dry=True)
    assert in_memory(database, known) == (None, {})
    in_memory(database, keep)
    assert in_memory(database, known, dry=True) == (ROBOTS, {})


def test_while_mongodb_is_away_nothing_is_known_and_nothing_kept(database: str) -> None:
    async def work(memory: RequestMemory) -> tuple[object, object]:
        await memory.keep_robots("https://example.com", ROBOTS)
        return await memory.robots("https://example.com"), await memory.validators(TOWN)

    assert in_memory(database, work, away=True) == (None, {})


def test_what_another_program_wrote_is_not_known(database: str) -> None:
    async def work(memory: RequestMemory) -> tuple[object, object]:
        with client.connect("writer") as writer:
            writer[database]["robots"].insert_one(
                {"_id": "https://example.com", "fetched": NOW, "until": NOW, "body": b"plain"}
            )
            writer[database]["validators"].insert_one({**TOWN, "_id": "x", "read": NOW, "confirmed": NOW})
        return await memory.robots("https://example.com"), await memory.validators(TOWN)

    assert in_memory(database, work) == (None, {})
