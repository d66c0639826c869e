"""What `newscrawl serve` counts of itself: requests, by status, and how long they took."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import Counter, Histogram
from prometheus_client.core import Metric

_SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class HttpMetrics:
    """Counts the requests of this process."""

    def __init__(self) -> None:
        self._requests = Counter("newscrawl_http_requests", "Requests.", ["status"], registry=None)
        self._seconds = Histogram(
            "newscrawl_http_request_seconds", "From a request to its answer.", buckets=_SECONDS, registry=None
        )

    def observe(self, status: int, seconds: float) -> None:
        """Counts a request."""
        self._requests.labels(str(status)).inc()
        self._seconds.observe(seconds)

    def describe(self) -> Iterable[Metric]:
        """As a registry asks for it."""
        return [*self._requests.describe(), *self._seconds.describe()]

    def collect(self) -> Iterable[Metric]:
        """As a registry asks for it."""
        return [*self._requests.collect(), *self._seconds.collect()]
