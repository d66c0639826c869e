"""robots.txt by RFC 9309: if it cannot be fetched, nothing on the host is. Scrapy would fetch everything."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred

from newscrawl.crawl.middlewares.stopping import CrawlStopped
from newscrawl.crawl.responses import error_reason
from newscrawl.errors import HostBusy

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser


#: Only the first bytes count, as RFC 9309, 2.5 allows: the parser takes 5 seconds for 6 MB, which block the
#: crawl, and then a tenth of a second for each page.
MAX_BYTES = 512_000
TOO_MANY = 429  #: HTTP status; says "not now", not "nothing is forbidden"


_AGENT_LINE = re.compile(rb"(?im)^([ \t\xef\xbb\xbf]*user[ -]?agent[ \t]*:[ \t]*)([^\r\n#]*)")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NO_BREAK = "\u00a0".encode()
_TOKEN = re.compile(r"[A-Za-z_-]+")


def product_token(agent: str) -> str:
    """The name at the beginning of a User-Agent, as RFC 9309, 2.2.1, compares it; empty without one.

    >>> product_token("newscrawl/0.1 (+https://example.org/bot)")
    'newscrawl'
    """
    match = _TOKEN.match(agent)
    return match[0] if match else ""


def for_agent(body: bytes, token: str) -> bytes:
    """A robots.txt whose groups name `token`, `*` or `other`: Scrapy's parser compares whole values, so that
    `newscrawl/0.1` would not mean newscrawl, and `news-crawl extra` would not mean anybody.

    UTF-16 becomes UTF-8, and a no-break space is a space: the parser would see no rule in such a line.
    """
    if body.startswith(_UTF_16):
        body = body.decode("utf-16", "replace").encode()
    body = body.replace(_NO_BREAK, b" ")

    def named(match: re.Match[bytes]) -> bytes:
        value = match[2].decode("latin-1").strip()
        if value.startswith("*"):
            return match[1] + b"*"
        same = product_token(value).casefold() == token.casefold()
        return match[1] + (token if same else "other").encode()

    return _AGENT_LINE.sub(named, body)


class Unreachable(IgnoreRequest):
    """A host whose robots.txt could not be fetched: what it forbids is unknown."""


class CautiousRobots(RobotsTxtMiddleware):
    """Downloader middleware: a host whose robots.txt fails, or has status 5xx or 429 after all retries, is
    not crawled in this run; the next one tries its articles again."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._failed: dict[str, str] = {}  #: host -> reason
        self._busy: dict[str, HostBusy] = {}  #: hosts that other crawls hold
        agent = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        self._token = product_token(agent)

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The rules of the host; None if its robots.txt could not be fetched.

        Works around Scrapy 2.19: of several requests that wait for it, only the first gets the parser. The
        others get None, which allows everything, since a Deferred gives its result to one waiter only.
        """
        await super().robot_parser(request)
        parser = self._parsers[urlparse_cached(request).netloc]
        return None if isinstance(parser, Deferred) else parser

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == TOO_MANY:
            self._failed[netloc] = f"HTTP {response.status}"
        if len(response.body) > MAX_BYTES:
            whole_lines = response.body[:MAX_BYTES].rpartition(b"\n")[0]
            response = response.replace(body=whole_lines)
        response = response.replace(body=for_agent(response.body, self._token))
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        # Scrapy says in words what it ignores, such as a redirect in a circle; our own errors have a name.
        in_words = type(exc) is IgnoreRequest and str(exc)
        self._failed[netloc] = in_words or (
            CrawlStopped.__name__ if isinstance(exc, CrawlStopped) else error_reason(exc)
        )
        if isinstance(exc, HostBusy):
            self._busy[netloc] = exc
        super()._robots_error(exc, netloc)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        host = request.url.split("/", 3)[2]
        if (reason := self._failed.get(host)) == CrawlStopped.__name__:
            raise CrawlStopped.of(request)
        if busy := self._busy.get(host):
            raise busy
        if reason:
            raise Unreachable(f"robots.txt could not be fetched: {reason}")
        super().process_request_2(rp, request)
