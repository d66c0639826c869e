"""Connections for readers, and MongoDB's errors as newscrawl's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from newscrawl.errors import QueryTooSlow, UsageError
from newscrawl.store.client import client_options, opening, reaching

if TYPE_CHECKING:
    from pymongo import AsyncMongoClient, MongoClient

_EXCEEDED = 50  # MaxTimeMSExpired


@contextmanager
def reading() -> Iterator[None]:
    """Raises DatabaseUnavailable without a usable MongoDB, QueryTooSlow if a query exceeds its time limit."""
    from pymongo.errors import OperationFailure

    try:
        with reaching():
            yield
    except OperationFailure as error:
        if error.code != _EXCEEDED:
            raise
        raise QueryTooSlow("the query exceeded its time limit; narrow it, or ask for fewer posts") from None


def client_of(uri: str) -> MongoClient[dict[str, Any]]:
    """A blocking client for the reader's own connection string. Raises UsageError for an invalid one."""
    from pymongo import MongoClient

    _check(uri)
    with opening(uri):
        return MongoClient(uri, **_options(uri))


def async_client_of(uri: str) -> AsyncMongoClient[dict[str, Any]]:
    """As `client_of`, for asyncio."""
    from pymongo import AsyncMongoClient

    _check(uri)
    with opening(uri):
        return AsyncMongoClient(uri, **_options(uri))


def others_with_posts(client: MongoClient[dict[str, Any]], but: str) -> dict[str, int]:
    """Other newscrawl databases that have posts, and roughly how many, as far as this user may see them."""
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
    """pymongo would take any other text for a host name, and fail only at the first query."""
    if not isinstance(uri, str) or not uri.startswith(("mongodb://", "mongodb+srv://")):
        raise UsageError(
            "the connection string does not start with mongodb:// or mongodb+srv://;"
            " write it as mongodb://127.0.0.1:27017/?replicaSet=rs0, or leave it out for the embedded server"
        )


def _options(uri: str) -> dict[str, Any]:
    """Those of all our clients, without the limit on one answer: a long query may take its time."""
    return {name: value for name, value in client_options(uri).items() if name != "socketTimeoutMS"}
