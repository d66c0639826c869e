"""FileReader: one WARC file into the store, record by record, from where it was left.

Top to bottom: `read` goes through the file, `_take` judges a record, `_put` hands over what became of it,
`_checkpoint` writes how far we are once all of it is in the store.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from newscrawl.captures.http_capture import Capture, capture_of, date_of, url_of
from newscrawl.captures.reading import entry_at, read_any, read_declared, read_noted
from newscrawl.captures.record_reader import Position, RecordReader, beginning
from newscrawl.crawl.repeated_texts import RepeatedTexts
from newscrawl.errors import NotAPage, UsageError
from newscrawl.model.draft import Entry, Reject
from newscrawl.model.post import PageLocation, Post
from newscrawl.store.archive_files import Progress
from newscrawl.warc.files import is_name, pages_folder
from newscrawl.warc.records import NOTE_TYPE, Answer, Note, digest_of, group, note_from_json

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

    from newscrawl.captures.choice import Chooser
    from newscrawl.captures.places import Opened
    from newscrawl.crawl.spider import NewsSpider
    from newscrawl.crawl.worker.messages import ParseResult
    from newscrawl.model.ledger import Outcome
    from newscrawl.store.archive import Archive
    from newscrawl.warc.page_writer import PageWriter

logger = logging.getLogger(__name__)

BATCH: Final = 200  #: pages between two checkpoints …
BATCH_SECONDS: Final = 15.0  #: … or so long
_BATCH_RECORDS = 20_000  # … or so many records that are skipped
_OURS = b"software: newscrawl"


@dataclass(slots=True)
class Kept:
    """What belongs together in a file: of others one record, of our own an article's records and its note."""

    position: Position
    captures: list[Capture] = field(default_factory=list)
    note: Note | None = None
    revisit: str | None = None  #: digest of a body that an earlier record has


@dataclass(slots=True)
class FileReader:
    """Reads one file. `mark` is told each record before it is read, and None after it: a reader that dies or
    hangs is known by it."""

    name: str
    opened: Opened
    archive: Archive
    chooser: Chooser
    run: str
    progress: Progress
    save: Callable[[Progress], None]  #: writes how far we are; raises LeaseLost
    kind_named: Callable[[str], type[NewsSpider]]  #: the spider of a name; raises UsageError
    mark: Callable[[int | None], None] = lambda _: None
    crashed: frozenset[int] = frozenset()  #: records that ended a reader; left out
    pages: PageWriter | None = None  #: keeps copies of the pages that are read
    stopping: Callable[[], bool] = bool
    damaged: int = 0  #: places from which on something was left out
    names: dict[str, str] = field(default_factory=dict)  #: of categories: slug -> as printed
    ended: Counter[Outcome] = field(default_factory=Counter)  #: outcome -> pages, of this reader
    _repeated: RepeatedTexts = field(default_factory=RepeatedTexts)
    _held_from: Position | None = None  # of the first post that waits for the file's end
    _own: bool = False
    _own_name: str | None = None  # of a file in the folder of kept pages
    _since_checkpoint: int = 0

    async def read(self) -> None:
        """Reads to the end of the file, or until we are stopping. Raises as RecordReader, Archive, `save`."""
        start = Position(self.progress.offset, self.progress.records)
        if start.records:
            logger.info("%s is read on from record %d", self.name, start.records)
        records = RecordReader(self.opened.file, self.opened.head, self.name, start)
        self._own = _OURS in beginning(self.opened.head)[:4096]
        path = Path(self.name)
        self._own_name = path.name if is_name(path.name) and path.parent == pages_folder().resolve() else None
        due, passed = time.monotonic() + BATCH_SECONDS, 0
        for position, one in self._groups(records):
            passed += 1
            if self.stopping():
                await self._checkpoint(position)
                return
            if self._since_checkpoint >= BATCH or passed >= _BATCH_RECORDS or time.monotonic() >= due:
                self.mark(None)  # MongoDB may be away for long
                await self._checkpoint(position)
                self.mark(position.records)
                due, passed = time.monotonic() + BATCH_SECONDS, 0
            if isinstance(one, str):
                self.progress.skipped[one] += 1
            else:
                await self._take(one)
            self.mark(None)
        for post in self._repeated.release():
            await self._put(post)
        self._held_from = None
        self.damaged = records.damaged
        if records.lost:
            self.progress.skipped["all behind the damage"] += 1
        self.progress.done = True
        await self._checkpoint(Position(self.progress.offset, records.count))

    def note_outcome(self, page: str, outcome: Outcome, reason: str | None = None) -> None:
        """Called by the archive with the outcome of a post."""
        if outcome == "spooled":
            self.ended["spooled"] += 1
            return
        self.ended[outcome] += 1
        self.progress.counts[outcome] += 1
        if reason:
            self.progress.reasons[reason] += 1

    # The records of a file

    def _groups(self, records: RecordReader) -> Iterator[tuple[Position, Kept | str]]:
        """What is to be read, or why a record is left out, each with its position."""
        current: Kept | None = None
        first: str | None = None
        for position, record in records:
            self.mark(position.records)
            if position.records in self.crashed:
                yield position, "ended the reader"
                continue
            try:
                found = self._record(position, record)
            except NotAPage as reason:
                yield position, str(reason)
                continue
            if not self._own:
                yield position, found
                continue
            # Ours: answers, then the note of their article. A list's answers have none.
            if current is not None and record.headers.get("WARC-Concurrent-To") != first:
                yield current.position, current
                current = None
            if current is None:
                current, first = found, record.record_id
            else:
                current.captures += found.captures
                current.note = found.note
            if current.note is not None:
                yield current.position, current
                current = None
        if current is not None:
            yield current.position, current

    def _record(self, position: Position, record: WarcRecord) -> Kept:
        """Reads a record. Raises NotAPage, with the reason, for one that has no wanted page."""
        kind = record.headers.get("WARC-Type") or "unknown"
        if self._own and kind == "metadata" and record.headers.get("Content-Type") == NOTE_TYPE:
            try:
                return Kept(position, note=note_from_json(record.reader.read()))
            except (ValueError, OSError):
                raise NotAPage("a damaged record") from None
        if kind not in ("response", "resource", "revisit"):
            raise NotAPage(f"{kind} records")
        fetched = date_of(record)
        if fetched is None:
            raise NotAPage("no date of the capture")
        if kind == "revisit":
            if not self._own:
                raise NotAPage("revisit records")  # the page is another record's
            return Kept(position, revisit=record.headers.get("WARC-Payload-Digest"))
        url = url_of(record)
        if self._own:
            return Kept(position, [capture_of(record, url, fetched)])
        self.chooser.kind_of(url, fetched)  # before the content is read
        return Kept(position, [capture_of(record, url, fetched)])

    # One article

    async def _take(self, kept: Kept) -> None:
        try:
            kind, result = self._result(kept)
        except NotAPage as reason:
            self.progress.skipped[str(reason)] += 1
            return
        self._since_checkpoint += 1
        if kept.revisit is not None and result is None:
            await self._touch(kept)
        elif result is not None and isinstance(result.item, Reject):
            await self._reject(result.item, kind)
        elif result is not None and isinstance(result.item, Post):
            await self._take_post(kept, result, result.item)
        await asyncio.sleep(0)  # the archive writes meanwhile

    def _result(self, kept: Kept) -> tuple[type[NewsSpider] | None, ParseResult | None]:
        """What was read, by which spider. Raises NotAPage."""
        if kept.note is not None:
            return self._noted(kept, kept.note)
        if self._own:
            raise NotAPage("lists")
        (capture,) = kept.captures
        kind = self.chooser.kind_of(capture.url, capture.fetched)
        self.chooser.check_page(capture, kind)
        return kind, read_any(capture, self.run) if kind is None else read_declared(kind, capture, self.run)

    def _noted(self, kept: Kept, note: Note) -> tuple[type[NewsSpider], ParseResult | None]:
        try:
            kind = self.kind_named(note.spider)
        except UsageError:
            raise NotAPage(f"no spider {note.spider}") from None
        sources = self.chooser.choice.sources
        if sources is not None and kind.name not in sources:
            raise NotAPage("no declared source's article")
        if kept.revisit is not None:
            return kind, None
        return kind, read_noted(kind, kept.captures, note, self.run)

    async def _take_post(self, kept: Kept, result: ParseResult, post: Post) -> None:
        try:
            self.chooser.check_post(post)
        except NotAPage as reason:
            self.progress.skipped[str(reason)] += 1
            return
        post.crawl.page = self._location(kept, post)
        self.names.update(result.names)
        if kept.note is None:
            await self._put(post)
            return
        if result.doubtful:
            self._repeated.doubt(post.id, kept.note.entry)
        held, rejects = self._repeated.take(post)
        for reject in rejects:
            await self._reject(reject, None)
        if not held:
            await self._put(post)
        elif self._held_from is None:
            self._held_from = kept.position

    async def _put(self, post: Post) -> None:
        await self.archive.put(post, post.crawl.fetched)

    async def _reject(self, reject: Reject, kind: type[NewsSpider] | None) -> None:
        """Records an article of a declared source that is no post, unless a post is stored of it."""
        self.progress.counts["rejected"] += 1
        self.ended["rejected"] += 1
        self.progress.reasons[reject.reasons[0]] += 1
        known = (await self.archive.known([reject.id])).get(reject.id)
        if known is None or known.kind == "reject":
            await self.archive.reject(reject, reject.fetched)

    async def _touch(self, kept: Kept) -> None:
        """A page of ours that had the body of an earlier one: its post was seen again as it is."""
        assert kept.note is not None
        name = kept.note.entry.id
        known = (await self.archive.known([name])).get(name)
        if known is not None and known.page is not None and known.page.digest == kept.revisit:
            await self.archive.touch([known.id], kept.note.fetched)
        else:
            self.progress.skipped["revisit records"] += 1

    def _location(self, kept: Kept, post: Post) -> PageLocation | None:
        """Where the page is kept: in this file, if it is one of ours, or in a copy; None: nowhere."""
        if kept.note is not None:
            text = kept.note.entry.text or kept.note.entry.digest or ""
            body = kept.captures[0].body if kept.captures else text.encode("utf-8", "replace")
            digest = digest_of(body)
            if self._own_name is not None:
                return PageLocation(self._own_name, kept.position.offset, digest)
        if self.pages is None or not kept.captures:
            return None
        answers = [_answer(one) for one in kept.captures]
        note = kept.note
        if note is None:
            capture = kept.captures[0]
            kind = self.chooser.kind_of(capture.url, capture.fetched)
            entry = entry_at(kind, capture.url) if kind else _entry_of(post)
            note = Note(post.crawl.spider, self.run, capture.fetched, entry)
        file, offsets = self.pages.append(group(answers, note))
        return PageLocation(file, offsets[0], answers[0].digest)

    # How far we are

    async def _checkpoint(self, following: Position) -> None:
        """Writes that everything before `following` is in the store, once it is."""
        await self.archive.flush()
        resume = self._held_from or following
        self.progress.offset, self.progress.records = resume.offset, resume.records
        self.save(self.progress)
        self._since_checkpoint = 0
        gc.collect()


def new_run_id(now: datetime, suffix: str) -> str:
    """`_id` of a run that reads archives."""
    return f"archive-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{suffix}"


def _entry_of(post: Post) -> Entry:
    return Entry(id=post.id, url=post.url, canonical_url=post.canonical_url, share_url=post.share_url)


def _answer(capture: Capture) -> Answer:
    return Answer(
        capture.url, capture.status, capture.headers, capture.body, capture.fetched, capture.address
    )
