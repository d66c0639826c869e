"""awatch: as newscrawl.read.watch, for asyncio."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING

from newscrawl.read.backfill import Backfill
from newscrawl.read.bookmarks import Bookmark
from newscrawl.read.change_stream import PIPELINE, Change, ChangeStream, change_of, dropped, state_wanted
from newscrawl.read.reconnect import AsyncReconnect
from newscrawl.read.watch import IDLE_SAVE, Start, arguments, save
from newscrawl.store.client import reaching

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.read.plan import Document


async def awatch(database: AsyncDatabase[Document], start: Start) -> AsyncIterator[Change]:
    """As `watch`, for asyncio; a bookmark works in a thread."""
    from pymongo.errors import PyMongoError

    bookmark = start.bookmark(database.name)
    reach = AsyncReconnect(database)
    try:
        with reaching():
            token = await asyncio.to_thread(bookmark.load) if bookmark else start.after
            course = ChangeStream(token, bookmark, start.patience)
            since = start.since if token is None else None
            while True:
                try:
                    if since is not None:
                        async for change in _since(reach.database, course, since):
                            yield change
                        since = None
                    async for change in _stream(reach.database, course, bookmark):
                        yield change
                except PyMongoError as error:
                    await asyncio.sleep(course.pause(error))
                    await reach.again()
    finally:
        await reach.close()


async def _since(
    database: AsyncDatabase[Document], course: ChangeStream, since: datetime
) -> AsyncIterator[Change]:
    async with await database["posts"].watch(PIPELINE) as stream:
        course.passed(stream.resume_token)
    assert course.token is not None
    for part in Backfill(since, course.token).finds():
        while found := await database["posts"].find(**arguments(part.find())).to_list():
            for change in part.changes(found):
                yield change


async def _stream(
    database: AsyncDatabase[Document], course: ChangeStream, bookmark: Bookmark | None
) -> AsyncIterator[Change]:
    async with await database["posts"].watch(PIPELINE, **course.options()) as stream:
        course.passed(stream.resume_token)
        saved = await asyncio.to_thread(save, course, bookmark)
        while stream.alive:
            event: Document | None = await stream.try_next()
            if event is None:
                course.passed(stream.resume_token)
                if time.monotonic() - saved > IDLE_SAVE:
                    saved = await asyncio.to_thread(save, course, bookmark)
                continue
            if event["operationType"] == "invalidate":
                break
            wanted = state_wanted(event)
            kept = await database["revisions"].find_one(wanted) if wanted is not None else None
            yield change_of(event, kept)
            course.passed(event["_id"])
            saved = await asyncio.to_thread(save, course, bookmark)
    raise dropped(database.name, bookmark)
