"""HintListener: makes a scheduler look at once when a hint announces a due job.

It turns a scheduler that rarely looks into a worker, `newscrawl worker`. A hint only changes when it looks:
without the broker, a worker starts due jobs a few seconds later.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Any

from newscrawl.errors import BrokerUnavailable
from newscrawl.jobs.broker import Hints

if TYPE_CHECKING:
    from newscrawl.jobs.scheduler import Scheduler

_log = logging.getLogger(__name__)

POLL = 0.2  #: seconds between polls for a hint
PAUSE = 2.0  #: seconds between attempts to reach the broker


class HintListener:
    """Polls the broker for hints, in a thread, while the scheduler has room for another job."""

    def __init__(self, address: str) -> None:
        self.hints = Hints(address)
        self._ended = threading.Event()
        self._asked: Future[None] | None = None
        self._trouble: str | None = None

    async def keep(self, scheduler: Scheduler) -> None:
        """As newscrawl.jobs.scheduler.Beside."""
        self._ended.clear()
        _log.info("taking hints, %d crawls at once", scheduler.max_parallel)
        try:
            await asyncio.to_thread(self._listen, scheduler, asyncio.get_running_loop())
        finally:
            self._ended.set()
            if self._asked:
                self._asked.cancel()

    def _listen(self, scheduler: Scheduler, loop: asyncio.AbstractEventLoop) -> None:
        try:
            while not self._ended.is_set():
                self._ask(scheduler.has_room(), loop)
                if self._take():
                    self._ask(scheduler.look_soon(), loop)
                else:
                    self._ended.wait(POLL if self._trouble is None else PAUSE)
        except CancelledError:
            return
        finally:
            self.hints.close()

    def _ask(self, what: Coroutine[Any, Any, None], loop: asyncio.AbstractEventLoop) -> None:
        """Waits for a scheduler's coroutine. Raises CancelledError if the listener is being stopped."""
        self._asked = asyncio.run_coroutine_threadsafe(what, loop)
        if self._ended.is_set():
            self._asked.cancel()
        self._asked.result()

    def _take(self) -> bool:
        """Whether there was a hint."""
        try:
            taken = self.hints.take()
        except BrokerUnavailable as error:
            if self._trouble is None:
                _log.warning("no hints are received for now: %s", error)
            self._trouble = str(error)
            return False
        if self._trouble is not None:
            _log.info("the broker is reachable again")
        self._trouble = None
        return taken
