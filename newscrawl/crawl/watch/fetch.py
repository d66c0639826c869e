"""ListFetcher: requests a list as a crawl would, without Scrapy's engine.

Headers, cookies and the proxy are added by the crawl's own middlewares. It follows no redirect and tries
nothing twice: whatever is not a plain answer is left to a crawl.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
from aiohttp.resolver import ThreadedResolver
from scrapy.downloadermiddlewares.httpcompression import ACCEPTED_ENCODINGS
from scrapy.http import Headers
from scrapy.responsetypes import responsetypes
from yarl import URL

from newscrawl.crawl.middlewares.decompression import whole
from newscrawl.crawl.middlewares.guard import (
    PrivateAddress,
    ProxiedNames,
    allowed,
    proxy_hosts,
)
from newscrawl.crawl.middlewares.own_headers import OwnSite, SourceHeaders
from newscrawl.crawl.middlewares.proxy import SourceProxy
from newscrawl.crawl.middlewares.replica import newsroom_base
from newscrawl.errors import BrokenStream, TooLarge, Unclear
from newscrawl.text.public_hosts import is_private

if TYPE_CHECKING:
    import socket

    from aiohttp.abc import ResolveResult
    from scrapy import Request
    from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

    from newscrawl.model.source import Source

_CHUNK = 65_536
_OURS = ("Accept", "Accept-Encoding", "User-Agent", "Content-Type")  # aiohttp would add its own
_PLAIN = frozenset({200, 304})
_PORT = re.compile(r":\d+\Z")


class PublicResolver(ThreadedResolver):
    """aiohttp's resolver; a public name that resolves to a private address is an error."""

    def __init__(self, trusted: frozenset[str]) -> None:
        super().__init__()
        self._trusted = trusted

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily | int = 0
    ) -> list[ResolveResult]:
        """The addresses of a host. Raises OSError if one of them is private."""
        found = await super().resolve(host, port, family)  # type: ignore[arg-type]
        if host.lower() not in self._trusted:
            for each in found:
                if is_private(each["host"]):
                    raise OSError(f"{host} resolves to the private address {each['host']}")
        return found


class ListFetcher:
    """Sends requests with the settings of a crawl. Made and used within one event loop.

    `source` is the one whose declared headers and cookies the settings have; without it, none are sent.
    """

    def __init__(self, settings: BaseSettings, source: Source | None = None) -> None:
        self._settings = settings
        self._site = OwnSite.of(source, [each.url for each in source.lists] if source else [])
        self._own_headers = SourceHeaders(settings.getdict("NEWSCRAWL_HEADERS"), site=self._site)
        self._cookies: CookiesMiddleware | None = None
        self._proxy = SourceProxy(settings)
        self._proxied = ProxiedNames(settings)
        self._base = newsroom_base(settings.get("NEWSCRAWL_NEWSROOM") or "")
        self._allowed = allowed(settings)
        self._most = settings.getint("DOWNLOAD_MAXSIZE")
        self._timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._headers = {
            **{name: value for name, value in settings["DEFAULT_REQUEST_HEADERS"].items() if value},
            "User-Agent": settings["USER_AGENT"],
            "Accept-Encoding": b", ".join(ACCEPTED_ENCODINGS),
        }
        named = {_PORT.sub("", host) for host in self._allowed}
        self.forget()
        proxies = proxy_hosts(settings)
        self._proxies = proxies
        trusted = frozenset(
            named | proxies | ({urlsplit(self._base).hostname or ""} if self._base else set())
        )
        connector = aiohttp.TCPConnector(
            resolver=PublicResolver(trusted),
            limit=0,
            ttl_dns_cache=60,
            ssl=settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES"),
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )

    def forget(self) -> None:
        """Begins anew with cookies, as each run does."""
        if self._settings.getbool("COOKIES_ENABLED"):
            from newscrawl.crawl.middlewares.own_cookies import SourceCookies  # slow to import

            self._cookies = SourceCookies(self._settings.getdict("NEWSCRAWL_COOKIES"), self._site)

    async def fetch(self, request: Request) -> Response:
        """The decompressed response. Raises Unclear if it is neither 200 nor 304, too large, truncated, or
        slower than DOWNLOAD_TIMEOUT."""
        self._refuse_private(request.url)
        self._own_headers.process_request(request)
        for name, value in self._headers.items():
            request.headers.setdefault(name, value)
        if self._cookies:
            self._cookies.process_request(request)
        self._proxy.process_request(request)
        try:
            async with asyncio.timeout(self._timeout):
                response = whole(await self._send(request), self._most)
                return self._cookies.process_response(request, response) if self._cookies else response  # type: ignore[return-value]
        except PrivateAddress as error:
            raise Unclear(str(error)) from error
        except (aiohttp.ClientError, OSError, ValueError, BrokenStream, TooLarge) as error:
            raise Unclear(f"{request.url}: {type(error).__name__}: {error}") from error

    async def close(self) -> None:
        """Closes all connections."""
        await self._session.close()

    async def _send(self, request: Request) -> Response:
        headers = {str(name): str(value) for name, value in request.headers.to_unicode_dict().items()}
        url = request.url
        if self._base is not None:
            real = urlsplit(url)
            url = self._base + (url.split(real.netloc, 1)[1] or "/")
            headers |= {"Host": real.netloc, "X-Forwarded-Proto": real.scheme}
        elif request.meta.get("proxy"):
            await self._proxied.check(urlsplit(url).hostname or "")
        credentials = headers.pop("Proxy-Authorization", None)
        to_proxy = {"Proxy-Authorization": credentials} if credentials else {}
        if not url.startswith("https:"):  # else only the tunnel is the proxy's to know
            headers |= to_proxy
        async with self._session.request(
            request.method,
            URL(url, encoded=True),
            data=request.body or None,
            headers=headers,
            skip_auto_headers=_OURS,
            allow_redirects=False,
            proxy=request.meta.get("proxy"),
            proxy_headers=to_proxy or None,
        ) as answer:
            if answer.status not in _PLAIN:
                raise Unclear(f"{request.url}: HTTP {answer.status}")
            body = bytearray()
            async for chunk in answer.content.iter_chunked(_CHUNK):
                body += chunk
                if len(body) > self._most > 0:
                    raise Unclear(f"{request.url}: more than {self._most} bytes")
        return _response(request, answer, bytes(body))

    def _refuse_private(self, url: str) -> None:
        """As the middleware PrivateAddressGuard."""
        parts = urlsplit(url)
        named = {parts.hostname or "", parts.netloc.rpartition("@")[2].lower()}
        host = parts.hostname or ""
        if (is_private(host) or host in self._proxies) and not self._allowed & named:
            raise Unclear(f"{url} points into a private network, or to the proxy itself")


def _response(request: Request, answer: aiohttp.ClientResponse, body: bytes) -> Response:
    headers = Headers()
    for name, value in answer.raw_headers:
        headers.appendlist(name, value)
    kind = responsetypes.from_args(headers=headers, url=request.url, body=body)
    return kind(url=request.url, status=answer.status, headers=headers, body=body, request=request)
