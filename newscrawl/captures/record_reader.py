"""RecordReader: the records of a WARC file, whoever wrote it, from a position on and past what is damaged.

FastWARC reads the records. It parses no HTTP headers here, and decodes nothing: where a page is not what its
headers say, its reading of the whole file would end.
"""

from __future__ import annotations

import logging
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from newscrawl.errors import UsageError
from newscrawl.warc.gzip_members import next_record

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

logger = logging.getLogger(__name__)

HEAD: Final = 1 << 16  #: bytes of a file's beginning by which it is judged

_CHUNK = 1 << 18
_GZIP, _ZSTD, _LZ4 = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18"
_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")  # a zstd frame that holds a dictionary
_BEGIN = re.compile(rb"WARC/\d\.\d+\r?\n")
_LENGTH = re.compile(rb"^Content-Length:\s*(\d{1,12})\s*$", re.IGNORECASE | re.MULTILINE)
_PADDING = 8  # bytes of line breaks after a record


@dataclass(frozen=True, slots=True)
class Position:
    """Where to go on in a file."""

    offset: int = 0  #: byte at which a record begins; 0 in a file that is compressed as a whole
    records: int = 0  #: so many records are before it


class RecordReader:
    """Iterates over the positions and records of a file that is open for reading and can seek.

    A record's content has to be read before the next one is asked for. Raises UsageError for a file that is
    not a WARC file, and what the file raises if it cannot be read.
    """

    def __init__(self, file: BinaryIO, head: bytes, name: str, start: Position = Position()) -> None:
        """head: the first HEAD bytes of the file, or all if it has fewer."""
        self.damaged = 0  #: places from which on something was left out
        self.count = 0  #: records so far, those before `start` included
        self.lost = False  #: whether the rest of the file could not be read
        self._file, self._name, self._start = file, name, start
        self._kind = _kind_of(head, name)
        self._seekable = _begins_each_record(head, self._kind)

    def __iter__(self) -> Iterator[tuple[Position, WarcRecord]]:
        from fastwarc.warc import ArchiveIterator

        offset: int | None = self._start.offset if self._seekable else 0
        self.count = self._start.records if self._seekable else 0
        while offset is not None:
            self._file.seek(offset)
            last = offset
            try:
                for record in ArchiveIterator(self._file, parse_http=False):
                    last = record.stream_pos
                    self.count += 1
                    if self._seekable:
                        yield Position(last, self.count - 1), record
                    elif self.count > self._start.records:
                        yield Position(0, self.count - 1), record
                return
            except (OSError, ValueError) as error:  # of FastWARC
                self.damaged += 1
                offset = self._behind(last, error)

    def _behind(self, last: int, error: Exception) -> int | None:
        """Where the next record begins behind damage; None if there is none, or no way to find it."""
        if not self._seekable:
            self.lost = True
            logger.warning(
                "%s is damaged, and compressed as a whole: its rest is lost (%s)", self._name, error
            )
            return None
        if self._kind == "gzip":
            following = next_record(self._file, last + 1)
        elif self._kind == "zstd":
            following = _next(self._file, last + 1, _ZSTD, _begins_in_zstd)
        else:
            following = _next(self._file, last + 1, b"WARC/", _begins_plainly)
        if following is None:
            logger.warning("%s is damaged from %d on, and has no more records (%s)", self._name, last, error)
        else:
            logger.warning(
                "%s is damaged: %d bytes from %d on are left out (%s)",
                self._name,
                following - last,
                last,
                error,
            )
        return following


def beginning(head: bytes) -> bytes:
    """The beginning of a file, decompressed as far as `head` allows; empty if it is damaged."""
    try:
        if head.startswith(_GZIP):
            return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(head, HEAD)
        if head.startswith(_ZSTD):
            return _unzstd(head)[0]
    except (zlib.error, ValueError):
        return b""
    return head


def _kind_of(head: bytes, name: str) -> str:
    if head.startswith(_LZ4):
        return "lz4"
    if _SKIPPABLE.match(head):
        return "zstd with a dictionary"
    if _BEGIN.match(text := beginning(head).lstrip()):
        return "gzip" if head.startswith(_GZIP) else "zstd" if head.startswith(_ZSTD) else "plain"
    if head.startswith(_ZSTD) and not text:
        return "zstd"  # a block is larger than the head
    if text.startswith(b"filedesc://"):
        raise UsageError(f"{name} is an ARC file, which is not read; convert it: warcio recompress OLD NEW")
    shown = text[:20].decode("latin-1")
    raise UsageError(
        f"{name} is not a WARC file: it begins with {shown!r}; give .warc, .warc.gz or .warc.zst"
    )


def _begins_each_record(head: bytes, kind: str) -> bool:
    """Whether each record is compressed for itself, so that a reader may begin at any of them."""
    if kind == "plain":
        return True
    try:
        if kind == "gzip":
            member = zlib.decompressobj(16 + zlib.MAX_WBITS)
            content, ended, rest = member.decompress(head), member.eof, member.unused_data
        elif kind == "zstd":
            content, ended, rest = _unzstd(head)
        else:
            return False
    except (zlib.error, ValueError):
        return False
    end = re.search(rb"\r?\n\r?\n", content)
    length = _LENGTH.search(content[: end.start()]) if end else None
    if not ended or end is None or length is None:
        return False
    alone = len(content) - end.end() - int(length[1]) <= _PADDING
    return alone and rest[:2] in (b"", head[:2])


def _unzstd(data: bytes) -> tuple[bytes, bool, bytes]:
    """The content of the first frame, whether it is whole, and what follows. Raises ValueError."""
    import sys

    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    frame = zstd.ZstdDecompressor()
    try:
        return frame.decompress(data, HEAD * 16), frame.eof, frame.unused_data if frame.eof else b""
    except zstd.ZstdError as error:
        raise ValueError(str(error)) from error


def _next(file: BinaryIO, start: int, magic: bytes, begins: Callable[[bytes], bool]) -> int | None:
    """The offset of the first record from `start` on; None if there is none."""
    position, kept = start, b""
    while True:
        file.seek(position)
        data = file.read(_CHUNK)
        if not data:
            return None
        window, base = kept + data, position - len(kept)
        found = window.find(magic)
        while found != -1:
            file.seek(base + found)
            if begins(file.read(1024)):
                return base + found
            found = window.find(magic, found + 1)
        position += len(data)
        kept = window[-len(magic) + 1 :]


def _begins_in_zstd(data: bytes) -> bool:
    try:
        return _BEGIN.match(_unzstd(data)[0]) is not None
    except ValueError:
        return False


def _begins_plainly(data: bytes) -> bool:
    return re.match(rb"WARC/\d\.\d+\r?\n(?i:warc-|content-)", data) is not None
