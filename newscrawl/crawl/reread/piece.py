"""Rereads a piece of a file of kept pages in batches: look up, read, compare, write."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pymongo.errors import OperationFailure

from newscrawl.crawl.repeated_texts import REPEATED, RepeatedTexts
from newscrawl.crawl.reread.compare import changed_fields, describe, is_edited, reread_rights
from newscrawl.crawl.reread.read_kept import KeptReader
from newscrawl.crawl.reread.tally import Selection, Tally
from newscrawl.errors import NoSpider, Unstorable
from newscrawl.model.draft import Reject
from newscrawl.model.post import PageLocation, Post, Reread
from newscrawl.store.client import in_short
from newscrawl.store.error_codes import is_away
from newscrawl.store.record import post_record, whole_milliseconds
from newscrawl.store.rereading import Change, RereadWriter, fetch_held
from newscrawl.store.rights_changes import is_revision
from newscrawl.warc.files import open_marker
from newscrawl.warc.page_reader import KeptArticle, kept_articles

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.store.client import Document

logger = logging.getLogger(__name__)

BATCH: Final = 50  #: articles looked up and written together
_NOTED = ("reader", "page_version", "origins")  # in a post's `crawl`: how it was read


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file, with the articles that begin in it."""

    path: Path
    number: int
    start: int  #: byte
    end: int
    skipped: frozenset[int] = frozenset()  #: offsets of articles that crash the reading process


@dataclass(frozen=True, slots=True)
class Step:
    """The result of a batch."""

    tally: Tally
    upto: int  #: offset of the next batch; at the end, the piece's end


class PieceReader:
    """Rereads pieces with one connection; not thread-safe.

    on_page: called with the offset of each article before it is read, and with None after it.
    """

    def __init__(
        self,
        database: AsyncDatabase[Document],
        selection: Selection,
        *,
        dry_run: bool,
        on_page: Callable[[int | None], None] = lambda _: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._selection = selection
        self._writer = None if dry_run else RereadWriter(database)
        self._reader = KeptReader()
        self._on_page = on_page
        self._clock = clock
        self._writes: list[Callable[[], Awaitable[None]]] = []  # of the batch
        self._noted: list[
            tuple[Document, dict[str, Any], dict[str, Any] | None]
        ] = []  # likewise: posts whose content is the same
        self._texts = RepeatedTexts()  # doubtful posts that were rejects
        self._rejected: dict[str, Document] = {}  # … with their rejects

    async def reread(self, piece: Piece, stopping: Callable[[], bool] = bool) -> AsyncIterator[Step]:
        """Yields each batch's result; ends early if `stopping` returns True.

        A whole batch is read before any of it is written: if reading crashes this process, nothing is
        written. Raises PyMongoError, OSError.
        """
        self._texts, self._rejected = RepeatedTexts(), {}
        damage = Tally()
        articles = self._articles(piece, damage)
        while batch := list(islice(articles, BATCH)):
            if stopping():
                return
            yield Step(await self._reread_batch(piece, batch), batch[-1].offset + 1)
        for post in self._texts.release():
            await self._store(post, self._rejected[post.id], damage)
        yield Step(damage, piece.end)

    def _articles(self, piece: Piece, tally: Tally) -> Iterator[KeptArticle]:
        def damaged(offset: int, length: int, words: str) -> None:
            if offset + length >= piece.path.stat().st_size and open_marker(piece.path).exists():
                return  # incomplete, or a dead crawl's: the next crawl cuts it off
            tally.damaged += length
            logger.error("%s is damaged: %d bytes at offset %d: %s", piece.path, length, offset, words)

        for article in kept_articles(piece.path, piece.start, piece.end, on_damage=damaged):
            note = article.note
            if note is None or article.revisit:
                continue  # a list's response, or an article whose body is in an earlier record
            if article.offset not in piece.skipped and self._selection.takes_page(note.spider, note.fetched):
                yield article

    async def _reread_batch(self, piece: Piece, batch: list[KeptArticle]) -> Tally:
        tally = Tally()
        ids = {article.offset: article.note.entry.id for article in batch if article.note}
        held = await fetch_held(self._database, piece.path.name, ids)
        for article in batch:
            if post := held.posts.get(article.offset):
                if self._selection.takes_post(post):
                    self._reread_post(article, post, tally)
            elif reject := held.rejects.get(article.offset):
                if self._selection.takes_reject(reject):
                    self._reread_reject(article, reject, tally)
            else:
                tally.end("newer" if article.offset in held.newer else "gone")
        for write in self._writes:
            await write()
        if self._writer is not None:
            await self._writer.note(self._noted)
        self._writes.clear()
        self._noted.clear()
        return tally

    def _reread_post(self, article: KeptArticle, held: Document, tally: Tally) -> None:
        name = str(held["_id"])
        if is_edited(held):
            tally.end("edited", name, "its content is not what its hash says")
            return
        read = self._read(article, held["crawl"]["fetched"], name, tally)
        if read is None:
            return
        item, _ = read
        if isinstance(item, Reject):
            tally.end("would reject", name, "; ".join(item.reasons))
            return
        try:
            record = post_record(item, self._now())
        except Unstorable as error:
            tally.end("would reject", name, str(error))
            return
        fields = changed_fields(held, new := record.document)
        rights = reread_rights(held, new)
        if rights is not None and (fields or is_revision(held.get("rights"), rights)):
            fields["rights"] = rights
        crawl = {**held["crawl"], **{part: new["crawl"][part] for part in _NOTED}}
        if fields:
            self._writes.append(partial(self._change, Change(held, record, fields, crawl), tally))
            return
        tally.end("unchanged")
        if crawl != held["crawl"] or rights is not None:
            self._noted.append((held, crawl, rights))

    async def _change(self, change: Change, tally: Tally) -> None:
        name, at = str(change.held["_id"]), self._now()
        change.crawl["reread"] = {"reader": change.crawl["reader"], "at": at}
        try:
            done = await self._writer.change(change, at) if self._writer else True
        except OperationFailure as error:
            if is_away(error):
                raise
            tally.end("failed", name, f"MongoDB refuses: {in_short(str(error))}")
            return
        if not done:
            tally.end("newer")
            return
        tally.end("changed")
        tally.change(name, describe(change.held, change.fields))

    def _reread_reject(self, article: KeptArticle, held: Document, tally: Tally) -> None:
        read = self._read(article, held["fetched"], str(held["post"]), tally)
        if read is None:
            return
        item, doubtful = read
        if isinstance(item, Reject):
            tally.end("rejected")
            if list(item.reasons) != held["reasons"] or item.reader != held.get("reader"):
                self._writes.append(partial(self._reject, item, held))
            return
        if doubtful and REPEATED in held["reasons"]:
            tally.end("rejected")
            return
        item.crawl.page = PageLocation(**held["kept"])
        item.crawl.reread = Reread(item.crawl.reader or 0, self._now())
        if doubtful and article.note:
            self._texts.doubt(item.id, article.note.entry)
            self._rejected[item.id] = held
            settled, rejects = self._texts.take(item)
            for reject in rejects:
                tally.end("rejected")
                self._writes.append(partial(self._reject, reject, self._rejected[reject.id]))
            if settled:
                return
        self._writes.append(partial(self._store, item, held, tally))

    async def _reject(self, reject: Reject, held: Document) -> None:
        if self._writer:
            await self._writer.reject(reject, held)

    async def _store(self, post: Post, held: Document, tally: Tally) -> None:
        outcome = await self._writer.store(post, held, self._now()) if self._writer else "stored"
        if outcome in ("rejected", "failed"):
            tally.end("failed", post.id, "MongoDB refuses the post")
        else:
            tally.end("stored", post.id)

    def _read(
        self, article: KeptArticle, fetched: datetime, name: str, tally: Tally
    ) -> tuple[Post | Reject, bool] | None:
        """The article as read, and whether it is doubtful; None: it could not be read."""
        self._on_page(article.offset)
        try:
            found = self._reader.read(article, fetched)
        except NoSpider as error:
            tally.end("no spider", name, str(error))
        except Exception as error:  # a bad page affects only itself
            logger.warning("%s cannot be read again", name, exc_info=True)
            tally.end("failed", name, f"{type(error).__name__}: {error}"[:200])
        else:
            return found.item, found.doubtful
        finally:
            self._on_page(None)
        return None

    def _now(self) -> datetime:
        return whole_milliseconds(self._clock())
