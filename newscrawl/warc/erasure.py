"""Erases records of kept pages: their bytes are overwritten, and the file stays readable.

In the place of a record comes a gzip member of exactly the same length, a `metadata` record of spaces, so all
other records keep their offsets. What is about to be overwritten is noted first in a file beside, of the same
name and `.erasing`: after a kill -9 in the middle, a member may be half of one and half of the other, and the
note says where; whoever erases or appends next finishes it.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import struct
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from newscrawl.errors import DamagedPages, PageNotKept
from newscrawl.warc.files import erasing_note, open_marker
from newscrawl.warc.gzip_members import member_end, next_record
from newscrawl.warc.page_reader import kept_article, need_fastwarc
from newscrawl.warc.records import NOTE_TYPE

if TYPE_CHECKING:
    from typing import BinaryIO

    from fastwarc.warc import WarcRecord

    from newscrawl.model.post import PageLocation

_HEAD: Final = (
    "WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:{id}>\r\n"
    "WARC-Date: 1970-01-01T00:00:00Z\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n"
)
_TAIL: Final = b"\r\n\r\n"
_STORED: Final = 65_535  # bytes of a deflate block that is not compressed, which has 5 more
_GZIP: Final = b"\x1f\x8b\x08%b\x00\x00\x00\x00\x00\xff"
_COMMENT: Final = 16  # the flag of a comment, which ends with a zero byte
_AROUND: Final = 18  # bytes of a member around what is deflated


class Span(NamedTuple):
    """A record's member in a file, in bytes."""

    offset: int
    length: int


@dataclass(slots=True)
class Group:
    """The records of one article, or the answer of a list."""

    offsets: list[int] = field(default_factory=list)  #: of the members
    urls: list[str] = field(default_factory=list)  #: of its pages
    note: bytes | None = None  #: JSON; None: a list's answer
    body: bytes | None = None  #: of a list's answer, as it is kept


def erase_article(folder: Path, location: PageLocation) -> bool:
    """Erases what is kept at a location; False if nothing of it is there any more, or on this machine.

    Raises OSError, and UsageError if fastwarc is not installed.
    """
    path = folder / location.file
    if not path.exists():
        return False
    need_fastwarc()
    try:
        kept_article(folder, location)
    except PageNotKept:
        return False
    with path.open("rb") as file:
        spans = _spans(file, next(_groups(file, location.offset)))
    erase(path, spans)
    return True


def erase_where(path: Path, wanted: Callable[[Group], bool], *, dry_run: bool = False) -> tuple[int, int]:
    """Erases the groups of a file that are wanted; returns how many, and their bytes.

    Damaged parts are passed over, but for those that a killed erasure left, which are finished first. Raises
    OSError, and UsageError if fastwarc is not installed.
    """
    need_fastwarc()
    if not dry_run:
        finish_erasure(path)
    found = [group for group in groups(path) if wanted(group)]
    with path.open("rb") as file:
        spans = [span for group in found for span in _spans(file, group)]
    if spans and not dry_run:
        erase(path, spans)
    return len(found), sum(span.length for span in spans)


def _spans(file: BinaryIO, group: Group) -> list[Span]:
    """The members of a group; one that is torn is left to the next crawl, which cuts it off."""
    ends = [(offset, member_end(file, offset)) for offset in group.offsets]
    return [Span(offset, end - offset) for offset, end in ends if end is not None]


def erase(path: Path, spans: Iterable[Span]) -> None:
    """Overwrites members, for good: on the disk when it returns. Raises OSError."""
    with _unclaimed(path):
        _write_note(erasing_note(path), list(spans))
        finish_erasure(path)


@contextmanager
def _unclaimed(path: Path) -> Iterator[None]:
    """No crawl claims the file meanwhile: it would check members that are being overwritten. One that holds
    the file already has checked it, and only appends."""
    try:
        marker = open_marker(path).open("rb")
    except FileNotFoundError:
        yield
        return
    with marker:
        with suppress(BlockingIOError):
            fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def finish_erasure(path: Path) -> None:
    """Finishes what was begun and interrupted in a file, if anything was. Raises OSError."""
    note = erasing_note(path)
    try:
        spans = [Span(*one) for one in json.loads(note.read_bytes())]
    except FileNotFoundError:
        return
    with path.open("r+b", buffering=0) as file:
        for span in spans:
            os.pwrite(file.fileno(), filler(span.length), span.offset)
        os.fsync(file.fileno())
    note.unlink()


def _write_note(note: Path, spans: list[Span]) -> None:
    draft = note.with_name(f"{note.name}.{secrets.token_hex(4)}")
    with draft.open("wb") as file:
        file.write(json.dumps(spans).encode())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(note)
    folder = os.open(note.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def filler(length: int) -> bytes:
    """A gzip member of this many bytes with one WARC record. Raises ValueError if they are too few."""
    name = str(uuid.uuid4())
    most = len(_record(name, 0)) + len(str(length)) + _AROUND + 5 * -(-length // _STORED)
    record = _record(name, max(length - most, 0))
    deflated = _stored(record)
    if len(deflated) + _AROUND > length:
        deflated = zlib.compress(record, 9, wbits=-zlib.MAX_WBITS)
    spare = length - len(deflated) - _AROUND
    if spare < 0:
        raise ValueError(f"{length} bytes are too few for a record; {length - spare} are the fewest")
    comment = b" " * (spare - 1) + b"\0" if spare else b""
    head = _GZIP % bytes([_COMMENT if spare else 0])
    return head + comment + deflated + struct.pack("<II", zlib.crc32(record), len(record))


def _record(name: str, payload: int) -> bytes:
    return _HEAD.format(id=name, length=payload).encode() + b" " * payload + _TAIL


def _stored(data: bytes) -> bytes:
    """As deflate blocks that are not compressed."""
    parts = [data[at : at + _STORED] for at in range(0, len(data), _STORED)]
    return b"".join(
        struct.pack("<BHH", part is parts[-1], len(part), len(part) ^ 0xFFFF) + part for part in parts
    )


def groups(path: Path) -> Iterator[Group]:
    """What is kept in a file, in order; what is damaged is left out. Raises OSError."""
    position: int | None = 0
    with path.open("rb") as file:
        while position is not None:
            try:
                yield from _groups(file, position)
                return
            except DamagedPages as damage:
                position = next_record(file, max(position, damage.offset) + 1)


def _groups(file: BinaryIO, start: int) -> Iterator[Group]:
    """Raises DamagedPages."""
    current: Group | None = None
    first: str | None = None
    for record in _records(file, start):
        together = record.headers.get("WARC-Concurrent-To")
        if current is None or together != first:
            if current is not None:
                yield current
            current, first = Group(), record.record_id
        current.offsets.append(record.stream_pos)
        is_note = record.headers.get("Content-Type") == NOTE_TYPE
        if not is_note and "WARC-Target-URI" not in record.headers:
            current = None  # about the file, or erased
            continue
        current.urls.append(record.headers["WARC-Target-URI"])
        content = record.reader.read()
        if not is_note:
            current.body = content if len(current.offsets) == 1 else None
            continue
        current.note, current.body = content, None
        yield current
        current = None
    if current is not None:
        yield current


def _records(file: BinaryIO, start: int) -> Iterator[WarcRecord]:
    """The records from an offset on. Raises DamagedPages."""
    from fastwarc.warc import ArchiveIterator

    file.seek(start)
    offset, read = start, False
    try:
        for record in ArchiveIterator(file, parse_http=False):
            offset, read = record.stream_pos, True
            yield record
    except (OSError, ValueError) as error:
        behind = member_end(file, offset) if read else None
        raise DamagedPages(offset if behind is None else behind, str(error)) from error
