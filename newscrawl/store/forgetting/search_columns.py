"""Removes posts from the full-text index: their ids, and the bits that tell which words they have."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pymongo import UpdateOne

from newscrawl.errors import NewscrawlError
from newscrawl.search import BLOCK, BLOCK_SPACE, ROW_SPACE
from newscrawl.store.search_index import begin, clean, end

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.store.client import Document

_BATCH = 1000  # rows
_PATIENCE, _PAUSE = 660.0, 0.5  # seconds: a dead builder's lease lasts 600


async def clear_columns(database: AsyncDatabase[Document], ids: list[str]) -> int:
    """Clears the posts' columns; returns the number of rows that changed. Waits while the index is built.

    Raises NewscrawlError if it is built for too long.
    """
    if await database["search_ids"].find_one({}, {"_id": 1}) is None:
        return 0
    await _take_turn(database)
    try:
        return await _clear(database, set(ids))
    finally:
        await end(database)


async def _take_turn(database: AsyncDatabase[Document]) -> None:
    until = asyncio.get_running_loop().time() + _PATIENCE
    while not await begin(database):
        if asyncio.get_running_loop().time() > until:
            raise NewscrawlError("the search index is being built by another process; run this again later")
        await asyncio.sleep(_PAUSE)


async def _clear(database: AsyncDatabase[Document], ids: set[str]) -> int:
    """A post stands in each part that was built since it last changed, and in older ones. Its id goes last:
    by it an interrupted run finds the rest."""
    places: dict[int, set[int]] = defaultdict(set)  # number of a part -> places of posts
    blocks = await database["search_ids"].find({"ids": {"$in": sorted(ids)}}).to_list()
    for block in blocks:
        part, index = divmod(block["_id"], BLOCK_SPACE)
        places[part] |= {index * BLOCK + at for at, name in enumerate(block["ids"]) if name in ids}
    changed = 0
    if blocks:
        await clean(database, at_once=True)
        async for segment in database["search_segments"].find():
            if bits := _bits(segment["parts"], places):
                changed += await _clear_bits(database, segment["_id"], bits)
    for block in blocks:
        kept = ["" if name in ids else name for name in block["ids"]]
        await database["search_ids"].update_one({"_id": block["_id"]}, {"$set": {"ids": kept}})
    return changed


def _bits(parts: list[Document], places: Mapping[int, set[int]]) -> int:
    """The bits of these posts in each row of a segment; each part begins with a byte of its own."""
    bits = begin = 0
    for part in parts:
        for place in places.get(part["number"], ()):
            bits |= 1 << (begin + place)
        begin += (part["posts"] + 7) // 8 * 8
    return bits


async def _clear_bits(database: AsyncDatabase[Document], segment: int, bits: int) -> int:
    span = {"$gte": segment * ROW_SPACE, "$lt": (segment + 1) * ROW_SPACE}
    changed, updates = 0, []
    async for row in database["search_rows"].find({"_id": span}):
        old = int.from_bytes(row["bits"], "little")
        if old & bits:
            new = (old & ~bits).to_bytes(len(row["bits"]), "little")
            updates.append(UpdateOne({"_id": row["_id"]}, {"$set": {"bits": new}}))
        if len(updates) == _BATCH:
            changed += (await database["search_rows"].bulk_write(updates, ordered=False)).modified_count
            updates = []
    if updates:
        changed += (await database["search_rows"].bulk_write(updates, ordered=False)).modified_count
    return changed
