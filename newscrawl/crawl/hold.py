"""The leases of a running crawl: its spider, and each host from the first request on."""

from __future__ import annotations

import asyncio
import logging
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from newscrawl.errors import DatabaseUnavailable, HostBusy, LeaseLost
from newscrawl.locks import host_key, spider_key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from newscrawl.locks import Lease, Leases

logger = logging.getLogger(__name__)

RENEWALS = 4  #: per lease life
ASKED_AGAIN = 0.5  #: seconds between attempts to take a busy host
MOST_HOSTS = 200  #: held at once; beyond that, the least recently requested are released


class CrawlHold:
    """Holds a spider, takes hosts as they are requested, and renews all leases in a thread.

    Before each request: `await enter(host, …)`, which may wait, then `check()`.
    """

    def __init__(self, leases: Leases, spider: str) -> None:
        """Takes the spider. Raises SpiderBusy, DatabaseUnavailable."""
        self.spider = spider
        self.waiting: set[str] = set()  #: hosts that another crawl holds
        self.guests: set[str] = set()  #: hosts requested only for scripts of pages; not held
        self._leases = leases
        self._held: dict[str, Lease] = {}  # the spider first, then hosts, most recent last
        self._asked: set[str] = set()
        self._away = False  # MongoDB did not answer the last renewal
        self._turns: dict[str, asyncio.Lock] = {}
        self._refused: dict[str, HostBusy] = {}
        self._ended = threading.Event()
        self._changing = threading.Lock()
        self._keep(leases.take(spider_key(spider)))
        self._renewing = threading.Thread(target=self._renew, name="leases", daemon=True)
        if leases.life != float("inf"):
            self._renewing.start()

    @property
    def has_reached_store(self) -> bool:
        """Whether MongoDB answered when the spider was taken, and passed `check_reachable`."""
        return self._leases.in_store

    @property
    def hosts(self) -> list[str]:
        """The requested hosts, sorted."""
        return sorted(self._asked)

    def check(self, host: str | None = None) -> None:
        """Raises LeaseLost unless the leases of the spider and the host are still valid."""
        names = [spider_key(self.spider), *([host_key(host)] if host else [])]
        for name in names:
            if (lease := self._held.get(name)) and not lease.is_ours():
                kind, _, what = name.partition(":")
                raise LeaseLost(
                    f"the lease of the {kind} {what} ran out: MongoDB was away, or this process suspended,"
                    f" for more than {self._leases.life:g} s; the next run continues"
                )

    async def enter(self, host: str, patience: float, pause: Callable[[float], Awaitable[None]]) -> None:
        """Takes the host before its first request. If another crawl holds it, waits up to `patience` seconds
        with `pause`, then raises HostBusy, also for every later request to the host."""
        if host_key(host) in self._held:
            return
        async with self._turns.setdefault(host, asyncio.Lock()):
            if host_key(host) in self._held:
                return
            if refused := self._refused.get(host):
                raise refused
            lease = await self._take_host(host, patience, pause)
            self._asked.add(host.lower())
            await self._give_back_idle()
            await pause(lease.wait)

    def asked(self, host: str, delay: float) -> None:
        """Records a request to the host; the next may follow `delay` seconds later."""
        with self._changing:
            if lease := self._held.pop(host_key(host), None):
                self._held[lease.name] = lease
        if lease:
            lease.asked(delay)

    async def _give_back_idle(self) -> None:
        """Each host needs a file or a document, and a list may name thousands."""
        with self._changing:
            names = list(self._held)[1 : len(self._held) - MOST_HOSTS]
            idle = [self._held.pop(name) for name in names]
        if idle:
            await asyncio.to_thread(self._leases.release, idle)

    def release(self) -> None:
        """Releases everything, hosts first, so that nobody finds the spider free but its hosts busy."""
        self._ended.set()
        if self._renewing.is_alive():
            self._renewing.join(self._leases.life)
        if not self._away:  # else releasing fails and delays the stop; the leases expire
            self._leases.release(list(reversed(self._held.values())))
        self._leases.close()

    async def _take_host(
        self, host: str, patience: float, pause: Callable[[float], Awaitable[None]]
    ) -> Lease:
        waited = 0.0
        while True:
            try:
                lease = await asyncio.to_thread(self._leases.take, host_key(host))
            except (HostBusy, DatabaseUnavailable) as error:
                if waited == 0:
                    logger.info("Waiting up to %g s for %s: %s", patience, host, error)
                if waited >= patience:
                    self.waiting.discard(host)
                    self._refused[host] = HostBusy(str(error))
                    raise self._refused[host] from error
                self.waiting.add(host)
                await pause(ASKED_AGAIN)
                waited += ASKED_AGAIN
            else:
                self.waiting.discard(host)
                self._keep(lease)
                return lease

    def _keep(self, lease: Lease) -> None:
        with self._changing:
            self._held[lease.name] = lease

    def _renew(self) -> None:
        """Renews all leases every quarter of their life; more often after failures."""
        pause = self._leases.life / RENEWALS
        while not self._ended.wait(pause):
            with self._changing:
                held = list(self._held.values())
            try:
                if not self._leases.renew(held):
                    return  # `check` ends the crawl
            except DatabaseUnavailable as error:
                logger.warning("The leases of %s cannot be renewed at the moment: %s", self.spider, error)
                self._away = True
                pause = self._leases.life / RENEWALS / 4
            else:
                self._away = False
                pause = self._leases.life / RENEWALS


@contextmanager
def alone(spider: str, *, dry: bool) -> Iterator[CrawlHold | None]:
    """Holds a spider for a run; nothing for a dry run. Entering raises SpiderBusy and DatabaseUnavailable."""
    if dry:
        yield None
        return
    from newscrawl.store.leases import open_leases  # slow to import

    leases = open_leases()
    try:
        hold = CrawlHold(leases, spider)
    except BaseException:
        leases.close()
        raise
    try:
        yield hold
    finally:
        hold.release()
