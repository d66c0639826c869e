"""HintListener: lets a scheduler look at once when a hint says that a job is due.

With it, a scheduler that looks seldom is a worker, `newscrawl worker`. A hint changes nothing but the moment
of the look: without the broker, a worker starts what is due a few seconds later.
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

POLL = 0.2  #: seconds between two questions for a hint
PAUSE = 2.0  #: seconds between two tries to reach the broker


class HintListener:
    """Asks the broker for hints, in a thread, while the scheduler has room for another job."""

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
        """Waits for something of the scheduler. Raises CancelledError if the listener is being ended."""
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
                _log.warning("no hints are taken for now: %s", error)
            self._trouble = str(error)
            return False
        if self._trouble is not None:
            _log.info("the broker is reached again")
        self._trouble = None
        return taken
