"""Crawl-delay: obeyed, but not for ever."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request, Spider
from scrapy.core.downloader import Slot
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.test import get_crawler

from newscrawl.crawl.middlewares.throttle import MAX_DELAY, CrawlDelayThrottle


def delay_after(asked: str) -> float:
    """Seconds between two requests to a host whose robots.txt asks for so much."""
    crawler = get_crawler(
        Spider, {"AUTOTHROTTLE_ENABLED": True, "ROBOTSTXT_USER_AGENT": "newscrawl", "DOWNLOAD_DELAY": 0.5}
    )
    throttle, slot = CrawlDelayThrottle(crawler), Slot(1, 0.5)
    throttle.maxdelay = 30.0
    engine: Any = SimpleNamespace(downloader=SimpleNamespace(slots={"example.com": slot}))
    crawler.engine = engine
    parser = ProtegoRobotParser(f"User-agent: *\nCrawl-delay: {asked}\n".encode(), None)
    throttle._robots_parsed(parser, Request("https://example.com/a/1.html"))
    return slot.delay


@pytest.mark.parametrize(
    ("asked", "delay"),
    [("0.1", 0.5), ("10", 10.0), ("600", 600.0), ("0", 0.5), ("-3", 0.5), ("nan", 0.5), ("inf", 0.5)],
)
def test_what_robots_txt_asks_for(asked: str, delay: float, caplog: pytest.LogCaptureFixture) -> None:
    assert delay_after(asked) == delay
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("asked", ["601", "1e300"])
def test_a_delay_without_end_has_one_and_is_told(asked: str, caplog: pytest.LogCaptureFixture) -> None:
    assert delay_after(asked) == MAX_DELAY
    (line,) = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert line.startswith("robots.txt of example.com asks for ")
    assert line.endswith(f"using {MAX_DELAY:g} s")
