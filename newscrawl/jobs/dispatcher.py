"""Dispatcher: tells workers over a broker which jobs of the database are due.

Any number of them may run; there is no leader. `newscrawl schedule --broker` runs one.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from newscrawl.errors import BrokerUnavailable, DatabaseUnavailable
from newscrawl.jobs.shared_jobs import SharedJobs
from newscrawl.locks import SchedulerLock

_log = logging.getLogger(__name__)

AGAIN = 10.0  #: seconds after which a hint is repeated if its job is still due
MOST = 500  #: hints that may wait at the broker
AWAY_PAUSE = 2.0  #: seconds between two looks while MongoDB or the broker is away


class Sender(Protocol):
    """Where hints are sent to; newscrawl.jobs.broker.Hints."""

    def send(self, names: list[str]) -> None:
        """Raises BrokerUnavailable."""

    def waiting(self) -> int:
        """How many hints no worker has taken yet. Raises BrokerUnavailable."""

    def close(self) -> None:
        """Closes the connection."""


class Dispatcher:
    """Looks every second which jobs are due, and sends a hint for each that could begin."""

    def __init__(self, jobs: SharedJobs, hints: Sender, folder: Path) -> None:
        self.jobs, self.hints, self.folder = jobs, hints, folder
        self._ended = threading.Event()
        self._trouble: str | None = None

    def run(self) -> None:
        """Runs until SIGTERM or SIGINT, or `stop`. Raises SchedulerRunning, and DatabaseUnavailable if
        MongoDB cannot be reached at the start."""
        with SchedulerLock(folder=self.folder / "locks"), self._signals():
            self.jobs.open()
            try:
                while not self._ended.wait(self.look()):
                    pass
            finally:
                self.hints.close()
                self.jobs.close()

    def stop(self) -> None:
        """Ends `run`; crawls of workers go on."""
        self._ended.set()

    def look(self) -> float:
        """Sends what is to be sent; returns the seconds until the next look."""
        try:
            self.jobs.look([])
            self._send()
        except (DatabaseUnavailable, BrokerUnavailable) as error:
            if self._trouble is None:
                _log.warning("no hints are sent for now: %s", error)
            self._trouble = str(error)
            return AWAY_PAUSE
        if self._trouble is not None:
            _log.info("hints are sent again")
        self._trouble = None
        return self.jobs.next_look()

    def _send(self) -> None:
        """Sends hints of jobs that have none, or an old one, as far as no more wait than jobs could begin:
        while all workers are busy, or none runs, the queue does not grow."""
        names, could_begin = self.jobs.take_hints(MOST, AGAIN)
        if not names:
            return
        try:
            room = max(could_begin - self.hints.waiting(), 0)
            self.hints.send(names[:room])
        except BrokerUnavailable:
            self.jobs.drop_hints(names)
            raise
        if names[room:]:
            self.jobs.drop_hints(names[room:])

    @contextmanager
    def _signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        numbers = (signal.SIGTERM, signal.SIGINT)
        before = [signal.signal(number, lambda *_: self.stop()) for number in numbers]
        try:
            yield
        finally:
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)
