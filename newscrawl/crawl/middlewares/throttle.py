"""AutoThrottle that obeys the Crawl-delay of robots.txt, which Scrapy alone does not."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy import Request, signals
from scrapy.extensions.throttle import AutoThrottle
from scrapy.utils.httpobj import urlparse_cached

if TYPE_CHECKING:
    from scrapy.core.downloader import Slot
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser

logger = logging.getLogger(__name__)

#: Seconds; what a robots.txt asks for beyond that is a slip, `1e300` or milliseconds, at which a crawl
#: would stand still without an end.
LONGEST = 600.0


class CrawlDelayThrottle(AutoThrottle):
    """A host's delay never falls below what its robots.txt asks for, up to LONGEST, and does not vary
    below it.

    The delay counts from the first article request: robots.txt itself is read before it is known.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        self._floors: dict[str, float] = {}
        crawler.signals.connect(self._robots_parsed, signal=signals.robots_parsed)

    def _robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        asked = robotparser.crawl_delay(self._agent)
        if not (asked and asked > 0):  # `nan` is not
            return
        host = urlparse_cached(request).hostname or ""
        self._floors[host] = delay = min(asked, LONGEST)
        if asked > LONGEST:
            logger.error(
                "robots.txt of %s asks for %g s between requests; taken as %g s", host, asked, LONGEST
            )
        elif delay > self.maxdelay:
            logger.warning("robots.txt of %s asks for %s s between requests; obeyed", host, delay)
        engine = self.crawler.engine
        if engine and (slot := engine.downloader.slots.get(host)):
            self._hold(slot, delay)

    def _response_downloaded(self, response: Response, request: Request, spider: object) -> None:
        super()._response_downloaded(response, request, spider)  # type: ignore[arg-type]
        key, slot = self._get_slot(request, spider)  # type: ignore[arg-type]
        if slot and (floor := self._floors.get(key or "")):
            self._hold(slot, floor)

    def _adjust_delay(self, slot: Slot, latency: float, response: Response) -> None:
        # AutoThrottle lets only a 200 lower the delay; a 304 is as good an answer.
        answered = response.replace(status=200) if response.status == 304 else response
        super()._adjust_delay(slot, latency, answered)

    @staticmethod
    def _hold(slot: Slot, floor: float) -> None:
        slot.delay = max(slot.delay, floor)
        slot.jitter = 0.0
        slot.concurrency = 1
