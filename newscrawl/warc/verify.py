"""Verifies files of kept pages: every record's digests, and that nothing is torn, damaged or left over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from newscrawl.errors import DamagedPages
from newscrawl.warc.files import ERASING, OPEN, SUFFIX, is_name, open_marker, page_files
from newscrawl.warc.gzip_members import member_end, next_record
from newscrawl.warc.page_folder import state_of
from newscrawl.warc.page_reader import need_fastwarc

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file, from `offset` on for `length` bytes."""

    file: str  #: name
    offset: int
    length: int
    words: str

    def __str__(self) -> str:
        where = f": {self.length:,} bytes from {self.offset:,} on" if self.length else ""
        return f"{self.file}{where}: {self.words}"


@dataclass(slots=True)
class Verified:
    """What was read so far."""

    files: int = 0
    records: int = 0
    size: int = 0  #: bytes


def verify(folder: Path, done: Verified) -> Iterator[Fault]:
    """Reads all files of a folder and yields what is wrong; `done` counts meanwhile. Raises UsageError if
    fastwarc is not installed."""
    need_fastwarc()
    for path in page_files(folder):
        with suppress(FileNotFoundError):  # pruned meanwhile
            yield from _verify_file(path, done)
            done.files += 1
    yield from _left_over(folder)


def _verify_file(path: Path, done: Verified) -> Iterator[Fault]:
    is_open, end = open_marker(path).exists(), path.stat().st_size
    done.size += end
    if end == 0 and not is_open:
        yield Fault(path.name, 0, 0, "empty")
    position: int | None = 0
    with path.open("rb") as file:
        while position is not None and position < end:
            try:
                _verify_records(path, file, position, end, done)
                return
            except DamagedPages as damage:
                begin, words = damage.offset, damage.words
            position = next_record(file, begin + 1)
            if position is None and is_open:
                if state_of(path) == "held":
                    return  # the writer's last records are not whole yet
                words = "not whole; the next crawl that writes to the file cuts it off"
            behind = end if position is None else position
            yield Fault(path.name, begin, behind - begin, words)


def _verify_records(path: Path, file: BinaryIO, start: int, end: int, done: Verified) -> None:
    """Reads the records that begin between two offsets. Raises DamagedPages for the first that is wrong."""
    offset, read = start, False
    try:
        for record in _records(path, start):
            if record.stream_pos >= end:
                return  # appended since
            offset, read = record.stream_pos, True
            done.records += 1
            if words := _wrong_digest(record):
                raise DamagedPages(offset, words)
    except (OSError, ValueError) as error:
        # Of a record that was read: it may be the next one that is damaged.
        behind = member_end(file, offset) if read else None
        raise DamagedPages(offset if behind is None else behind, str(error)) from error
    if read and member_end(file, offset) is None:
        raise DamagedPages(offset, "its last bytes are missing")


def _records(path: Path, start: int) -> Iterator[WarcRecord]:
    from fastwarc.warc import ArchiveIterator

    with path.open("rb") as file:
        file.seek(start)
        yield from ArchiveIterator(file, parse_http=False)


def _wrong_digest(record: WarcRecord) -> str | None:
    """What is wrong with a record's digests; None if they are right."""
    from fastwarc.warc import WarcRecordType

    headers, kind = record.headers, record.record_type
    if "WARC-Block-Digest" in headers and not record.verify_block_digest():
        return "the block digest is not that of the record"
    if kind == WarcRecordType.response and "WARC-Payload-Digest" in headers:
        record.parse_http()
        if not record.verify_payload_digest():
            return "the payload digest is not that of the body"
    return None


def _left_over(folder: Path) -> Iterator[Fault]:
    """Markers without their file, and files that are none of ours."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        whole = path.name.removesuffix(OPEN)
        if path.name.endswith(OPEN) and is_name(whole):
            if not path.with_name(whole).exists():
                yield Fault(path.name, 0, 0, f"there is no {whole}; remove the marker")
        elif path.name.endswith(ERASING):
            yield Fault(path.name, 0, 0, "records were being erased: run newscrawl forget --resume")
        elif not is_name(path.name) and path.name.endswith((SUFFIX, OPEN)):
            yield Fault(path.name, 0, 0, "not the name of a file of kept pages; it is left alone")
