"""Webhooks: runs the senders beside a scheduler's jobs. Of several machines, one delivers each webhook."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pymongo.errors import PyMongoError

from newscrawl.errors import NewscrawlError, WebhookBusy
from newscrawl.locks import webhook_key
from newscrawl.monitor.webhooks.sender import PATIENCE, Sender, query_of
from newscrawl.paths import database_name
from newscrawl.store.client import connect
from newscrawl.store.leases import open_leases

if TYPE_CHECKING:
    from newscrawl.jobs.scheduler import Scheduler
    from newscrawl.jobs.webhook_settings import WebhookSettings
    from newscrawl.locks import Lease, Leases

logger = logging.getLogger(__name__)

AGAIN = 5.0  #: seconds until a webhook that another process delivers, or that failed, is tried again
RENEWALS = 4  #: per lease life


class Webhooks:
    """A thread for each webhook."""

    def __init__(self, webhooks: Sequence[WebhookSettings]) -> None:
        self.webhooks = [each for each in webhooks if each.enabled]
        self._stopped = threading.Event()

    def check(self) -> None:
        """Raises UsageError for an address, a secret or a filter that cannot be used."""
        for each in self.webhooks:
            query_of(each)
            each.address()
            each.secrets()

    async def keep(self, scheduler: Scheduler) -> None:
        """Delivers until it is cancelled."""
        self._stopped.clear()
        threads = [
            threading.Thread(target=self.deliver, args=(each,), name=f"webhook-{each.name}", daemon=True)
            for each in self.webhooks
        ]
        for thread in threads:
            thread.start()
        try:
            await asyncio.Event().wait()
        finally:
            self._stopped.set()
            await asyncio.shield(asyncio.to_thread(_join, threads, 2 * PATIENCE))

    def deliver(self, settings: WebhookSettings) -> None:
        """Delivers one webhook while its lease can be had, until stopped. Raises nothing."""
        said = ""
        while not self._stopped.is_set():
            try:
                self._hold(settings)
            except WebhookBusy as error:
                logger.debug("%s", error)
            except (NewscrawlError, PyMongoError, OSError) as error:
                if str(error) != said:
                    logger.warning("webhook %s waits: %s", settings.name, error)
                said = str(error)
            except Exception:
                logger.exception("webhook %s failed and is tried again", settings.name)
            self._stopped.wait(AGAIN)

    def _hold(self, settings: WebhookSettings) -> None:
        """Takes the lease and sends. Raises WebhookBusy."""
        leases = open_leases()
        try:
            lease = leases.take(webhook_key(settings.name))
            ended = threading.Event()
            renewing = threading.Thread(target=_renew, args=(leases, lease, ended), daemon=True)
            renewing.start()
            try:
                self._send(settings, lease)
            finally:
                ended.set()
                renewing.join()
                lease.release()
        finally:
            leases.close()

    def _send(self, settings: WebhookSettings, lease: Lease) -> None:
        milliseconds = int(PATIENCE * 1000)
        with connect("writer", serverSelectionTimeoutMS=milliseconds) as client:
            sender = Sender(settings, client[database_name()], lease, pause=self._wait)
            logger.info("webhook %s: delivering", settings.name)
            try:
                while not self._stopped.is_set():
                    sender.turn()
            finally:
                sender.close()

    def _wait(self, seconds: float) -> None:
        self._stopped.wait(seconds)


def _renew(leases: Leases, lease: Lease, ended: threading.Event) -> None:
    """Renews the lease until it is lost, or no longer wanted."""
    if leases.life == float("inf"):
        return
    while not ended.wait(leases.life / RENEWALS):
        try:
            if not lease.renew():
                return
        except NewscrawlError as error:
            logger.debug("the lease could not be renewed: %s", error)


def _join(threads: Sequence[Any], seconds: float) -> None:
    for thread in threads:
        thread.join(seconds)
