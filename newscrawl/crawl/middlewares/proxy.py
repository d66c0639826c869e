"""The proxy that a source or a job declares, for every request of its crawls: lists, articles, robots.txt.

Without a declaration, the environment's proxies hold as in Scrapy (`http_proxy`, `no_proxy`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.exceptions import NotConfigured

from newscrawl.crawl.middlewares.guard import PublicResolver, proxy_hosts
from newscrawl.model.crawl_settings import DIRECT

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings


class SourceProxy(HttpProxyMiddleware):
    """Scrapy's middleware; with NEWSCRAWL_PROXY set, nothing is asked past that proxy, `no_proxy` or not.

    The password goes into the header Proxy-Authorization, which only the proxy gets: Scrapy's handler takes
    it off inside a tunnel.
    """

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings.get("HTTPPROXY_AUTH_ENCODING"))
        declared = settings.get("NEWSCRAWL_PROXY") or ""
        self._declared: tuple[bytes | None, str] | None = None
        if declared == DIRECT:
            self.proxies = {}
        elif declared:
            self._declared = self._get_proxy(declared, "http")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not (crawler.settings.getbool("HTTPPROXY_ENABLED") or crawler.settings.get("NEWSCRAWL_PROXY")):
            raise NotConfigured
        PublicResolver.proxies |= proxy_hosts(crawler.settings)
        return cls(crawler.settings)

    def process_request(self, request: Request, spider: Spider | None = None) -> Request | Response | None:
        """As Scrapy does."""
        if self._declared is None:
            return super().process_request(request)
        credentials, address = self._declared
        self._set_proxy_and_creds(request, address, credentials, None)
        return None
