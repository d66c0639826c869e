"""Headers that a source or a job declares: they are sent to the source's own hosts, and to no other.

A declared header may be a key. A page's links, a redirect and a page in the browser may lead anywhere, so
each request is looked at by itself: on the way to a foreign host, what was added before is taken off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy.utils.httpobj import urlparse_cached

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from urllib.parse import ParseResult

    from scrapy import Request, Spider
    from scrapy.crawler import Crawler

    from newscrawl.model.source import Source

_PORTS = frozenset({80, 443})
ADDED = "newscrawl_headers"  #: in a request's meta: the names that were added to it


@dataclass(frozen=True, slots=True)
class OwnSite:
    """The hosts that a source's declared headers and cookies are for."""

    source: Source | None
    hosts: frozenset[str] = frozenset()  #: of its lists, which may be others' domains
    https_only: bool = False  #: all its lists are asked by https
    ports: frozenset[int] = _PORTS  #: another one may be another's server

    @classmethod
    def of(cls, source: Source | None, addresses: Iterable[str]) -> Self:
        """`addresses`: of its lists."""
        parts = [urlsplit(address) for address in addresses]
        hosts = frozenset(each.hostname or "" for each in parts)
        https_only = bool(parts) and all(each.scheme == "https" for each in parts)
        return cls(source, hosts, https_only, _PORTS | {port for each in parts if (port := each.port)})

    @classmethod
    def of_spider(cls, spider: Spider | None) -> Self:
        """Of a spider that is running; without a source, nothing is its own."""
        source: Source | None = getattr(spider, "source", None)
        own = getattr(spider, "own_addresses", None)
        addresses = own() if own else [each.url for each in source.lists] if source else []
        return cls.of(source, addresses)

    def has(self, request: Request) -> bool:
        """Whether a request goes to it; a source of https is not asked in the clear."""
        parts = urlparse_cached(request)
        host = parts.hostname or ""
        if self.https_only and parts.scheme != "https":
            return False
        if _port(parts) not in self.ports | {None}:
            return False
        return host in self.hosts or (self.source is not None and self.source.covers(host))


def _port(parts: ParseResult) -> int | None:
    """The port of an address, None for the usual one, and 0 for one that is none."""
    try:
        return parts.port
    except ValueError:
        return 0


class SourceHeaders:
    """Downloader middleware. A header that a request has by itself, as an Api declares it, stays."""

    def __init__(
        self, headers: Mapping[str, str], crawler: Crawler | None = None, site: OwnSite | None = None
    ) -> None:
        self._headers = dict(headers)
        self._crawler, self._site = crawler, site

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings.getdict("NEWSCRAWL_HEADERS"), crawler)

    def process_request(self, request: Request) -> None:
        for name in request.meta.pop(ADDED, ()):
            request.headers.pop(name, None)
        if not self._headers:
            return
        site = self._site or OwnSite.of_spider(self._crawler.spider if self._crawler else None)
        if not site.has(request):
            return
        added = [name for name in self._headers if name not in request.headers]
        for name in added:
            request.headers[name] = self._headers[name]
        request.meta[ADDED] = added
