"""The download handler: Scrapy's, but it can be stopped, and can send all requests to a replica of the web.

With a replica, spiders, robots.txt, delays, retries and redirects see the real URLs; only the connection is
redirected. So a test against the newsroom runs the same code as a crawl of the web.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler

from newscrawl.crawl.middlewares.guard import ProxiedNames
from newscrawl.crawl.middlewares.holding import enter
from newscrawl.crawl.middlewares.stopping import PromptStop
from newscrawl.errors import UsageError
from newscrawl.text.urls import check_address

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class ReplicaHandler(HTTP11DownloadHandler):
    """Scrapy's handler; with `NEWSCRAWL_NEWSROOM` set, every request goes to that address instead.

    The real host is in `Host`, the real scheme in `X-Forwarded-Proto`.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._base = newsroom_base(crawler.settings.get("NEWSCRAWL_NEWSROOM") or "")
        self._proxied = ProxiedNames(crawler.settings)

    async def download_request(self, request: Request) -> Response:
        await enter(request, self._crawler)
        stop = self._crawler.get_extension(PromptStop)
        if stop is None:
            return await self._download(request)
        async with stop.transfer(request):
            return await self._download(request)

    async def _download(self, request: Request) -> Response:
        if self._base is None:
            if request.meta.get("proxy"):
                await self._proxied.check(urlsplit(request.url).hostname or "")
            return await super().download_request(request)
        real = urlsplit(request.url)
        path = request.url.split(real.netloc, 1)[1] or "/"
        rerouted = request.replace(url=self._base + path)
        rerouted.headers["Host"] = real.netloc
        rerouted.headers["X-Forwarded-Proto"] = real.scheme
        response = await super().download_request(rerouted)
        request.meta.update(rerouted.meta)
        return response.replace(url=request.url)


def newsroom_base(address: str) -> str | None:
    """The scheme, host and port of a newsroom's address: `http://127.0.0.1:8000`; None for "".

    Raises UsageError if it is not a plain http(s) address with a host.
    """
    if not address:
        return None
    try:
        parts = urlsplit(check_address(address))
        if parts.path not in ("", "/"):
            raise UsageError(address)
    except UsageError:
        raise UsageError(f"newsroom {address!r} is not an address like http://127.0.0.1:8000") from None
    return f"{parts.scheme}://{parts.netloc}"
