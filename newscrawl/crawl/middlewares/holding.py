"""Before each request, checks that the crawl still holds its spider and that the host is free."""

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

#: Request meta: true for a page's script on a host outside the source. Many sites share such hosts, so crawls
#: do not hold them.
GUEST = "newscrawl_guest"
_MOST_PARKED = 500  # requests to hosts held by other crawls, beyond CONCURRENT_REQUESTS


def hold_of(crawler: Crawler) -> CrawlHold | None:
    """The crawl's hold; None for a dry run."""
    run = getattr(crawler.spider, "run", None)
    return run.plan.hold if run is not None else None


async def enter(request: Request, crawler: Crawler) -> None:
    """Returns when the request may be sent, and records it for the next crawl of the host.

    Waits up to NEWSCRAWL_HOST_WAIT seconds for a host held by another crawl, then raises HostBusy. Raises
    CrawlStopped if the crawl is stopping, or has just lost its lease, which stops it.
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
    """Whether the crawl still holds its spider and the host; if not, stops it."""
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
    """Scrapy's, but requests that wait for a host held by another crawl do not block others, and downloads
    pause while many pages wait for the browser."""

    def needs_backout(self) -> bool:
        run = getattr(self.crawler.spider, "run", None)
        if run is not None and run.renderer is not None and run.renderer.is_behind:
            return True
        hold = hold_of(self.crawler)
        if hold is None or not hold.waiting:
            return super().needs_backout()
        parked = sum((urlparse_cached(request).hostname or "") in hold.waiting for request in self.active)
        return 0 < self.total_concurrency <= len(self.active) - min(parked, _MOST_PARKED)
