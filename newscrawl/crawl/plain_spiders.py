"""Plain Scrapy spiders, which know nothing of newscrawl: their items become posts, their runs are counted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import urlsplit

import scrapy
from scrapy import signals

from newscrawl.crawl.spider import NewsSpider
from newscrawl.errors import UsageError
from newscrawl.model.source import Source

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class PlainSpider(NewsSpider):
    """The base that a plain spider's class is given after its own; see `adopt`.

    Its requests and callbacks are its own affair. robots.txt, the guard against private addresses and the
    limits hold as for any other.
    """

    conditional_lists: ClassVar[bool] = False
    handle_httpstatus_list: ClassVar[list[int]] = []

    def __init__(self, name: str | None = None, **arguments: str) -> None:
        scrapy.Spider.__init__(self, name, **arguments)
        self.since, self.limit, self.arguments = None, None, dict(arguments)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *plans: Any, **arguments: Any) -> Self:
        if unfit := {"since", "limit"} & arguments.keys():
            raise UsageError(
                f"spider {cls.name} is a plain Scrapy spider and takes no {min(unfit)};"
                " -s CLOSESPIDER_ITEMCOUNT=20 ends it after so many items"
            )
        spider = super().from_crawler(crawler, *plans, **arguments)
        crawler.signals.connect(spider.count_response, signals.response_received)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        async for request in scrapy.Spider.start(self):
            yield request

    def count_response(self, response: Response) -> None:
        """Called for each response: the first one shows that the site is up."""
        if not self.run.ledger.lists and response.status < 400:
            self.run.list_read(response.url, 0, {})

    @property
    def reads_plain_pages(self) -> bool:
        """Its own callbacks read its pages."""
        return False


_adopted: dict[str, tuple[type[scrapy.Spider], type[NewsSpider]]] = {}  # by module and name


def adopt(kind: type[scrapy.Spider]) -> type[NewsSpider]:
    """A class like a plain spider's whose items go through newscrawl's pipelines.

    Its source is made of `allowed_domains`, else of `start_urls`, unless it declares one. Raises UsageError
    for a spider that has neither.
    """
    name = f"{kind.__module__}.{kind.__qualname__}"
    if name in _adopted and _adopted[name][0] is kind:
        return _adopted[name][1]
    source = getattr(kind, "source", None)
    made = {} if isinstance(source, Source) else {"source": _source_of(kind)}
    values = {"__module__": kind.__module__, "__doc__": kind.__doc__, **made}
    adopted = type(kind.__name__, (kind, PlainSpider), values)
    _adopted[name] = kind, adopted
    return adopted


def _source_of(kind: type[scrapy.Spider]) -> Source:
    from newscrawl.page.date.zones import zone_of

    urls = [f"https://{domain}/" for domain in getattr(kind, "allowed_domains", None) or ()]
    urls += list(getattr(kind, "start_urls", None) or ())
    hosts = [host for url in urls if (host := urlsplit(url).hostname)]
    if not hosts:
        raise UsageError(
            f"{kind.__module__}: {kind.__name__} has neither allowed_domains nor start_urls: declare the site"
            ' that it crawls, as allowed_domains = ["example.com"]'
        )
    return Source(
        title=kind.name,
        domain=hosts[0],
        domains=tuple(dict.fromkeys(hosts[1:])),
        language="en",
        zone=zone_of(f"https://{hosts[0]}/", None),
    )
