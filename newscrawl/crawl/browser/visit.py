"""Renders one page: from the downloaded HTML to the HTML after its scripts."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from newscrawl.errors import BrowserBroken, RenderError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright._impl._api_structures import SetCookieParam
    from playwright.async_api import BrowserContext, Page, WebSocketRoute
    from scrapy.http import Response

    from newscrawl.crawl.browser.chromium import Chromium
    from newscrawl.crawl.browser.page_requests import PageRequests

QUIET: Final = 0.3  #: seconds without a request after which a page with text is done
QUIETER: Final = 2.0  #: … and any other: its scripts may be busy, or wait for a timer
LEAST_TEXT: Final = 200  #: characters of such a text
GRACE: Final = 5.0  #: seconds to return the HTML or to close
_CHECKED: Final = 0.1  # seconds between checks whether a page is done
_MEMORY_CHECKED: Final = 5  # checks between two of the memory
_ANY: Final = re.compile("")


class Visit:
    """One page. `settled`: whether it was done before the time was up."""

    def __init__(self, browser: Chromium, requests: PageRequests, *, seconds: float, memory: int) -> None:
        """seconds: time after which the page is taken as it is. memory: the browser's limit in bytes; 0:
        none."""
        self.settled = False
        self._browser, self._requests = browser, requests
        self._seconds, self._memory = seconds, memory
        self._until = 0.0  # by the loop's clock
        self._crashed = self._loaded = False

    async def html(self, response: Response, most: int) -> tuple[str, str]:
        """The page's HTML and address after its scripts.

        most: maximum characters of HTML. Raises RenderError, BrowserBroken.
        """
        from playwright.async_api import Error

        self._until = asyncio.get_running_loop().time() + self._seconds
        try:
            async with asyncio.timeout(self._seconds + 2 * GRACE), self._page(response) as page:
                await page.goto(response.url, wait_until="commit", timeout=self._seconds * 1000)
                await self._settle(page)
                html, url = await self._content(page), page.url
        except TimeoutError:
            raise BrowserBroken(f"the browser did not give the page within {self._seconds:g} s") from None
        except Error as error:
            if self._crashed:
                raise BrowserBroken("the page crashes the browser") from None
            words = str(error).splitlines()[0][:200]
            raise BrowserBroken(f"the browser failed: {words}", again=True) from error
        if len(html) > most:
            raise RenderError("larger than DOWNLOAD_MAXSIZE after rendering")
        return html, url if urlsplit(url).scheme in ("http", "https") else response.url

    @asynccontextmanager
    async def _page(self, response: Response) -> AsyncIterator[Page]:
        """A page in its own profile, which is always closed afterwards."""
        agent = (response.request.headers.get("User-Agent") or b"") if response.request else b""
        context = await self._browser.context(agent.decode("latin-1"))
        try:
            await context.add_cookies(_cookies_of(response))
            await context.route(_ANY, self._requests.answer)
            await context.route_web_socket(_ANY, _refuse)
            page = await context.new_page()
            page.on("crash", self._crash)
            page.on("domcontentloaded", self._load)
            context.on("page", _close)  # other windows
            yield page
        finally:
            await _ended(context)

    async def _settle(self, page: Page) -> None:
        """Waits until the page sends no more requests, or its time is up."""
        looks = 0
        while asyncio.get_running_loop().time() < self._until:
            if self._crashed or page.is_closed():
                raise BrowserBroken("the page crashes the browser") if self._crashed else _gone()
            if looks % _MEMORY_CHECKED == 0:
                self._check_memory()
            quiet = self._requests.quiet_for()
            if quiet >= QUIETER or (quiet >= QUIET and self._loaded and await self._has_text(page)):
                self.settled = True
                return
            looks += 1
            await asyncio.sleep(_CHECKED)

    async def _has_text(self, page: Page) -> bool:
        """Whether the page shows text and is not busy."""
        from playwright.async_api import Error

        measure = "document.body ? document.body.innerText.length : 0"
        try:
            return bool(await asyncio.wait_for(page.evaluate(measure), QUIETER) >= LEAST_TEXT)
        except (Error, TimeoutError, TypeError):  # a script may have replaced it with anything
            return False

    async def _content(self, page: Page) -> str:
        """Its HTML; retried once if it was just navigating."""
        from playwright.async_api import Error

        async with asyncio.timeout(GRACE):
            for _ in range(3):
                with suppress(Error):
                    return await page.content()
                if self._crashed or page.is_closed():
                    break
                await asyncio.sleep(QUIET)
            return await page.content()

    def _check_memory(self) -> None:
        if self._memory and self._browser.memory() > self._memory:
            raise BrowserBroken("the page takes more memory than NEWSCRAWL_RENDER_MEMORY_MB")

    def _crash(self, _: Page) -> None:
        self._crashed = True

    def _load(self, _: Page) -> None:
        self._loaded = True


def _cookies_of(response: Response) -> list[SetCookieParam]:
    """The cookies that the page was asked for with, for all paths of its host, as nearly all cookies are."""
    sent = (response.request.headers.get("Cookie") or b"") if response.request else b""
    pairs = (pair.strip().partition("=") for pair in sent.decode("latin-1").split(";"))
    root = urljoin(response.url, "/")  # else Chromium keeps them to the folder of the page
    return [{"name": name, "value": value, "url": root} for name, _, value in pairs if name]


def _gone() -> BrowserBroken:
    return BrowserBroken("the browser ended", again=True)


async def _refuse(socket: WebSocketRoute) -> None:
    await socket.close()


async def _close(page: Page) -> None:
    from playwright.async_api import Error

    with suppress(Error):
        await page.close()


async def _ended(context: BrowserContext) -> None:
    """Closes a profile. Raises BrowserBroken if the browser does not."""
    from playwright.async_api import Error

    try:
        await asyncio.wait_for(context.close(), GRACE)
    except TimeoutError:
        raise BrowserBroken("the browser does not close the page") from None
    except Error:
        return  # gone with its browser
