"""How readers connect, and what becomes of MongoDB's errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from newscrawl.errors import NewscrawlError
from newscrawl.store.client import reaching

if TYPE_CHECKING:
    from pymongo import AsyncMongoClient, MongoClient

_EXCEEDED = 50  # MaxTimeMSExpired


class QueryTooSlow(NewscrawlError):
    """The server was given less time than the question took: ask for less."""


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
    """A blocking client for a connection string of the reader's own."""
    from pymongo import MongoClient

    with reaching():
        return MongoClient(uri, **_options(uri))


def async_client_of(uri: str) -> AsyncMongoClient[dict[str, Any]]:
    """As `client_of`, for asyncio."""
    from pymongo import AsyncMongoClient

    with reaching():
        return AsyncMongoClient(uri, **_options(uri))


def _options(uri: str) -> dict[str, Any]:
    from datetime import UTC

    ours: dict[str, Any] = {"tz_aware": True, "tzinfo": UTC, "appname": "newscrawl"}
    if "serverselectiontimeoutms" not in uri.lower():
        ours["serverSelectionTimeoutMS"] = 5000
    return ours
