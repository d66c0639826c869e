"""ListFetcher: requests a list as a crawl would, without Scrapy's engine.

Follows no redirects and never retries: anything but a plain response is left to a crawl.
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
from newscrawl.crawl.middlewares.guard import allowed, is_private
from newscrawl.crawl.middlewares.replica import newsroom_base
from newscrawl.errors import BrokenStream, TooLarge, Unclear

if TYPE_CHECKING:
    import socket

    from aiohttp.abc import ResolveResult
    from scrapy import Request
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

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
    """Sends requests with a crawl's settings. Created and used within one event loop."""

    def __init__(self, settings: BaseSettings) -> None:
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
        trusted = frozenset(named | ({urlsplit(self._base).hostname or ""} if self._base else set()))
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=PublicResolver(trusted), limit=0, ttl_dns_cache=60),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )

    async def fetch(self, request: Request) -> Response:
        """The decompressed response. Raises Unclear if it is neither 200 nor 304, too large, truncated, or
        slower than DOWNLOAD_TIMEOUT."""
        self._refuse_private(request.url)
        for name, value in self._headers.items():
            request.headers.setdefault(name, value)
        try:
            async with asyncio.timeout(self._timeout):
                return whole(await self._send(request), self._most)
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
        async with self._session.request(
            request.method,
            URL(url, encoded=True),
            data=request.body or None,
            headers=headers,
            skip_auto_headers=_OURS,
            allow_redirects=False,
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
        if is_private(parts.hostname or "") and not self._allowed & named:
            raise Unclear(f"{url} points into a private network")


def _response(request: Request, answer: aiohttp.ClientResponse, body: bytes) -> Response:
    headers = Headers()
    for name, value in answer.raw_headers:
        headers.appendlist(name, value)
    kind = responsetypes.from_args(headers=headers, url=request.url, body=body)
    return kind(url=request.url, status=answer.status, headers=headers, body=body, request=request)
