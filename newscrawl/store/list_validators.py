"""The collection `validators`: one document per list of a source, for conditional requests."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pymongo import ReplaceOne, UpdateOne

from newscrawl.model.draft import Entry
from newscrawl.model.list_validator import ListValidator
from newscrawl.store.tombstones import Names, Tombstones

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.store.client import Document

MOST_BYTES = 200_000  #: of a list's entries, compressed; a larger list is always read whole
_UNPACKED = 20_000_000  # bytes; more than MOST_BYTES ever unpack to
_TEXTS = ("asked", "url", "variant", "digest", "etag", "last_modified")


async def read_validators(
    database: AsyncDatabase[Document], key: Mapping[str, Any]
) -> dict[str, ListValidator]:
    """The validators of a source's lists, by their keys; `key` from list_histories.source_key."""
    found = database["validators"].find(dict(key))
    return {document["_id"]: from_document(document) async for document in found}


async def write_validators(
    database: AsyncDatabase[Document],
    key: Mapping[str, Any],
    read: Iterable[ListValidator],
    confirmed: Mapping[str, datetime],
) -> None:
    """Replaces the validators of lists read whole, and notes which lists were unchanged."""
    documents = [(one.key, to_document(one)) for one in await _without_forgotten(database, list(read))]
    writes: list[ReplaceOne[Any] | UpdateOne] = [
        ReplaceOne({"_id": name}, {**key, **document}, upsert=True)
        for name, document in documents
        if len(document["entries"]) <= MOST_BYTES
    ]
    writes += [UpdateOne({"_id": name}, {"$max": {"confirmed": at}}) for name, at in confirmed.items()]
    if writes:
        await database["validators"].bulk_write(writes, ordered=False)


async def _without_forgotten(
    database: AsyncDatabase[Document], read: list[ListValidator]
) -> list[ListValidator]:
    """The validators without the articles that were forgotten since they were chosen."""
    named = [Names(entry.id, frozenset({entry.canonical_url})) for one in read for entry in one.entries]
    forgotten = await Tombstones(database).find(named) if named else set()
    if not forgotten:
        return read
    return [
        replace(one, entries=tuple(entry for entry in one.entries if entry.id not in forgotten))
        for one in read
    ]


def to_document(validator: ListValidator) -> dict[str, Any]:
    """As stored, without `_id` and the source's key."""
    entries = [replace(entry, text=None).to_values() for entry in validator.entries]
    packed = json.dumps(entries, ensure_ascii=False).encode("utf-8", "replace")
    return {
        **{name: getattr(validator, name) for name in _TEXTS},
        "headers": list(validator.headers.items()),  # a name may hold dots
        "read": validator.read,
        "confirmed": validator.confirmed,
        "distrusted": validator.distrusted,
        "patience": validator.patience.total_seconds(),
        "count": validator.count,
        "entries": zlib.compress(packed),
    }


def from_document(document: Mapping[str, Any]) -> ListValidator:
    """From `to_document` and `_id`."""
    unpacked = zlib.decompressobj().decompress(document["entries"], _UNPACKED)
    return ListValidator(
        key=document["_id"],
        **{name: document[name] for name in (*_TEXTS, "read", "confirmed", "distrusted", "count")},
        headers=dict(document["headers"]),
        patience=timedelta(seconds=document["patience"]),
        entries=tuple(Entry.from_values(values) for values in json.loads(unpacked)),
    )
