"""Decides whether a crawl's pages are parsed in another process."""

from __future__ import annotations

import logging
import os
import pickle
import sys
from typing import TYPE_CHECKING, Any

from newscrawl.crawl.shipped import full_name
from newscrawl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

    from newscrawl.crawl.worker.client import Worker

logger = logging.getLogger(__name__)

FORKED = "NEWSCRAWL_FORKED"  #: set in the environment of a run forked by a warm parent
WAYS = ("auto", "process", "here")  #: values of NEWSCRAWL_READER
_LAST = "newscrawl.pipelines.validate.ValidatePipeline"  # the worker's last step


def worker_of(crawler: Crawler, started: Worker | None = None) -> Worker | None:
    """A crawl's worker: the one started early if it suits the spider and settings, else a new one, or
    None."""
    if started and not _suits(started, crawler):
        started.close()
        started = None
    return started or worker_for(crawler.spider, crawler.settings)


def _suits(started: Worker, crawler: Crawler) -> bool:
    """Whether a worker has the spider's source, which may depend on its arguments."""
    if started.source is not getattr(crawler.spider, "source", None):
        return False
    return _is_wanted(crawler.spider, crawler.settings)


def worker_for(spider: Spider | None, settings: BaseSettings) -> Worker | None:
    """A new worker for a spider; None if its pages are parsed in the crawl's own process.

    None if a worker gains nothing (`auto`: with a delay between requests, on one core, or in a forked run,
    where it would start cold, mostly for a page or none), and if it would skip user code: a spider that
    parses articles itself, a pipeline step before validation, a spider middleware. Raises UsageError for an
    unknown NEWSCRAWL_READER.
    """
    if not _is_wanted(spider, settings):
        return None
    from newscrawl.crawl.worker.client import Worker

    try:
        return Worker(spider.source)  # type: ignore[union-attr]  # it is a NewsSpider
    except (OSError, pickle.PicklingError, TypeError, AttributeError) as error:
        logger.info("Pages are parsed in the crawl's own process: %s", error)
        return None


def _is_wanted(spider: Spider | None, settings: BaseSettings) -> bool:
    return uses_worker(settings) and getattr(spider, "reads_plain_pages", False) and _are_ours(settings)


def uses_worker(settings: BaseSettings) -> bool:
    """Whether the settings want a worker, and the platform supports one. Raises UsageError."""
    way = settings.get("NEWSCRAWL_READER")
    if way not in WAYS:
        raise UsageError(f"NEWSCRAWL_READER is {way!r}; use one of {', '.join(WAYS)}")
    if way == "here" or sys.platform == "win32":
        return False
    if way == "process":
        return True
    return not settings.getfloat("DOWNLOAD_DELAY") and _cores() > 1 and FORKED not in os.environ


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _are_ours(settings: BaseSettings) -> bool:
    """Whether all spider middlewares and pipeline steps up to validation are newscrawl's."""
    from newscrawl.settings import ITEM_PIPELINES, SPIDER_MIDDLEWARES  # imports parts of Scrapy

    middlewares = settings.getdict("SPIDER_MIDDLEWARES")
    if any(order is not None for name, order in middlewares.items() if name not in SPIDER_MIDDLEWARES):
        return False
    return _before_last(settings.getdict("ITEM_PIPELINES")) == _before_last(ITEM_PIPELINES)


def _before_last(pipelines: Mapping[Any, int | None]) -> list[Any]:
    ordered = ((order, full_name(str(step))) for step, order in pipelines.items())
    steps = sorted(pair for pair in ordered if isinstance(pair[0], int | float))  # Scrapy refuses others
    names = [step for _, step in steps]
    return names[: names.index(_LAST)] if _LAST in names else names
