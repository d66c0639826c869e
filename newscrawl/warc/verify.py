"""Verifies files of kept pages: every record's digests, and that nothing is torn, damaged or left over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from newscrawl.errors import DamagedPages
from newscrawl.warc.files import OPEN, SUFFIX, is_name, open_marker, page_files
from newscrawl.warc.gzip_members import next_record, whole_length
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
            file.seek(position)
            broken = position
            try:
                for record in _records(path, position):
                    if record.stream_pos >= end:
                        return  # appended since
                    broken = record.stream_pos
                    done.records += 1
                    if words := _wrong_digest(record):
                        raise DamagedPages(broken, words)
                    broken += 1  # what cannot be read comes after it
                return
            except DamagedPages as damage:
                begin, words = damage.offset, damage.words
            except (OSError, ValueError) as error:
                begin, words = _first_broken(path, broken), str(error)
            position = next_record(file, begin + 1)
            if position is None and is_open and state_of(path) == "held":
                return  # the writer's last records are not whole yet
            behind = end if position is None else position
            if position is None and is_open:
                words = "not whole; the next crawl that writes to the file cuts it off"
            if behind > begin:
                yield Fault(path.name, begin, behind - begin, words)


def _records(path: Path, start: int) -> Iterator[WarcRecord]:
    from fastwarc.warc import ArchiveIterator

    with path.open("rb") as file:
        file.seek(start)
        yield from ArchiveIterator(file, parse_http=False)


def _first_broken(path: Path, start: int) -> int:
    """The offset of the first member that is not whole, from one that begins at or before `start`."""
    with path.open("rb") as file:
        begin = next_record(file, max(start - 1, 0))
        if begin is None or begin > start:
            return start
        return begin + whole_length(file, begin)


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
        elif not is_name(path.name) and path.name.endswith((SUFFIX, OPEN)):
            yield Fault(path.name, 0, 0, "not the name of a file of kept pages; it is left alone")
