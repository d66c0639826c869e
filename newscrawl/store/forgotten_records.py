"""Keeps forgotten articles out of a batch. Everything that stores posts and rejects passes here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from newscrawl.errors import NewscrawlError
from newscrawl.model.post import PageLocation
from newscrawl.store.record import Record, Result
from newscrawl.store.story_links import MARKS
from newscrawl.store.tombstones import FORGOTTEN, Names, Tombstones
from newscrawl.warc.erasure import erase_article
from newscrawl.warc.files import pages_folder

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.store.client import Document

logger = logging.getLogger(__name__)


class ForgottenRecords:
    """The check before and after a batch; one instance per writer. Raises PyMongoError."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._database = database
        self._tombstones = Tombstones(database)

    @property
    def any(self) -> bool:
        """Whether any article is forgotten, as of the last batch."""
        return self._tombstones.any

    async def leave_out(self, records: Sequence[Record]) -> tuple[list[Record], list[Result]]:
        """The records to be written, and the results of the posts that are not.

        The kept pages of those that are not are erased: a crawl keeps a page before its post comes here.
        """
        await self._tombstones.changed()
        return await self._part(records)

    async def take_back(self, written: Sequence[Record]) -> dict[str, Result]:
        """The new results of posts that were forgotten while this batch was being written: they are removed
        again. Whoever forgets them may have looked before they were there."""
        if not await self._tombstones.changed():
            return {}
        _, refused = await self._part(written)
        ids = [result.id for result in refused]
        for name, field in (("posts", "_id"), (MARKS, "_id"), ("revisions", "post"), ("rejects", "post")):
            await self._database[name].delete_many({field: {"$in": ids}})
        return {result.id: result for result in refused}

    async def _part(self, records: Sequence[Record]) -> tuple[list[Record], list[Result]]:
        bearing = [record for record in records if record.kind in ("post", "reject")]
        if not bearing or not self._tombstones.any:
            return list(records), []
        forgotten = await self._tombstones.find(_names(record) for record in bearing)
        if not forgotten:
            return list(records), []
        left_out = [record for record in bearing if record.id in forgotten]
        await asyncio.to_thread(_erase_pages, left_out)
        results = [Result(one.id, "rejected", FORGOTTEN) for one in left_out if one.kind == "post"]
        return [record for record in records if record not in left_out], results


def _names(record: Record) -> Names:
    names = Names.of(record.raw_document)
    return Names(record.id, names.addresses)


def _erase_pages(records: Sequence[Record]) -> None:
    for record in records:
        document = record.document
        page = document.get("kept") if record.kind == "reject" else document["crawl"].get("page")
        if page is None:
            continue
        try:
            erase_article(pages_folder(), PageLocation(**page))
        except (NewscrawlError, OSError) as error:
            logger.error("The page of a forgotten article is still kept: %s", error)
