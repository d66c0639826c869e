"""Transactions that another process left open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import OperationFailure

from newscrawl.store import client, revisions
from newscrawl.store.archive import ArchiveOptions
from newscrawl.store.client import Document
from newscrawl.store.error_codes import WRITE_CONFLICT
from newscrawl.store.record import post_record
from tests.store.posts import START, make_post, put_all

PATIENCE = 0.05


@pytest.fixture
def stored(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(revisions, "_PATIENCE", PATIENCE)
    asyncio.run(put_all([make_post()], ArchiveOptions(database=database, spool=tmp_path)))
    return database


@asynccontextmanager
async def left_open(database: str) -> AsyncIterator[tuple[Any, Document, AsyncClientSession]]:
    """A database, its post, and the session of a process that was killed after it had changed the post."""
    async with await client.connect_async("writer") as writer, writer.start_session() as session:
        posts = writer[database]["posts"]
        post = await posts.find_one({})
        assert post is not None
        await session.start_transaction()
        await posts.update_one({"_id": post["_id"]}, {"$inc": {"revision": 1}}, session=session)
        yield writer[database], post, session  # its end aborts the transaction


def test_a_reread_outlasts_the_open_transaction_of_a_killed_process(stored: str) -> None:
    async def run() -> tuple[bool, Document]:
        async with left_open(stored) as (database, post, session):
            change = revisions.amend(database, post, {"title": "Read again"}, START + timedelta(days=1))
            amending = asyncio.create_task(change)
            await asyncio.sleep(10 * PATIENCE)
            assert not amending.done()
            await session.abort_transaction()
            return await amending, await database["posts"].find_one({})

    amended, post = asyncio.run(run())
    assert amended
    assert (post["title"], post["revision"]) == ("Read again", 2)


def test_a_crawl_does_not_wait_for_it(stored: str) -> None:
    """It writes the post to its spool instead."""

    async def run() -> None:
        async with left_open(stored) as (database, _, _):
            await revisions.revise(database, post_record(make_post(text="Another text."), START))

    with pytest.raises(OperationFailure) as refused:
        asyncio.run(run())
    assert refused.value.code == WRITE_CONFLICT
