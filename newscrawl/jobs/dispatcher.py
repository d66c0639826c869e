"""Dispatcher: announces due jobs in the database to workers over a broker.

Any number may run, without a leader. `newscrawl schedule --broker` runs one.
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
AWAY_PAUSE = 2.0  #: seconds between checks while MongoDB or the broker is away


class Sender(Protocol):
    """The destination of hints; newscrawl.jobs.broker.Hints."""

    def send(self, names: list[str]) -> None:
        """Raises BrokerUnavailable."""

    def waiting(self) -> int:
        """How many hints no worker has taken yet. Raises BrokerUnavailable."""

    def close(self) -> None:
        """Closes the connection."""


class Dispatcher:
    """The database's jobs for a scheduler that runs none: at each look it sends a hint for each job that
    could start. See newscrawl.jobs.due.DueJobs."""

    shared = True

    def __init__(self, jobs: SharedJobs, hints: Sender) -> None:
        self.jobs, self.hints = jobs, hints
        self.changes = 0
        self._trouble: str | None = None

    def open(self) -> None:
        """As in `DueJobs`."""
        self.jobs.open()

    def look(self, running: Collection[Claim]) -> None:
        """Sends due hints; logs if MongoDB or the broker is away."""
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
        """Does nothing: workers claim."""

    def claim_now(self, name: str) -> None:
        """Nothing."""

    def begin(self, claim: Claim, pid: int | None, started: datetime) -> None:
        """Does nothing, like the rest."""

    def end(self, claim: Claim, run: JobRun) -> None:
        """Nothing."""

    def put_back(self, claim: Claim, *, has_news: bool = False) -> None:
        """Nothing."""

    def _send(self) -> None:
        """Sends hints for jobs with no hint or an old one, up to the number of startable jobs: the queue does
        not grow while all workers are busy or none runs."""
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
