"""Connections to MongoDB, by role, with the same options everywhere."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from newscrawl.errors import DatabaseUnavailable, UsageError
from newscrawl.store.server import embedded
from newscrawl.store.server.credentials import Role

if TYPE_CHECKING:
    from pymongo import AsyncMongoClient, MongoClient

Document = dict[str, Any]

_OPTIONS: dict[str, Any] = {
    "appname": "newscrawl",
    "tz_aware": True,
    "tzinfo": UTC,
    "w": "majority",  # what is confirmed survives the loss of a server
    "retryWrites": True,
    "serverSelectionTimeoutMS": 5000,
    "connectTimeoutMS": 5000,
    "socketTimeoutMS": 60000,
}
_LOGIN = re.compile(r"(?<=://)([^:/@\s]*):([^@\s]*)@")
_AT = re.compile(r"([\w.\[\]:-]+:\d+): ")  # how pymongo begins to tell of a server that is away
_PASSWORD = re.compile(r"(?:[a-z+]+://)?[^:/@]*:(.{4,})@")  # of an address, well-formed or not


def uri(role: Role) -> str:
    """The connection string of a role; holds its password. Starts the embedded server if need be, which
    it is not for readers with a MONGODB_READ_URI.

    Raises DatabaseUnavailable.
    """
    return _read_uri(role) or embedded.ensure().uri(role)


def _read_uri(role: Role) -> str | None:
    return os.environ.get("MONGODB_READ_URI") or None if role == "reader" else None


def running_uri(role: Role) -> str | None:
    """As `uri`, but starts nothing: None while the embedded server does not run."""
    named = _read_uri(role) or os.environ.get("MONGODB_URI")
    if not named and not embedded.status().running:
        return None
    return uri(role)


def connect(role: Role) -> MongoClient[Document]:
    """A client for blocking code; times come back aware, in UTC.

    It connects at its first use: wrap that in `reaching` to have errors told plainly.
    Raises DatabaseUnavailable where there is no server to start.
    """
    from pymongo import MongoClient

    address = uri(role)
    with reaching():
        return MongoClient(address, **_OPTIONS)


async def connect_async(role: Role) -> AsyncMongoClient[Document]:
    """A client for asyncio, bound to the running loop. Raises as `connect`."""
    return async_client(await asyncio.to_thread(uri, role))


def async_client(address: str, **options: Any) -> AsyncMongoClient[Document]:
    """A client for asyncio; `options` go over ours. Raises DatabaseUnavailable for a wrong address."""
    from pymongo import AsyncMongoClient

    with reaching():
        return AsyncMongoClient(address, **{**_OPTIONS, **options})


def check_reachable(role: Role) -> None:
    """Raises DatabaseUnavailable unless MongoDB answers, lets the role in, and has transactions."""
    with reaching(), connect(role) as client:
        client.admin.command("ping")
        hello = client.admin.command("hello")
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise DatabaseUnavailable(
            "MONGODB_URI names a standalone server, which has neither transactions nor change streams;"
            " start it with --replSet and run rs.initiate(), or unset MONGODB_URI"
        )


@contextmanager
def reaching() -> Iterator[None]:
    """Turns MongoDB's being away, or its refusing the login, into DatabaseUnavailable."""
    from pymongo.errors import ConfigurationError, ConnectionFailure, OperationFailure

    try:
        yield
    except (ConfigurationError, ConnectionFailure, ValueError) as error:
        raise DatabaseUnavailable(_explain(str(error))) from None
    except OperationFailure as error:
        if error.code not in {13, 18, 8000}:  # Unauthorized, AuthenticationFailed, Atlas's own
            raise
        raise DatabaseUnavailable(_explain(str(error.details and error.details.get("errmsg")))) from None


def mask(text: str) -> str:
    """The text without the passwords of connection strings, those of the environment included."""
    for name in ("MONGODB_URI", "MONGODB_READ_URI"):
        if said := _PASSWORD.match(os.environ.get(name, "")):
            for password in (said[1], unquote(said[1])):
                text = text.replace(password, "***")
    return _LOGIN.sub(r"\1:***@", text)


def in_short(words: str) -> str:
    """pymongo's words without its timeouts, its view of the servers, and passwords; one line."""
    return mask(words).split(", Timeout:")[0].split(" (configured timeouts:")[0].split("\n")[0][:300]


def _explain(words: str) -> str:
    first = in_short(words)
    at = _AT.match(first)  # not of a refused login, which names no server
    for name in ("MONGODB_READ_URI", "MONGODB_URI"):
        address = os.environ.get(name)
        if address and ((at and at[1] in address) or (not at and name == "MONGODB_URI")):
            return f"MongoDB at {mask(address)} ({name}) cannot be used: {first}"
    if at and not _is_embedded(at[1]):
        return f"MongoDB cannot be used: {first}"
    return f"the embedded MongoDB cannot be used: {first}; newscrawl db status tells more"


def _is_embedded(host: str) -> bool:
    """Whether a host and port are those of the embedded server, as it was started last."""
    if os.environ.get("MONGODB_URI"):
        return False
    with suppress(UsageError):  # the home folder is not ours
        return host == f"127.0.0.1:{embedded.status().port}"
    return False
