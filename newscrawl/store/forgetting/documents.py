"""Removes what MongoDB's collections hold of articles."""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from newscrawl.store.forgetting.search_columns import clear_columns
from newscrawl.store.forgetting.targets import Target, batches
from newscrawl.store.story_links import MARKS

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.store.client import Document

logger = logging.getLogger(__name__)

#: Collections with what an article said, and the field of its id.
OF_ARTICLES: Final = (("revisions", "post"), ("rejects", "post"), (MARKS, "_id"), ("posts", "_id"))
_NOTES: Final = ("jobs", "alerts", "archives")  # small collections with messages
_UNPACKED = 20_000_000  # bytes of a list's entries


async def remove_documents(database: AsyncDatabase[Document], targets: Sequence[Target]) -> dict[str, int]:
    """Removes them from all collections; returns the number of documents by collection. Repeatable."""
    removed: dict[str, int] = {}
    for part in batches([target.id for target in targets]):
        await _give_stories_another_first(database, part)
        removed["search_rows"] = removed.get("search_rows", 0) + await clear_columns(database, part)
        for name, by in OF_ARTICLES:
            done = await database[name].delete_many({by: {"$in": part}})
            removed[name] = removed.get(name, 0) + done.deleted_count
    removed["validators"] = await _remove_list_memory(database, targets)
    return {name: count for name, count in removed.items() if count}


async def _give_stories_another_first(database: AsyncDatabase[Document], ids: list[str]) -> None:
    """Reposts of a forgotten article name it as the first of their story: the oldest that stays takes its
    place."""
    posts = database["posts"]
    for first in ids:
        others = {"story.first": first, "_id": {"$nin": ids}}
        oldest = await posts.find_one(others, {"_id": 1}, sort=[("first_seen", 1), ("_id", 1)])
        for name in ("posts", "revisions", MARKS):
            if oldest is None and name == "posts":
                continue
            there = {"story.first": first} if name == "revisions" else others
            heir = oldest["_id"] if oldest else "gone"
            await database[name].update_many(there, {"$set": {"story.first": heir}})


async def _remove_list_memory(database: AsyncDatabase[Document], targets: Sequence[Target]) -> int:
    """Removes what is kept of lists that show one of the articles; the next crawl reads these whole."""
    ids = {target.id for target in targets}
    addresses = {url for target in targets for url in target.addresses}
    showing = []
    async for one in database["validators"].find({}, {"entries": 1, "asked": 1, "url": 1}):
        shown = _entries(one.get("entries"))
        if any(
            entry.get("id") in ids
            or addresses & {entry.get(name) for name in ("url", "canonical_url", "share_url")}
            for entry in shown
        ):
            showing.append(one["_id"])
    done = await database["validators"].delete_many({"_id": {"$in": showing}})
    return done.deleted_count


def _entries(packed: Any) -> list[dict[str, Any]]:
    try:
        found = json.loads(zlib.decompressobj().decompress(packed or b"", _UNPACKED))
    except (ValueError, TypeError, zlib.error):  # an older program's
        return []
    return found if isinstance(found, list) else []


async def overwrite_notes(database: AsyncDatabase[Document], needles: Sequence[bytes]) -> int:
    """Overwrites what the messages of runs, jobs and incidents say of the articles; returns the number of
    documents."""
    words = [needle.decode("utf-8", "replace") for needle in needles]
    changed = 0
    for name in _NOTES:
        async for document in database[name].find():
            clean = _without(document, words)
            if clean != document:
                await database[name].replace_one({"_id": document["_id"]}, clean)
                changed += 1
    return changed


def _without(value: Any, words: Sequence[str]) -> Any:
    if isinstance(value, str):
        for word in words:
            value = value.replace(word, "*" * len(word))
        return value
    if isinstance(value, dict):
        return {_without(name, words): _without(one, words) for name, one in value.items()}
    return [_without(one, words) for one in value] if isinstance(value, list) else value
