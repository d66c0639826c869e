"""Reconnects a watch after the embedded server has restarted on another port."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from newscrawl.errors import DatabaseUnavailable
from newscrawl.store.client import async_client, connect, running_uri

if TYPE_CHECKING:
    from pymongo import AsyncMongoClient, MongoClient
    from pymongo.asynchronous.database import AsyncDatabase
    from pymongo.database import Database

    from newscrawl.read.plan import Document


class Reconnect:
    """A database that follows the embedded server to another port; never starts the server."""

    def __init__(self, database: Database[Document]) -> None:
        self.database = database
        self._own: MongoClient[Document] | None = None
        self._ports = _own_ports(database.client)

    def again(self) -> None:
        """Call after a failure: connects to where the server is now."""
        with suppress(DatabaseUnavailable):
            if _moved(self._ports):
                self.close()
                self._own = connect("reader")
                self.database = self._own[self.database.name]
                self._ports = _own_ports(self._own)

    def close(self) -> None:
        if self._own is not None:
            self._own.close()


class AsyncReconnect:
    """As Reconnect, for asyncio."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self.database = database
        self._own: AsyncMongoClient[Document] | None = None
        self._ports = _own_ports(database.client)

    async def again(self) -> None:
        with suppress(DatabaseUnavailable):
            if await asyncio.to_thread(_moved, self._ports):
                await self.close()
                self._own = async_client(await asyncio.to_thread(_uri))
                self.database = self._own[self.database.name]
                self._ports = _own_ports(self._own)

    async def close(self) -> None:
        if self._own is not None:
            await self._own.close()


def _own_ports(client: MongoClient[Any] | AsyncMongoClient[Any]) -> set[int]:
    """The ports of a client of the embedded server; empty for other servers."""
    address = running_uri("reader")
    ports = {port for host, port in client.topology_description.server_descriptions() if port}
    return ports if any(f"@127.0.0.1:{port}/" in (address or "") for port in ports) else set()


def _moved(ports: set[int]) -> bool:
    address = running_uri("reader") if ports else None
    return address is not None and not any(f"@127.0.0.1:{port}/" in address for port in ports)


def _uri() -> str:
    address = running_uri("reader")
    if address is None:
        raise DatabaseUnavailable("the embedded MongoDB is not running; start it with newscrawl db up")
    return address
