"""Answers the requests of a page in the browser through Scrapy's downloader.

The browser has no network access (see chromium.NO_NETWORK). So robots.txt, the guard against private
addresses (names and connections), leases, size limits, retries and the newsroom apply to each script and
redirect, as to the page itself.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader import Slot
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from newscrawl.crawl.middlewares.guard import PrivateAddress
from newscrawl.crawl.middlewares.holding import GUEST, hold_of
from newscrawl.crawl.middlewares.own_headers import ADDED

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.async_api import Request as PageRequest
    from playwright.async_api import Route
    from scrapy.crawler import Crawler
    from scrapy.http import Response

MOST_MOVES: Final = 5  #: navigations of a page by script or <meta>
MOST_BYTES: Final = 20 * 2**20  #: of the responses to one page
CACHE_BYTES: Final = 32 * 2**20  #: of cached scripts per run
_ASKED: Final = frozenset({"script", "xhr", "fetch"})  # other kinds are not needed for the text
_METHODS: Final = frozenset({"GET", "HEAD", "POST"})
# 1 × 1: a page's script might replace a failed image, which loses its address.
_PIXEL: Final = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
#: Headers set by us or the connection, not by the page.
_OURS: Final = frozenset(
    "accept-encoding connection content-length cookie host if-modified-since if-none-match"
    " proxy-authorization te upgrade-insecure-requests user-agent".split()
)
#: Headers of the page's request, copied to all its subrequests.
_FROM_CRAWL: Final = ("user-agent", "accept-language")
_CONNECTION: Final = frozenset(
    "alt-svc connection content-encoding content-length keep-alive transfer-encoding".split()
)
_FIRST_HEADERS: Final = ("Content-Type", "Content-Security-Policy", "Set-Cookie")
_COPIED_META: Final = ("proxy", ADDED)


class ScriptCache:
    """A run's scripts by URL, shared by a site's pages. The least recently used is dropped first."""

    def __init__(self, most: int = CACHE_BYTES) -> None:
        self._most, self._size = most, 0
        self._kept: OrderedDict[str, Response] = OrderedDict()

    def get(self, url: str) -> Response | None:
        """The cached response, or None."""
        if url in self._kept:
            self._kept.move_to_end(url)
        return self._kept.get(url)

    def keep(self, url: str, response: Response) -> None:
        """Caches a good response, unless its server forbids it."""
        control = (response.headers.get("Cache-Control") or b"").lower()
        if response.status != 200 or b"no-store" in control or len(response.body) > self._most:
            return
        if old := self._kept.pop(url, None):
            self._size -= len(old.body)
        self._kept[url] = response
        self._size += len(response.body)
        while self._size > self._most:
            self._size -= len(self._kept.popitem(last=False)[1].body)


@dataclass  # no slots: Playwright stores its handlers on the object
class PageRequests:
    """Answers the requests of one page."""

    crawler: Crawler
    first: Response  #: the downloaded page; given to the browser without another request
    covers: Callable[[str], bool]  #: whether a host is one of the source's
    most: int  #: requests that the page may make
    scripts: ScriptCache
    asked: int = 0  #: requests that were sent
    bytes: int = 0  #: of their responses
    refused: Counter[str] = field(default_factory=Counter)  #: reason -> unanswered requests
    _open: int = 0
    _last: float = field(default_factory=time.monotonic)
    _moves: int = 0
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(4))

    def quiet_for(self) -> float:
        """Seconds since the last response; 0 while one is pending."""
        return 0.0 if self._open else time.monotonic() - self._last

    async def answer(self, route: Route) -> None:
        """Called by Playwright with each request of the page."""
        from playwright.async_api import Error

        self._open += 1
        try:
            await self._answer(route)
        except Error:
            pass  # the page is closed
        finally:
            self._open -= 1
            self._last = time.monotonic()

    async def _answer(self, route: Route) -> None:
        request = route.request
        kind = request.resource_type
        if request.is_navigation_request():
            await self._navigate(route)
        elif kind == "image":
            await route.fulfill(status=200, content_type="image/svg+xml", body=_PIXEL)
        elif kind == "stylesheet":  # scripts may wait for it
            await route.fulfill(status=200, content_type="text/css", body="")
        elif kind in _ASKED:
            await self._fulfill(route, await self._fetched(request))
        else:
            await route.abort()

    async def _navigate(self, route: Route) -> None:
        """The page itself, or a navigation by script or <meta>; frames stay empty."""
        request = route.request
        if not _is_top(request):
            await route.abort("aborted")
        elif self._moves == 0:
            self._moves = 1
            headers = {name: value for name in _FIRST_HEADERS if (value := _values(self.first, name))}
            await route.fulfill(status=200, headers=headers, body=self.first.body)
        elif self._moves > MOST_MOVES or not self.covers(urlsplit(request.url).hostname or ""):
            self.refused["leads elsewhere"] += 1
            await route.abort("aborted")  # the page stays
        else:
            self._moves += 1
            await self._fulfill(route, await self._fetched(request))

    async def _fulfill(self, route: Route, response: Response | None) -> None:
        if response is None:
            await route.abort("aborted" if route.request.is_navigation_request() else "failed")
            return
        names = [name.decode("latin-1") for name in response.headers]
        headers = {name: _values(response, name) for name in names if name.lower() not in _CONNECTION}
        await route.fulfill(status=response.status, headers=headers, body=response.body)

    async def _fetched(self, request: PageRequest) -> Response | None:
        """The response; None if the request is refused or fails."""
        cached = request.resource_type == "script" and request.method == "GET"
        if cached and (kept := self.scripts.get(request.url)):
            return kept
        if reason := self._refusal(request):
            self.refused[reason] += 1
            return None
        self.asked += 1
        async with self._turn:
            response = await self._download(request)
        if response is None:
            return None
        self.bytes += len(response.body)
        if cached:
            self.scripts.keep(request.url, response)
        return response

    def _refusal(self, request: PageRequest) -> str | None:
        if urlsplit(request.url).scheme not in ("http", "https"):
            return "not HTTP"
        if request.method not in _METHODS:
            return f"method {request.method}"
        if self.asked >= self.most:
            return "NEWSCRAWL_RENDER_REQUESTS"
        return "too many bytes" if self.bytes >= MOST_BYTES else None

    async def _download(self, request: PageRequest) -> Response | None:
        assert self.crawler.engine
        try:
            made = await self._scrapy_request(request)
            self._pace(made)
            return await self.crawler.engine.download_async(made)
        except PrivateAddress:
            self.refused["private address"] += 1
        except IgnoreRequest as error:
            self.refused["robots.txt" if "robots.txt" in str(error) else str(error)] += 1
        except Exception as error:  # noqa: BLE001  whatever a download raises; the page goes on without it
            self.refused[type(error).__name__] += 1
        return None

    async def _scrapy_request(self, request: PageRequest) -> Request:
        """Raises ValueError for a URL that Scrapy refuses."""
        own = self.first.request
        host = urlsplit(request.url).hostname or ""
        headers = {
            name: value
            for name, value in request.headers.items()
            if name not in _OURS and not name.startswith(("sec-", ":"))
        }
        meta = {
            "download_slot": _slot_name(host),
            "autothrottle_dont_adjust_delay": True,
            "max_retry_times": 1,
            "dont_merge_cookies": True,  # the browser has its own
            GUEST: not self.covers(host),
        }
        if meta[GUEST] and (hold := hold_of(self.crawler)):
            hold.guests.add(host)  # its robots.txt is requested first
        headers.setdefault("accept", "*/*")
        if own is not None:
            same = host == urlsplit(own.url).hostname
            for name in own.headers.to_unicode_dict() if same else _FROM_CRAWL:
                key = str(name).lower()
                if key in _FROM_CRAWL or (key not in headers and key not in _OURS):
                    headers[key] = _values_of(own, key)
            meta |= {name: own.meta[name] for name in _COPIED_META if name in own.meta}
        if cookies := await self._cookies(request):
            headers["cookie"] = cookies
        return Request(
            request.url,
            NO_CALLBACK,
            method=request.method,
            headers=headers,
            body=request.post_data_buffer or b"",
            meta=meta,
            dont_filter=True,
        )

    async def _cookies(self, request: PageRequest) -> str:
        """The page's cookies, set by scripts or servers; empty unless the source wants cookies."""
        if not self.crawler.settings.getbool("COOKIES_ENABLED"):
            return ""
        kept = await request.frame.page.context.cookies(request.url)
        return "; ".join(f"{one.get('name')}={one.get('value')}" for one in kept)

    def _pace(self, request: Request) -> None:
        """Sends a page's requests to each host one by one, ahead of articles that wait for the host's delay,
        which then counts from the last of them."""
        assert self.crawler.engine
        slots = self.crawler.engine.downloader.slots
        slots.setdefault(request.meta["download_slot"], Slot(1, 0.0, 0.0))
        if waiting := slots.get(urlsplit(request.url).hostname or ""):
            waiting.lastseen = time.monotonic()


def _slot_name(host: str) -> str:
    return f"{host} (browser)"


def _is_top(request: PageRequest) -> bool:
    """Whether the page itself is requested, not a frame or another window."""
    from playwright.async_api import Error

    try:
        return request.frame.parent_frame is None
    except Error:  # a window without a page
        return False


def _values(response: Response, name: str) -> str:
    """A header's values, one per line, as Playwright expects."""
    return "\n".join(value.decode("latin-1") for value in response.headers.getlist(name))


def _values_of(request: Request, name: str) -> str:
    return ", ".join(value.decode("latin-1") for value in request.headers.getlist(name))
