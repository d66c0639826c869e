"""Stored posts and rejects of kept pages, and the progress of a reread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne

from newscrawl.model.ledger import Outcome
from newscrawl.store.record import post_record, reject_record, without_bands
from newscrawl.store.revisions import amend
from newscrawl.store.story_links import MARKS, Stories
from newscrawl.store.tombstones import Names, Tombstones
from newscrawl.store.writer import PostWriter

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase
    from pymongo.database import Database

    from newscrawl.model.draft import Reject
    from newscrawl.model.post import Post
    from newscrawl.store.client import Document
    from newscrawl.store.record import Record

POSITIONS = "reread_files"  #: collection: one document per file with an unfinished reread


@dataclass(slots=True)
class HeldArticles:
    """What is stored of a file's articles, by the offset of their page."""

    posts: dict[int, Document] = field(default_factory=dict)  #: read from this page
    rejects: dict[int, Document] = field(default_factory=dict)  #: likewise
    newer: set[int] = field(default_factory=set)  #: offsets of articles stored from another page


async def fetch_held(
    database: AsyncDatabase[Document], file: str, articles: Mapping[int, str]
) -> HeldArticles:
    """What is stored of these articles; `articles`: offset in the file -> id."""
    held = HeldArticles()
    ids = list(set(articles.values()))
    posts = {post["_id"]: post async for post in database["posts"].find({"_id": {"$in": ids}})}
    rejects: dict[tuple[str, int], Document] = {}
    rejected = set()
    async for reject in database["rejects"].find({"post": {"$in": ids}}, {"page": 0}):
        rejected.add(reject["post"])
        kept = reject.get("kept")
        if kept and kept["file"] == file:
            rejects[reject["post"], kept["offset"]] = reject
    lost = [offset for offset, name in articles.items() if name not in posts and name not in rejected]
    at_address = await _posts_at(database, file, lost) if lost else {}
    for offset, name in articles.items():
        post = posts.get(name) or at_address.get(offset)
        page = ((post or {}).get("crawl") or {}).get("page")
        if post and page and (page["file"], page["offset"]) == (file, offset):
            held.posts[offset] = post
        elif post is None and (name, offset) in rejects:
            held.rejects[offset] = rejects[name, offset]
        elif post is not None or name in rejected:
            held.newer.add(offset)
    return held


async def _posts_at(
    database: AsyncDatabase[Document], file: str, offsets: Sequence[int]
) -> dict[int, Document]:
    """Posts by their page's location: an article with the same address may be stored under another id."""
    wanted = {"crawl.page.file": file, "crawl.page.offset": {"$in": list(offsets)}}
    return {post["crawl"]["page"]["offset"]: post async for post in database["posts"].find(wanted)}


@dataclass(frozen=True, slots=True)
class Change:
    """A stored post, and its fields as they read now."""

    held: Document
    record: Record  #: the post as it reads now
    fields: dict[str, Any]  #: only those that change
    crawl: dict[str, Any]


class RereadWriter:
    """Writes the results of rereading. Raises PyMongoError."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._database = database
        self._writer = PostWriter(database)
        self._stories = Stories(database[MARKS])
        self._tombstones = Tombstones(database)

    async def change(self, change: Change, at: datetime) -> bool:
        """Changes a post, as a revision; False: it was changed meanwhile and stays as it is."""
        fields = {**change.fields, "crawl": change.crawl}
        body = change.fields.get("body")
        if body is not None and body["text"] != change.held["body"]["text"]:
            [linked] = await self._stories.link([change.record])
            fields["story"] = linked.story and without_bands(linked.story)
        return await amend(self._database, change.held, fields, at)

    async def note(self, read: Sequence[tuple[Document, dict[str, Any], dict[str, Any] | None]]) -> None:
        """Notes how posts of the same content were read now: a post as it was stored, its `crawl`, and its
        rights if it gets others without a revision."""
        updates = [
            UpdateOne(
                {"_id": held["_id"], "revision": held["revision"], "crawl.page": held["crawl"]["page"]},
                {
                    "$set": {
                        **{f"crawl.{name}": crawl[name] for name in ("reader", "page_version", "origins")},
                        **({"rights": rights} if rights else {}),
                    }
                },
            )
            for held, crawl, rights in read
        ]
        if updates:
            await self._database["posts"].bulk_write(updates, ordered=False)

    async def store(self, post: Post, rejected: Document, at: datetime) -> Outcome:
        """Stores a post of a formerly rejected article; `first_seen` is `at`, as for all posts."""
        [result] = await self._writer.write([post_record(post, at)])
        if result.outcome in ("stored", "updated", "unchanged"):
            await self._database["rejects"].delete_many({"post": rejected["post"], "last_seen": {"$lte": at}})
        return result.outcome

    async def reject(self, reject: Reject, rejected: Document) -> None:
        """Records why an article is rejected now, and by which rules."""
        if await self._tombstones.find([Names(reject.id, frozenset({reject.url}))]):
            return
        rejects = self._database["rejects"]
        new = reject_record(reject, rejected["last_seen"]).document
        said = {name: new[name] for name in ("reasons", "reader", "values")}
        if new["_id"] == rejected["_id"]:
            await rejects.update_one({"_id": rejected["_id"], "kept": rejected["kept"]}, {"$set": said})
            return
        state = {**rejected, **said, "_id": new["_id"]}
        page = await rejects.find_one({"_id": rejected["_id"]}, {"page": 1})
        state["page"] = page.get("page") if page else None
        await rejects.replace_one({"_id": new["_id"]}, state, upsert=True)
        await rejects.delete_one({"_id": rejected["_id"], "kept": rejected["kept"]})


class RereadPositions:
    """Progress of rereads, to continue an interrupted one.

    `of` identifies a reread by everything its result depends on. Raises PyMongoError.
    """

    def __init__(self, database: Database[Document], of: str) -> None:
        self._files = database[POSITIONS]
        self._of = of

    def done(self) -> dict[str, set[int]]:
        """The finished pieces of each file."""
        return {found["_id"]: set(found["done"]) for found in self._files.find({"of": self._of})}

    def begin(self, file: str, since: datetime) -> None:
        """Notes that a file is being reread; forgets another reread's progress in it."""
        self._files.replace_one(
            {"_id": file, "of": {"$ne": self._of}}, {"of": self._of, "since": since, "done": []}
        )
        self._files.update_one(
            {"_id": file}, {"$setOnInsert": {"of": self._of, "since": since, "done": []}}, upsert=True
        )

    def end_piece(self, file: str, piece: int) -> None:
        """Notes that a piece of a file is done."""
        self._files.update_one({"_id": file, "of": self._of}, {"$addToSet": {"done": piece}})

    def forget(self) -> None:
        """Everything is done: the same command starts over."""
        self._files.delete_many({"of": self._of})
