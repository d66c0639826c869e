"""Whether a crawl's pages are read in a process of their own."""

from __future__ import annotations

import logging
import os
import pickle
import sys
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from newscrawl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

    from newscrawl.crawl.worker.client import Reader

logger = logging.getLogger(__name__)

WAYS = ("auto", "process", "here")
_LAST = "pipelines.validate.ValidatePipeline"  # what the process does besides ends with this step


_AHEAD: WeakKeyDictionary[Crawler, Reader] = WeakKeyDictionary()


def hand_over(reader: Reader | None, crawler: Crawler) -> None:
    """Leaves a process that was started ahead to the crawl that it was started for."""
    if reader:
        _AHEAD[crawler] = reader


def reader_of(crawler: Crawler) -> Reader | None:
    """The process that reads for a crawl: the one that was started ahead, where it is still wanted."""
    ahead = _AHEAD.pop(crawler, None)
    if ahead and not _suits(ahead, crawler):
        ahead.close()
        ahead = None
    return ahead or reader_for(crawler.spider, crawler.settings)


def _suits(ahead: Reader, crawler: Crawler) -> bool:
    """Whether it reads as the crawl's spider declares, which may have a source and settings of its own."""
    if ahead.source is not getattr(crawler.spider, "source", None):
        return False
    return _is_wanted(crawler.spider, crawler.settings)


def reader_for(spider: Spider | None, settings: BaseSettings) -> Reader | None:
    """The process that is started for a spider; None where pages are read in the crawl's own.

    That is so where nothing would be gained (`auto`: with a delay between requests, or on one core), and
    where it cannot be: of a spider that reads articles in a way of its own, or with a step of the user's own
    before validation, or a spider middleware. Raises UsageError for a NEWSCRAWL_READER that is none of WAYS.
    """
    if not _is_wanted(spider, settings):
        return None
    from newscrawl.crawl.worker.client import Reader

    try:
        return Reader(spider.source)  # type: ignore[union-attr]  # a NewsSpider reads plain pages
    except (OSError, pickle.PicklingError, TypeError, AttributeError) as error:
        logger.info("Pages are read in the crawl's own process: %s", error)
        return None


def _is_wanted(spider: Spider | None, settings: BaseSettings) -> bool:
    return wanted(settings) and getattr(spider, "reads_plain_pages", False) and _are_ours(settings)


def wanted(settings: BaseSettings) -> bool:
    """Whether the settings ask for a process, where there can be one. Raises UsageError."""
    way = settings.get("NEWSCRAWL_READER")
    if way not in WAYS:
        raise UsageError(f"NEWSCRAWL_READER is {way!r}; say one of {', '.join(WAYS)}")
    if way == "here" or sys.platform == "win32":
        return False
    return way == "process" or (not settings.getfloat("DOWNLOAD_DELAY") and _cores() > 1)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _are_ours(settings: BaseSettings) -> bool:
    """Whether the steps up to validation are newscrawl's, and no other among them or on the way to them."""
    from newscrawl.settings import ITEM_PIPELINES, SPIDER_MIDDLEWARES  # brings Scrapy's along

    between = settings.getdict("SPIDER_MIDDLEWARES")
    if any(number is not None for step, number in between.items() if step not in SPIDER_MIDDLEWARES):
        return False
    return _before_last(settings.getdict("ITEM_PIPELINES")) == _before_last(ITEM_PIPELINES)


def _before_last(pipelines: Mapping[Any, int | None]) -> list[Any]:
    numbered = ((number, str(step)) for step, number in pipelines.items())
    order = sorted(one for one in numbered if isinstance(one[0], int | float))  # Scrapy refuses all others
    names = [step for _, step in order]
    return names[: names.index(_LAST)] if _LAST in names else names
