"""Validators and indexes of the collections, created once and kept up to date.

docs/data.md documents the fields; the shapes here must match it and Post.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
from typing import TYPE_CHECKING, Any, get_args

from pymongo.errors import CollectionInvalid, OperationFailure

from newscrawl.model.post import SCHEMA_VERSION
from newscrawl.model.rights import LOOKED, PLACES, Access, Mining
from newscrawl.store.client import connect_async, reaching
from newscrawl.store.error_codes import (
    INDEX_BUILD_RUNNING,
    INDEX_DIFFERS,
    INDEX_NOT_FOUND,
    NAMESPACE_EXISTS,
)
from newscrawl.store.half_restored import RESTORE, refuse_half_restored
from newscrawl.store.indexes import INDEXES, OBSOLETE
from newscrawl.store.migrate import COLLECTIONS, MARKER, NEWEST, refuse_newer

if TYPE_CHECKING:
    from pymongo import IndexModel
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.store.client import Document

logger = logging.getLogger(__name__)


def _object(required: str, **properties: Any) -> dict[str, Any]:
    """An object with at least the `required` fields; other programs may add theirs."""
    return {"bsonType": "object", "required": required.split(), "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"bsonType": "array", "items": items}


def _pattern(pattern: str) -> dict[str, Any]:
    return {"bsonType": "string", "pattern": pattern}


def _or_null(shape: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [shape, {"bsonType": "null"}]}


_TEXT = {"bsonType": "string"}
_FULL = {"bsonType": "string", "minLength": 1}
_TEXT_OR_NULL = {"bsonType": ["string", "null"]}
_DATE = {"bsonType": "date"}
_DATE_OR_NULL = {"bsonType": ["date", "null"]}
_COUNT = {"bsonType": ["int", "long"], "minimum": 0}
_ID = _pattern(r"^[a-z][a-z0-9_.-]*:\S+$")
_SLUG = _pattern(r"^[a-z0-9-]+$")

_PAGE = _object("file offset digest", file=_FULL, offset=_COUNT, digest=_FULL)

_POST = {
    "_id": _ID,
    "layout": {"enum": ["post"]},
    "title": _FULL,
    "date": _DATE,
    "date_info": _object(
        "raw offset precision origin assumed",
        raw=_TEXT,
        offset=_pattern(r"^[+-]\d{2}:\d{2}$"),
        precision={"enum": ["second", "minute", "day"]},
        origin={"enum": ["page", "structured", "list", "url", "header"]},
        assumed=_list({"enum": ["zone", "year"]}),
    ),
    "categories": _list(_SLUG),
    "tags": _list(_FULL),
    "source": _or_null(
        _object("name slug raw origin", name=_FULL, slug=_SLUG, raw=_TEXT, origin=_FULL, url=_TEXT_OR_NULL)
    ),
    "authors": _list(_FULL),
    "editors": _list(_FULL),
    "digest": _TEXT_OR_NULL,
    "body": _object(
        "html text chars images",
        html=_TEXT,
        text=_TEXT,
        chars=_COUNT,
        images=_list(_object("url", url=_FULL, caption=_TEXT_OR_NULL)),
    ),
    "securities": _list(_object("market code", market=_TEXT, code=_FULL, name=_TEXT_OR_NULL)),
    "url": _FULL,
    "canonical_url": _FULL,
    "share_url": _FULL,
    "language": _pattern(r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"),
    "story": _or_null(
        _object(
            "fingerprint first",
            fingerprint=_pattern("^[0-9a-f]{16}$"),
            first=_FULL,
            clauses=_pattern("^([0-9a-f]{8})*$"),
        )
    ),
    "withdrawn": _or_null(
        _object(
            "since status seen until",
            since=_DATE,
            status={"bsonType": ["int", "long"]},
            seen=_DATE,
            until=_DATE_OR_NULL,
        )
    ),
    "rights": _or_null(
        _object(
            "access tdm tdm_allowed looked statements",
            access={"enum": list(get_args(Access))},
            tdm={"enum": list(get_args(Mining))},
            tdm_allowed={"bsonType": "bool"},
            licence=_TEXT_OR_NULL,
            licence_url=_TEXT_OR_NULL,
            tdm_policy=_TEXT_OR_NULL,
            copyright=_TEXT_OR_NULL,
            holder=_TEXT_OR_NULL,
            reprint=_TEXT_OR_NULL,
            looked=_list({"enum": list(LOOKED)}),
            statements=_list(
                _object(
                    "place signal value",
                    place={"enum": list(PLACES)},
                    signal=_FULL,
                    value=_TEXT,
                    means=_TEXT_OR_NULL,
                    at=_DATE_OR_NULL,
                    url=_TEXT_OR_NULL,
                )
            ),
        )
    ),
    "first_seen": _DATE,
    "last_seen": _DATE,
    "updated": _DATE_OR_NULL,
    "revision": {"bsonType": ["int", "long"], "minimum": 1},
    "content_hash": _pattern("^[0-9a-f]{32,64}$"),
    "crawl": _object(
        "spider run fetched",
        spider=_FULL,
        run=_FULL,
        fetched=_DATE,
        status={"bsonType": ["int", "long", "null"]},
        page_version=_TEXT_OR_NULL,
        origins={"bsonType": "object"},
        etag=_TEXT_OR_NULL,
        last_modified=_TEXT_OR_NULL,
        page=_or_null(_PAGE),
        reader={"bsonType": ["int", "long", "null"]},
        reread=_or_null(_object("reader at", reader=_COUNT, at=_DATE)),
    ),
    "schema_version": _COUNT,
}

VALIDATORS: dict[str, dict[str, Any]] = {
    # These came within a version: posts of an older program, and of its spool, are without them.
    "posts": _object(" ".join(name for name in _POST if name not in ("withdrawn", "rights")), **_POST),
    "revisions": _object(
        "post content_hash crawl", post=_ID, content_hash=_TEXT, crawl={"bsonType": "object"}
    ),
    "story_marks": _object(
        "date stored story", date=_DATE, stored=_DATE, story=_object("first bands", first=_FULL)
    ),
    "rejects": _object(
        "post url reasons spider run seen first_seen last_seen",
        post=_FULL,
        reasons={**_list(_FULL), "minItems": 1},
        seen={"bsonType": ["int", "long"], "minimum": 1},
        first_seen=_DATE,
        last_seen=_DATE,
        page=_TEXT_OR_NULL,
        kept=_or_null(_PAGE),
    ),
    "runs": _object("spider started", spider=_FULL, started=_DATE, finished=_DATE_OR_NULL),
    "lists": _object("spider since read", spider=_FULL, since=_DATE, read=_DATE),
    "validators": _object("spider read confirmed", spider=_FULL, read=_DATE, confirmed=_DATE),
    "robots": _object("fetched until", fetched=_DATE, until=_DATE),
    "archives": _object(
        "name choice position since updated", name=_FULL, choice=_FULL, since=_DATE, updated=_DATE
    ),
    "jobs": {"bsonType": "object"},
    "leases": _object("since until token", since=_DATE, until=_DATE, token=_COUNT),
    "heartbeats": _object("at until host home", at=_DATE, until=_DATE, ended=_DATE_OR_NULL),
    "alerts": _object("version", version=_COUNT),
    "webhooks": _object("delivered failures", delivered=_COUNT, failures=_COUNT),
    "webhook_queue": _object("webhook post event at made next seq", webhook=_FULL, post=_FULL, event=_FULL),
    "dead_letters": _object("webhook post event at moved reason", webhook=_FULL, post=_FULL, event=_FULL),
    "names": _object("name", name=_FULL),
    "reread_files": _object("of since done", of=_FULL, since=_DATE, done=_list(_COUNT)),
    # Tombstones, and the salts that they are hashed with.
    "forgotten": {
        "anyOf": [
            _object(
                "keys at reason done",
                keys=_list(_pattern("^[0-9a-f]{32}$")),
                at=_DATE,
                reason=_FULL,
                done=_DATE_OR_NULL,
                left={"bsonType": "object"},
            ),
            _object("key version", _id=_pattern("^salt:[0-9a-f]{8}$"), key={"bsonType": "binData"}),
        ]
    },
}


_INDEX_WAIT, _INDEX_LOOK = 60.0, 0.1  # seconds: to wait for an index build, and between two tries


async def ensure_schema(database: AsyncDatabase[Document], *, restoring: bool = False) -> bool:
    """Creates or corrects collections, validators and indexes; False if nothing had to change.

    Costs one read if nothing is to be done. Safe in several processes at once. Warns if a migration is due.
    Raises NewerPosts if a newer program wrote the posts, and HalfRestored if a restore was interrupted,
    unless the restore itself calls.
    """
    digest = _digest()
    notes = await database["meta"].find({"_id": {"$in": [MARKER, RESTORE]}}).to_list()
    marker, restore = (next((one for one in notes if one["_id"] == name), {}) for name in (MARKER, RESTORE))
    if not restoring:
        refuse_half_restored(restore, database.name)
    refuse_newer({"schema_version": marker.get("version")}, database.name)
    if marker.get("digest") == digest:
        _tell_due(due=bool(marker.get("due")) and not restoring)
        return False
    # In parallel: the server waits for its disk at each.
    made = await asyncio.gather(*(_make(database, name) for name in VALIDATORS), return_exceptions=True)
    for error in made:
        if error is not None:
            raise error
    due = await _look_at_versions(database)
    made_now = {"digest": digest, "version": SCHEMA_VERSION, "due": due}
    await database["meta"].update_one({"_id": MARKER}, {"$set": made_now}, upsert=True)
    _tell_due(due=due and not restoring)
    return True


async def _look_at_versions(database: AsyncDatabase[Document]) -> bool:
    """Whether documents are older than this program. Raises NewerPosts if some are newer."""
    old = False
    for name in COLLECTIONS:
        refuse_newer(await database[name].find_one({}, {"schema_version": 1}, sort=NEWEST), database.name)
        older = {"schema_version": {"$lt": SCHEMA_VERSION}}
        old = old or await database[name].find_one(older, {"_id": 1}) is not None
    return old


def _tell_due(*, due: bool) -> None:
    if due:
        logger.warning("The database has posts of an older schema version: run newscrawl db migrate")


async def make_schema(database: str) -> bool:
    """As `ensure_schema`, by the database's name. Raises DatabaseUnavailable."""
    client = await connect_async("writer")
    async with client:
        with reaching():
            return await ensure_schema(client[database])


async def _make(database: AsyncDatabase[Document], name: str) -> None:
    await _hold(database, name)
    if INDEXES[name]:
        await _index(database, name)
    for index in OBSOLETE.get(name, ()):
        try:
            await database[name].drop_index(index)
        except OperationFailure as error:
            if error.code != INDEX_NOT_FOUND:
                raise


async def _hold(database: AsyncDatabase[Document], name: str) -> None:
    """Creates the collection with its validator. Moderate: documents that were already invalid may be
    written."""
    rules: dict[str, Any] = {"validator": {"$jsonSchema": VALIDATORS[name]}, "validationLevel": "moderate"}
    try:
        await database.create_collection(name, check_exists=False, **rules)
    except CollectionInvalid:
        await _validate(database, name, rules)
    except OperationFailure as error:
        if error.code != NAMESPACE_EXISTS:
            raise
        await _validate(database, name, rules)


async def _validate(database: AsyncDatabase[Document], name: str, rules: dict[str, Any]) -> None:
    """Sets a collection's validator; waits while another process builds its indexes."""
    until = time.monotonic() + _INDEX_WAIT
    while True:
        try:
            await database.command("collMod", name, **rules)
        except OperationFailure as error:
            if error.code != INDEX_BUILD_RUNNING or time.monotonic() > until:
                raise
            await asyncio.sleep(_INDEX_LOOK)
        else:
            return


async def _index(database: AsyncDatabase[Document], name: str) -> None:
    """Creates a collection's indexes; one with our name but another shape is rebuilt."""
    try:
        await database[name].create_indexes(INDEXES[name])
    except OperationFailure as error:
        if error.code not in INDEX_DIFFERS:
            raise
        for index in INDEXES[name]:
            await _index_anew(database, name, index)


async def _index_anew(database: AsyncDatabase[Document], name: str, index: IndexModel) -> None:
    try:
        await database[name].create_indexes([index])
    except OperationFailure as error:
        if error.code not in INDEX_DIFFERS:
            raise
        await database[name].drop_index(index.document["name"])
        await database[name].create_indexes([index])


def _digest() -> str:
    """32 hex digits that change when a validator or an index does."""
    indexes = {name: [index.document for index in models] for name, models in INDEXES.items()}
    said = json.dumps([SCHEMA_VERSION, VALIDATORS, indexes], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:32]
