"""robots.txt as in RFC 9309: if it cannot be fetched, nothing on the host is. Scrapy would fetch everything.

It is kept in MongoDB for all processes, for at most a day (RFC 9309, 2.4), or less if its Cache-Control says
so; failed fetches are not kept. A copy less than a day old is used if it cannot be fetched now. A run uses
the one from its first request to a host. Without MongoDB each run fetches it.
"""

from __future__ import annotations

import asyncio
import codecs
import logging
import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import TextResponse
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred

from newscrawl.crawl.middlewares.stopping import CrawlStopped
from newscrawl.crawl.responses import error_reason, header
from newscrawl.errors import HostBusy
from newscrawl.store.robots_cache import LONGEST, KeptRobots

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser

    from newscrawl.crawl.run import Run

logger = logging.getLogger(__name__)

#: Only the first bytes count, as RFC 9309, 2.5 allows: the parser blocks the crawl for 5 seconds for 6 MB,
#: and then for a tenth of a second per page.
MAX_BYTES = 512_000
USUAL = "newscrawl"  #: the name by which a robots.txt means us, if nothing else is declared
TOO_MANY = 429  #: HTTP status; says "not now", not "nothing is forbidden"


_AGENT_LINE = re.compile(rb"(?im)^([ \t\xef\xbb\xbf]*user[ -]?agent[ \t]*:[ \t]*)([^\r\n#]*)")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NO_BREAK = "\u00a0".encode()
_MAX_AGE = re.compile(r'max-age\s*=\s*"?(\d{1,9})\b', re.ASCII)
_TOKEN = re.compile(r"[A-Za-z_-]+")


def product_token(agent: str) -> str:
    """The name at the start of a User-Agent, as compared in RFC 9309, 2.2.1; empty without one.

    >>> product_token("newscrawl/0.1 (+https://example.org/bot)")
    'newscrawl'
    """
    match = _TOKEN.match(agent)
    return match[0] if match else ""


def for_agent(body: bytes, token: str) -> bytes:
    """A robots.txt whose groups are renamed to `token`, `*` or `other`: Scrapy's parser compares whole
    values, so `newscrawl/0.1` would not match newscrawl, nor `news-crawl extra` anything.

    Converts UTF-16 to UTF-8 and no-break spaces to spaces: the parser would find no rule in such lines.
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


def lifetime(cache_control: str | None, age: str | None = None) -> timedelta | None:
    """How long a robots.txt may be used by its headers; a day without them. None: must not be kept.

    >>> lifetime("public, max-age=600")
    datetime.timedelta(seconds=600)
    """
    said = (cache_control or "").lower()
    words = {word.strip().partition("=")[0] for word in said.split(",")}
    if "no-store" in words:
        return None
    if "no-cache" in words:
        return timedelta()
    match = _MAX_AGE.search(said)
    if match is None:
        return LONGEST
    spent = int(age) if age and age.isascii() and age.isdecimal() and len(age) < 10 else 0
    return min(LONGEST, timedelta(seconds=max(0, int(match[1]) - spent)))


def origin_of(url: str, newsroom: str | None, token: str = "") -> str:
    """Scheme, host and port of an address, without a password, the newsroom that answers in its place, and
    the name that we ask by, unless that is the usual one: a server may answer another robots.txt."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    own = f" for {token.lower()}" if token and token.lower() != USUAL else ""
    return f"{parts.scheme}://{host}" + (f" at {newsroom}" if newsroom else "") + own


class Unreachable(IgnoreRequest):
    """A host whose robots.txt could not be fetched."""


class CautiousRobots(RobotsTxtMiddleware):
    """Downloader middleware: if robots.txt fails, or has status 5xx or 429 after all retries, the host is not
    crawled in this run; the next one tries its articles again."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._failed: dict[str, str] = {}  #: host -> reason
        self._busy: dict[str, HostBusy] = {}  #: hosts held by other crawls
        agent = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        self._token = product_token(agent)
        self._kept: dict[str, KeptRobots] = {}  #: host -> fallback if it cannot be fetched
        self._turns: dict[str, asyncio.Lock] = {}  #: host -> locked while its robots.txt is looked up

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The rules of the host; None if its robots.txt could not be fetched.

        Works around Scrapy 2.19: of several waiting requests, only the first gets the parser. The others get
        None, which allows everything, because a Deferred passes its result to one waiter only.
        """
        netloc = urlparse_cached(request).netloc
        async with self._turns.setdefault(netloc, asyncio.Lock()):
            if netloc not in self._parsers and (kept := await self._read_kept(request, netloc)):
                self._parsers[netloc] = Deferred()
                await self._use(kept, netloc, request)
            await super().robot_parser(request)
            if netloc in self._failed and netloc in self._kept:
                await self._stand_in(netloc, request)
        parser = self._parsers[netloc]
        return None if isinstance(parser, Deferred) else parser

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == TOO_MANY:
            self._failed[netloc] = f"HTTP {response.status}"
        body = b"" if response.status >= 400 else response.body
        if len(body) > MAX_BYTES:
            body = body[:MAX_BYTES].rpartition(b"\n")[0]
        if netloc not in self._failed:
            await self._keep(response, body, request)
        run = self._run()
        if run is not None and netloc not in self._failed:
            run.hosts.note_robots(netloc, body, run.plan.clock())
        await self._parse(body, netloc, request)

    async def _parse(self, body: bytes, netloc: str, request: Request) -> None:
        response = TextResponse(request.url, body=for_agent(body, self._token))
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        # Scrapy's message says what it ignores, such as a redirect loop; our own errors have a name.
        in_words = type(exc) is IgnoreRequest and str(exc)
        self._failed[netloc] = in_words or (
            CrawlStopped.__name__ if isinstance(exc, CrawlStopped) else error_reason(exc)
        )
        if isinstance(exc, HostBusy):
            self._busy[netloc] = exc
        super()._robots_error(exc, netloc)

    async def _read_kept(self, request: Request, netloc: str) -> KeptRobots | None:
        """The host's kept robots.txt, if it is fresh."""
        run = self._run()
        kept = await run.archive.memory.robots(self._origin(request)) if run else None
        if kept is None or run is None:
            return None
        now = run.plan.clock()
        if kept.may_stand_in(now):
            self._kept[netloc] = kept
        return kept if kept.is_fresh(now) else None

    async def _stand_in(self, netloc: str, request: Request) -> None:
        """Falls back to a copy less than a day old."""
        reason = self._failed[netloc]
        if reason == CrawlStopped.__name__ or netloc in self._busy:
            return
        del self._failed[netloc]
        logger.warning("robots.txt of %s could not be fetched (%s): using the last one", netloc, reason)
        self._parsers[netloc] = Deferred()
        await self._use(self._kept[netloc], netloc, request)

    async def _use(self, kept: KeptRobots, netloc: str, request: Request) -> None:
        if run := self._run():
            run.hosts.note_robots(netloc, kept.body, kept.fetched)
        await self._parse(kept.body, netloc, request)

    async def _keep(self, response: Response, body: bytes, request: Request) -> None:
        run = self._run()
        lasts = lifetime(header(response, "Cache-Control"), header(response, "Age"))
        if run is None or lasts is None:
            return
        now = run.plan.clock()
        kept = KeptRobots(body, fetched=now, until=now + lasts)
        await run.archive.memory.keep_robots(self._origin(request), kept)

    def _run(self) -> Run | None:
        run: Run | None = getattr(self.crawler.spider, "run", None)
        return run

    def _origin(self, request: Request) -> str:
        return origin_of(request.url, self.crawler.settings.get("NEWSCRAWL_NEWSROOM"), self._token)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        host = request.url.split("/", 3)[2]
        if (reason := self._failed.get(host)) == CrawlStopped.__name__:
            raise CrawlStopped.of(request)
        if busy := self._busy.get(host):
            raise busy
        if reason:
            raise Unreachable(f"robots.txt could not be fetched: {reason}")
        super().process_request_2(rp, request)
