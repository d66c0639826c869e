"""All documents of a database, a batch at a time, as MongoDB shows them at one moment.

Reads with read concern `snapshot` and one `atClusterTime`, which MongoDB serves for
`minSnapshotHistoryWindowInSeconds` (300 s by default). What takes longer goes on with another moment: each
batch is of one, but what was read before does not show what changed since.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import bson
from bson import CodecOptions, Timestamp
from bson.codec_options import DatetimeConversion
from bson.raw_bson import RawBSONDocument
from pymongo.errors import OperationFailure

from newscrawl.errors import NewscrawlError
from newscrawl.export.backup.dump_format import Block
from newscrawl.store.half_restored import RESTORE
from newscrawl.store.migrate import MARKER

if TYPE_CHECKING:
    from pymongo.client_session import ClientSession
    from pymongo.database import Database

    from newscrawl.store.client import Document

_BATCH = 1000  # documents; MongoDB cuts a batch at 16 MB
_TOO_OLD = frozenset({239, 246})  # SnapshotTooOld, SnapshotUnavailable
_ATTEMPTS = 10  # moments in a row at which nothing could be read
# An order for dumps of several moments. What refers to posts comes before them: it then speaks of posts that
# are in the dump. Their history and the index come after them: what they lack is made again.
_LAST = ("posts", "revisions", "names", "search_ids", "search_rows", "search_segments", "meta")
_RAW: CodecOptions[Any] = CodecOptions(
    document_class=RawBSONDocument,
    datetime_conversion=DatetimeConversion.DATETIME_AUTO,
    unicode_decode_error_handler="replace",  # only `_id` is looked at
)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a database was read."""

    collections: tuple[str, ...]  #: all, in their order
    moments: tuple[Timestamp, ...]  #: that were read at so far; the last is the present one
    collection: str | None = None  #: of the last batch
    last: bytes | None = None  #: BSON of {_id}, of the last document; None: the collection is done


def first_place(database: Database[Document]) -> Place:
    """Where a dump begins: the latest moment."""
    names = [
        found["name"]
        for found in database.list_collections(filter={"type": "collection"})
        if not found["name"].startswith("system.")
    ]
    ordered = sorted(names, key=lambda name: (_LAST.index(name) if name in _LAST else -1, name))
    return Place(tuple(ordered), (latest_moment(database),))


def latest_moment(database: Database[Document]) -> Timestamp:
    """The moment that MongoDB gives a snapshot without one."""
    asked = {"find": "meta", "limit": 1, "projection": {"_id": 1}, "readConcern": {"level": "snapshot"}}
    answer = database.command(asked)
    # Without the collection, the answer names the moment of the operation only.
    moment: Timestamp = answer["cursor"].get("atClusterTime") or answer["operationTime"]
    return moment


def read_all(database: Database[Document], place: Place) -> Iterator[tuple[Block, Place]]:
    """The batches after a place, each with the place after it."""
    begin, rest = place, place.collections
    if place.collection is not None:
        rest = rest[rest.index(place.collection) :]
    with database.client.start_session(causal_consistency=False) as session:
        for name in rest:
            if name != begin.collection:
                place = replace(place, collection=name, last=None)
            for batch in _read_patiently(database, session, place):
                yield batch
                place = batch[1]


def _read_patiently(
    database: Database[Document], session: ClientSession, place: Place
) -> Iterator[tuple[Block, Place]]:
    """A collection's batches after a place; at a later moment if MongoDB no longer has that one."""
    attempts = 0
    while True:
        try:
            for block, last in _read(database, session, place):
                attempts, place = 0, replace(place, last=last)
                yield block, place
            return
        except OperationFailure as error:
            if error.code not in _TOO_OLD:
                raise
            attempts += 1
            if attempts == _ATTEMPTS:
                raise NewscrawlError(
                    f"MongoDB keeps no moment long enough to read {place.collection}: {error.details}"
                ) from error
        place = replace(place, moments=(*place.moments, latest_moment(database)))


def _read(
    database: Database[Document], session: ClientSession, place: Place
) -> Iterator[tuple[Block, bytes]]:
    """Batches of one collection at one moment, in the order of `_id`, each with its last `_id`."""
    name = place.collection
    asked: dict[str, Any] = {"find": name, "hint": {"_id": 1}, "batchSize": _BATCH}
    if name == "meta":
        asked["filter"] = {"_id": {"$nin": [MARKER, RESTORE]}}  # each database has its own
    asked["readConcern"] = {"level": "snapshot", "atClusterTime": place.moments[-1]}
    after = None
    if place.last is not None:
        # Not {"_id": {"$gt": …}}, which finds values of the same type only. The bound itself is included;
        # an `_id` that is MaxKey, MongoDB's own value for an upper bound, is not found.
        asked["min"] = after = RawBSONDocument(place.last)
    cursor = database.command(asked, session=session, codec_options=_RAW)["cursor"]
    batch = cursor["firstBatch"]
    while True:
        found = [document.raw for document in batch if after is None or _id(document) != after.raw]
        if found:
            assert name is not None
            yield Block(name, len(found), b"".join(found)), _id(batch[-1])
        if not cursor["id"]:
            return
        more = {"getMore": cursor["id"], "collection": name, "batchSize": _BATCH}
        cursor = database.command(more, session=session, codec_options=_RAW)["cursor"]
        batch, after = cursor["nextBatch"], None


def _id(document: RawBSONDocument) -> bytes:
    """BSON of {_id}."""
    return bson.encode({"_id": document["_id"]}, codec_options=_RAW)
