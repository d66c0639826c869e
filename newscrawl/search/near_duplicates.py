"""Recognizes reposts of the same article: a story. Pure functions; newscrawl.store.story_links runs the
queries.

Two features of a text are compared. The fingerprint is a 64-bit simhash (Charikar, STOC 2002) of its pairs
of neighbouring characters: in a text with few changes, few bits differ. The clauses are hashes of the pieces
between punctuation marks, at most the 64 smallest (Broder's bottom-k sketch, 1997): a text that lost half of
its paragraphs still has half of its clauses, but a very different simhash. Candidates share a band: the hash
of the whole text, one of the smallest clauses, or the simhash. Bands of parts of the simhash would find
texts that differ in 2 or 3 bits, but clauses find those too; and they would find unrelated texts with
similar words, more and more as the archive grows. A band that many stories share is useless and is not
stored: the next clause takes its place.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Container, Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Final
from zlib import crc32

from newscrawl.model.post import Story

#: Clauses of a text that are stored, those used in queries, and those used as bands.
CLAUSES, CLAUSES_ASKED, CLAUSE_BANDS = 64, 10, 6
#: Texts with fewer clauses are one story only if they are identical: template texts are that short.
FEW = 5
#: The share of the shorter text's clauses that the other must have, and of both texts' clauses together.
CONTAINED, SHARED = 0.55, 0.18
#: Bits in which the fingerprints of nearly identical texts may differ.
DISTANCE = 3

_CLAUSE_CHARS = 6  # shorter ones occur in too many articles
# Flags for the kind of a band; MongoDB's integers have 63 bits.
_CLAUSE, _WHOLE, _FINGERPRINT = 1 << 32, 2 << 32, 1 << 62
_LEAST = 10  # letters that a text needs to be distinguishable
_TEXT_LIMIT = 6_000  # characters examined
_GRAMS = 800  # characters in the fingerprint; below 2**16, the capacity of a lane
_CACHED = 60_000
_WORDS = re.compile(r"[^\W_]+")


def story_of(post_id: str, text: str) -> Story | None:
    """The features of a text, as a story with one post; None if the text is too short.

    Width, case, spaces and punctuation are ignored.
    """
    pieces = _WORDS.findall("".join(text[:_TEXT_LIMIT].casefold().split()))
    joined = "".join(pieces)
    if not unicodedata.is_normalized(
        "NFKC", joined
    ):  # true of most texts, as Chinese punctuation is removed already
        pieces = [unicodedata.normalize("NFKC", piece) for piece in pieces]
        joined = "".join(pieces)
    if len(joined) < _LEAST:
        return None
    hashes = sorted({crc32(piece.encode()) for piece in _clauses(pieces)})[:CLAUSES]
    fingerprint = simhash(joined)
    whole = _WHOLE | crc32(joined.encode())
    beginning = _FINGERPRINT | fingerprint >> 2 & ~_CLAUSE
    smallest = [_CLAUSE | one for one in hashes[:CLAUSE_BANDS]]
    clauses = struct.pack(f">{len(hashes)}I", *hashes).hex()
    return Story(f"{fingerprint:016x}", post_id, [beginning, *smallest, whole], clauses)


def asked_bands(story: Story) -> list[int]:
    """The bands used to look up a text's story: its own, and those of further clauses."""
    return [*(band for band in story.bands if not band & _CLAUSE), *_clause_bands(story)]


def kept_bands(story: Story, frequent: Container[int]) -> list[int]:
    """The bands to store: those that many stories share are replaced by the next clauses.

    The hash of the whole text stays last.
    """
    rare = [band for band in _clause_bands(story) if band not in frequent][:CLAUSE_BANDS]
    others = [band for band in story.bands[:-1] if not band & _CLAUSE and band not in frequent]
    return [*others, *rare, *story.bands[-1:]]


def _clause_bands(story: Story) -> list[int]:
    return [_CLAUSE | one for one in _numbers(story.clauses[: 8 * CLAUSES_ASKED])]


def _clauses(pieces: list[str]) -> Iterator[str]:
    """The clauses; short pieces are joined until they are long enough."""
    held = ""
    for piece in pieces:
        held += piece
        if len(held) >= _CLAUSE_CHARS:
            yield held
            held = ""
    if held:
        yield held


def is_same(one: Story, other: Story) -> bool:
    """Whether two texts are the same article, by their features."""
    (first, ours), (second, theirs) = _set_of(one.clauses), _set_of(other.clauses)
    if min(len(first), len(second)) < FEW:
        return one.bands[-1:] == other.bands[-1:]
    # A longer text stores only its smallest clauses: compare only what both would have stored.
    end = min((kept[-1] for kept in (ours, theirs) if len(kept) == CLAUSES), default=1 << 32)
    shared = len(first & second)  # all are at or below the end
    ones, others = bisect_right(ours, end), bisect_right(theirs, end)
    contained = shared / max(1, min(ones, others))
    if contained >= CONTAINED and shared >= FEW - 1 and shared / (ones + others - shared) >= SHARED:
        return True
    return distance(one, other) <= DISTANCE and contained >= CONTAINED / 2


def distance(one: Story, other: Story) -> int:
    """The number of bits in which the fingerprints differ, 0 to 64."""
    return (int(one.fingerprint, 16) ^ int(other.fingerprint, 16)).bit_count()


def _numbers(clauses: str) -> tuple[int, ...]:
    return struct.unpack(f">{len(clauses) // 8}I", bytes.fromhex(clauses))


@lru_cache(maxsize=500)  # each text is compared with several others in its batch
def _set_of(clauses: str) -> tuple[frozenset[int], tuple[int, ...]]:
    """The clauses as a set, and sorted from smallest to largest."""
    numbers = _numbers(clauses)
    return frozenset(numbers), numbers


class _Lanes(dict[int, int]):
    """Maps a pair of characters to an integer of 64 16-bit counters, each 0 or 1: the bits of its hash.

    Adding such integers counts each bit over all pairs at once. A pair is two UTF-32 units, the first in
    the lower half.
    """

    _SPREAD: Final = [
        [sum(1 << 16 * (8 * place + bit) for bit in range(8) if byte >> bit & 1) for byte in range(256)]
        for place in range(8)
    ]

    def __missing__(self, pair: int) -> int:
        both = chr(pair & 0xFFFF_FFFF) + chr(pair >> 32)
        digest = blake2b(both.encode("utf-8", "replace"), digest_size=8).digest()
        lanes = sum(table[byte] for table, byte in zip(self._SPREAD, digest, strict=True))
        if len(self) >= _CACHED:
            self.clear()
        self[pair] = lanes
        return lanes


_LANES = _Lanes()


def simhash(text: str) -> int:
    """64-bit simhash of the pairs of characters at the start of a text, each pair counted once."""
    units = memoryview(text[:_GRAMS].encode("utf-32-le", "surrogatepass"))
    pairs: set[int] = set()
    for begin in (0, 4):
        end = begin + (len(units) - begin) // 8 * 8
        pairs.update(units[begin:end].cast("Q"))
    counted = sum(map(_LANES.__getitem__, pairs))
    half = len(pairs) // 2
    counters = memoryview(counted.to_bytes(128, "little")).cast("H")
    return sum(1 << bit for bit, count in enumerate(counters) if count > half)
