"""DatabaseLink: the connection for writing, which follows the embedded server to its new port after a
restart."""

from __future__ import annotations

import asyncio
import logging
import os
from typing import TYPE_CHECKING

from pymongo.errors import PyMongoError

from newscrawl.errors import DatabaseUnavailable
from newscrawl.store import client
from newscrawl.store.buffer import ArchiveOptions
from newscrawl.store.server import embedded

if TYPE_CHECKING:
    from pymongo import AsyncMongoClient
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.store.client import Document

logger = logging.getLogger(__name__)

_SHORTEST, _LONGEST = 0.2, 5.0  # seconds to find a server before an operation fails


class DatabaseLink:
    """A client with the role `writer`; call `open` first."""

    def __init__(self, options: ArchiveOptions) -> None:
        self._options = options
        self._uri: str | None = None
        self._client: AsyncMongoClient[Document] | None = None

    async def open(self) -> None:
        """Connects. Raises DatabaseUnavailable if there is no server."""
        await self._connect(await asyncio.to_thread(client.uri, "writer"))

    @property
    def database(self) -> AsyncDatabase[Document]:
        assert self._client is not None, "the link is not open"
        return self._client[self._options.database]

    async def mend(self) -> None:
        """After a failure: restarts the embedded server if it died and that is allowed, and reconnects."""
        if os.environ.get("MONGODB_URI") or not self._options.restart_embedded:
            return
        try:
            server = await asyncio.to_thread(embedded.ensure)
        except DatabaseUnavailable as error:
            logger.warning("The embedded MongoDB could not be restarted: %s", error)
            return
        if server.uri("writer") != self._uri:
            await self._connect(server.uri("writer"))

    async def answers(self) -> bool:
        """Whether MongoDB accepts writes now."""
        try:
            return bool((await self.database.command("hello")).get("isWritablePrimary"))
        except PyMongoError:
            return False

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def _connect(self, uri: str) -> None:
        await self.close()
        patience = min(max(self._options.patience / 2, _SHORTEST), _LONGEST)
        self._uri = uri
        self._client = client.async_client(uri, serverSelectionTimeoutMS=int(patience * 1000))
