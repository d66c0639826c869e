"""What makes a started mongod newscrawl's: the one-node replica set and its three users.

Every step asks first what is there, so that a first start which was killed half-way is completed by
the next.
"""

from __future__ import annotations

import time
from typing import Any

import pymongo
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError, ServerSelectionTimeoutError

from newscrawl.errors import DatabaseUnavailable
from newscrawl.store.server.credentials import Credentials
from newscrawl.store.server.mongod import REPLICA_SET

_PATIENCE = 60.0  # seconds for mongod to answer and to become primary
_UNAUTHORIZED = 13
_AUTHENTICATION_FAILED = 18
_ALREADY_INITIALIZED = 23
_NOT_YET_INITIALIZED = 94

# Any database: MongoDB knows no roles by a name's beginning, and this server holds newscrawl's only.
_USERS = {
    "writer": ["readWriteAnyDatabase", "dbAdminAnyDatabase"],  # dbAdmin: collMod, for the validators
    "reader": ["readAnyDatabase"],
}


def settle(port: int, credentials: Credentials) -> str:
    """Brings the mongod on `port` to a writable primary with its users; returns its version.

    Raises DatabaseUnavailable where that fails.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return _settle(port, credentials)
        except PyMongoError as error:
            # A mongod that finds another port than its own in its replica set closes all connections.
            closed = isinstance(error, AutoReconnect) and not isinstance(error, ServerSelectionTimeoutError)
            if not closed or time.monotonic() > until:
                raise DatabaseUnavailable(
                    f"the embedded MongoDB on port {port} cannot be set up: {error}"
                ) from error
        time.sleep(0.02)


def _settle(port: int, credentials: Credentials) -> str:
    if not _knows_admin(port, credentials):
        _first_time(port, credentials)
    with _client(port, credentials) as client:
        _join(client, port)
        _wait_for_primary(client)
        _make_users(client, credentials)
        return str(client.admin.command("buildInfo")["version"])


def _client(port: int, credentials: Credentials | None = None) -> pymongo.MongoClient[dict[str, Any]]:
    login: dict[str, Any] = {"username": "admin", "password": credentials.admin} if credentials else {}
    options: dict[str, Any] = {"directConnection": True, "serverSelectionTimeoutMS": int(_PATIENCE * 1000)}
    return pymongo.MongoClient("127.0.0.1", port, **options, **login)


def _knows_admin(port: int, credentials: Credentials) -> bool:
    with _client(port, credentials) as client:
        try:
            client.admin.command("ping")
        except OperationFailure as error:
            if error.code == _AUTHENTICATION_FAILED:
                return False
            raise
        return True


def _first_time(port: int, credentials: Credentials) -> None:
    """Uses the localhost exception: until there is a user, loopback may make the set and the first one."""
    with _client(port) as client:
        try:
            if "setName" not in client.admin.command("hello"):
                _initiate(client, port)
            _wait_for_primary(client)
            client.admin.command("createUser", "admin", pwd=credentials.admin, roles=["root"])
        except OperationFailure as error:
            if error.code != _UNAUTHORIZED:
                raise
            raise DatabaseUnavailable(
                "the embedded MongoDB does not know the passwords in its home folder: put back the"
                " passwords.json that belongs to its data, or move the folder `mongodb` away to begin anew"
            ) from error


def _initiate(client: pymongo.MongoClient[dict[str, Any]], port: int) -> None:
    try:
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [_member(port)]})
    except OperationFailure as error:
        if error.code != _ALREADY_INITIALIZED:
            raise


def _join(client: pymongo.MongoClient[dict[str, Any]], port: int) -> None:
    """Tells the replica set its new port, where the old one was taken while the server was down."""
    until = time.monotonic() + _PATIENCE
    while "setName" not in client.admin.command("hello") and time.monotonic() < until:
        config = _config(client)
        if config and config["members"][0]["host"] != _member(port)["host"]:
            config |= {"members": [_member(port)], "version": config["version"] + 1}
            client.admin.command("replSetReconfig", config, force=True)
        time.sleep(0.02)


def _config(client: pymongo.MongoClient[dict[str, Any]]) -> dict[str, Any] | None:
    """The replica set's, or None while a starting server has not read it yet."""
    try:
        return dict(client.admin.command("replSetGetConfig")["config"])
    except OperationFailure as error:
        if error.code != _NOT_YET_INITIALIZED:
            raise
        return None


def _member(port: int) -> dict[str, Any]:
    return {"_id": 0, "host": f"127.0.0.1:{port}"}


def _wait_for_primary(client: pymongo.MongoClient[dict[str, Any]]) -> None:
    until = time.monotonic() + _PATIENCE
    while not client.admin.command("hello").get("isWritablePrimary"):
        if time.monotonic() > until:
            raise DatabaseUnavailable(f"the embedded MongoDB did not become primary within {_PATIENCE:.0f} s")
        time.sleep(0.02)


def _make_users(client: pymongo.MongoClient[dict[str, Any]], credentials: Credentials) -> None:
    there = {user["user"] for user in client.admin.command("usersInfo")["users"]}
    for user, roles in _USERS.items():
        if user not in there:
            client.admin.command("createUser", user, pwd=getattr(credentials, user), roles=roles)
