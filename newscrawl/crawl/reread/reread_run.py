"""Runs a reread: distributes the remaining pieces to processes and holds the files' leases."""

from __future__ import annotations

import logging
import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from newscrawl.crawl.reread.piece import Piece, Step
from newscrawl.crawl.reread.tally import Selection, Tally
from newscrawl.crawl.reread.team import Broken, Crashed, Done, Member, messages, team
from newscrawl.errors import DatabaseUnavailable, NewscrawlError, PagesBusy
from newscrawl.locks import pages_key, steady
from newscrawl.paths import database_name
from newscrawl.warc.files import page_files

if TYPE_CHECKING:
    from newscrawl.locks import Lease, Leases
    from newscrawl.store.rereading import RereadPositions

logger = logging.getLogger(__name__)

PIECE: Final = 4_000_000  #: bytes, about 100 articles: repeated after an interruption
MOST_CRASHES: Final = 20  #: of one process without a page to blame
_LOOK = 0.5  # seconds between checks of leases and signals
_RENEWALS = 4  # per lease life


@dataclass(slots=True)
class Outcome:
    """The result of a reread."""

    tally: Tally = field(default_factory=Tally)
    files: int = 0  #: read completely or partly
    resumed: int = 0  #: pieces done by an earlier, interrupted reread
    busy: list[str] = field(default_factory=list)  #: messages about files held by other processes
    crashed: list[str] = field(default_factory=list)  #: pages that crash the reading process
    stopped: int | None = None  #: the signal that ended it early


def reread(
    folder: Path,
    selection: Selection,
    *,
    processes: int,
    dry_run: bool = False,
    piece_bytes: int = PIECE,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """Rereads the selected kept pages of a folder, without sending requests.

    SIGINT and SIGTERM end it after the current batches; the same reread continues there later. Raises
    DatabaseUnavailable, UsageError, NewscrawlError.
    """
    files = [path for path in page_files(folder) if selection.takes_file(path.name)]
    outcome = Outcome()
    with ExitStack() as stack:
        size = sum(path.stat().st_size for path in files)
        count = max(1, min(processes, size // piece_bytes + 1))
        members = stack.enter_context(team(count, selection, dry_run=dry_run))  # before there are threads
        run = _Run(outcome, members, piece_bytes, on_progress)
        if not dry_run:
            run.book = stack.enter_context(_book(f"{selection.stamp()}-{piece_bytes}"))
        stack.enter_context(_signals(run))
        run.read(files)
        if run.book and outcome.stopped is None and not outcome.busy:
            run.book.positions.forget()
    return outcome


@dataclass(slots=True)
class _Book:
    """The positions and leases of the files being read."""

    positions: RereadPositions
    leases: Leases
    held: dict[str, Lease] = field(default_factory=dict)
    renewed: float = field(default_factory=steady)

    def take(self, path: Path) -> None:
        """Raises PagesBusy, DatabaseUnavailable."""
        self.held[path.name] = self.leases.take(pages_key(path.name))
        self.positions.begin(path.name, datetime.now(UTC))

    def renew(self) -> None:
        """Renews the leases when due. Raises NewscrawlError if one is lost."""
        if steady() - self.renewed < self.leases.life / _RENEWALS:
            return
        try:
            if not self.leases.renew(list(self.held.values())):
                raise NewscrawlError(
                    "another process took a file that was being reread; run the command again"
                )
            self.renewed = steady()
        except DatabaseUnavailable as error:
            if not all(lease.is_ours() for lease in self.held.values()):
                raise
            logger.warning("The leases cannot be renewed at the moment: %s", error)

    def give_back(self, name: str) -> None:
        if lease := self.held.pop(name, None):
            self.leases.release([lease])


class _Run:
    def __init__(
        self,
        outcome: Outcome,
        members: list[Member],
        piece_bytes: int,
        on_progress: Callable[[int], None],
    ) -> None:
        self.book: _Book | None = None
        self._outcome = outcome
        self._members = members
        self._on_progress = on_progress
        self._left: dict[str, int] = {}  # unfinished pieces of a file
        self._again: deque[Piece] = deque()  # interrupted by a crash
        self._unexplained = 0
        self._piece_bytes = piece_bytes

    def stop(self, number: int, _frame: object = None) -> None:
        """Handles a signal; the second one ends the program."""
        if self._outcome.stopped is not None:
            raise KeyboardInterrupt
        self._outcome.stopped = number
        for member in self._members:
            member.stop()

    def read(self, files: list[Path]) -> None:
        pieces = self._pieces(files)
        for member in self._members:
            member.give(self._next(pieces))
        while working := [member for member in self._members if member.piece is not None]:
            if self.book:
                self.book.renew()
            for member, message in messages(working, _LOOK):
                match message:
                    case Step(tally, upto):
                        self._outcome.tally.add(tally)
                        self._on_progress(self._outcome.tally.outcomes.total())
                        if member.piece:
                            member.piece = replace(member.piece, start=upto)
                    case Done():
                        self._done(member)
                        member.give(self._next(pieces))
                    case Crashed():
                        self._crashed(member, message, pieces)
                    case Broken(words, usage=usage):
                        raise DatabaseUnavailable(words) if usage else NewscrawlError(words)
        if self.book:
            for name in list(self.book.held):
                self.book.give_back(name)

    def _next(self, pieces: Iterator[Piece]) -> Piece | None:
        if self._outcome.stopped is not None:
            return None
        return self._again.popleft() if self._again else next(pieces, None)

    def _pieces(self, files: list[Path]) -> Iterator[Piece]:
        """The remaining pieces, in file order; takes a file at its first piece."""
        done = self.book.positions.done() if self.book else {}
        for path in files:
            try:
                size = path.stat().st_size
                if self.book:
                    self.book.take(path)
            except FileNotFoundError:
                continue  # pruned meanwhile
            except PagesBusy as error:
                self._outcome.busy.append(str(error))
                continue
            starts = range(0, size, self._piece_bytes)
            before = done.get(path.name, set())
            left = [number for number in range(len(starts)) if number not in before]
            self._outcome.files += bool(left)
            self._outcome.resumed += len(starts) - len(left)
            self._left[path.name] = len(left)
            if self.book and not left:
                self.book.give_back(path.name)
            for number in left:
                start = starts[number]
                yield Piece(path, number, start, min(start + self._piece_bytes, size))

    def _done(self, member: Member) -> None:
        piece = member.piece
        assert piece is not None
        if piece.start < piece.end:
            return  # it was asked to stop
        name = piece.path.name
        self._left[name] -= 1
        if self.book:
            if piece.end % self._piece_bytes == 0:  # else the file may have grown since
                self.book.positions.end_piece(name, piece.number)
            if not self._left[name]:
                self.book.give_back(name)

    def _crashed(self, member: Member, message: Crashed, pieces: Iterator[Piece]) -> None:
        """Queues the piece again without the article that crashed the process."""
        piece = member.piece
        assert piece is not None
        how = f"signal {message.signal}" if message.signal else "an exit"
        if message.offset is None:
            self._unexplained += 1
            if self._unexplained > MOST_CRASHES:
                raise NewscrawlError(f"the processes that reread keep ending, by {how}")
        else:
            self._outcome.crashed.append(f"{piece.path.name} at {message.offset}, by {how}")
            self._outcome.tally.end("failed", "", f"the process that read it was ended by {how}")
            piece = replace(piece, skipped=piece.skipped | {message.offset})
        self._again.append(piece)
        member.give(self._next(pieces))


@contextmanager
def _book(of: str) -> Iterator[_Book]:
    """Raises DatabaseUnavailable."""
    import asyncio

    from newscrawl.store.client import check_reachable, connect, reaching
    from newscrawl.store.leases import open_leases
    from newscrawl.store.rereading import RereadPositions
    from newscrawl.store.schema import make_schema

    check_reachable("writer")
    asyncio.run(make_schema(database_name()))
    leases = open_leases()
    try:
        with reaching(), connect("writer") as client:
            book = _Book(RereadPositions(client[database_name()], of), leases)
            try:
                yield book
            finally:
                for name in list(book.held):
                    book.give_back(name)
    finally:
        leases.close()


@contextmanager
def _signals(run: _Run) -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, run.stop) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
