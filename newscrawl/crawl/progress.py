"""A progress line on standard error while a crawl runs; nothing in a pipe."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import AsyncioLoopingCall, create_looping_call

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.spiders import Spider
    from twisted.internet.task import LoopingCall

    from newscrawl.model.ledger import Ledger

_INTERVAL = 0.25  # seconds
_CLEAR = "\r\x1b[2K"


class Progress:
    """Scrapy extension: pages, posts, rejects and rate. Enabled by NEWSCRAWL_PROGRESS, on a terminal."""

    def __init__(self, crawler: Crawler) -> None:
        dumb = os.environ.get("TERM") == "dumb" or not sys.stderr.isatty()
        if dumb or not crawler.settings.getbool("NEWSCRAWL_PROGRESS"):
            raise NotConfigured
        self._started = time.monotonic()
        self._shown = 0.0
        self._ledger: Ledger | None = None
        self._loop: AsyncioLoopingCall | LoopingCall | None = None
        crawler.signals.connect(self._open, signals.spider_opened)
        crawler.signals.connect(self._close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def _open(self, spider: Spider) -> None:
        if run := getattr(spider, "run", None):
            self._ledger = run.ledger
            self._loop = create_looping_call(self._show)
            self._loop.start(_INTERVAL)

    def _show(self) -> None:
        assert self._ledger
        now = time.monotonic()
        if now - self._shown < _INTERVAL / 2:
            return  # uvloop rounds to milliseconds: a timer may fire early, and again at once
        self._shown = now
        seconds = now - self._started
        sys.stderr.write(_CLEAR + line(self._ledger, seconds))
        sys.stderr.flush()

    def _close(self) -> None:
        if self._loop:
            self._loop.stop()
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()


def line(ledger: Ledger, seconds: float) -> str:
    """`lists 12  pages 340/400  stored 310  updated 2  rejected 8  failed 0  61/s`."""
    ended = sum(ledger.outcomes.values())
    counts = "  ".join(
        f"{name} {ledger.outcomes[name]}" for name in ("stored", "updated", "rejected", "failed")
    )
    rate = ended / seconds if seconds else 0.0
    return f"lists {ledger.lists}  pages {ended}/{ledger.pages}  {counts}  {rate:.0f}/s"
