"""AutoTrigger: `every = "auto"` as an APScheduler trigger, with the source's history from MongoDB."""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from apscheduler.triggers.base import BaseTrigger  # type: ignore[import-untyped]
from pymongo.errors import PyMongoError

from newscrawl.errors import DatabaseUnavailable
from newscrawl.jobs.cadence import Bounds, next_due
from newscrawl.model.list_history import ListHistory
from newscrawl.paths import database_name

_log = logging.getLogger(__name__)


class AutoTrigger(BaseTrigger):  # type: ignore[misc]
    """Due by the source's history, after a request at `previous` or at the given time.

    Never due at once, so that an unreadable source is not polled without pause. While MongoDB is away, uses
    the last history read.
    """

    def __init__(self, spider: str, arguments: Mapping[str, Any], bounds: Bounds) -> None:
        self.spider, self.arguments, self.bounds = spider, dict(arguments), bounds
        self._history: ListHistory | None = None
        self._rng = random.Random()  # noqa: S311  no secret

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """The first time after `now`, or after `previous` and not before `now`."""
        asked = (previous or now).astimezone(UTC)
        return max(now, next_due(self._read(), asked, self.bounds, self._rng))

    def _read(self) -> ListHistory | None:
        from newscrawl.store.client import connect, reaching
        from newscrawl.store.list_histories import source_history

        try:
            with reaching(), connect("writer") as client:
                self._history = source_history(client[database_name()], self.spider, self.arguments)
        except (PyMongoError, DatabaseUnavailable) as error:
            _log.warning("%s: the rhythm of its lists cannot be read (%s)", self.spider, error)
        return self._history
