"""Cookies that a source or a job declares: in the jar from the beginning, for the source's own hosts."""

from __future__ import annotations

from collections import defaultdict
from http.cookiejar import Cookie, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, Self

from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.exceptions import NotConfigured
from scrapy.http.cookies import CookieJar

from newscrawl.crawl.middlewares.own_headers import OwnSite

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scrapy.crawler import Crawler


#: A cookie without a domain is of its host alone, as in browsers; the standard library sends it below, too.
_POLICY = DefaultCookiePolicy(strict_ns_domain=DefaultCookiePolicy.DomainStrictNonDomain)


class SourceCookies(CookiesMiddleware):
    """Scrapy's, whose jars begin with the declared cookies; those that the site sets may replace them."""

    def __init__(
        self, cookies: Mapping[str, str], site: OwnSite | None = None, *, debug: bool = False
    ) -> None:
        super().__init__(debug)
        self._declared, self._site = dict(cookies), site
        self.jars: defaultdict[Any, CookieJar] = defaultdict(self._jar)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not crawler.settings.getbool("COOKIES_ENABLED"):
            raise NotConfigured
        made = cls(crawler.settings.getdict("NEWSCRAWL_COOKIES"))
        made.crawler = crawler
        return made

    def _jar(self) -> CookieJar:
        jar = CookieJar(_POLICY)
        site = self._site or OwnSite.of_spider(self.crawler.spider)
        for cookie in _cookies(self._declared, site):
            jar.set_cookie(cookie)
        return jar


def _cookies(declared: Mapping[str, str], site: OwnSite) -> Iterator[Cookie]:
    """Each cookie for each domain of the source, and for each other host of its lists."""
    source = site.source
    domains = [source.domain, *source.domains] if source else []
    foreign = sorted(host for host in site.hosts if not (source and source.covers(host)))
    for domain, below in [*((each, True) for each in domains), *((each, False) for each in foreign)]:
        for name, value in declared.items():
            yield Cookie(
                version=0,
                name=name,
                value=value,
                port=None,
                port_specified=False,
                domain=f".{domain}" if below else domain,
                domain_specified=below,
                domain_initial_dot=below,
                path="/",
                path_specified=True,
                secure=site.https_only,
                expires=None,
                discard=True,
                comment=None,
                comment_url=None,
                rest={},
            )
