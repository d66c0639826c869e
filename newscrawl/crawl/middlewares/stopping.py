"""A stopping crawl sends no more requests, and waits only seconds for responses.

Scrapy would first send the requests waiting for their host's delay, up to CONCURRENT_REQUESTS, and wait for
each response until DOWNLOAD_TIMEOUT: `Crawl-delay: 10` would delay a stop by five minutes, and the scheduler
kills the crawl before that.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.asyncio import create_looping_call

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy import Request
    from scrapy.crawler import Crawler

INTERVAL = 0.25  #: seconds between checks whether the crawl is stopping
PATIENCE = 4  #: seconds to wait for responses then


class CrawlStopped(IgnoreRequest):
    """The crawl was stopped before this request was sent, or before its response came."""

    @classmethod
    def of(cls, request: Request) -> Self:
        """For a request; removes its errback, which would record the page as failed."""
        request.errback = None
        return cls("the crawl was stopped")


def is_ending(crawler: Crawler) -> bool:
    """Whether the crawl is stopping, for any reason."""
    slot = crawler.engine._slot if crawler.engine else None
    return slot is not None and slot.closing is not None


async def sleep(seconds: float, crawler: Crawler) -> None:
    """Sleeps; returns early if the crawl is stopped."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0 and not is_ending(crawler):  # noqa: ASYNC110  Scrapy has no event for it
        await asyncio.sleep(min(left, INTERVAL))


class PromptStop:
    """Extension: when the crawl stops, drops requests waiting for their host's delay, and after PATIENCE
    seconds those waiting for a response.

    The ledger counts their pages as failed; the next run finds them again.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._transfers: set[asyncio.Timeout] = set()
        self._checking = create_looping_call(self._check)
        crawler.signals.connect(self._begin, signals.spider_opened)
        crawler.signals.connect(self._end, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def _begin(self) -> None:
        self._checking.start(INTERVAL, now=False)

    def _end(self) -> None:
        if self._checking.running:
            self._checking.stop()

    @asynccontextmanager
    async def transfer(self, request: Request) -> AsyncIterator[None]:
        """Wraps sending a request and receiving its response. Raises CrawlStopped if that comes too late."""
        limit = asyncio.timeout(None)
        self._transfers.add(limit)
        try:
            async with limit:
                yield
        except TimeoutError:
            if limit.expired():
                raise CrawlStopped.of(request) from None
            raise
        finally:
            self._transfers.discard(limit)

    def _check(self) -> None:
        engine = self._crawler.engine
        if engine is None or not is_ending(self._crawler):
            return
        for slot in engine.downloader.slots.values():
            while slot.queue:
                request, deferred = slot.queue.popleft()
                deferred.errback(CrawlStopped.of(request))
        latest = asyncio.get_running_loop().time() + PATIENCE
        for limit in self._transfers:
            if limit.when() is None:
                limit.reschedule(latest)
