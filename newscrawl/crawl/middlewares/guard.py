"""Refuses requests to loopback and private addresses: links and redirects of a page are not trusted."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.exceptions import IgnoreRequest
from scrapy.resolver import CachingThreadedResolver

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred

_LOCAL_SUFFIXES = (".localhost", ".local", ".internal", ".home.arpa")
_REMEDY = "not requested; to allow it, add it to NEWSCRAWL_PRIVATE_HOSTS"


class PrivateAddress(IgnoreRequest):
    """A URL that points to this machine or its network."""


@lru_cache(maxsize=4096)
def is_private(host: str) -> bool:
    """Whether a host name or address literal is not on the public web, judged by the name alone."""
    name = host.strip("[]").rstrip(".").lower()
    if name in ("", "localhost") or name.endswith(_LOCAL_SUFFIXES):
        return True
    address = _address(name)
    return address is not None and not address.is_global


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The IP address of a literal, in any notation that sockets accept (`127.1`, `0x7f000001`)."""
    try:
        found = ipaddress.ip_address(name)
    except ValueError:
        return _loose_ipv4(name)
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        return found.ipv4_mapped
    return found


def _loose_ipv4(name: str) -> ipaddress.IPv4Address | None:
    parts = name.split(".")
    if len(parts) > 4 or not all(part and part[0].isdigit() for part in parts):
        return None
    try:
        numbers = [int(part, 8 if part[:1] == "0" and part.isdigit() else 0) for part in parts]
        value = sum(number << (24 - 8 * i) for i, number in enumerate(numbers[:-1])) + numbers[-1]
        return ipaddress.IPv4Address(value)
    except ValueError:
        return None


def allowed(settings: BaseSettings) -> frozenset[str]:
    """The private hosts that the user allows: `intranet`, `127.0.0.1:8000`, in lower case."""
    return frozenset(re.split(r"[\s,]+", (settings.get("NEWSCRAWL_PRIVATE_HOSTS") or "").strip().lower())) - {
        ""
    }


class PrivateAddressGuard:
    """Downloader middleware: refuses private hosts by name, before robots.txt is requested."""

    def __init__(self, crawler: Crawler) -> None:
        self._stats = crawler.stats
        self._allowed = allowed(crawler.settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        host_and_port = parts.netloc.rpartition("@")[2].lower()
        if is_private(host) and not self._allowed & {host, host_and_port}:
            if self._stats:
                self._stats.inc_value("newscrawl/private_address")
            raise PrivateAddress(f"{request.url} points into a private network; {_REMEDY}")


class PublicResolver(CachingThreadedResolver):
    """Scrapy's resolver; a public name that resolves to a private address is an error.

    Hosts from the user's settings may be private: the newsroom, the proxies, NEWSCRAWL_PRIVATE_HOSTS.
    """

    trusted: frozenset[str] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        resolver = super().from_crawler(crawler, reactor)
        named = [crawler.settings.get("NEWSCRAWL_NEWSROOM") or "", *getproxies().values()]
        hosts = {urlsplit(address).hostname or "" for address in named}
        hosts |= {host.rpartition(":")[0] or host for host in allowed(crawler.settings)}
        resolver.trusted = frozenset(hosts)
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802  Twisted's
        found = super().getHostByName(name, timeout)
        return found if name in self.trusted else found.addCallback(_refuse_private, name)


def _refuse_private(address: str, name: str) -> str:
    if is_private(address):
        raise PrivateAddress(f"{name} resolves to the private address {address}; {_REMEDY}")
    return address
