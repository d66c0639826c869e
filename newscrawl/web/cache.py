"""ResponseCache: keeps responses for a few seconds; bounded in number and bytes."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from newscrawl.web.cached_response import CachedResponse

MOST_BYTES = 64 * 1024 * 1024
MOST_PAGES = 4000
LARGEST = 4 * 1024 * 1024  # bytes of a response that is kept

#: Pages that count every post: kept longer, because they are expensive for the database.
COUNTING = frozenset({
    "/category", "/outlet", "/archive", "/status", "/api/v1/outlets", "/api/v1/categories",
    "/api/v1/status",
})  # fmt: skip
_LONGER = 10  # times as long as others

Key = tuple[str, bytes, str]  #: path, query, language


@dataclass(slots=True)
class ResponseCache:
    """Responses by path, query and language; the least recently used is dropped first."""

    fresh: float  #: seconds that a response may be reused
    most_bytes: int = MOST_BYTES
    most_pages: int = MOST_PAGES
    clock: Callable[[], float] = time.monotonic
    _kept: OrderedDict[Key, tuple[float, int, CachedResponse]] = field(default_factory=OrderedDict)
    _bytes: int = 0

    def get(self, key: Key) -> CachedResponse | None:
        """The response, if it is still fresh."""
        kept = self._kept.get(key)
        if kept is None or kept[0] <= self.clock():
            return None
        self._kept.move_to_end(key)
        return kept[2]

    def put(self, key: Key, response: CachedResponse) -> CachedResponse:
        """Stores a new response; returns the previous one if nothing changed."""
        before = self._drop(key)
        response = response.or_unchanged(before)
        size = response.size * 2 if response.compresses else response.size  # it will be compressed, too
        if size <= LARGEST:
            fresh = self.fresh * (_LONGER if key[0] in COUNTING else 1)
            self._kept[key] = (self.clock() + fresh, size, response)
            self._bytes += size
        while self._bytes > self.most_bytes or len(self._kept) > self.most_pages:
            self._drop(next(iter(self._kept)))
        return response

    def __len__(self) -> int:
        return len(self._kept)

    def _drop(self, key: Key) -> CachedResponse | None:
        kept = self._kept.pop(key, None)
        if kept is None:
            return None
        self._bytes -= kept[1]
        return kept[2]
