"""The full-text index: bit rows of posts, built in parts of 2,048.

A new or changed post has `search_pending: true` and is found by scanning. Once 2,048 are pending, one process
at a time indexes them, newest first: their ids go to `search_ids`, their rows to `search_rows`, and then a
document in `search_segments` makes the part visible. Sixteen segments of one size are merged into one, so
that a search needs few rows however many posts there are. A later process removes what a killed one left.
newscrawl.read.search reads all this.
"""

from __future__ import annotations

import logging
from array import array
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from pymongo import ReturnDocument, UpdateOne
from pymongo.errors import DuplicateKeyError

from newscrawl.search import BLOCK, BLOCK_SPACE, PART, ROW_SPACE, ROWS, columns_to_rows, rows_of_post
from newscrawl.store.client import connect_async, reaching

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.store.client import Document

logger = logging.getLogger(__name__)

_STATE = "search"  # `_id` of the document in `meta` that numbers parts and locks out other builders
_MERGED = 16  # segments of one size per merge
_LEASE = timedelta(minutes=10)  # a builder silent for this long is dead; readers are done by then
_BATCH = 1000
_FIELDS = {"title": 1, "digest": 1, "body.text": 1, "date": 1, "content_hash": 1}


async def index_pending(database: AsyncDatabase[Document], *, parts: int, least: int | None = None) -> int:
    """Indexes up to `parts` parts of pending posts; returns the number of posts.

    Does nothing while fewer than `least` (a part) are pending, or while another process is indexing.
    """
    least = least or PART
    if await database["posts"].count_documents({"search_pending": True}, limit=least) < least:
        return 0
    if not await begin(database):
        return 0
    done = 0
    try:
        await clean(database)
        for _ in range(parts):
            taken = await _add_part(database, least)
            done += taken
            if not taken:
                break
            await _merge(database)
    finally:
        await end(database)
    return done


async def index_all(
    name: str, *, anew: bool = False, on_progress: Callable[[int], None] = lambda _: None
) -> int:
    """As `index_pending`, until less than a part is pending; returns how many posts were indexed.

    anew: rebuilds everything. Posts become pending before the old index is removed, so that all are found
    meanwhile. Raises DatabaseUnavailable.
    """
    done = 0
    async with await connect_async("writer") as client:
        with reaching():
            database = client[name]
            if anew:
                await database["posts"].update_many({}, {"$set": {"search_pending": True}})
                for collection in ("search_segments", "search_rows", "search_ids"):
                    await database[collection].delete_many({})
            while taken := await index_pending(database, parts=1):
                done += taken
                on_progress(done)
    return done


async def begin(database: AsyncDatabase[Document]) -> bool:
    """Whether this process may build now."""
    free = {"_id": _STATE, "busy_until": {"$lte": _now()}}
    try:
        await database["meta"].update_one(free, {"$set": {"busy_until": _now() + _LEASE}}, upsert=True)
    except DuplicateKeyError:
        return False
    return True


async def end(database: AsyncDatabase[Document]) -> None:
    """Lets other processes build."""
    await database["meta"].update_one({"_id": _STATE}, {"$set": {"busy_until": _now()}})


async def _number(database: AsyncDatabase[Document]) -> int:
    """An unused number for a part or segment; noted until `_commit`."""
    state = await database["meta"].find_one_and_update(
        {"_id": _STATE}, {"$inc": {"number": 1}}, upsert=True, return_document=ReturnDocument.AFTER
    )
    assert state is not None, "it was upserted"
    number: int = state["number"]
    leaving = {"number": number, "at": _now()}
    await database["meta"].update_one({"_id": _STATE}, {"$push": {"leavings": leaving}})
    return number


async def clean(database: AsyncDatabase[Document], *, at_once: bool = False) -> None:
    """Removes segments merged, or left unfinished, long enough ago; `at_once`: however long. A search that is
    reading one begins again."""
    state = await database["meta"].find_one({"_id": _STATE}) or {}
    for leaving in state.get("leavings", []):
        if at_once or leaving["at"] < _now() - _LEASE:
            number = leaving["number"]
            rows = {"_id": {"$gte": number * ROW_SPACE, "$lt": (number + 1) * ROW_SPACE}}
            await database["search_rows"].delete_many(rows)
            if not leaving.get("merged"):
                ids = {"_id": {"$gte": number * BLOCK_SPACE, "$lt": (number + 1) * BLOCK_SPACE}}
                await database["search_ids"].delete_many(ids)
            await database["meta"].update_one({"_id": _STATE}, {"$pull": {"leavings": {"number": number}}})


class _Member(NamedTuple):
    id: str
    content_hash: str
    date: datetime


async def _add_part(database: AsyncDatabase[Document], least: int) -> int:
    """Indexes one part of the newest pending posts; returns their number, 0 if too few are pending."""
    wanted = {"search_pending": True}
    if await database["posts"].count_documents(wanted, limit=least) < least:
        return 0
    cursor = database["posts"].find(wanted, _FIELDS, batch_size=200).sort([("date", -1), ("_id", 1)])
    members: list[_Member] = []
    columns: list[array[int]] = []
    async for post in cursor.limit(PART):
        members.append(_Member(post["_id"], post["content_hash"], post["date"]))
        # Packed: a set takes twenty times the memory, and 2,048 posts are held at once.
        columns.append(array("H", rows_of_post(post["title"], post.get("digest"), post["body"]["text"])))
    number = await _number(database)
    await _put_ids(database, number, members)
    await _put_rows(database, number, columns_to_rows(columns, PART))
    part = {"number": number, "posts": len(members), "newest": members[0].date, "oldest": members[-1].date}
    await _commit(database, {"_id": number, "level": 0, "parts": [part]}, [])
    await _unmark(database, members)
    return len(members)


async def _put_ids(database: AsyncDatabase[Document], number: int, members: list[_Member]) -> None:
    blocks = [members[at : at + BLOCK] for at in range(0, len(members), BLOCK)]
    documents: list[dict[str, Any]] = [
        {
            "_id": number * BLOCK_SPACE + index,
            "ids": [member.id for member in block],
            "dates": [member.date for member in block],
        }
        for index, block in enumerate(blocks)
    ]
    await database["search_ids"].insert_many(documents, ordered=False)


async def _put_rows(
    database: AsyncDatabase[Document], number: int, rows: list[bytes], first: int = 0
) -> None:
    for at in range(0, len(rows), _BATCH):
        batch = enumerate(rows[at : at + _BATCH], number * ROW_SPACE + first + at)
        documents: list[dict[str, Any]] = [{"_id": row, "bits": bits} for row, bits in batch]
        await database["search_rows"].insert_many(documents, ordered=False)


async def _commit(database: AsyncDatabase[Document], segment: dict[str, Any], replaced: list[int]) -> None:
    """Atomically replaces other segments by a new one."""
    now = _now()
    leavings = [{"number": number, "at": now, "merged": True} for number in replaced]
    async with database.client.start_session() as session, await session.start_transaction():
        await database["search_segments"].insert_one(segment, session=session)
        await database["search_segments"].delete_many({"_id": {"$in": replaced}}, session=session)
        state = database["meta"]
        gone = {"$pull": {"leavings": {"number": segment["_id"]}}}
        await state.update_one({"_id": _STATE}, gone, session=session)
        lease = {"$set": {"busy_until": now + _LEASE}, "$push": {"leavings": {"$each": leavings}}}
        await state.update_one({"_id": _STATE}, lease, session=session)


async def _unmark(database: AsyncDatabase[Document], members: list[_Member]) -> None:
    """Marks the posts as indexed, except those that changed meanwhile."""
    updates = [
        UpdateOne({"_id": member.id, "content_hash": member.content_hash}, {"$unset": {"search_pending": ""}})
        for member in members
    ]
    for at in range(0, len(updates), _BATCH):
        await database["posts"].bulk_write(updates[at : at + _BATCH], ordered=False)


async def _merge(database: AsyncDatabase[Document]) -> None:
    """Merges sixteen segments of one size into one, and so on upwards."""
    level = 0
    while True:
        segments = await database["search_segments"].find({"level": level}).sort("_id", 1).to_list()
        if len(segments) < _MERGED:
            return
        await _merge_level(database, segments[:_MERGED], level + 1)
        level += 1


async def _merge_level(database: AsyncDatabase[Document], segments: list[Document], level: int) -> None:
    numbers = [segment["_id"] for segment in segments]
    new = await _number(database)
    for first in range(0, ROWS, _BATCH):
        last = min(first + _BATCH, ROWS)
        joined: dict[int, list[bytes]] = {}
        for number in numbers:
            span = {"$gte": number * ROW_SPACE + first, "$lt": number * ROW_SPACE + last}
            async for row in database["search_rows"].find({"_id": span}).sort("_id", 1):
                joined.setdefault(row["_id"] - number * ROW_SPACE, []).append(row["bits"])
        await _put_rows(database, new, [b"".join(joined[row]) for row in sorted(joined)], first)
    parts = [part for segment in segments for part in segment["parts"]]
    await _commit(database, {"_id": new, "level": level, "parts": parts}, numbers)
    logger.info("Search index: %d segments became one of %d parts", len(segments), len(parts))


def _now() -> datetime:
    return datetime.now(UTC)
