"""RequestMemory: validators of lists and robots.txt from earlier runs, to save requests.

All of it is optional: while MongoDB is away nothing is read or kept, and the crawl requests everything as if
it were the first. A failed read never ends a crawl.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from pymongo.errors import PyMongoError

from newscrawl.store.list_validators import read_validators, write_validators
from newscrawl.store.robots_cache import KeptRobots, read_robots, write_robots
from newscrawl.store.withdrawals import note_failed_looks

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.model.list_validator import ListValidator
    from newscrawl.store.client import Document

    Database = AsyncDatabase[Document]

logger = logging.getLogger(__name__)

T = TypeVar("T")


class RequestMemory:
    """Reads and writes while `database` returns one. With `dry`, it keeps nothing and knows no lists, because
    a dry run shows what the lists contain."""

    def __init__(self, database: Callable[[], Database | None], *, dry: bool = False) -> None:
        self._database = database
        self._dry = dry

    async def validators(self, key: Mapping[str, Any]) -> dict[str, ListValidator]:
        """The validators of a source's lists, by their keys; `key` from list_histories.source_key."""
        if self._dry:
            return {}
        return await self._tried(lambda database: read_validators(database, key), {})

    async def keep_validators(
        self, key: Mapping[str, Any], read: Iterable[ListValidator], confirmed: Mapping[str, datetime]
    ) -> None:
        """Keeps lists read whole, and when others were unchanged."""
        if not self._dry:
            await self._tried(lambda database: write_validators(database, key, read, confirmed), None)

    async def robots(self, origin: str) -> KeptRobots | None:
        """The kept robots.txt of an origin."""
        return await self._tried(lambda database: read_robots(database, origin), None)

    async def keep_robots(self, origin: str, robots: KeptRobots) -> None:
        """Keeps the robots.txt of an origin."""
        if not self._dry:
            await self._tried(lambda database: write_robots(database, origin, robots), None)

    async def keep_failed_looks(self, ids: Iterable[str], at: datetime) -> None:
        """Notes that the pages of these stored articles could not be read."""
        if not self._dry:
            await self._tried(lambda database: note_failed_looks(database, ids, at), None)

    async def _tried(self, work: Callable[[Database], Awaitable[T]], otherwise: T) -> T:
        database = self._database()
        if database is None:
            return otherwise
        try:
            return await work(database)
        except (
            PyMongoError,
            KeyError,
            ValueError,
            TypeError,
            zlib.error,
        ) as error:  # of MongoDB, or of a foreign document
            logger.warning("Request memory is unavailable: %s: %s", type(error).__name__, error)
            return otherwise
