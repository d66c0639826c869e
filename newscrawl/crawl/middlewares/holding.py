"""Before each request: whether the crawl still holds its spider, and whether the host is free for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.core.downloader import Downloader
from scrapy.utils.httpobj import urlparse_cached

from newscrawl.crawl.middlewares.stopping import CrawlStopped, is_ending, sleep
from newscrawl.errors import LeaseLost

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from newscrawl.crawl.hold import CrawlHold

#: In a request's meta: true for a script of a page, on a host that is not the source's. Many sites share such
#: hosts, so a crawl does not hold them.
GUEST = "newscrawl_guest"
_MOST_PARKED = 500  # requests to hosts that other crawls hold, beyond CONCURRENT_REQUESTS


def hold_of(crawler: Crawler) -> CrawlHold | None:
    """What the crawl holds; None for a dry run."""
    run = getattr(crawler.spider, "run", None)
    return run.plan.hold if run is not None else None


async def enter(request: Request, crawler: Crawler) -> None:
    """Returns when the request may be sent, which is noted for whoever asks the host next.

    Waits up to NEWSCRAWL_HOST_WAIT seconds for a host that another crawl holds, and raises HostBusy then.
    Raises CrawlStopped if the crawl is being stopped, or stops it now since it lost its lease.
    """
    hold = hold_of(crawler)
    if hold is None:
        return
    host = urlparse_cached(request).hostname or ""
    patience = crawler.settings.getfloat("NEWSCRAWL_HOST_WAIT")

    async def pause(seconds: float) -> None:
        await sleep(seconds, crawler)
        if is_ending(crawler):
            raise CrawlStopped.of(request)

    if request.meta.get(GUEST) or (request.meta.get("dont_obey_robotstxt") and host in hold.guests):
        if not keeps(crawler):
            raise CrawlStopped.of(request)
        return
    if keeps(crawler):
        await hold.enter(host, patience, pause)
    if not keeps(crawler, host):
        raise CrawlStopped.of(request)
    slot = crawler.engine.downloader.slots.get(host) if crawler.engine else None
    hold.asked(host, slot.delay if slot else 0.0)


def keeps(crawler: Crawler, host: str | None = None) -> bool:
    """Whether the crawl still holds its spider, and the host; if not, it is stopped."""
    hold = hold_of(crawler)
    if hold is None:
        return True
    try:
        hold.check(host)
    except LeaseLost as error:
        crawler.spider.run.abandon(str(error), "lease_lost")  # type: ignore[union-attr]
        return False
    return True


class PatientDownloader(Downloader):
    """Scrapy's, but requests that wait for a host which another crawl holds are not in the way of others, and
    no more pages are downloaded while many wait for the browser."""

    def needs_backout(self) -> bool:
        run = getattr(self.crawler.spider, "run", None)
        if run is not None and run.renderer is not None and run.renderer.is_behind:
            return True
        hold = hold_of(self.crawler)
        if hold is None or not hold.waiting:
            return super().needs_backout()
        parked = sum((urlparse_cached(request).hostname or "") in hold.waiting for request in self.active)
        return 0 < self.total_concurrency <= len(self.active) - min(parked, _MOST_PARKED)
