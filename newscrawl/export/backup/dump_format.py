"""The format of a dump: gzip members, one after the other, that hold BSON documents.

    header   {newscrawl: "dump", format: 1, dump, made, schema_version, program, server, database}
    block    {block: 1, collection, documents: 500, bytes, sha256}, then these documents as MongoDB sent them
    …
    end      {end: true, blocks, documents: {collection: count}, moments, sha256}

Each is a gzip member of its own, so `gzip.open` and `bson.decode_file_iter` read the whole file. gzip checks
each member by its CRC-32. `sha256` is a chain: of the block before (the header's is that of its bytes), the
collection's name and the documents; that of the end is the last block's. A block that is missing, repeated,
swapped or taken from another dump breaks it. A file without its end is not whole.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final

import bson
from bson import CodecOptions
from bson.codec_options import DatetimeConversion
from bson.errors import BSONError

from newscrawl.errors import DamagedDump, NewerPosts, NewscrawlError

FORMAT: Final = 1
#: Most bytes of a block's documents. A server's answer has at most 16 MB, or one document of that size.
LARGEST: Final = 64 * 2**20
_LARGEST_FRAME = 2**20
_LEVEL = 3  # posts at 1: 4 % larger; at 6: 19 % smaller, in twice the time
_MONGODUMP = b"\x6d\xe2\x99\x81"  # how an archive of mongodump begins
_AWARE: CodecOptions[dict[str, Any]] = CodecOptions(
    tz_aware=True, tzinfo=UTC, datetime_conversion=DatetimeConversion.DATETIME_AUTO
)


@dataclass(frozen=True, slots=True)
class Header:
    """What a dump is of."""

    dump: str  #: 32 hex digits of this dump alone
    made: datetime  #: when it began, aware
    schema_version: int  #: that the program knew which made it
    program: str  #: version of newscrawl
    server: str  #: version of MongoDB
    database: str

    def to_document(self) -> dict[str, Any]:
        return {"newscrawl": "dump", "format": FORMAT} | {
            name: getattr(self, name) for name in self.__dataclass_fields__
        }


@dataclass(frozen=True, slots=True)
class Block:
    """Documents of one collection."""

    collection: str
    count: int
    payload: bytes  #: the documents' BSON, one after the other

    def documents(self) -> Iterator[bytes]:
        """Each document's BSON. Raises ValueError if the payload is not made of `count` documents."""
        at = 0
        for _ in range(self.count):
            size = int.from_bytes(self.payload[at : at + 4], "little")
            if size < 5 or at + size > len(self.payload):
                raise ValueError("a document ends beyond its block")
            yield self.payload[at : at + size]
            at += size
        if at != len(self.payload):
            raise ValueError("a block is longer than its documents")


@dataclass(frozen=True, slots=True)
class End:
    """What a whole dump holds."""

    blocks: int
    documents: Mapping[str, int]  #: collection -> documents
    moments: tuple[datetime, ...]  #: that it shows, by MongoDB's clock; one if it is of one moment

    @property
    def total(self) -> int:
        return sum(self.documents.values())


def header_member(header: Header) -> tuple[bytes, bytes]:
    """The first member, and the begin of the chain."""
    frame = bson.encode(header.to_document())
    return _member(frame), hashlib.sha256(frame).digest()


def block_member(number: int, block: Block, chain: bytes) -> tuple[bytes, bytes]:
    """The member of a block, counted from 1, and the chain after it."""
    chain = _chained(chain, block)
    frame = {
        "block": number,
        "collection": block.collection,
        "documents": block.count,
        "bytes": len(block.payload),
        "sha256": chain,
    }
    return _member(bson.encode(frame) + block.payload), chain


def end_member(end: End, chain: bytes) -> bytes:
    """The last member."""
    frame = {
        "end": True,
        "blocks": end.blocks,
        "documents": dict(end.documents),
        "moments": list(end.moments),
        "sha256": chain,
    }
    return _member(bson.encode(frame))


def _member(content: bytes) -> bytes:
    return gzip.compress(content, _LEVEL, mtime=0)


def _chained(chain: bytes, block: Block) -> bytes:
    made = hashlib.sha256(chain)
    made.update(block.collection.encode() + b"\0")
    made.update(block.payload)
    return made.digest()


class DumpReader:
    """Reads a dump from its begin; one block is held at a time."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        """Reads the header. Raises DamagedDump, and NewerPosts if a newer newscrawl made it."""
        self._name = name
        self._file = gzip.GzipFile(fileobj=file)
        frame = self._first_frame()
        self._chain = hashlib.sha256(frame).digest()
        self.header = self._header(frame)
        self.end: End | None = None  #: when all blocks were read

    def blocks(self) -> Iterator[Block]:
        """The blocks; then `end` is known. Raises DamagedDump."""
        counts: dict[str, int] = {}
        number = 0
        while "end" not in (frame := self._frame()):
            number += 1
            block = self._block(frame, number)
            counts[block.collection] = counts.get(block.collection, 0) + block.count
            yield block
        self.end = self._end(frame, number, counts)

    def _block(self, frame: dict[str, Any], number: int) -> Block:
        try:
            block = Block(str(frame["collection"]), int(frame["documents"]), self._take(int(frame["bytes"])))
            self._chain = _chained(self._chain, block)
            if (frame["block"], frame["sha256"]) != (number, self._chain):
                raise self._damaged(f"block {number} does not have its checksum")
        except (KeyError, TypeError, ValueError) as error:
            raise self._damaged(f"block {number} cannot be read: {error!r}") from None
        return block

    def _end(self, frame: dict[str, Any], number: int, counts: dict[str, int]) -> End:
        said = (frame.get("blocks"), frame.get("documents"), frame.get("sha256"))
        moments = frame.get("moments") or []
        if said != (number, counts, self._chain) or not all(isinstance(at, datetime) for at in moments):
            raise self._damaged("its end does not fit what comes before")
        if not moments:
            raise self._damaged("its end does not say of when it is")
        if self._read(1):
            raise self._damaged("something follows its end")
        return End(number, counts, tuple(moments))

    def _first_frame(self) -> bytes:
        try:
            begin = self._file.read(4)
            size = int.from_bytes(begin, "little")
            if not begin or not 5 <= size <= _LARGEST_FRAME:
                raise self._foreign(begin)
            return begin + self._file.read(size - 4)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise self._foreign() from None
        except OSError as error:
            raise self._unreadable(error) from error

    def _header(self, frame: bytes) -> Header:
        try:
            document = bson.decode(frame, _AWARE)
        except BSONError:
            raise self._foreign() from None
        if document.get("newscrawl") != "dump":
            raise self._foreign()
        if document.get("format") != FORMAT:
            raise NewerPosts(
                f"{self._name} is a dump of format {document.get('format')}, made by newscrawl"
                f" {document.get('program')}; this newscrawl reads format {FORMAT}: update newscrawl"
            )
        try:
            return Header(**{name: document[name] for name in Header.__dataclass_fields__})
        except KeyError as error:
            raise self._damaged(f"its header lacks {error}") from None

    def _frame(self) -> dict[str, Any]:
        begin = self._take(4)
        size = int.from_bytes(begin, "little")
        if not 5 <= size <= _LARGEST_FRAME:
            raise self._damaged("no block begins where one should")
        try:
            return bson.decode(begin + self._take(size - 4), _AWARE)
        except BSONError:
            raise self._damaged("no block begins where one should") from None

    def _take(self, size: int) -> bytes:
        if not 0 <= size <= LARGEST:
            raise self._damaged(f"a block claims {size:,} bytes")
        found = self._read(size)
        if len(found) < size:
            raise self._damaged("it is truncated: its end is missing")
        return found

    def _read(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except EOFError:
            raise self._damaged("it is truncated: its end is missing") from None
        except (zlib.error, gzip.BadGzipFile) as error:
            raise self._damaged(str(error)) from None
        except OSError as error:
            raise self._unreadable(error) from error

    def _foreign(self, begin: bytes = b"") -> DamagedDump:
        hint = "; it is an archive of mongodump: use mongorestore" if begin == _MONGODUMP else ""
        return DamagedDump(f"{self._name} is not a dump that newscrawl db dump made{hint}")

    def _damaged(self, what: str) -> DamagedDump:
        return DamagedDump(f"{self._name} is damaged: {what}; use another dump")

    def _unreadable(self, error: OSError) -> NewscrawlError:
        return NewscrawlError(f"{self._name} cannot be read: {error.strerror or error}")
