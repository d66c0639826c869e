"""Limits a run's list pages and their time: feeds, sections and sitemap indexes of a broken or hostile site
may be endless."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

MAX_REQUESTS, MAX_REQUESTS_SINCE = 5_000, 100_000  #: without `since`, with it
MAX_HOURS, MAX_HOURS_SINCE = 6, 24 * 7  #: from the first request on
#: Pages per list: an archive may be endless and date each page today.
MAX_PAGES, MAX_PAGES_SINCE = 1_000, 10_000
#: Pages of a list without dates.
MAX_UNDATED_PAGES, MAX_UNDATED_PAGES_SINCE = 3, 100


@dataclass(slots=True)
class ListBudget:
    """The remaining budget for list pages."""

    requests: int
    hours: float
    pages: int = MAX_PAGES  #: of one list
    undated_pages: int = MAX_UNDATED_PAGES  #: … without dates
    clock: Callable[[], float] = time.monotonic
    _spent: int = 0
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        self._started = self.clock()

    @classmethod
    def of_run(cls, *, since: bool, requests: int = 0) -> ListBudget:
        """The budget of a run with or without the argument `since`; `requests` is the user's own, if any."""
        if since:
            return cls(
                requests or MAX_REQUESTS_SINCE, MAX_HOURS_SINCE, MAX_PAGES_SINCE, MAX_UNDATED_PAGES_SINCE
            )
        return cls(requests or MAX_REQUESTS, MAX_HOURS, MAX_PAGES)

    def spend(self) -> str | None:
        """Counts a request; returns the reason not to send it once the budget is used up."""
        if self._spent >= self.requests:
            return f"lists after {self.requests:,} requests of one run"
        if self.clock() - self._started > self.hours * 3600:
            return f"lists after {self.hours:g} hours of one run"
        self._spent += 1
        return None
