"""Reads kept pages: the article at an offset of a file, or all of a file in turn."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from newscrawl.errors import DamagedPages, PageNotKept, UsageError
from newscrawl.warc.files import host_of, this_host
from newscrawl.warc.gzip_members import member_end, next_record
from newscrawl.warc.records import NOTE_TYPE, Answer, Note, note_from_json

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

    from newscrawl.model.post import PageLocation

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class KeptArticle:
    """What is kept of an article at one time. An article that its list alone told of has no answers."""

    file: str  #: name
    offset: int  #: of its first record
    answers: list[Answer] = field(default_factory=list)  #: its pages, in their order
    note: Note | None = None  #: None: a list's answer
    revisit: bool = False  #: whether the body of the first answer is not here, as an earlier record has it


def need_fastwarc() -> None:
    """Raises UsageError, with the remedy, if fastwarc is not installed."""
    try:
        import fastwarc  # noqa: F401
    except ImportError:
        raise UsageError(
            "reading kept pages needs fastwarc, which is not installed: pip install 'newscrawl[archive]'"
        ) from None


def kept_article(folder: Path, location: PageLocation) -> KeptArticle:
    """The article at a location, in a folder of kept pages.

    Raises PageNotKept, with what is wrong: there is no such file or record, or it has another body.
    """
    path = folder / location.file
    try:
        with path.open("rb") as file:
            file.seek(location.offset)
            found = next(_articles(file, path.name), None)
    except FileNotFoundError:
        raise PageNotKept(_absent(path)) from None
    except (OSError, DamagedPages) as error:
        raise PageNotKept(f"{path} cannot be read at {location.offset}: {error}") from error
    if found is None or found.offset != location.offset:
        raise PageNotKept(f"{path} has no kept page at {location.offset}")
    if found.answers and found.answers[0].digest != location.digest:
        raise PageNotKept(f"{path} has another page at {location.offset}: {found.answers[0].url}")
    return found


def _absent(path: Path) -> str:
    host = host_of(path.name)
    if host is None or host == this_host():
        return f"{path} is not there: it was pruned, or moved"
    return f"{path} is not there: it was written on {host}; look there, or it was pruned"


def kept_articles(
    path: Path,
    start: int = 0,
    end: int | None = None,
    *,
    on_damage: Callable[[int, int, str], None] | None = None,
) -> Iterator[KeptArticle]:
    """What a file holds between two offsets, in order, revisits and lists' answers included: each article
    that begins at `start` or later and before `end` (None: all that follow).

    `start` need not be the beginning of a record. What is damaged is left out and logged, or given to
    `on_damage`: its offset, how many bytes, and what is wrong. Raises OSError if the file cannot be read.
    """
    tell = on_damage or _log_damage(path)
    with path.open("rb") as file:
        position = start if start == 0 else next_record(file, start)
        while position is not None:
            file.seek(position)
            try:
                for article in _articles(file, path.name):
                    if end is not None and article.offset >= end:
                        return
                    yield article
                return
            except DamagedPages as damage:
                broken = max(position, damage.offset)
                position = next_record(file, broken + 1)
                if end is not None and broken >= end:
                    return
                behind = path.stat().st_size if position is None else position
                tell(broken, behind - broken, damage.words)


def _log_damage(path: Path) -> Callable[[int, int, str], None]:
    def log(offset: int, length: int, words: str) -> None:
        logger.error("%s is damaged: %d bytes from %d on are left out: %s", path, length, offset, words)

    return log


def _articles(file: BinaryIO, name: str) -> Iterator[KeptArticle]:
    """The articles from where the file stands; records of one that began before are left out. Raises
    DamagedPages."""
    from fastwarc.warc import WarcRecordType

    current: KeptArticle | None = None
    first: str | None = None
    for record in _records(file):
        together = record.headers.get("WARC-Concurrent-To")
        if current is None or together != first:
            if current is not None:
                yield current
                current = None
            if together is not None:
                continue
            current = KeptArticle(name, record.stream_pos)
            first = record.record_id
        if record.record_type != WarcRecordType.metadata:
            current.revisit |= record.record_type == WarcRecordType.revisit
            current.answers.append(_answer(record))
            continue
        if record.headers.get("Content-Type") == NOTE_TYPE:
            current.note = _note(record)
            yield current
        current = None
    if current is not None:
        yield current


def _note(record: WarcRecord) -> Note:
    """Raises DamagedPages."""
    try:
        return note_from_json(_content(record, record.content_length))
    except ValueError as error:
        raise DamagedPages(record.stream_pos, str(error)) from error


def _records(file: BinaryIO) -> Iterator[WarcRecord]:
    """The records that tell of articles. Raises DamagedPages."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    wanted = WarcRecordType.response | WarcRecordType.revisit | WarcRecordType.metadata
    offset, read = file.tell(), False
    try:
        for record in ArchiveIterator(file, record_types=wanted):
            offset, read = record.stream_pos, True
            yield record
    except (OSError, ValueError) as error:
        # Of a record that was read: it may be the next one that is damaged.
        behind = member_end(file, offset) if read else None
        raise DamagedPages(offset if behind is None else behind, str(error)) from error


def _answer(record: WarcRecord) -> Answer:
    from fastwarc.warc import WarcRecordType

    http = record.http_headers
    length = 0 if record.record_type == WarcRecordType.revisit else int(http["Content-Length"])
    return Answer(
        url=record.headers["WARC-Target-URI"],
        status=http.status_code or 0,
        headers=http.to_tuples(),
        body=_content(record, length),
        fetched=datetime.fromisoformat(record.headers["WARC-Date"]),
        address=record.headers.get("WARC-IP-Address"),
    )


def _content(record: WarcRecord, length: int) -> bytes:
    """What follows a record's headers. Raises DamagedPages if it is shorter than `length`."""
    content = record.reader.read()
    if len(content) != length:
        raise DamagedPages(record.stream_pos, f"{len(content)} of {length} bytes are there")
    return content
