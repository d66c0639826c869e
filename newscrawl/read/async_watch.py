"""The asyncio version of newscrawl.read.watch."""

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
    """As `watch`, for asyncio; the bookmark is used in a thread."""
    from pymongo.errors import PyMongoError

    bookmark = start.bookmark(database.name)
    connection = AsyncReconnect(database)
    try:
        with reaching():
            token = await asyncio.to_thread(bookmark.load) if bookmark else start.after
            stream_state = ChangeStream(token, bookmark, start.patience)
            since = start.since if token is None else None
            while True:
                try:
                    if since is not None:
                        async for change in _since(connection.database, stream_state, since):
                            yield change
                        since = None
                    async for change in _stream(connection.database, stream_state, bookmark):
                        yield change
                except PyMongoError as error:
                    await asyncio.sleep(stream_state.pause(error))
                    await connection.again()
    finally:
        await connection.close()


async def _since(
    database: AsyncDatabase[Document], stream_state: ChangeStream, since: datetime
) -> AsyncIterator[Change]:
    async with await database["posts"].watch(PIPELINE) as stream:
        stream_state.passed(stream.resume_token)
    assert stream_state.token is not None
    for part in Backfill(since, stream_state.token).finds():
        while found := await database["posts"].find(**arguments(part.find())).to_list():
            for change in part.changes(found):
                yield change


async def _stream(
    database: AsyncDatabase[Document], stream_state: ChangeStream, bookmark: Bookmark | None
) -> AsyncIterator[Change]:
    async with await database["posts"].watch(PIPELINE, **stream_state.options()) as stream:
        stream_state.passed(stream.resume_token)
        saved = await asyncio.to_thread(save, stream_state, bookmark)
        while stream.alive:
            event: Document | None = await stream.try_next()
            if event is None:
                stream_state.passed(stream.resume_token)
                if time.monotonic() - saved > IDLE_SAVE:
                    saved = await asyncio.to_thread(save, stream_state, bookmark)
                continue
            if event["operationType"] == "invalidate":
                break
            wanted = state_wanted(event)
            kept = await database["revisions"].find_one(wanted) if wanted is not None else None
            yield change_of(event, kept)
            stream_state.passed(event["_id"])
            saved = await asyncio.to_thread(save, stream_state, bookmark)
    raise dropped(database.name, bookmark)
