"""The collection `lists`: one bounded document per list of a source, and one for the whole source."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pymongo import DESCENDING, ReplaceOne

from newscrawl.model.list_history import ListHistory

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase
    from pymongo.database import Database

    from newscrawl.store.client import Document

Histories = dict[str | None, ListHistory]  #: by the list's address; None: the whole source


def source_key(run: Mapping[str, Any]) -> dict[str, Any]:
    """Identifies a run's lists: spider, arguments, and whether it crawled a newsroom."""
    arguments = dict(sorted(run["arguments"].items()))
    return {"spider": run["spider"], "arguments": arguments, "newsroom": run["newsroom"]}


async def read_histories(database: AsyncDatabase[Document], key: Mapping[str, Any]) -> Histories:
    """What earlier runs saw of a source's lists."""
    found = database["lists"].find(dict(key))
    return {document["list"]: ListHistory.from_document(document) async for document in found}


def source_history(
    database: Database[Document], spider: str, arguments: Mapping[str, str]
) -> ListHistory | None:
    """What runs with these arguments last saw of the whole source; None if they never read it.

    `arguments` as given to a crawl; `since` and `limit`, which every spider takes, are ignored.
    """
    given = {name: value for name, value in sorted(arguments.items()) if name not in ("since", "limit")}
    wanted = {"spider": spider, "arguments": given, "list": None}
    found = database["lists"].find_one(wanted, sort=[("read", DESCENDING)])
    return ListHistory.from_document(found) if found else None


async def write_histories(
    database: AsyncDatabase[Document], key: Mapping[str, Any], histories: Mapping[str | None, ListHistory]
) -> None:
    """Replaces the documents of these lists."""
    writes = [
        ReplaceOne({"_id": _id_of(key, url)}, {**key, "list": url, **history.to_document()}, upsert=True)
        for url, history in histories.items()
    ]
    if writes:
        await database["lists"].bulk_write(writes, ordered=False)


def _id_of(key: Mapping[str, Any], url: str | None) -> str:
    said = json.dumps([key["arguments"], key["newsroom"], url], sort_keys=True)
    return f"{key['spider']}:{hashlib.sha256(said.encode()).hexdigest()[:24]}"
