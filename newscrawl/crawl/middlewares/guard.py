"""Refuses requests to loopback and private addresses: a page's links and redirects are not trusted."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.exceptions import IgnoreRequest
from scrapy.resolver import CachingThreadedResolver

from newscrawl.text.public_hosts import is_private, named_hosts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred

logger = logging.getLogger(__name__)

LOOK_UP = 5.0  #: seconds for the address of a host that a proxy will ask
_MOST_NAMES = 4096

_REMEDY = "not requested; to allow it, add it to NEWSCRAWL_PRIVATE_HOSTS"


class PrivateAddress(IgnoreRequest):
    """A URL that points to this machine or its network."""


def allowed(settings: BaseSettings) -> frozenset[str]:
    """The private hosts allowed by the user: `intranet`, `127.0.0.1:8000`, in lower case."""
    return named_hosts(settings.get("NEWSCRAWL_PRIVATE_HOSTS") or "")


def proxy_hosts(settings: BaseSettings) -> frozenset[str]:
    """The hosts of the proxies that are in use: the declared one, else the environment's."""
    declared = settings.get("NEWSCRAWL_PROXY") or ""
    addresses = [declared] if declared else list(getproxies().values())
    return frozenset(host for each in addresses if (host := urlsplit(each).hostname))


class PrivateAddressGuard:
    """Downloader middleware: refuses private hosts by name, before robots.txt is requested, and the proxy's
    own host, which may be private."""

    def __init__(self, crawler: Crawler) -> None:
        self._stats = crawler.stats
        self._allowed = allowed(crawler.settings)
        self._proxies = proxy_hosts(crawler.settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        host_and_port = parts.netloc.rpartition("@")[2].lower()
        if (is_private(host) or host in self._proxies) and not self._allowed & {host, host_and_port}:
            if self._stats:
                self._stats.inc_value("newscrawl/private_address")
            what = "to the proxy itself" if host in self._proxies else "into a private network"
            raise PrivateAddress(f"{request.url} points {what}; {_REMEDY}")


class ProxiedNames:
    """The guard for requests that go through a proxy, which looks their hosts up itself.

    A name that is private as this machine sees it is refused. What this machine cannot look up is left to the
    proxy: whoever runs it must keep it from asking for addresses of its own network.
    """

    def __init__(self, settings: BaseSettings) -> None:
        self._allowed = {_without_port(host) for host in allowed(settings)}
        self._found: dict[str, str | None] = {}  # host -> its private address, if it has one

    async def check(self, host: str) -> None:
        """Raises PrivateAddress."""
        name = host.lower()
        if name in self._allowed:
            return
        if name not in self._found:
            if len(self._found) >= _MOST_NAMES:
                self._found.clear()
            self._found[name] = await _private_address(name)
        if address := self._found[name]:
            raise PrivateAddress(f"{name} resolves to the private address {address}; {_REMEDY}")


async def _private_address(name: str) -> str | None:
    """The private address of a host; None if all are public, or cannot be looked up here."""
    try:
        async with asyncio.timeout(LOOK_UP):
            found = await asyncio.get_running_loop().getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError):
        logger.info("%s cannot be looked up here; the proxy is trusted to know its address", name)
        return None
    return next((str(where[0]) for *_, where in found if is_private(str(where[0]))), None)


def _without_port(host: str) -> str:
    return host.rpartition(":")[0] or host


class PublicResolver(CachingThreadedResolver):
    """Scrapy's resolver; a public name that resolves to a private address is an error.

    Hosts from the user's settings may be private: the newsroom, the proxies, NEWSCRAWL_PRIVATE_HOSTS.
    """

    trusted: frozenset[str] = frozenset()
    #: Hosts of proxies. Of all crawls of the process, which has one resolver; `PrivateAddressGuard` refuses
    #: them as the hosts of requests.
    proxies: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        resolver = super().from_crawler(crawler, reactor)
        named = [crawler.settings.get("NEWSCRAWL_NEWSROOM") or "", *getproxies().values()]
        hosts = {urlsplit(address).hostname or "" for address in named}
        hosts |= {_without_port(host) for host in allowed(crawler.settings)}
        resolver.trusted = frozenset(hosts)
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802  Twisted's
        found = super().getHostByName(name, timeout)
        return found if name in self.trusted | self.proxies else found.addCallback(_refuse_private, name)


def _refuse_private(address: str, name: str) -> str:
    if is_private(address):
        raise PrivateAddress(f"{name} resolves to the private address {address}; {_REMEDY}")
    return address
