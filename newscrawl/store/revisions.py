"""Changes a post: in one transaction, the old state goes to `revisions` and the new one into the post."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any

from pymongo.errors import OperationFailure

from newscrawl.search.replacement import is_other_article
from newscrawl.store.error_codes import WRITE_CONFLICT
from newscrawl.store.rights_changes import combined, is_other, is_revision
from newscrawl.store.withdrawals import Finding, finding, forget_gone, return_fields
from newscrawl.text.dates import CLOCK_DOUBT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from pymongo.asynchronous.client_session import AsyncClientSession
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.model.ledger import Outcome
    from newscrawl.store.client import Document
    from newscrawl.store.record import Record

_PATIENCE = 6.0  # seconds in which a transaction is tried again, if others change the same post
#: Likewise, if nobody would write it later: a process that is killed in a transaction leaves it open until
#: MongoDB ends it, which may take one and a half times transactionLifetimeLimitSeconds (60 by default).
_LONG_PATIENCE = 100.0
_LONGEST_PAUSE = 0.2  # seconds between two tries

#: The store's own fields: a change never takes these from the new document.
_KEPT = ("_id", "first_seen", "last_seen", "revision", "withdrawn")

#: The store's notes on a post, not part of its state.
_MARKS = ("search_pending", "gone", "failed_look")


async def revise(database: AsyncDatabase[Document], record: Record, *, replace: bool = False) -> Outcome:
    """Replaces the stored post by a changed one.

    If several writers bring the same change, one makes the revision; for the others it is unchanged.
    `rejected`: the page is no longer the article, and the stored post stays; with `replace` it is taken
    anyway. Raises PyMongoError: MongoDB is away, or refuses this document.
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
    """Records that a post's article was gone at time `at`, with the HTTP status; None: it was there.

    If it is gone a second time, at least an hour after the first, the post is withdrawn, which is a revision;
    so is its return. `again`: this look may have been written before. Raises PyMongoError.
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
    """Sets fields of a post as a revision, although its article was not seen again.

    held: the post that the fields were computed from. False: it has changed since, and stays as it is. Waits
    for transactions that killed processes left open. Raises PyMongoError.
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

    return await _transaction(database, work, _LONG_PATIENCE) == "updated"


async def _transaction(
    database: AsyncDatabase[Document],
    work: Callable[[AsyncClientSession], Awaitable[Outcome]],
    patience: float | None = None,
) -> Outcome:
    """Runs `work` in a transaction; retries for `patience` seconds if another one changes the same post."""
    end = monotonic() + (_PATIENCE if patience is None else patience)
    pause = 0.005
    while True:
        try:
            async with database.client.start_session() as session, await session.start_transaction():
                return await work(session)
        except OperationFailure as error:
            if error.code != WRITE_CONFLICT or monotonic() > end:
                raise
        await asyncio.sleep(random.uniform(0, pause))  # noqa: S311
        pause = min(_LONGEST_PAUSE, 2 * pause)


async def _revise(
    database: AsyncDatabase[Document], record: Record, session: AsyncClientSession, *, replace: bool
) -> Outcome:
    posts = database["posts"]
    old = await posts.find_one({"_id": record.id}, session=session)
    if old is None:  # removed since the query
        await posts.insert_one(record.document, session=session)
        return "stored"
    if old["content_hash"] == record.content_hash:
        await _date_back(database, record, session)
        return await _apply(_with_rights(finding(old, None, record.at), old, record), database, old, session)
    if _is_late(record, old, datetime.now(UTC)):
        await _keep_late(database, record, session)
        return "unchanged"
    if record.at == old["last_seen"] and await _is_history(database, record, session):
        return "unchanged"  # two captures of the same second, read again
    if not replace and _is_other_article(old, record.document):
        return "rejected"
    await _keep(database, old, session)
    await posts.update_one({"_id": record.id}, _change(old, record), session=session)
    return "updated"


def _with_rights(found: Finding, old: dict[str, Any], record: Record) -> Finding:
    """What an article that is as it was makes of its post, if its rights are other ones now."""
    new, held = record.document, old.get("rights")
    rights = combined(held, new.get("rights"))
    if rights is None or record.at < old["last_seen"] or not is_other(held, rights):
        return found
    update = {**(found.update or {})}
    update["$set"] = {**update.get("$set", {}), "rights": rights, "crawl": new["crawl"]}
    if found.revision or not is_revision(held, rights):
        return Finding(found.outcome, update, revision=found.revision)
    update["$set"]["updated"] = record.at
    return Finding("updated", {**update, "$inc": {"revision": 1}}, revision=True)


def _is_other_article(old: dict[str, Any], new: dict[str, Any]) -> bool:
    return is_other_article(
        title=old["title"],
        text=old["body"]["text"],
        new_title=new["title"],
        new_text=new["body"]["text"],
    )


def _is_late(record: Record, old: dict[str, Any], now: datetime) -> bool:
    """Whether a newer state is stored. Ignores future times, which come from a wrong clock.

    `last_seen` is when the article was last found in the stored state.
    """
    held: datetime = old["last_seen"]
    return record.at < held <= now + CLOCK_DOUBT


async def _keep(database: AsyncDatabase[Document], old: dict[str, Any], session: AsyncClientSession) -> None:
    """Copies the stored state to `revisions`."""
    name = f"{old['_id']}@{old['revision']}"
    if await database["revisions"].find_one({"_id": name}, {"_id": 1}, session=session) is not None:
        name += f"-{old['content_hash'][:12]}"  # the post was deleted, and came back as revision 1
    kept = {field: value for field, value in old.items() if field not in _MARKS}
    await database["revisions"].insert_one({**kept, "_id": name, "post": old["_id"]}, session=session)


def _change(old: dict[str, Any], record: Record) -> dict[str, Any]:
    """The update: only our fields, so that fields of other programs stay."""
    new = {name: value for name, value in record.document.items() if name not in _KEPT}
    if old.get("story") is not None:
        del new["story"]
    new["updated"] = record.at
    new["rights"] = combined(old.get("rights"), new.get("rights"))
    new |= return_fields(old, record.at)
    seen = {"$max": {"last_seen": record.at}}
    return {"$set": new, "$inc": {"revision": 1}, **seen, **forget_gone(old, record.at)}


async def _apply(
    found: Finding, database: AsyncDatabase[Document], old: dict[str, Any], session: AsyncClientSession
) -> Outcome:
    """Writes a look's effect on a post."""
    if found.revision:
        await _keep(database, old, session)
    if found.update is not None:
        await database["posts"].update_one({"_id": old["_id"]}, found.update, session=session)
    return found.outcome


async def _is_history(database: AsyncDatabase[Document], record: Record, session: AsyncClientSession) -> bool:
    """Whether this is an earlier state of its post."""
    held = {"post": record.id, "content_hash": record.content_hash}
    return await database["revisions"].find_one(held, {"_id": 1}, session=session) is not None


async def _date_back(database: AsyncDatabase[Document], record: Record, session: AsyncClientSession) -> None:
    """Moves `first_seen` back to the record's time, if that is earlier."""
    earlier = {"_id": record.id, "first_seen": {"$gt": record.at}}
    await database["posts"].update_one(earlier, {"$set": {"first_seen": record.at}}, session=session)


async def _keep_late(database: AsyncDatabase[Document], record: Record, session: AsyncClientSession) -> None:
    """Stores a state that arrived after a newer one, from a spool or an older archive, as history.

    Its revision is null, because its place among the numbered ones is unknown. The post existed then, so
    `first_seen` moves back.
    """
    await _date_back(database, record, session)
    if not await _is_history(database, record, session):
        name = f"{record.id}@late-{record.content_hash[:12]}"
        late = {**record.document, "_id": name, "post": record.id, "revision": None}
        del late["search_pending"]
        await database["revisions"].insert_one(late, session=session)
