"""The files of a folder of kept pages as a whole: what is there, and the removal of the oldest."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, Literal

from newscrawl.errors import PagesBusy
from newscrawl.warc.files import day_of, erasing_note, host_of, open_marker, page_files
from newscrawl.warc.page_reader import kept_articles

State = Literal["complete", "open", "held"]


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file of kept pages. `open`: crawls may append to it; `held`: one does."""

    path: Path
    day: date  #: UTC, of its first record
    size: int  #: bytes
    state: State
    host: str  #: the machine that wrote it


@dataclass(slots=True)
class FileContent:
    """What is in a file, counted by reading all of it."""

    articles: int = 0
    pages: int = 0  #: with bodies; an article in parts has several
    revisits: int = 0  #: articles whose body an earlier record has
    listed: int = 0  #: articles that their list alone told of
    lists: int = 0  #: answers of lists
    damaged: int = 0  #: bytes


def take_stock(folder: Path) -> list[PageFile]:
    """The files of a folder, oldest first; none if there is no such folder. Raises OSError."""
    found = []
    for path in page_files(folder):
        with suppress(FileNotFoundError):  # pruned meanwhile
            size = path.stat().st_size
            found.append(PageFile(path, day_of(path.name), size, state_of(path), host_of(path.name) or ""))
    return found


def count_content(path: Path) -> FileContent:
    """Reads a file. Raises OSError, UsageError if fastwarc is not installed."""
    content = FileContent()

    def damaged(_offset: int, length: int, _words: str) -> None:
        content.damaged += length

    for article in kept_articles(path, on_damage=damaged):
        if article.note is None:
            content.lists += 1
            continue
        content.articles += 1
        content.revisits += article.revisit
        content.listed += not article.answers
        content.pages += len(article.answers) - article.revisit
    return content


def choose_oldest(
    files: list[PageFile], *, before: date | None = None, max_size: int | None = None
) -> list[PageFile]:
    """Those to be removed, oldest first: whose day is before `before`, and more until all that stay are at
    most `max_size` bytes. One that is held is never among them."""
    left, chosen = sum(file.size for file in files), []
    for file in files:
        is_old = before is not None and file.day < before
        is_much = max_size is not None and left > max_size
        if (is_old or is_much) and file.state != "held":
            chosen.append(file)
            left -= file.size
    return chosen


def remove_files(
    files: list[PageFile], held: Callable[[str], AbstractContextManager[object]]
) -> Iterator[tuple[PageFile, str | None]]:
    """Removes files, each as it is yielded, with None or why it stays.

    held: takes the file of that name, so that nobody rereads it meanwhile; raises PagesBusy.
    """
    for file in files:
        try:
            with held(file.path.name):
                yield file, _remove(file.path)
        except PagesBusy as error:
            yield file, str(error)


def _remove(path: Path) -> str | None:
    marker = open_marker(path)
    try:
        held = marker.open("r+b")
    except FileNotFoundError:
        path.unlink(missing_ok=True)
        erasing_note(path).unlink(missing_ok=True)
        return None
    with held:
        if not _locked(held):
            return "a crawl writes to it"
        marker.unlink(missing_ok=True)  # first: what is left of a removal that breaks off is a complete file
        path.unlink(missing_ok=True)
        erasing_note(path).unlink(missing_ok=True)
    return None


def state_of(path: Path) -> State:
    """Whether a file may be appended to, and whether a process does."""
    try:
        with open_marker(path).open("rb") as marker:
            return "open" if _locked(marker) else "held"
    except FileNotFoundError:
        return "complete"


def _locked(marker: BinaryIO) -> bool:
    try:
        fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
