"""A crawl that is told to stop asks for nothing more.

Scrapy alone first asks, a delay apart, for all that waits at its hosts: up to CONCURRENT_REQUESTS pages,
so that a host with `Crawl-delay: 10` holds up a stop for five minutes, and the scheduler kills before.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.asyncio import create_looping_call

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

INTERVAL = 0.25  #: seconds between two looks whether the crawl ends


class NotAsked(IgnoreRequest):
    """The crawl was told to stop before this was asked for."""

    @classmethod
    def of(cls, request: Request) -> Self:
        """For a request, whose errback would count its page as one that is at fault."""
        request.errback = None
        return cls("the crawl was told to stop")


def is_ending(crawler: Crawler) -> bool:
    """Whether the crawl takes nothing more on, whoever ended it."""
    slot = crawler.engine._slot if crawler.engine else None
    return slot is not None and slot.closing is not None


async def sleep(seconds: float, crawler: Crawler) -> None:
    """Sleeps; ends early where the crawl does."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0 and not is_ending(crawler):  # noqa: ASYNC110  there is no event
        await asyncio.sleep(min(left, INTERVAL))


class PromptStop:
    """Extension: once the crawl ends, drops the requests that wait for their turn at a host.

    Their pages stay open in the ledger, which ends them as failed: the next run finds them again.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._looking = create_looping_call(self._look)
        crawler.signals.connect(self._begin, signals.spider_opened)
        crawler.signals.connect(self._end, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def _begin(self) -> None:
        self._looking.start(INTERVAL, now=False)

    def _end(self) -> None:
        if self._looking.running:
            self._looking.stop()

    def _look(self) -> None:
        engine = self._crawler.engine
        if engine is None or not is_ending(self._crawler):
            return
        for slot in engine.downloader.slots.values():
            while slot.queue:
                request, answer = slot.queue.popleft()
                answer.errback(NotAsked.of(request))
