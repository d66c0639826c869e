"""Validators, indexes, and how few commands the writing takes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pymongo import monitoring
from pymongo.errors import OperationFailure, WriteError

from newscrawl.store import client, schema
from newscrawl.store.archive import ArchiveOptions
from tests.store.posts import START, make_post, put_all


class Commands(monitoring.CommandListener):
    """Names of the commands that were sent to one database."""

    def __init__(self, database: str) -> None:
        self.names: list[str] = []
        self._database = database

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.database_name == self._database:
            self.names.append(event.command_name)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None: ...

    def failed(self, event: monitoring.CommandFailedEvent) -> None: ...


async def make(database: str, *listeners: Commands) -> bool:
    connection = client.async_client(client.uri("writer"), event_listeners=list(listeners))
    async with connection:
        return await schema.ensure_schema(connection[database])


def stored(number: int = 1, **fields: Any) -> dict[str, Any]:
    document = make_post(number).to_document() | {"first_seen": START, "last_seen": START}
    return document | fields


@pytest.mark.no_schema
def test_the_second_time_costs_one_read(database: str) -> None:
    assert asyncio.run(make(database))
    commands = Commands(database)
    assert not asyncio.run(make(database, commands))
    assert commands.names == ["find"]


@pytest.mark.slow
def test_processes_that_race_do_no_harm(database: str) -> None:
    async def race() -> list[bool]:
        return list(await asyncio.gather(*(make(database) for _ in range(8))))

    assert any(asyncio.run(race()))
    with client.connect("reader") as reader:
        assert set(schema.VALIDATORS) < set(reader[database].list_collection_names())
        assert {index["name"] for index in reader[database].posts.list_indexes()} == {
            *("_id_", "date", "category", "tag", "outlet", "security", "updated"),
            *("canonical_url", "story", "search", "language", "first_seen", "version"),
            *("spider", "gone", "page", "tdm_allowed", "free"),
        }


@pytest.mark.slow
def test_a_validator_waits_for_an_index_that_another_process_builds(database: str) -> None:
    with client.connect("writer") as writer:
        writer[database].posts.insert_many({"_id": str(n), "tags": [str(n)] * 30} for n in range(20_000))

    async def race() -> None:
        first = asyncio.create_task(make(database))
        async with await client.connect_async("writer") as other:
            with pytest.raises(OperationFailure, match="index build is currently running"):  # noqa: PT012
                while not first.done():
                    await other[database].command("collMod", "posts")
        await make(database)
        await first

    asyncio.run(race())
    assert not asyncio.run(make(database))


@pytest.mark.no_schema
def test_what_changed_is_corrected(database: str) -> None:
    with client.connect("writer") as writer:
        writer[database].create_collection("posts")
        writer[database].posts.create_index([("title", 1)], name="date")
    assert asyncio.run(make(database))
    with client.connect("writer") as writer:
        assert writer[database].posts.index_information()["date"]["key"] == [("date", -1), ("_id", 1)]
        with pytest.raises(WriteError, match="failed validation"):
            writer[database].posts.insert_one({"_id": "eastmoney:1"})


@pytest.mark.no_schema
def test_accounts_of_runs_go_in_the_end(database: str) -> None:
    with client.connect("writer") as writer:
        writer[database].runs.create_index([("started", -1)], name="started")  # of an earlier program
    asyncio.run(make(database))
    with client.connect("reader") as reader:
        index = reader[database].runs.index_information()["started"]
    assert (index["key"], index["expireAfterSeconds"]) == ([("started", -1)], 180 * 24 * 3600)


def test_a_post_fits_and_foreign_fields_are_welcome(database: str) -> None:
    asyncio.run(make(database))
    with client.connect("writer") as writer:
        writer[database].posts.insert_one(stored(1))
        writer[database].posts.insert_one(stored(2, reader_note={"mine": True}, source=None))


@pytest.mark.parametrize(
    "fault",
    [
        {"_id": "no colon"},
        {"_id": 7},
        {"title": ""},
        {"date": "2026-03-08"},
        {"first_seen": None},
        {"categories": ["北方网"]},
        {"tags": "one"},
        {"revision": 0},
        {"content_hash": "short"},
        {"date_info": {"raw": "", "offset": "8", "precision": "minute", "origin": "page", "assumed": []}},
        {"body": {"html": "", "text": ""}},
        {"source": {"name": "北方网", "slug": "Bei Fang", "raw": "", "origin": "list"}},
        {"layout": "page"},
    ],
    ids=str,
)
def test_a_bad_post_is_refused(database: str, fault: Any) -> None:
    asyncio.run(make(database))
    with client.connect("writer") as writer, pytest.raises(WriteError, match="failed validation"):
        writer[database].posts.insert_one(stored(**fault))


def test_a_missing_field_is_refused(database: str) -> None:
    asyncio.run(make(database))
    document = stored()
    del document["canonical_url"]
    with client.connect("writer") as writer, pytest.raises(WriteError, match="failed validation"):
        writer[database].posts.insert_one(document)


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ({}, "date"),
        ({"categories": "beifangwang"}, "category"),
        ({"tags": "北方网新闻"}, "tag"),
        ({"source.slug": "beifangwang"}, "outlet"),
        ({"securities.code": "600160"}, "security"),
        ({"story.first": "eastmoney:1"}, "story"),
    ],
)
def test_a_listing_reads_its_index_and_sorts_nothing(database: str, query: Any, index: Any) -> None:
    asyncio.run(make(database))
    with client.connect("reader") as reader:
        plan = reader[database].posts.find(query).sort([("date", -1), ("_id", 1)]).limit(20).explain()
    said = str(plan["queryPlanner"]["winningPlan"])
    assert f"'indexName': '{index}'" in said
    assert "'SORT'" not in said


def test_posts_go_in_bulk(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = Commands(database)
    connect = client.async_client

    def watched(address: str, **options: Any) -> Any:
        return connect(address, event_listeners=[commands], **options)

    monkeypatch.setattr("newscrawl.store.client.async_client", watched)
    options = ArchiveOptions(database=database, spool=tmp_path)
    posts = [make_post(number) for number in range(250)]
    asyncio.run(put_all(posts, options))
    assert commands.names.count("insert") == 6, "100 posts at once, and their marks"
    commands.names.clear()
    asyncio.run(put_all(posts, options))
    assert commands.names == [
        "find",
        # What is forgotten, before and after; rejects of pages that came in place of these articles.
        *["find", "find", "update", "delete", "find"] * 3,
        "aggregate",
    ]  # at last, what waits to be indexed
