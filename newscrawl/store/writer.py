"""PostWriter: writes a batch of records to MongoDB with as few commands as possible.

First queries which posts are stored, with which content: unchanged posts need one update together, new ones
one unordered bulk write. Only changed posts are written one by one (newscrawl.store.revisions). Every write
may be repeated: after a broken connection it is unknown what arrived.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pymongo import InsertOne, UpdateOne
from pymongo.errors import BulkWriteError, OperationFailure, PyMongoError

from newscrawl.errors import Unstorable
from newscrawl.model.ledger import NO_LONGER, Outcome
from newscrawl.store import rights_changes
from newscrawl.store.error_codes import DUPLICATE_KEY, is_away, server_words
from newscrawl.store.forgotten_records import ForgottenRecords
from newscrawl.store.record import Record, Result, refusal
from newscrawl.store.revisions import look, revise
from newscrawl.store.same_post import is_same, posts_by_address
from newscrawl.store.story_links import MARKS, Stories
from newscrawl.store.withdrawals import open_withdrawal

if TYPE_CHECKING:
    from pymongo.asynchronous.collection import AsyncCollection
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.store.client import Document

logger = logging.getLogger(__name__)

_HELD_FIELDS = (
    *("content_hash", "revision", "first_seen", "last_seen", "updated", "gone", "withdrawn"),
    *rights_changes.FIELDS,
)
_AT_ONCE = timedelta(seconds=1)  # records of one moment: for `last_seen` they are the same


class PostWriter:
    """Writes records to one database. Raises PyMongoError while MongoDB is away.

    A page that is no longer the article replaces a stored post only with `replace`.
    """

    def __init__(self, database: AsyncDatabase[Document], *, replace: bool = False) -> None:
        self._replace = replace
        self._posts = database["posts"]
        self._rejects = database["rejects"]
        self._runs = database["runs"]
        self.database = database
        self._stories = Stories(database[MARKS])
        self._forgotten = ForgottenRecords(database)

    @property
    def any_forgotten(self) -> bool:
        """Whether any article is forgotten, as of the last batch."""
        return self._forgotten.any

    async def write(self, records: Sequence[Record], *, again: bool = False) -> list[Result]:
        """Writes all records; `again`: an interrupted try may have written them.

        A post that MongoDB refuses goes to `rejects` with MongoDB's message, and does not block the others.
        What is of a forgotten article is not written: `rejected`.
        """
        kept, refused = await self._forgotten.leave_out(records)
        written = await self._write_kept(kept, again)
        late = await self._forgotten.take_back(kept)
        return refused + [late.get(result.id, result) for result in written]

    async def _write_kept(self, records: Sequence[Record], again: bool) -> list[Result]:
        try:
            return await self._write(records, again)
        except PyMongoError as error:
            if is_away(error):
                raise
            logger.warning("A batch of %d was refused; retrying each alone: %s", len(records), error)
        results = []
        for record in records:
            results += await self._write_alone(record)
        return results

    async def _write(self, records: Sequence[Record], again: bool) -> list[Result]:
        results: list[Result] = []
        for wave in _waves([record for record in records if record.kind == "post"]):
            results += await self._write_posts(wave, again)
        touched = [record for record in records if record.kind == "touch"]
        await self._touch(touched)
        results += [await self._look(record, again=again) for record in records if record.kind == "look"]
        await self._write_rejects([record for record in records if record.kind == "reject"])
        await self._write_runs([record for record in records if record.kind == "run"])
        return results + [Result(record.id, "unchanged") for record in touched]

    async def _write_alone(self, record: Record) -> list[Result]:
        try:
            return await self._write([record], again=True)
        except PyMongoError as error:
            if is_away(error):
                raise
            if record.kind == "post":
                return [await self._refuse(record, {"errmsg": str(error)})]
            logger.error("MongoDB permanently refuses the %s of %s: %s", record.kind, record.id, error)
            return []

    async def _write_posts(self, wave: list[Record], again: bool) -> list[Result]:
        """Writes posts with distinct ids."""
        held = await self._held(wave)
        same: list[Record] = []
        changed: list[Record] = []
        new: list[Record] = []
        back: list[Record] = []
        for record in wave:
            there = held.get(record.id)
            if there is None:
                new.append(record)
            elif there["content_hash"] != record.content_hash:
                changed.append(record)
            elif there.get("gone") or open_withdrawal(there) or _has_other_rights(record, there):
                back.append(record)
            else:
                same.append(record)
        new, renamed = await self._apart(new)
        await self._date_back(same, held)
        await self._touch([record for record in same if record.at > held[record.id]["last_seen"]])
        results, raced = await self._insert(await self._stories.link(new))
        results += [Result(record.id, _earlier(held[record.id], record, again)) for record in same]
        revised = [await self._change(record) for record in (*changed, *raced)]
        for record, post_id in renamed:
            changed_post = await self._change(dataclasses.replace(record, id=post_id))
            revised.append(changed_post._replace(id=record.id))
        revised += [await self._change(record) for record in back]
        await self._forget_replacements([*same, *changed, *raced, *back], revised)
        return results + revised

    async def _apart(self, new: list[Record]) -> tuple[list[Record], list[tuple[Record, str]]]:
        """New posts, and those whose address a stored post already has, with its id."""
        documents = {record.id: record.raw_document for record in new}
        addresses = {name: str(document["canonical_url"]) for name, document in documents.items()}
        held = await posts_by_address(self.database, addresses, ("first_seen",))
        same = {
            name: str(post["_id"])
            for name, post in held.items()
            if is_same(name, str(documents[name]["crawl"]["spider"]), post)
        }
        others = [record for record in new if record.id not in same]
        return others, [(record, same[record.id]) for record in new if record.id in same]

    async def _look(self, record: Record, *, again: bool) -> Result:
        outcome = await look(self.database, record.id, record.document["status"], record.at, again=again)
        return Result(record.id, outcome)

    async def _held(self, records: list[Record]) -> dict[str, dict[str, Any]]:
        wanted = {"_id": {"$in": [record.id for record in records]}}
        return {post["_id"]: post async for post in self._posts.find(wanted, _HELD_FIELDS)}

    async def _touch(self, records: list[Record]) -> None:
        if not records:
            return
        first, last = min(record.at for record in records), max(record.at for record in records)
        if last - first <= _AT_ONCE:  # always so in a crawl; captures of an archive may be years apart
            wanted = {"_id": {"$in": [record.id for record in records]}}
            await self._posts.update_many(wanted, {"$max": {"last_seen": last}})
        else:
            await _unordered(
                self._posts,
                [UpdateOne({"_id": one.id}, {"$max": {"last_seen": one.at}}) for one in records],
            )

    async def _date_back(self, records: list[Record], held: dict[str, dict[str, Any]]) -> None:
        """Moves the dates of posts back: an older capture of the same state came."""
        earlier = [one for one in records if one.at < held[one.id]["first_seen"]]
        await _unordered(
            self._posts, [UpdateOne({"_id": one.id}, {"$min": {"first_seen": one.at}}) for one in earlier]
        )

    async def _insert(self, records: list[Record]) -> tuple[list[Result], list[Record]]:
        """The results for new posts, and the posts that another process stored first."""
        await self._stories.keep(records)
        refused = await _unordered(self._posts, [InsertOne(record.raw_document) for record in records])
        results, raced, stored = [], [], []
        for index, record in enumerate(records):
            if (said := refused.get(index)) is None:
                stored.append(record)
            elif said["code"] == DUPLICATE_KEY:
                raced.append(record)
            else:
                results.append(await self._refuse(record, said))
        if results:
            await self._stories.forget([result.id for result in results])
        await self._forget_rejects(stored)
        return results + [Result(record.id, "stored") for record in stored], raced

    async def _forget_rejects(self, stored: list[Record]) -> None:
        """Deletes the rejects of articles that are posts now."""
        if stored:
            until = max(record.at for record in stored)
            ids = [record.id for record in stored]
            await self._rejects.delete_many({"post": {"$in": ids}, "last_seen": {"$lte": until}})

    async def _change(self, record: Record) -> Result:
        try:
            outcome = await revise(self.database, record, replace=self._replace)
            if outcome == "rejected":
                return await self._keep_replacement(record)
            return Result(record.id, outcome)
        except OperationFailure as error:
            if is_away(error):
                raise
            return await self._refuse(record, dict(error.details or {"errmsg": str(error)}))

    async def _keep_replacement(self, record: Record) -> Result:
        """A page that replaced a known article goes to `rejects`; the post stays as it is."""
        logger.warning("Post %s is kept: the page is no longer the article", record.id)
        await self._write_rejects([refusal(record, NO_LONGER, record.at)])
        return Result(record.id, "rejected", NO_LONGER)

    async def _forget_replacements(self, records: list[Record], revised: list[Result]) -> None:
        """Deletes the rejects of replaced pages whose article is back."""
        refused = {result.id for result in revised if result.outcome == "rejected"}
        back = [record.id for record in records if record.id not in refused]
        if back:
            await self._rejects.delete_many({"post": {"$in": back}, "reasons": NO_LONGER})

    async def _refuse(self, record: Record, said: dict[str, Any]) -> Result:
        words = f"refused by MongoDB: {server_words(said)}"
        logger.error("Post %s: %s", record.id, words)
        try:
            await self._write_rejects([refusal(record, words, record.at)])
        except (PyMongoError, Unstorable) as error:
            if isinstance(error, PyMongoError) and is_away(error):
                raise
            logger.error("The reject of %s cannot be stored, either: %s", record.id, error)
            return Result(record.id, "failed", words)
        return Result(record.id, "rejected", words)

    async def _write_rejects(self, records: list[Record]) -> None:
        await _each_once(self._rejects, [_reject_update(record) for record in records])

    async def _write_runs(self, records: list[Record]) -> None:
        # A run's start replayed from a spool must not overwrite its end.
        updates = [
            UpdateOne({"_id": record.id, "finished": None}, {"$set": _without_id(record)}, upsert=True)
            for record in records
        ]
        await _each_once(self._runs, updates)


def _waves(records: list[Record]) -> Iterator[list[Record]]:
    """The records in order, no id twice in a wave: a later record changes an earlier one."""
    while records:
        seen: set[str] = set()
        wave: list[Record] = []
        later: list[Record] = []
        for record in records:
            (later if record.id in seen else wave).append(record)
            seen.add(record.id)
        yield wave
        records = later


def _has_other_rights(record: Record, held: dict[str, Any]) -> bool:
    if record.at < held["last_seen"]:
        return False
    return rights_changes.is_other(held.get("rights"), record.raw_document.get("rights"))


def _earlier(held: dict[str, Any], record: Record, again: bool) -> Outcome:
    """The outcome of a record whose content is stored: unchanged, unless an earlier try stored it."""
    if again and (held["updated"] or held["first_seen"]) == record.at:
        return "updated" if held["revision"] > 1 else "stored"
    return "unchanged"


def _reject_update(record: Record) -> UpdateOne:
    """Increases `seen`. Repeated, it no longer matches `last_seen`, tries to insert, and fails harmlessly."""
    document = _without_id(record)
    return UpdateOne(
        {"_id": record.document["_id"], "last_seen": {"$lt": record.at}},
        {
            "$set": {**document, "last_seen": record.at},
            "$setOnInsert": {"first_seen": record.at},
            "$inc": {"seen": 1},
        },
        upsert=True,
    )


def _without_id(record: Record) -> dict[str, Any]:
    return {name: value for name, value in record.document.items() if name != "_id"}


async def _each_once(collection: AsyncCollection[Document], updates: list[UpdateOne]) -> None:
    """Runs updates that may have been done before: a duplicate key means that one was."""
    refused = await _unordered(collection, updates)
    for said in refused.values():
        if said["code"] != DUPLICATE_KEY:
            raise OperationFailure(server_words(said), said["code"], said)


async def _unordered(
    collection: AsyncCollection[Document], operations: Sequence[InsertOne[Any] | UpdateOne]
) -> dict[int, dict[str, Any]]:
    """One bulk write; returns MongoDB's errors by index. Raises errors for which is_away is true."""
    if not operations:
        return {}
    try:
        await collection.bulk_write(operations, ordered=False)
    except BulkWriteError as error:
        if is_away(error):
            raise
        return {said["index"]: said for said in error.details["writeErrors"]}
    return {}
