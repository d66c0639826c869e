"""Display names of categories: `names` in the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pymongo import InsertOne
from pymongo.errors import BulkWriteError

from newscrawl.store.error_codes import DUPLICATE_KEY

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.store.client import Document


async def keep_names(database: AsyncDatabase[Document], names: Mapping[str, str]) -> None:
    """Adds missing names; a category keeps its first name.

    `names`: slug -> name as printed. Raises PyMongoError.
    """
    # A page may have half a character (a lone surrogate in its JSON), which BSON cannot hold.
    whole = {slug: name for slug, name in names.items() if _is_whole(slug + name)}
    wanted = {"_id": {"$in": list(whole)}}
    there = {one["_id"] async for one in database["names"].find(wanted, {"_id": 1})}
    new = [InsertOne({"_id": slug, "name": name}) for slug, name in whole.items() if slug not in there]
    if not new:
        return
    try:
        await database["names"].bulk_write(new, ordered=False)
    except BulkWriteError as error:  # another crawl added some at the same moment
        if any(said["code"] != DUPLICATE_KEY for said in error.details["writeErrors"]):
            raise


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
