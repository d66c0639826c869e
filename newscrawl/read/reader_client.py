"""How readers connect, and what becomes of MongoDB's errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from newscrawl.errors import QueryTooSlow, UsageError
from newscrawl.store.client import reaching

if TYPE_CHECKING:
    from pymongo import AsyncMongoClient, MongoClient

_EXCEEDED = 50  # MaxTimeMSExpired


@contextmanager
def reading() -> Iterator[None]:
    """Turns MongoDB's being away into DatabaseUnavailable, too long a question into QueryTooSlow."""
    from pymongo.errors import OperationFailure

    try:
        with reaching():
            yield
    except OperationFailure as error:
        if error.code != _EXCEEDED:
            raise
        raise QueryTooSlow("the question took longer than it may; narrow it, or ask for less") from None


def client_of(uri: str) -> MongoClient[dict[str, Any]]:
    """A blocking client for a connection string of the reader's own. Raises UsageError for what is none."""
    from pymongo import MongoClient

    _check(uri)
    with reaching():
        return MongoClient(uri, **_options(uri))


def async_client_of(uri: str) -> AsyncMongoClient[dict[str, Any]]:
    """As `client_of`, for asyncio."""
    from pymongo import AsyncMongoClient

    _check(uri)
    with reaching():
        return AsyncMongoClient(uri, **_options(uri))


def others_with_posts(client: MongoClient[dict[str, Any]], but: str) -> dict[str, int]:
    """The other databases of newscrawl that have posts, and roughly how many; as far as this user may see."""
    from pymongo.errors import OperationFailure

    counts: dict[str, int] = {}
    with reading():
        try:
            names = client.list_database_names()
        except OperationFailure:
            return {}
        for name in names:
            if name.startswith("newscrawl") and name != but:
                with suppress(OperationFailure):
                    counts[name] = client[name]["posts"].estimated_document_count()
    return {name: posts for name, posts in counts.items() if posts}


def _check(uri: str) -> None:
    """pymongo takes any other word for the name of a host, and looks for it at the first question only."""
    if not isinstance(uri, str) or not uri.startswith(("mongodb://", "mongodb+srv://")):
        raise UsageError(
            "the connection string does not begin with mongodb:// or mongodb+srv://;"
            " write it as mongodb://127.0.0.1:27017/?replicaSet=rs0, or leave it out for the embedded server"
        )


def _options(uri: str) -> dict[str, Any]:
    from datetime import UTC

    ours: dict[str, Any] = {"tz_aware": True, "tzinfo": UTC, "appname": "newscrawl"}
    if "serverselectiontimeoutms" not in uri.lower():
        ours["serverSelectionTimeoutMS"] = 5000
    return ours
