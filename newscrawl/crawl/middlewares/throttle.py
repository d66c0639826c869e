"""AutoThrottle with the Crawl-delay of robots.txt, which Scrapy ignores."""

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

#: Seconds; a longer Crawl-delay is a mistake (`1e300`, milliseconds), and the crawl would never end.
MAX_DELAY = 600.0


class CrawlDelayThrottle(AutoThrottle):
    """A host's delay is never shorter than its Crawl-delay, up to MAX_DELAY.

    It applies from the first article request on: robots.txt itself is fetched before it is known.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        self._floors: dict[str, float] = {}
        crawler.signals.connect(self._robots_parsed, signal=signals.robots_parsed)

    def _robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        requested = robotparser.crawl_delay(self._agent)
        if not (requested and requested > 0):  # false for `nan`
            return
        host = urlparse_cached(request).hostname or ""
        self._floors[host] = delay = min(requested, MAX_DELAY)
        if requested > MAX_DELAY:
            logger.error(
                "robots.txt of %s asks for %g s between requests; using %g s", host, requested, MAX_DELAY
            )
        elif delay > self.maxdelay:
            logger.warning("robots.txt of %s asks for %s s between requests", host, delay)
        engine = self.crawler.engine
        if engine and (slot := engine.downloader.slots.get(host)):
            self._hold(slot, delay)

    def _response_downloaded(self, response: Response, request: Request, spider: object) -> None:
        super()._response_downloaded(response, request, spider)  # type: ignore[arg-type]
        key, slot = self._get_slot(request, spider)  # type: ignore[arg-type]
        if slot and (floor := self._floors.get(key or "")):
            self._hold(slot, floor)

    def _adjust_delay(self, slot: Slot, latency: float, response: Response) -> None:
        # AutoThrottle lowers the delay only after a 200; a 304 is as good.
        counted = response.replace(status=200) if response.status == 304 else response
        super()._adjust_delay(slot, latency, counted)

    @staticmethod
    def _hold(slot: Slot, floor: float) -> None:
        slot.delay = max(slot.delay, floor)
        slot.jitter = 0.0
        slot.concurrency = 1
