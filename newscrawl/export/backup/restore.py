"""restore: a dump into a database, which goes on where an earlier restore of it was interrupted.

How far it is, is noted in the database after each block (newscrawl.store.half_restored). Documents are
inserted as they are in the dump; what is there already stays, so a block that was half inserted can be
inserted again. Collections, validators and indexes are made by newscrawl.store.schema afterwards, which is
quicker than before, and what the dump had of them does not matter.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from bson.raw_bson import RawBSONDocument
from pymongo.errors import BulkWriteError, DuplicateKeyError, WriteError

from newscrawl.errors import HalfRestored, NewerPosts, NewscrawlError, UsageError
from newscrawl.export.backup.dump_format import Block, DumpReader, End, Header
from newscrawl.model.post import SCHEMA_VERSION
from newscrawl.store.client import connect_async
from newscrawl.store.error_codes import DUPLICATE_KEY, server_words
from newscrawl.store.half_restored import RESTORE
from newscrawl.store.merge_posts import merge_doubles
from newscrawl.store.migrate import check_versions, migrate
from newscrawl.store.schema import ensure_schema
from newscrawl.store.story_links import MARKS
from newscrawl.store.tombstones import COLLECTION as FORGOTTEN
from newscrawl.store.tombstones import Buried, Names

if TYPE_CHECKING:
    from pymongo.database import Database

    from newscrawl.store.client import Document

#: The search index, whose rows and numbers fit the posts of one moment of one database.
_SEARCH: Final = ("search_segments", "search_rows", "search_ids")
#: What a merge leaves out: it speaks of its own database. Validators say that the articles of a list are
#: stored, which is not so before the posts are merged, too; a lease has no holder in another database.
_NOT_MERGED: Final = ("meta", "validators", "leases", *_SEARCH)
#: What no restore brings back: the copy of a database would report that the schedulers of the first are dead,
#: and send its messages again.
_OF_THE_MOMENT: Final = ("heartbeats", "alerts")
#: What tells of articles. Those that were forgotten in this database do not come back.
_OF_ARTICLES: Final = ("posts", "revisions", "rejects", MARKS)
#: What may tell of articles that are left out: made anew from the posts, or by the next crawl.
_MADE_ANEW: Final = ("validators", *_SEARCH)
_PENDING = b"\x08search_pending\x00\x01"  # the field, true, in BSON


@dataclass(frozen=True, slots=True)
class RestoreJob:
    """Where a dump goes."""

    database: Database[Document]
    merge: bool = False  #: adds what is missing to a database that has documents
    on_progress: Callable[[int], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Restored:
    """What became of a restore."""

    end: End
    inserted: int  #: documents that this run inserted; the others were there already
    before: int  #: documents that an earlier, interrupted run had read
    migrated: int  #: documents of an older schema version
    index: bool  #: whether the search index is to be made anew: newscrawl db index


def check_dump(
    file: BinaryIO, name: str, on_progress: Callable[[int], None] = lambda _: None
) -> tuple[Header, End]:
    """Reads a whole dump. Raises DamagedDump, NewerPosts."""
    reader = DumpReader(file, name)
    refuse_newer_dump(reader.header, name)
    count = 0
    for block in reader.blocks():
        count += block.count
        on_progress(count)
    assert reader.end is not None, "all blocks were read"
    return reader.header, reader.end


def refuse_newer_dump(header: Header, name: str) -> None:
    """Raises NewerPosts for a dump of a schema version that this program does not know."""
    if header.schema_version > SCHEMA_VERSION:
        raise NewerPosts(
            f"{name} has posts of schema version {header.schema_version}, made by newscrawl {header.program};"
            f" this newscrawl knows {SCHEMA_VERSION}: update newscrawl"
        )


def restore(job: RestoreJob, file: BinaryIO, name: str) -> Restored:
    """Restores a dump; runs the migrations if it is of an older schema version.

    Raises UsageError for a database that has documents, unless they are to be merged; HalfRestored if a
    restore of another dump was interrupted there; DamagedDump, NewerPosts.
    """
    reader = DumpReader(file, name)
    refuse_newer_dump(reader.header, name)
    note = _begin(job, reader.header)
    inserted = _insert_all(job, reader, note)
    assert reader.end is not None, "all blocks were read"
    stale = not note["merge"] and (len(reader.end.moments) > 1 or note.get("forgotten", False))
    if stale:
        _drop_search_index(job.database)
    asyncio.run(_make_schema(job.database.name))
    migrated = migrate(job.database)
    if note["merge"]:
        merge_doubles(job.database)
    job.database["meta"].delete_one({"_id": RESTORE})
    return Restored(reader.end, inserted, note["documents"], migrated, stale or note["merge"])


def _begin(job: RestoreJob, header: Header) -> Document:
    """The note to go on from. An interrupted restore stays what it was, a merge or not."""
    check_versions(job.database)
    meta = job.database["meta"]
    if note := meta.find_one({"_id": RESTORE}):
        if note["dump"] != header.dump:
            raise HalfRestored(
                f"a restore of another dump, of {note['made']:%Y-%m-%d %H:%M} UTC, was interrupted in"
                f" database {job.database.name}: finish that first, or name another database:"
                " newscrawl --database NAME db restore FILE"
            )
        return note
    if not job.merge:
        _refuse_documents(job.database)
    note = {
        "_id": RESTORE,
        "dump": header.dump,
        "made": header.made,
        "merge": job.merge,
        "forgotten": job.database[FORGOTTEN].find_one({}, {"_id": 1}) is not None,
        "block": 0,
        "documents": 0,
    }
    meta.insert_one(note)
    return note


def _refuse_documents(database: Database[Document]) -> None:
    for name in sorted(database.list_collection_names()):
        if (
            name not in ("meta", FORGOTTEN, *_OF_THE_MOMENT)
            and database[name].find_one({}, {"_id": 1}) is not None
        ):
            count = database[name].estimated_document_count()
            raise UsageError(
                f"database {database.name} is not empty ({count:,} documents in {name}): restore into another"
                " one, newscrawl --database NAME db restore FILE, or add what is missing there with --merge"
            )


def _insert_all(job: RestoreJob, reader: DumpReader, note: Document) -> int:
    done = inserted = 0
    for number, block in enumerate(reader.blocks(), 1):
        done += block.count
        if number > note["block"]:
            inserted += _insert(job.database, block, note)
            place = {"block": number, "documents": done}
            job.database["meta"].update_one({"_id": RESTORE}, {"$set": place})
        job.on_progress(done)
    return inserted


def _insert(database: Database[Document], block: Block, note: Document) -> int:
    """Inserts what is not there and was not forgotten; returns how many that were."""
    merge, forgotten = note["merge"], note.get("forgotten", False)
    if block.collection in _OF_THE_MOMENT or (merge and block.collection in _NOT_MERGED):
        return 0
    if forgotten and block.collection in _MADE_ANEW:
        return 0
    if block.collection == "meta":
        return _replace_notes(database, block)
    documents = block.documents()
    if forgotten and block.collection in _OF_ARTICLES:
        buried = Buried.of(database[FORGOTTEN].find())
        documents = (one for one in documents if not buried.has(Names.of(RawBSONDocument(one))))
    if (merge or forgotten) and block.collection == "posts":
        documents = map(_pending, documents)
    return _insert_missing(database, block.collection, documents)


def _insert_missing(database: Database[Document], name: str, documents: Iterator[bytes]) -> int:
    """Inserts documents whose `_id` is not there; returns how many that were."""
    rows = [RawBSONDocument(document) for document in documents]
    if not rows:
        return 0
    try:
        # Documents that an older version's rules let in are let in again.
        database[name].insert_many(rows, ordered=False, bypass_document_validation=True)
    except BulkWriteError as error:
        details = error.details or {}
        if details["writeConcernErrors"]:
            raise NewscrawlError(f"MongoDB did not confirm documents of {name}: run this again") from None
        failed = details["writeErrors"]
        again = [rows[one["index"]] for one in failed if one["code"] != DUPLICATE_KEY]
        return len(rows) - len(failed) + sum(_insert_alone(database, name, row) for row in again)
    return len(rows)


def _insert_alone(database: Database[Document], name: str, row: RawBSONDocument) -> bool:
    """Inserts a document that failed among others: several that are large are too much for a small cache
    (error 388). False if it is there. Raises NewscrawlError if MongoDB refuses it."""
    try:
        database[name].insert_one(row, bypass_document_validation=True)
    except DuplicateKeyError:
        return False
    except WriteError as error:
        raise NewscrawlError(
            f"MongoDB refuses a document of {name}: {server_words(dict(error.details or {}))}"
        ) from None
    return True


def _replace_notes(database: Database[Document], block: Block) -> int:
    """Puts notes in the place of those that were made since; returns how many."""
    for document in block.documents():
        note: Any = RawBSONDocument(document)
        database["meta"].replace_one({"_id": note["_id"]}, note, upsert=True)
    return block.count


def _pending(document: bytes) -> bytes:
    """A post that waits for the search index. The field is added at the end, unless it is there."""
    if "search_pending" in RawBSONDocument(document):
        return document
    size = len(document) + len(_PENDING)
    return size.to_bytes(4, "little") + document[4:-1] + _PENDING + b"\0"


def _drop_search_index(database: Database[Document]) -> None:
    """Has all posts wait for the index: that of the dump may be older than its posts."""
    database["posts"].update_many({}, {"$set": {"search_pending": True}}, bypass_document_validation=True)
    for name in _SEARCH:
        database[name].delete_many({})


async def _make_schema(name: str) -> None:
    async with await connect_async("writer", socketTimeoutMS=None) as client:
        await ensure_schema(client[name], restoring=True)
