"""The collection `robots`: each host's robots.txt, kept for at most a day as in RFC 9309, 2.4."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.store.client import Document

LONGEST: Final = timedelta(days=1)
_UNPACKED = 2_000_000  # bytes; four times the part of a robots.txt that counts


@dataclass(frozen=True, slots=True)
class KeptRobots:
    """A fetched robots.txt. Times are UTC."""

    body: bytes  #: the part that counts; empty if there was none
    fetched: datetime
    until: datetime  #: need not be fetched again before

    def is_fresh(self, now: datetime) -> bool:
        """Whether it need not be fetched."""
        return self.fetched <= now < min(self.until, self.fetched + LONGEST)

    def may_stand_in(self, now: datetime) -> bool:
        """Whether it may be used if the host's robots.txt cannot be fetched now."""
        return self.fetched <= now < self.fetched + LONGEST


async def read_robots(database: AsyncDatabase[Document], origin: str) -> KeptRobots | None:
    """The kept robots.txt of an origin (`https://example.org:8443`), or None."""
    document = await database["robots"].find_one({"_id": origin})
    if document is None:
        return None
    body = zlib.decompressobj().decompress(document["body"], _UNPACKED)
    return KeptRobots(body, document["fetched"], document["until"])


async def write_robots(database: AsyncDatabase[Document], origin: str, robots: KeptRobots) -> None:
    """Keeps a robots.txt, replacing an older one."""
    values: dict[str, Any] = {
        "body": zlib.compress(robots.body),
        "fetched": robots.fetched,
        "until": robots.until,
    }
    await database["robots"].replace_one({"_id": origin}, values, upsert=True)
