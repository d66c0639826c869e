"""newscrawl db …"""

from __future__ import annotations

import json
import re

import pytest
import typer
from pymongo import MongoClient
from pymongo.errors import OperationFailure
from typer.testing import CliRunner

from newscrawl.cli import db
from newscrawl.errors import DatabaseUnavailable, UsageError
from newscrawl.store import client


def run(*words: str) -> str:
    app = typer.Typer()
    db.register(app)
    app.command()(lambda: None)  # a second command, so that `db` has to be named
    result = CliRunner().invoke(app, ["db", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_from_nothing_to_nothing(own_home):
    assert "was never started: newscrawl db up" in run("status")
    assert re.fullmatch(r"MongoDB \d+\.\d+\.\d+ runs on 127\.0\.0\.1:\d+, pid \d+\n", run("up"))
    assert run("up") == run("up")
    assert run("init") == "Database newscrawl_own: schema and indexes are made\n"
    assert run("init") == "Database newscrawl_own: all is as it should be\n"
    assert re.search(r"posts +0\n", run("status"))
    assert run("down") == "MongoDB is stopped\n"
    assert run("down") == "MongoDB did not run\n"
    assert "does not run: newscrawl db up" in run("status")


def test_status_as_json(database):
    run("init")
    status = json.loads(run("status", "--json"))
    assert status["running"]
    assert status["database"] == database
    assert status["collections"]["posts"] == 0
    assert status["spool"] == {"documents": 0, "bytes": 0, "files": 0}
    assert status["bytes"] > 0


@pytest.mark.parametrize("role", ["reader", "writer", "admin"])
def test_uri_lets_its_role_in(database, role):
    with MongoClient(run("uri", "--role", role).strip()) as connection:
        assert (
            connection.admin.command("connectionStatus")["authInfo"]["authenticatedUsers"][0]["user"] == role
        )


def test_uri_is_the_readers_by_default(database):
    assert run("uri").startswith("mongodb://reader:")


def test_with_an_address_it_is_neither_started_nor_stopped(database, monkeypatch):
    address = client.uri("admin")
    monkeypatch.setenv("MONGODB_URI", address)
    password = address.split(":")[2].split("@")[0]
    for command in ("up", "status"):
        said = run(command)
        assert "admin:***@127.0.0.1" in said
        assert password not in said
    with pytest.raises(UsageError, match="neither starts nor stops"):
        run("down")


def test_users_are_made_once(database, monkeypatch):
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
    with pytest.raises(UsageError, match=r"newscrawl_reader and newscrawl_writer already.*dropUser"):
        run("init", "--users")
    with MongoClient(client.uri("admin")) as admin:
        for user in ("newscrawl_writer", "newscrawl_reader"):
            admin[database].command("dropUser", user)


def test_users_are_not_for_the_embedded_server(database):
    with pytest.raises(UsageError, match="has its users already"):
        run("init", "--users")


def test_status_of_an_address_that_fails(monkeypatch):
    monkeypatch.setenv("MONGODB_URI", "mongodb://u:s3cret@127.0.0.1:1/?replicaSet=r")
    monkeypatch.setitem(client._OPTIONS, "serverSelectionTimeoutMS", 100)
    with pytest.raises(DatabaseUnavailable, match="cannot be used"):
        run("status")
