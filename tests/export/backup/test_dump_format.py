"""The format of a dump: what is not whole is recognized, whatever is wrong with it."""

from __future__ import annotations

import gzip
import hashlib
import io
from datetime import UTC, datetime

import bson
import pytest

from newscrawl.errors import DamagedDump, NewerPosts
from newscrawl.export.backup.dump_format import (
    Block,
    DumpReader,
    End,
    Header,
    block_member,
    end_member,
    header_member,
)

MADE = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
HEADER = Header("0" * 32, MADE, 3, "0.1.0", "6.0.5", "newscrawl")
START = hashlib.sha256(bson.encode(HEADER.to_document())).digest()
EMPTY = bson.encode({})
BLOCKS = [
    Block("posts", 2, bson.encode({"_id": 1}) + bson.encode({"_id": 2})),
    Block("posts", 1, bson.encode({"_id": 3})),
    Block("runs", 1, bson.encode({"_id": 1})),
]


def members(header: Header = HEADER, blocks: list[Block] = BLOCKS) -> list[bytes]:
    member, chain = header_member(header)
    made = [member]
    for number, block in enumerate(blocks, 1):
        member, chain = block_member(number, block, chain)
        made.append(member)
    counts: dict[str, int] = {}
    for block in blocks:
        counts[block.collection] = counts.get(block.collection, 0) + block.count
    return [*made, end_member(End(len(blocks), counts, (MADE,)), chain)]


def read(content: bytes) -> tuple[list[Block], End | None]:
    reader = DumpReader(io.BytesIO(content), "x.dump")
    return list(reader.blocks()), reader.end


def test_what_is_written_is_read() -> None:
    reader = DumpReader(io.BytesIO(b"".join(members())), "x.dump")
    assert reader.header == HEADER
    assert list(reader.blocks()) == BLOCKS
    assert reader.end == End(3, {"posts": 3, "runs": 1}, (MADE,))
    assert reader.end.total == 4
    assert [bson.decode(one) for one in BLOCKS[0].documents()] == [{"_id": 1}, {"_id": 2}]


def test_a_dump_of_nothing() -> None:
    assert read(b"".join(members(blocks=[]))) == ([], End(0, {}, (MADE,)))


def test_cut_off_anywhere_it_is_refused() -> None:
    whole = b"".join(members())
    for size in range(len(whole)):
        with pytest.raises(DamagedDump):
            read(whole[:size])


def test_a_changed_byte_changes_nothing_or_is_refused() -> None:
    """gzip has bytes that say nothing of the content: the time, the system, the last bits."""
    whole = b"".join(members())
    refused = 0
    for at in range(len(whole)):
        torn = bytearray(whole)
        torn[at] ^= 0x10
        try:
            assert read(bytes(torn)) == read(whole)
        except (DamagedDump, NewerPosts):
            refused += 1
    assert refused > 0.9 * len(whole)


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ([0, 2, 1, 3, 4], "block 1 does not have its checksum"),
        ([0, 1, 3, 4], "block 2 does not have its checksum"),
        ([0, 1, 1, 2, 3, 4], "block 2 does not have its checksum"),
        ([0, 1, 2, 3], "truncated"),
        ([0, 1, 2, 4], "its end does not fit"),
        ([0, 1, 2, 3, 4, 4], "something follows its end"),
        ([1, 2, 3, 4], "is not a dump that newscrawl db dump made"),
    ],
)
def test_members_out_of_order_are_refused(order: list[int], words: str) -> None:
    parts = members()
    with pytest.raises(DamagedDump, match=words):
        read(b"".join(parts[number] for number in order))


def test_blocks_of_another_dump_are_refused() -> None:
    other = members(Header("1" * 32, MADE, 3, "0.1.0", "6.0.5", "newscrawl"))
    with pytest.raises(DamagedDump, match="block 1 does not have its checksum"):
        read(b"".join([members()[0], *other[1:]]))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 100,
        b"_id,title\n1,x\n",
        b"\x1f\x8b",
        gzip.compress(b"", mtime=0),
        gzip.compress(b"{}", mtime=0),
        gzip.compress(b"\xff" * 99, mtime=0),
        gzip.compress(bson.encode({"_id": 1}), mtime=0),
        gzip.compress(bson.encode({"newscrawl": "export"}), mtime=0),
        b"PK\x03\x04" + b"\0" * 100,
    ],
)
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(DamagedDump, match=r"x\.dump is not a dump that newscrawl db dump made"):
        read(content)


def test_an_archive_of_mongodump_is_recognized() -> None:
    with pytest.raises(DamagedDump, match="use mongorestore"):
        read(gzip.compress(b"\x6d\xe2\x99\x81" + b"\0" * 100, mtime=0))


def test_a_newer_format_is_refused() -> None:
    header = {**HEADER.to_document(), "format": 2, "program": "9.0"}
    with pytest.raises(NewerPosts, match=r"format 2, made by newscrawl 9\.0; this newscrawl reads format 1"):
        read(gzip.compress(bson.encode(header), mtime=0))


@pytest.mark.parametrize(
    "frame",
    [
        {"block": 1},
        {"block": 1, "collection": "posts", "documents": 1, "bytes": -1, "sha256": b""},
        {"block": 1, "collection": "posts", "documents": 1, "bytes": 2**40, "sha256": b""},
        {"block": 1, "collection": "posts", "documents": "many", "bytes": 1, "sha256": b""},
        {"end": True},
        {"end": True, "blocks": 0, "documents": {}, "sha256": b"", "moments": [MADE]},
        {"end": True, "blocks": 0, "documents": {}, "sha256": START},
        {"end": True, "blocks": 0, "documents": {}, "sha256": START, "moments": ["yesterday"]},
    ],
)
def test_frames_that_lie_are_refused(frame: dict[str, object]) -> None:
    with pytest.raises(DamagedDump):
        read(members()[0] + gzip.compress(bson.encode(frame), mtime=0))


@pytest.mark.parametrize("payload", [b"", EMPTY, EMPTY * 3, b"\xff\0\0\0" * 4, b"\0" * 20])
def test_a_payload_that_is_not_its_documents(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r"beyond its block|longer than"):
        list(Block("posts", 2, payload).documents())
