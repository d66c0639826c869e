"""Shelf: pages that were just made, given again for a moment; bounded in number and bytes."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from newscrawl.web.cached_response import CachedResponse

MOST_BYTES = 64 * 1024 * 1024
MOST_PAGES = 4000
LARGEST = 4 * 1024 * 1024  # bytes of an answer that is kept

#: Pages that count every post: made more seldom, so that they never are what the database is busy with.
COUNTING = frozenset({
    "/category", "/outlet", "/archive", "/status", "/api/v1/outlets", "/api/v1/categories",
})  # fmt: skip
_SELDOM = 10  # times as long as others

Key = tuple[str, bytes]


@dataclass(slots=True)
class ResponseCache:
    """Answers by path and query; the one that was not asked for the longest time goes first."""

    fresh: float  #: seconds that an answer is good for
    most_bytes: int = MOST_BYTES
    most_pages: int = MOST_PAGES
    clock: Callable[[], float] = time.monotonic
    _kept: OrderedDict[Key, tuple[float, int, CachedResponse]] = field(default_factory=OrderedDict)
    _bytes: int = 0

    def get(self, key: Key) -> CachedResponse | None:
        """The answer, if it is still good."""
        kept = self._kept.get(key)
        if kept is None or kept[0] <= self.clock():
            return None
        self._kept.move_to_end(key)
        return kept[2]

    def put(self, key: Key, answer: CachedResponse) -> CachedResponse:
        """Keeps a new answer; gives the one before where nothing changed since."""
        before = self._drop(key)
        answer = answer.like(before)
        size = answer.size * 2 if answer.compresses else answer.size  # it will be compressed, too
        if size <= LARGEST:
            fresh = self.fresh * (_SELDOM if key[0] in COUNTING else 1)
            self._kept[key] = (self.clock() + fresh, size, answer)
            self._bytes += size
        while self._bytes > self.most_bytes or len(self._kept) > self.most_pages:
            self._drop(next(iter(self._kept)))
        return answer

    def __len__(self) -> int:
        return len(self._kept)

    def _drop(self, key: Key) -> CachedResponse | None:
        kept = self._kept.pop(key, None)
        if kept is None:
            return None
        self._bytes -= kept[1]
        return kept[2]
