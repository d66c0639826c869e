"""Dispatcher: tells workers over a broker which jobs of the database are due.

Any number of them may run; there is no leader. `newscrawl schedule --broker` runs one.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from newscrawl.errors import BrokerUnavailable, DatabaseUnavailable
from newscrawl.jobs.due import Claim
from newscrawl.jobs.shared_jobs import SharedJobs
from newscrawl.jobs.state import JobRun, JobState

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
    """The jobs of the database for a scheduler that runs none of them: at each look it sends a hint for each
    job that could begin. See newscrawl.jobs.due.DueJobs."""

    shared = True

    def __init__(self, jobs: SharedJobs, hints: Sender) -> None:
        self.jobs, self.hints = jobs, hints
        self.changes = 0
        self._trouble: str | None = None

    def open(self) -> None:
        """As in `DueJobs`."""
        self.jobs.open()

    def look(self, running: Collection[Claim]) -> None:
        """Sends what is to be sent; while MongoDB or the broker is away, says so."""
        try:
            self.jobs.look(running)
            self._send()
        except (DatabaseUnavailable, BrokerUnavailable) as error:
            if self._trouble is None:
                _log.warning("no hints are sent for now: %s", error)
            self._trouble = str(error)
            return
        if self._trouble is not None:
            _log.info("hints are sent again")
        self._trouble = None

    def next_look(self) -> float:
        """As in `DueJobs`."""
        return self.jobs.next_look() if self._trouble is None else AWAY_PAUSE

    def states(self) -> list[JobState]:
        """As in `DueJobs`."""
        return self.jobs.states()

    def close(self) -> None:
        """As in `DueJobs`."""
        self.hints.close()
        self.jobs.close()

    def claim(self, only: str | None = None) -> None:
        """Nothing: workers claim."""

    def claim_now(self, name: str) -> None:
        """Nothing."""

    def begin(self, claim: Claim, pid: int | None, started: datetime) -> None:
        """Nothing, as of all that follows a claim."""

    def end(self, claim: Claim, run: JobRun) -> None:
        """Nothing."""

    def put_back(self, claim: Claim, *, has_news: bool = False) -> None:
        """Nothing."""

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
