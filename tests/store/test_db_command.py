"""newscrawl db …"""

from __future__ import annotations

import json
import os
import re
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from pymongo import MongoClient
from pymongo.errors import OperationFailure
from typer.testing import CliRunner

from newscrawl.cli import db
from newscrawl.errors import DatabaseUnavailable, UsageError
from newscrawl.store import client, prune
from newscrawl.store.record import touch_record
from newscrawl.store.server import embedded
from newscrawl.store.spool import SpoolFile
from tests.store.posts import START

pytestmark = pytest.mark.slow


def run(*words: str) -> str:
    app = typer.Typer()
    db.register(app)
    app.command()(lambda: None)  # a second command, so that `db` has to be named
    result = CliRunner().invoke(app, ["db", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_from_nothing_to_nothing(own_home: Any) -> None:
    assert "never started; start it with newscrawl db up" in run("status")
    assert re.fullmatch(r"MongoDB \d+\.\d+\.\d+ is running on 127\.0\.0\.1:\d+, pid \d+\n", run("up"))
    assert run("up") == run("up")
    assert run("init") == "Database newscrawl_own: schema and indexes created\n"
    assert run("init") == "Database newscrawl_own: already up to date\n"
    assert re.search(r"posts +0\n", run("status"))
    assert run("down") == "MongoDB stopped\n"
    assert run("down") == "MongoDB was not running\n"
    assert "not running; start it with newscrawl db up" in run("status")


def test_status_as_json(database: str) -> None:
    run("init")
    status = json.loads(run("status", "--json"))
    assert status["running"]
    assert status["database"] == database
    assert status["collections"]["posts"] == 0
    assert status["spool"] == {"documents": 0, "bytes": 0, "files": 0, "unreadable": 0}
    assert status["bytes"] > 0


@pytest.mark.parametrize("role", ["reader", "writer", "admin"])
def test_uri_lets_its_role_in(database: str, role: str) -> None:
    with MongoClient(run("uri", "--role", role).strip()) as connection:
        assert (
            connection.admin.command("connectionStatus")["authInfo"]["authenticatedUsers"][0]["user"] == role
        )


def test_an_unknown_role_is_named() -> None:
    with pytest.raises(UsageError, match="unknown --role 'x'; use reader, writer or admin"):
        run("uri", "--role", "x")


def test_uri_is_the_readers_by_default(database: str) -> None:
    assert run("uri").startswith("mongodb://reader:")


def test_with_an_address_it_is_neither_started_nor_stopped(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = client.uri("admin")
    monkeypatch.setenv("MONGODB_URI", address)
    password = address.split(":")[2].split("@")[0]
    for command in ("up", "status"):
        said = run(command)
        assert "admin:***@127.0.0.1" in said
        assert password not in said
    with pytest.raises(UsageError, match="does not start or stop"):
        run("down")


def test_users_are_made_once(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGODB_URI", client.uri("admin"))
    said = run("init", "--users")
    addresses = dict(re.findall(r"export (\w+)='(.*)'", said))
    with MongoClient(addresses["MONGODB_URI"]) as writer:
        writer[database]["marks"].insert_one({})
    with MongoClient(addresses["MONGODB_READ_URI"]) as reader:
        assert reader[database]["marks"].count_documents({}) == 1
        with pytest.raises(OperationFailure, match="not authorized"):
            reader[database]["marks"].insert_one({})
        with pytest.raises(OperationFailure, match="not authorized"):
            reader["newscrawl_other"]["marks"].find_one()
    with pytest.raises(UsageError, match=r"already has newscrawl_reader and newscrawl_writer.*dropUser"):
        run("init", "--users")
    with MongoClient(client.uri("admin")) as admin:
        for user in ("newscrawl_writer", "newscrawl_reader"):
            admin[database].command("dropUser", user)


def test_users_are_not_for_the_embedded_server(database: str) -> None:
    with pytest.raises(UsageError, match="already has its users"):
        run("init", "--users")


def test_status_of_an_address_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://u:s3cret@127.0.0.1:1/?replicaSet=r")
    monkeypatch.setitem(client._OPTIONS, "serverSelectionTimeoutMS", 100)
    with pytest.raises(DatabaseUnavailable, match="cannot be used"):
        run("status")


def seeded(database: str) -> tuple[list[str], list[str]]:
    """Runs and rejects of 100, 20 and 0 days ago, and a post of 100 days ago."""
    run("init")
    now = datetime.now(UTC)
    with MongoClient(client.uri("writer")) as connection:
        store = connection[database]
        store.command("collMod", "runs", validator={})
        store.command("collMod", "rejects", validator={})
        store.command("collMod", "posts", validator={})
        for days in (100, 20, 0):
            at = now - timedelta(days=days)
            store["runs"].insert_one({"_id": f"run-{days}", "started": at})
            store["rejects"].insert_one({"_id": f"reject-{days}", "first_seen": START, "last_seen": at})
        store["posts"].insert_one({"_id": "a", "first_seen": START, "last_seen": START})
    return left(database)


def left(database: str) -> tuple[list[str], list[str]]:
    with MongoClient(client.uri("reader")) as connection:
        store = connection[database]
        assert store["posts"].count_documents({}) == 1
        runs, rejects = (sorted(each["_id"] for each in store[name].find()) for name in ("runs", "rejects"))
    return runs, rejects


def test_prune_removes_what_is_old_and_no_post(database: str) -> None:
    before = seeded(database)
    assert run("prune", "--dry-run").startswith("1 runs and 1 rejects from before ")
    assert left(database) == before
    assert run("prune").endswith(" UTC were removed\n")
    assert left(database) == (["run-0", "run-20"], ["reject-0", "reject-20"])
    assert run("prune", "--before", "10d").startswith("1 runs and 1 rejects")
    assert left(database) == (["run-0"], ["reject-0"])
    assert run("prune").startswith("0 runs and 0 rejects")


@pytest.mark.parametrize("when", ["1d", "2099-01-01"])
def test_prune_keeps_what_crawls_still_look_at(database: Any, when: Any) -> None:
    with pytest.raises(UsageError, match="too recent"):
        run("prune", "--before", when)


def test_prune_takes_more_than_a_batch(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prune, "_BATCH", 1)
    seeded(database)
    assert run("prune", "--before", "10d").startswith("2 runs and 2 rejects")


def test_status_tells_what_waits_though_mongodb_is_away(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200")
    with pytest.raises(DatabaseUnavailable) as empty:
        run("status")
    assert "spool" not in str(empty.value)
    spool = SpoolFile.create(own_home / "spool", "newscrawl_own")
    spool.append([touch_record("a", START), touch_record("b", START)])
    spool.close()
    with pytest.raises(DatabaseUnavailable, match=r"MONGODB_URI.*; 2 documents wait in the spool"):
        run("status")


def test_status_of_a_server_that_hangs_says_what_to_do(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("up")
    pid = embedded.status().pid
    assert pid
    os.kill(pid, signal.SIGSTOP)
    try:
        for patience in ("serverSelectionTimeoutMS", "connectTimeoutMS", "socketTimeoutMS"):
            monkeypatch.setitem(client._OPTIONS, patience, 300)
        with pytest.raises(
            DatabaseUnavailable, match=f"runs, pid {pid}, but does not answer.*db down, or kill -9 {pid}"
        ):
            run("status")
    finally:
        os.kill(pid, signal.SIGCONT)
