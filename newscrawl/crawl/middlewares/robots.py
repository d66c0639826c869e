"""robots.txt, as RFC 9309 has it: where it cannot be had, nothing is asked for. Scrapy then asks for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred

from newscrawl.crawl.middlewares.stopping import NotAsked
from newscrawl.crawl.responses import error_reason

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser


#: Of a longer one the beginning counts, as RFC 9309, 2.5, allows: of 6 MB the parser takes 5 seconds, in
#: which nothing else moves, and then a tenth of a second a page.
MAX_BYTES = 512_000
TOO_MANY = 429  #: HTTP status: `not now`, which is no `nothing is forbidden here`


class Unreachable(IgnoreRequest):
    """A host whose robots.txt could not be had, so that what it forbids is not known."""


class CautiousRobots(RobotsTxtMiddleware):
    """Downloader middleware: a host whose robots.txt fails, or answers 5xx or 429 after its retries, is left
    alone in this run; its articles are tried again by the next."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._away: dict[str, str] = {}  #: host -> what went wrong

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """What the host's robots.txt says; None where it could not be had.

        Scrapy 2.19 gives it to one of those that wait for it and None, which allows all, to the others: a
        Deferred that is awaited by several has its result for the first.
        """
        await super().robot_parser(request)
        parser = self._parsers[urlparse_cached(request).netloc]
        return None if isinstance(parser, Deferred) else parser

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == TOO_MANY:
            self._away[netloc] = f"HTTP {response.status}"
        if len(response.body) > MAX_BYTES:
            whole_lines = response.body[:MAX_BYTES].rpartition(b"\n")[0]
            response = response.replace(body=whole_lines)
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self._away[netloc] = NotAsked.__name__ if isinstance(exc, NotAsked) else error_reason(exc)
        super()._robots_error(exc, netloc)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        host = request.url.split("/", 3)[2]
        if (wrong := self._away.get(host)) == NotAsked.__name__:
            raise NotAsked.of(request)
        if wrong:
            raise Unreachable(f"robots.txt could not be had: {wrong}")
        super().process_request_2(rp, request)
