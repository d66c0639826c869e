"""What the reader's user really cannot do, on the embedded server and on one of one's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure
from typer.testing import CliRunner

from newscrawl.cli import make_app
from newscrawl.store import client

pytestmark = pytest.mark.slow


def run(*words: str) -> str:
    result = CliRunner().invoke(make_app(), ["db", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


Connection = MongoClient[dict[str, Any]]


@pytest.fixture
def embedded_reader(database: str) -> Iterator[Connection]:
    with MongoClient(client.uri("reader")) as reader:
        yield reader


@pytest.fixture
def own_users(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Connection]]:
    """Writer and reader as `db init --users` makes them on the server of MONGODB_URI."""
    admin = client.uri("admin")
    monkeypatch.setenv("MONGODB_URI", admin)
    said = dict(re.findall(r"export (\w+)='(.*)'", run("init", "--users")))
    with MongoClient(said["MONGODB_URI"]) as writer, MongoClient(said["MONGODB_READ_URI"]) as reader:
        yield {"writer": writer, "reader": reader}
    with MongoClient(admin) as connection:
        for user in ("newscrawl_writer", "newscrawl_reader"):
            connection[database].command("dropUser", user)


def refuses(ask: Any) -> None:
    with pytest.raises(OperationFailure, match="not authorized"):
        ask()


def check_cannot_write(reader: Connection, database: str) -> None:
    posts = reader[database]["posts"]
    refuses(lambda: posts.insert_one({"_id": "x:1"}))
    refuses(lambda: posts.update_one({"_id": "x:1"}, {"$set": {"title": "x"}}, upsert=True))
    refuses(lambda: posts.delete_many({}))
    refuses(lambda: posts.create_index([("title", 1)]))
    refuses(posts.drop)
    refuses(lambda: reader[database].command("collMod", "posts", validationLevel="off"))
    refuses(lambda: list(posts.aggregate([{"$out": "mine"}])))
    refuses(lambda: list(posts.aggregate([{"$merge": {"into": "mine"}}])))


def check_sees_no_secrets(reader: Connection, database: str) -> None:
    refuses(reader["admin"]["system.users"].find_one)
    refuses(reader["admin"]["system.keys"].find_one)
    refuses(reader["local"]["oplog.rs"].find_one)
    refuses(lambda: reader["admin"].command("usersInfo"))
    refuses(lambda: reader[database].command("usersInfo", {"forAllDBs": True}))
    refuses(lambda: reader["admin"].command("getParameter", "*"))
    refuses(lambda: reader["admin"].command("getLog", "global"))
    refuses(lambda: reader["admin"].command("getCmdLineOpts"))
    refuses(lambda: reader["admin"].command("shutdown"))
    refuses(lambda: reader[database].command("createUser", "me", pwd="x", roles=["root"]))


def test_the_embedded_reader_writes_nothing_and_sees_no_secrets(
    database: str, embedded_reader: Connection
) -> None:
    run("init")
    assert embedded_reader[database]["posts"].count_documents({}) == 0
    check_cannot_write(embedded_reader, database)
    check_sees_no_secrets(embedded_reader, database)


def test_a_reader_of_ones_own_server_sees_one_database(
    database: str, own_users: dict[str, Connection]
) -> None:
    reader, writer = own_users["reader"], own_users["writer"]
    assert reader[database]["posts"].count_documents({}) == 0
    with reader[database]["posts"].watch(max_await_time_ms=1) as stream:
        assert stream.try_next() is None
    check_cannot_write(reader, database)
    check_sees_no_secrets(reader, database)
    for user in (reader, writer):
        refuses(lambda user=user: user["newscrawl_other"]["posts"].find_one())
        assert {"newscrawl_other", "admin"}.isdisjoint(user.list_database_names())


def test_a_writer_of_ones_own_server_makes_the_schema(
    database: str, own_users: dict[str, Connection]
) -> None:
    writer = own_users["writer"]
    writer[database].command("collMod", "posts", validationLevel="moderate")
    writer[database]["runs"].insert_one({"_id": "r", "spider": "s", "started": datetime.now(UTC)})
    refuses(lambda: writer[database].command("createUser", "me", pwd="x", roles=["root"]))
    refuses(lambda: writer["newscrawl_other"]["posts"].insert_one({}))
