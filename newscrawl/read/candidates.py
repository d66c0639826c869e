"""Candidates of a search: dates and ids of posts that may contain the words, newest first, each once.

They come from the parts of the index (bit rows) and from the posts that are not indexed yet. A part is read
only when its newest post is next: a frequent word reads one part, however many posts there are; for a rare
one, more and more parts are read at a time.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from newscrawl.errors import IndexChanged
from newscrawl.read.cursor import Cursor, millis
from newscrawl.read.plan import NEWEST_FIRST, Document, Find, Plan
from newscrawl.search import BLOCK, BLOCK_SPACE, ROW_SPACE, SearchWords, positions

Candidate = tuple[int, str]  #: negative date in milliseconds, and id: the newest sorts first

_BLOCKS = 4  # blocks of ids fetched at a time from each part
_MOST_PARTS = 64  # parts read at a time


@dataclass(slots=True)
class _Segment:
    number: int
    rows: list[bytes] = field(default_factory=list)


@dataclass(slots=True)
class _Part:
    """A part of the index, or the posts that are not indexed yet (then `segment` is None)."""

    bound: Candidate  #: lower bound of its candidates
    segment: _Segment | None = None
    number: int = 0
    span: slice = field(default_factory=lambda: slice(0))  #: its bytes in each row of the segment
    left: Iterator[tuple[int, list[int]]] | None = (
        None  #: blocks, and positions in them, that are not fetched yet
    )
    ready: deque[Candidate] = field(default_factory=deque)


def waiting(wanted: SearchWords, place: int) -> Plan[list[Candidate]]:
    """Posts with the words that are not indexed yet, newest first; for TITLE only some.

    Call it before reading the parts: a post indexed in between is then found twice, and dropped once.
    """
    both = {"$and": [{"search_pending": True}, wanted.to_filter(place)]}
    found = yield Find("posts", both, {"date": 1}, NEWEST_FIRST)
    return [(-millis(one["date"]), str(one["_id"])) for one in found]


class Candidates:
    """Call `open`, then `take` until it returns none. `waiting` are the posts that are not indexed yet."""

    def __init__(
        self, wanted: SearchWords, place: int, after: Cursor | None, waiting: Sequence[Candidate]
    ) -> None:
        self._waiting = waiting
        self._rows = wanted.rows(place)
        self._last: Candidate | None = (-millis(after.date), after.id) if after else None
        self._heap: list[tuple[Candidate, int, _Part]] = []
        self._parts_at_once = 1

    def open(self) -> Plan[None]:
        """Reads the list of parts."""
        segments = yield Find("search_segments", {})
        parts = [part for segment in segments for part in _parts(segment)]
        if self._waiting:
            parts.append(_Part(self._waiting[0], ready=deque(self._waiting)))
        self._heap = [(part.bound, order, part) for order, part in enumerate(parts)]
        heapq.heapify(self._heap)

    def take(self, most: int) -> Plan[list[Candidate]]:
        """The next ones; empty when there are no more. Raises IndexChanged."""
        taken: list[Candidate] = []
        while self._heap and len(taken) < most:
            _, order, part = self._heap[0]
            if not part.ready:
                yield from self._fill()
                continue
            candidate = part.ready.popleft()
            heapq.heapreplace(self._heap, (part.ready[0] if part.ready else candidate, order, part))
            if self._last is None or candidate > self._last:
                self._last = candidate
                taken.append(candidate)
        return taken

    def _fill(self) -> Plan[None]:
        """Fetches candidates from the parts whose turn it is; exhausted parts are dropped."""
        empty: list[tuple[Candidate, int, _Part]] = []
        while self._heap and not self._heap[0][2].ready and len(empty) < self._parts_at_once:
            empty.append(heapq.heappop(self._heap))
        self._parts_at_once = min(self._parts_at_once * 2, _MOST_PARTS)
        parts = [part for _, _, part in empty]
        yield from self._read_rows([part for part in parts if part.left is None])
        yield from self._read_ids(parts)
        for _, order, part in empty:
            if part.ready:
                heapq.heappush(self._heap, (part.ready[0], order, part))

    def _read_rows(self, parts: list[_Part]) -> Plan[None]:
        """Finds the blocks of each part that contain a post with all the words."""
        new = {part.segment.number: part.segment for part in parts if part.segment and not part.segment.rows}
        if new:
            wanted = [number * ROW_SPACE + row for number in new for row in self._rows]
            found = yield Find("search_rows", {"_id": {"$in": wanted}})
            if len(found) != len(wanted):
                raise IndexChanged
            for row in found:
                new[row["_id"] // ROW_SPACE].rows.append(row["bits"])
        for part in parts:
            rows = [row[part.span] for row in part.segment.rows] if part.segment else []
            blocks = groupby(positions(rows), key=lambda position: position // BLOCK)
            part.left = ((block, [place % BLOCK for place in places]) for block, places in blocks)

    def _read_ids(self, parts: list[_Part]) -> Plan[None]:
        asked: dict[int, tuple[_Part, list[int]]] = {}
        for part in parts:
            for _, (block, places) in zip(range(_BLOCKS), part.left or (), strict=False):
                asked[part.number * BLOCK_SPACE + block] = part, places
        if not asked:
            return
        found: list[Document] = yield Find("search_ids", {"_id": {"$in": list(asked)}}, sort=[("_id", 1)])
        if len(found) != len(asked):
            raise IndexChanged
        for ids in found:
            part, places = asked[ids["_id"]]
            part.ready.extend((-millis(ids["dates"][place]), ids["ids"][place]) for place in places)


def _parts(segment: Document) -> Iterator[_Part]:
    shared = _Segment(segment["_id"])
    begin = 0
    for part in segment["parts"]:
        end = begin + (part["posts"] + 7) // 8
        yield _Part((-millis(part["newest"]), ""), shared, part["number"], slice(begin, end))
        begin = end
