"""Renderer: which pages of a run are rendered in the browser, how many, and the browser's life."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

from scrapy.http import HtmlResponse, TextResponse

from newscrawl.crawl.browser.chromium import Chromium, is_root, need_browser
from newscrawl.crawl.browser.page_requests import PageRequests, ScriptCache
from newscrawl.crawl.browser.visit import Visit
from newscrawl.crawl.host_terms import HEADERS
from newscrawl.crawl.middlewares.stopping import CrawlStopped, PromptStop, is_ending
from newscrawl.crawl.worker.messages import ParseResult
from newscrawl.errors import BrowserBroken, RenderError, UsageError
from newscrawl.model.draft import Draft, Extraction, Reject
from newscrawl.model.post import Post
from newscrawl.model.source import RENDER_WAYS, renders
from newscrawl.normalize.validate import MIN_BODY_CHARS, UNLIKE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

    from newscrawl.model.source import Source

logger = logging.getLogger(__name__)
Read = TypeVar("Read", "ParseResult", "Extraction")

RENDERED: Final = "rendered"  #: flag of a rendered response
MOST_BREAKS: Final = 10  #: of the browser per run; after that nothing is rendered
MOST_VAIN: Final = 10  #: rendered pages in a row without an article; then `empty` stops rendering
MOST_WAITING: Final = 16  #: downloaded pages waiting for the browser
_TRIES: Final = 2  # for a page that breaks the browser
_HEAP: Final = 512  # MB of JavaScript objects per page
_SHELL: Final = 200  # characters; a shorter text may be a shell's, such as "Loading …"
_UNFILLED: Final = frozenset(
    {"no title", "no body", "body too short", "empty page", "needs JavaScript", "redirect page"}
)
_UNSURE: Final = frozenset({"no date", UNLIKE})  # reasons to suspect that a short text is a shell's


@dataclass(frozen=True, slots=True)
class RenderLimits:
    """The settings NEWSCRAWL_RENDER_…; bytes and seconds."""

    pages: int
    seconds: float
    requests: int
    memory: int
    restart: int
    size: int  #: of a page's HTML

    @classmethod
    def of(cls, settings: BaseSettings) -> RenderLimits:
        """Raises UsageError for a limit that rules out rendering."""
        seconds = settings.getfloat("NEWSCRAWL_RENDER_SECONDS")
        restart = settings.getint("NEWSCRAWL_RENDER_RESTART")
        for name, value in (("NEWSCRAWL_RENDER_SECONDS", seconds), ("NEWSCRAWL_RENDER_RESTART", restart)):
            if value <= 0:
                raise UsageError(f"{name}={value:g} is not a positive number")
        return cls(
            pages=settings.getint("NEWSCRAWL_RENDER_PAGES"),
            seconds=seconds,
            requests=settings.getint("NEWSCRAWL_RENDER_REQUESTS"),
            memory=settings.getint("NEWSCRAWL_RENDER_MEMORY_MB") * 2**20,
            restart=restart,
            size=settings.getint("DOWNLOAD_MAXSIZE"),
        )


def render_way(settings: BaseSettings, source: Source) -> str:
    """`never`, `empty` or `always`, from the setting, else the source. Raises UsageError."""
    way: str = settings.get("NEWSCRAWL_RENDER") or source.render
    if way not in RENDER_WAYS:
        raise UsageError(f"NEWSCRAWL_RENDER is {way!r}; use one of {', '.join(RENDER_WAYS)}")
    return way


def check_rendering(settings: BaseSettings, source: Source) -> str | None:
    """The path of Chromium if the source's pages are to be rendered, else None. Raises UsageError if
    Playwright or Chromium is missing, or a setting is invalid."""
    way = render_way(settings, source)
    lists = renders(source) and settings.get("NEWSCRAWL_RENDER") != "never"
    if way == "never" and not lists:
        return None
    RenderLimits.of(settings)
    return need_browser(settings.get("NEWSCRAWL_CHROMIUM"))


def renderer_of(crawler: Crawler, source: Source) -> Renderer | None:
    """The renderer of a run; None if it renders nothing. Raises UsageError as `check_rendering`."""
    if check_rendering(crawler.settings, source) is None:
        return None
    way = render_way(crawler.settings, source)

    def covers(host: str) -> bool:  # `site` finds its source during the crawl
        found: Source = crawler.spider.source  # type: ignore[union-attr]
        return found.covers(host)

    return Renderer(crawler, way, covers)


class Renderer:
    """Renders pages, one at a time. Starts the browser for the first one."""

    def __init__(self, crawler: Crawler, way: str, covers: Callable[[str], bool]) -> None:
        """`covers` tells whether a host is one of the source's.

        Raises UsageError if Playwright or Chromium is missing, or a setting is wrong.
        """
        self.way = way
        self.pages = 0  #: given to the browser
        self.failure: str | None = None  #: why rendering stopped
        self._crawler, self._covers = crawler, covers
        self._limits = RenderLimits.of(crawler.settings)
        self._executable = need_browser(crawler.settings.get("NEWSCRAWL_CHROMIUM"))
        self._scripts = ScriptCache()
        self._turn, self._filling = asyncio.Lock(), asyncio.Lock()
        self._browser: Chromium | None = None
        self._waiting = self._breaks = 0
        self._vain = 0  # pages in a row

    async def read(
        self, response: TextResponse, parse: Callable[[TextResponse], Awaitable[Read]]
    ) -> tuple[Read, TextResponse]:
        """The result of `parse` for an article's page, rendered if wanted, and the response it parsed.

        With `empty`, pages with a script but no article are rendered and parsed again. Raises RenderError,
        CrawlStopped, and whatever `parse` raises.
        """
        self._waiting += 1
        try:
            return await self._read(response, parse)
        finally:
            self._waiting -= 1

    @property
    def is_behind(self) -> bool:
        """Whether too many pages wait to download more."""
        return self._waiting >= MOST_WAITING

    async def _read(
        self, response: TextResponse, parse: Callable[[TextResponse], Awaitable[Read]]
    ) -> tuple[Read, TextResponse]:
        if self.way == "always":
            response = await self.render(response)
        result = await parse(response)
        if self.way != "empty" or not lacks_article(result) or b"<script" not in response.body.lower():
            return result, response
        async with self._filling:
            if self._vain >= MOST_VAIN:
                return result, response
            response = await self.render(response)
            result = await parse(response)
            self._judge(response, filled=not lacks_article(result))
        return result, response

    async def render(self, response: TextResponse) -> TextResponse:
        """The page after its scripts, in UTF-8, with the same request and without validators.

        Raises RenderError on failure; CrawlStopped if the crawl is stopping.
        """
        async with self._turn:
            for last in range(_TRIES):
                if self.pages >= self._limits.pages:
                    raise RenderError(f"the run's NEWSCRAWL_RENDER_PAGES={self._limits.pages} are used up")
                try:
                    return await self._render(response)
                except BrowserBroken as error:
                    await self._break(error)
                    if last == _TRIES - 1 or self.failure or not error.again:
                        raise
        raise AssertionError

    async def close(self) -> None:
        """Ends the browser."""
        async with self._turn:
            await self._end()

    async def _render(self, response: TextResponse) -> TextResponse:
        request = self._request_of(response)
        if self.failure:
            raise RenderError(self.failure)
        browser = await self._running()
        first = urlsplit(response.url).hostname
        requests = PageRequests(
            self._crawler,
            response,
            lambda host: host == first or self._covers(host),
            self._limits.requests,
            self._scripts,
        )
        self.pages += 1
        visit = Visit(browser, requests, seconds=self._limits.seconds, memory=self._limits.memory)
        try:
            stop = self._crawler.get_extension(PromptStop)
            assert stop
            async with stop.transfer(request):
                html, url = await visit.html(response, self._limits.size)
        finally:
            self._record(requests, settled=visit.settled)
        kept = {name: response.headers.getlist(name) for name in HEADERS if name in response.headers}
        return HtmlResponse(
            url,
            headers={**kept, "Content-Type": "text/html; charset=utf-8"},
            body=html.encode("utf-8", "replace"),
            encoding="utf-8",
            request=request,
            flags=[*response.flags, RENDERED],
            ip_address=response.ip_address,
        )

    def _request_of(self, response: Response) -> Request:
        request = response.request
        assert request
        if is_ending(self._crawler):
            raise CrawlStopped.of(request)
        return request

    async def _running(self) -> Chromium:
        """The browser; a new one after a number of pages, or above half of its memory limit."""
        if self._browser is not None and self._is_worn(self._browser):
            self._count("restarts")
            await self._end()
        if self._browser is None:
            if is_root():
                logger.warning("Chromium runs without its sandbox, as root; run newscrawl as another user")
            try:
                self._browser = await Chromium.launch(self._executable, heap=_HEAP)
            except RenderError as error:
                self.failure = str(error)
                logger.error("Not rendering pages in this run: %s", error)
                raise
        return self._browser

    def _is_worn(self, browser: Chromium) -> bool:
        return browser.pages >= self._limits.restart or browser.memory() > self._limits.memory * 3 // 4 > 0

    async def _break(self, error: BrowserBroken) -> None:
        """Ends a broken browser."""
        self._breaks += 1
        self._count("breaks")
        await self._end()
        if is_ending(self._crawler):
            return
        logger.warning("Restarting the browser: %s", error)
        if self._breaks >= MOST_BREAKS:
            self.failure = f"the browser broke {self._breaks} times, last: {error}"
            logger.error("Rendering stops for this run: %s", self.failure)

    def _judge(self, response: Response, *, filled: bool) -> None:
        """Records whether an empty page has an article now."""
        if filled:
            self._vain = 0
            self._count("filled")
            return
        self._vain += 1
        logger.info("%s has no article after rendering, either", response.url)
        if self._vain == MOST_VAIN:
            logger.warning("Rendering stops for this run: %d pages in a row stayed empty", MOST_VAIN)

    async def _end(self) -> None:
        browser, self._browser = self._browser, None
        if browser is not None:
            await browser.close()

    def _record(self, requests: PageRequests, *, settled: bool) -> None:
        self._count("pages")
        self._count("requests", requests.asked)
        self._count("bytes", requests.bytes)
        if not settled:
            self._count("unsettled")
        for reason, count in requests.refused.items():
            self._count(f"refused/{reason}", count)
        if requests.refused:
            told = ", ".join(f"{count} {reason}" for reason, count in requests.refused.most_common(5))
            logger.info("Requests of %s were refused: %s", requests.first.url, told)

    def _count(self, name: str, count: int = 1) -> None:
        if self._crawler.stats:
            self._crawler.stats.inc_value(f"newscrawl/render/{name}", count)


def lacks_article(item: ParseResult | Extraction | Draft | Post | Reject | None) -> bool:
    """Whether a page is not an article because it has no text, or almost none.

    False for a wall, an error page or a list, which no script would fill.
    """
    match item:
        case ParseResult():
            return lacks_article(item.item)
        case Post():
            return item.crawl.origins.get("body") == "digest"  # from the list
        case Draft():
            return _is_unfilled(item.extraction)
        case Extraction():
            return _is_unfilled(item)
        case Reject():
            short = len(item.values.get("body") or "") < _SHELL
            return not _UNFILLED.isdisjoint(item.reasons) or (short and not _UNSURE.isdisjoint(item.reasons))
    return False


def _is_unfilled(extraction: Extraction) -> bool:
    from newscrawl.page.document.parse import text_of  # slow to import

    if extraction.refused is not None:
        return extraction.refused in _UNFILLED
    if extraction.body is None or not extraction.titles:
        return True
    chars = len(text_of(extraction.body))
    dated = any(date.origin in ("page", "structured") for date in extraction.dates)
    if chars < MIN_BODY_CHARS:
        return extraction.body.find(".//img") is None
    return chars < _SHELL and not dated
