"""Bit rows: one bit per post, newest post first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

#: Rows of a part, a prime. An article of 1,200 characters has 900 terms, which set 36 % of its bits.
ROWS = 12_289
#: Posts in one part of the index.
PART = 2048
#: Row r of segment s is document s * ROW_SPACE + r of `search_rows`.
ROW_SPACE = 16_384
#: Posts in one document of `search_ids`, and the ids reserved for such documents in each part.
BLOCK, BLOCK_SPACE = 128, 4096

_SET = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))


def columns_to_rows(columns: Iterable[Iterable[int]], limit: int) -> list[bytes]:
    """All rows, from the rows that each post sets, in the order of the posts; bit 0 of byte 0 is the first.

    `limit` is the maximum number of posts.

    >>> rows = columns_to_rows([{1, 2}, {2}], 100)
    >>> rows[0], rows[1], rows[2]
    (b'\\x00', b'\\x01', b'\\x03')
    """
    rows = [bytearray((limit + 7) // 8) for _ in range(ROWS)]
    posts = 0
    for number, column in enumerate(columns):
        byte, bit = number >> 3, 1 << (number & 7)
        for row in column:
            rows[row][byte] |= bit
        posts = number + 1
    return [bytes(row[: (posts + 7) // 8]) for row in rows]


def positions(rows: Sequence[bytes]) -> Iterator[int]:
    """The positions of the posts whose bit is set in all rows, in order.

    >>> list(positions([b"\\x07\\x01", b"\\x05\\x01"]))
    [0, 2, 8]
    """
    if not rows:
        return
    both = int.from_bytes(rows[0], "little")
    for row in rows[1:]:
        both &= int.from_bytes(row, "little")
    for number, byte in enumerate(both.to_bytes(len(rows[0]), "little")):
        if byte:
            yield from (number * 8 + bit for bit in _SET[byte])
