"""A post whose article changed: the old state goes to `revisions`, the new one into the post, at once."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pymongo.errors import OperationFailure

from newscrawl.search.replacement import is_other_article
from newscrawl.store.error_codes import WRITE_CONFLICT
from newscrawl.store.withdrawals import finding, forget_gone, return_fields
from newscrawl.text.dates import CLOCK_DOUBT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from pymongo.asynchronous.client_session import AsyncClientSession
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.model.ledger import Outcome
    from newscrawl.store.client import Document
    from newscrawl.store.record import Record
    from newscrawl.store.withdrawals import Finding

_TRIES = 60  # of one transaction against others that change the same post
_LONGEST_PAUSE = 0.2  # seconds between two tries

#: The store's own: a change never takes these from the new document.
_KEPT = ("_id", "first_seen", "last_seen", "revision", "withdrawn")

#: The store's notes on a post, which are no part of a state.
_MARKS = ("search_pending", "gone", "failed_look")


async def revise(database: AsyncDatabase[Document], record: Record, *, replace: bool = False) -> Outcome:
    """Replaces the stored post by a changed one.

    Of several writers of the same change one makes the revision; for the others it is unchanged.
    `rejected`: what came is no longer the article, and the stored post stays; with `replace` it is taken
    all the same. Raises PyMongoError: MongoDB is away, or refuses this document.
    """

    async def work(session: AsyncClientSession) -> Outcome:
        return await _revise(database, record, session, replace=replace)

    return await _transaction(database, work)


async def look(
    database: AsyncDatabase[Document],
    post_id: str,
    status: int | None,
    at: datetime,
    *,
    again: bool = False,
) -> Outcome:
    """Records that a post's article was gone at time `at`, with the status of the answer; None: it was there.

    The second time that it is gone, at least an hour after the first, the post is withdrawn, which is a
    revision; so is its return. `again`: this look may have been written before. Raises PyMongoError.
    """

    async def work(session: AsyncClientSession) -> Outcome:
        old = await database["posts"].find_one({"_id": post_id}, session=session)
        if old is None:
            return "unchanged" if status is None else "gone"
        return await _apply(finding(old, status, at, again=again), database, old, session)

    return await _transaction(database, work)


async def amend(
    database: AsyncDatabase[Document], held: Mapping[str, Any], fields: Mapping[str, Any], at: datetime
) -> bool:
    """Sets fields of a post as a revision, without its article having been seen again.

    held: the post as it was when the fields were worked out. False: it has changed since, and stays as it
    is. Raises PyMongoError.
    """

    async def work(session: AsyncClientSession) -> Outcome:
        posts = database["posts"]
        same = {"_id": held["_id"], "revision": held["revision"], "content_hash": held["content_hash"]}
        old = await posts.find_one(same, session=session)
        if old is None or old["crawl"] != held["crawl"]:
            return "unchanged"
        await _keep(database, old, session)
        new = {**fields, "updated": at, "search_pending": True}
        await posts.update_one({"_id": old["_id"]}, {"$set": new, "$inc": {"revision": 1}}, session=session)
        return "updated"

    return await _transaction(database, work) == "updated"


async def _transaction(
    database: AsyncDatabase[Document], work: Callable[[AsyncClientSession], Awaitable[Outcome]]
) -> Outcome:
    """Runs `work` in a transaction, again if another process changed the same post meanwhile."""
    for attempt in range(_TRIES):
        try:
            async with database.client.start_session() as session, await session.start_transaction():
                return await work(session)
        except OperationFailure as error:
            if error.code != WRITE_CONFLICT or attempt == _TRIES - 1:
                raise
        await asyncio.sleep(random.uniform(0, min(_LONGEST_PAUSE, 0.005 * 2**attempt)))  # noqa: S311
    raise AssertionError("the last try returned or raised")


async def _revise(
    database: AsyncDatabase[Document], record: Record, session: AsyncClientSession, *, replace: bool
) -> Outcome:
    posts = database["posts"]
    old = await posts.find_one({"_id": record.id}, session=session)
    if old is None:  # taken away since it was asked for
        await posts.insert_one(record.document, session=session)
        return "stored"
    if old["content_hash"] == record.content_hash:
        await _date_back(database, record, session)
        return await _apply(finding(old, None, record.at), database, old, session)
    if _is_late(record, old, datetime.now(UTC)):
        await _keep_late(database, record, session)
        return "unchanged"
    if record.at == old["last_seen"] and await _is_history(database, record, session):
        return "unchanged"  # two captures of one second, which are read again
    if not replace and _is_other_article(old, record.document):
        return "rejected"
    await _keep(database, old, session)
    await posts.update_one({"_id": record.id}, _change(old, record), session=session)
    return "updated"


def _is_other_article(old: dict[str, Any], new: dict[str, Any]) -> bool:
    return is_other_article(
        title=old["title"],
        text=old["body"]["text"],
        new_title=new["title"],
        new_text=new["body"]["text"],
    )


def _is_late(record: Record, old: dict[str, Any], now: datetime) -> bool:
    """Whether a newer state is held already. Not told by a time to come: some clock was ahead.

    `last_seen` is when the article was last found in the state that is held.
    """
    held: datetime = old["last_seen"]
    return record.at < held <= now + CLOCK_DOUBT


async def _keep(database: AsyncDatabase[Document], old: dict[str, Any], session: AsyncClientSession) -> None:
    """Puts the state held so far into `revisions`."""
    name = f"{old['_id']}@{old['revision']}"
    if await database["revisions"].find_one({"_id": name}, {"_id": 1}, session=session) is not None:
        name += f"-{old['content_hash'][:12]}"  # somebody deleted the post, and it came again as revision 1
    kept = {field: value for field, value in old.items() if field not in _MARKS}
    await database["revisions"].insert_one({**kept, "_id": name, "post": old["_id"]}, session=session)


def _change(old: dict[str, Any], record: Record) -> dict[str, Any]:
    """The update: our fields only, so that what other programs added to the post stays."""
    new = {name: value for name, value in record.document.items() if name not in _KEPT}
    if old.get("story") is not None:
        del new["story"]
    new["updated"] = record.at
    new |= return_fields(old, record.at)
    seen = {"$max": {"last_seen": record.at}}
    return {"$set": new, "$inc": {"revision": 1}, **seen, **forget_gone(old, record.at)}


async def _apply(
    found: Finding, database: AsyncDatabase[Document], old: dict[str, Any], session: AsyncClientSession
) -> Outcome:
    """Writes what a look made of a post."""
    if found.revision:
        await _keep(database, old, session)
    if found.update is not None:
        await database["posts"].update_one({"_id": old["_id"]}, found.update, session=session)
    return found.outcome


async def _is_history(database: AsyncDatabase[Document], record: Record, session: AsyncClientSession) -> bool:
    """Whether this state is among the earlier ones of its post."""
    held = {"post": record.id, "content_hash": record.content_hash}
    return await database["revisions"].find_one(held, {"_id": 1}, session=session) is not None


async def _date_back(database: AsyncDatabase[Document], record: Record, session: AsyncClientSession) -> None:
    """Moves `first_seen` back to the record's time, if that is earlier."""
    earlier = {"_id": record.id, "first_seen": {"$gt": record.at}}
    await database["posts"].update_one(earlier, {"$set": {"first_seen": record.at}}, session=session)


async def _keep_late(database: AsyncDatabase[Document], record: Record, session: AsyncClientSession) -> None:
    """Keeps a state that came after a newer one was stored, out of a spool or of an older archive: it is
    history, not news.

    Its revision is null: its place among the numbered ones is not known any more. The post was there then,
    so `first_seen` goes back.
    """
    await _date_back(database, record, session)
    if not await _is_history(database, record, session):
        name = f"{record.id}@late-{record.content_hash[:12]}"
        late = {**record.document, "_id": name, "post": record.id, "revision": None}
        del late["search_pending"]
        await database["revisions"].insert_one(late, session=session)
