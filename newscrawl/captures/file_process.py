"""The process that reads one file: forked by newscrawl.captures.processes, with all that is slow imported."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import secrets
import signal
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pymongo.errors import PyMongoError

from newscrawl.captures.file_reader import FileReader, new_run_id
from newscrawl.captures.places import opened
from newscrawl.crawl.runner import spider_class
from newscrawl.errors import DatabaseUnavailable, LeaseLost, NewscrawlError
from newscrawl.locks import archive_key
from newscrawl.model.ledger import ARCHIVE, OUTCOMES
from newscrawl.paths import database_name
from newscrawl.store.archive import Archive, ArchiveOptions
from newscrawl.store.archive_files import ArchiveFile, Progress, begin, save
from newscrawl.store.client import connect, in_short, reaching
from newscrawl.store.leases import open_leases
from newscrawl.warc.files import pages_folder
from newscrawl.warc.page_writer import PageWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pymongo.database import Database

    from newscrawl.captures.choice import Chooser
    from newscrawl.captures.places import Opened
    from newscrawl.locks import Lease, Leases
    from newscrawl.store.client import Document

logger = logging.getLogger(__name__)

_RENEWALS = 4  # in a lease's life


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of all files."""

    chooser: Chooser
    again: bool = False  #: whether a file that was read is read anew
    keep_pages: bool = False


@dataclass(slots=True)
class FileResult:
    """What came of a file; plain values, as they go through a pipe."""

    name: str
    state: str  #: `done`, `read before`, `stopped`
    records: int = 0
    counts: dict[str, int] = field(default_factory=dict)  #: outcome -> pages, over all sittings
    skipped: dict[str, int] = field(default_factory=dict)  #: reason -> records
    reasons: dict[str, int] = field(default_factory=dict)  #: of rejects
    damaged: int = 0
    problems: list[str] = field(default_factory=list)


def read_file(
    name: str, wanted: Wanted, mark: Callable[[int | None], None], crashed: frozenset[int]
) -> FileResult:
    """Reads a file into the database in use. Raises NewscrawlError and OSError."""
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent tells us
    gc.freeze()
    gc.disable()  # hardly any object of a page is in a cycle; the reader collects at each checkpoint
    with ExitStack() as stack:
        place = stack.enter_context(opened(name))
        file = ArchiveFile(name, place.size, place.etag, place.digest, str(wanted.chooser.choice))
        leases = open_leases()
        stack.callback(leases.close)
        lease = leases.take(archive_key(file.id))
        stack.callback(lease.release)
        stack.enter_context(_renewed(leases, lease))
        with reaching():
            client = stack.enter_context(connect("writer"))
            database = client[database_name()]
            progress = begin(database, file, lease, _now())
        if progress.done and not wanted.again:
            return _result(name, "read before", progress)
        if progress.done or wanted.again:
            progress = Progress()
        sitting = _Sitting(file, place, wanted, database, lease, progress, mark, crashed, stopping)
        return asyncio.run(sitting.read())


@dataclass(slots=True)
class _Sitting:
    """One reading of a file, to its end or until it is stopped."""

    file: ArchiveFile
    place: Opened
    wanted: Wanted
    database: Database[Document]
    lease: Lease
    progress: Progress
    mark: Callable[[int | None], None]
    crashed: frozenset[int]
    stopping: threading.Event
    reader: FileReader | None = None

    async def read(self) -> FileResult:
        pages = PageWriter(pages_folder(), _now) if self.wanted.keep_pages else None

        async def sync() -> None:
            if pages is not None:
                await asyncio.to_thread(pages.sync)

        archive = await Archive.open(
            ArchiveOptions(stopping=self.stopping.is_set, before_write=sync if pages else None), self._ended
        )
        started = _now()
        run: dict[str, Any] = {
            "_id": new_run_id(started, secrets.token_hex(3)),
            "spider": ARCHIVE,
            "arguments": {},
            "started": started,
            "finished": None,
            "pid": os.getpid(),
            "newsroom": False,
            "reason": None,
            "complete": False,
            "problems": [],
            "counts": {},
            "fields": {},
            "news_since": None,
            "delays": [],
            "file": self.file.name,
        }
        self.reader = reader = FileReader(
            self.file.name,
            self.place,
            archive,
            self.wanted.chooser,
            run["_id"],
            self.progress,
            self._save,
            spider_class,
            mark=self.mark,
            crashed=self.crashed,
            pages=pages,
            stopping=self.stopping.is_set,
        )
        try:
            await archive.start_run(run)
            await reader.read()
            await archive.name_categories(reader.names)
            finished = self.progress.done
            end = {"finished": _now(), "reason": "finished" if finished else "stopped", "complete": finished}
            await archive.finish_run({**run, **end, "counts": self._counts(reader)})
        finally:
            backlog = await archive.close()
            if pages is not None:
                pages.close()
        result = _result(self.file.name, "done" if self.progress.done else "stopped", self.progress)
        result.damaged = reader.damaged
        if backlog.documents:
            result.problems.append(f"MongoDB is away: {backlog.documents} documents wait in the spool")
        return result

    def _ended(self, page: str, outcome: Any, reason: str | None = None, /) -> None:
        if self.reader is not None:
            self.reader.note_outcome(page, outcome, reason)

    def _save(self, progress: Progress) -> None:
        try:
            save(self.database, self.file, progress, self.lease, _now())
        except (PyMongoError, DatabaseUnavailable) as error:
            if not self.lease.is_ours():
                raise LeaseLost(
                    f"{self.file.name}: MongoDB was away too long; run the command again"
                ) from error
            logger.warning("How far %s is read is written later: %s", self.file.name, in_short(str(error)))

    def _counts(self, reader: FileReader) -> dict[str, int]:
        return {outcome: reader.ended[outcome] for outcome in OUTCOMES} | {
            "pages": sum(reader.ended.values())
        }


@contextmanager
def _renewed(leases: Leases, lease: Lease) -> Iterator[None]:
    """Renews the lease in a thread of its own; a page may take longer than its life."""
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(leases.life / _RENEWALS):
            try:
                leases.renew([lease])
            except NewscrawlError as error:
                logger.warning("The lease is not renewed: %s", error)

    thread = threading.Thread(target=renew, name="lease", daemon=True)
    if leases.life != float("inf"):
        thread.start()
    try:
        yield
    finally:
        ended.set()
        if thread.ident is not None:
            thread.join()


def _result(name: str, state: str, progress: Progress) -> FileResult:
    return FileResult(
        name,
        state,
        progress.records,
        dict(progress.counts.most_common()),
        dict(progress.skipped.most_common()),
        dict(progress.reasons.most_common()),
    )


def _now() -> datetime:
    return datetime.now(UTC)
