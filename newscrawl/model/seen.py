"""Seen: what a source's declarations rest on, and when that was."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

_WHEN = re.compile(r"^(20\d\d)(?:-(\d\d)(?:-(\d\d))?)?$", re.ASCII)
OLD = timedelta(days=365)  #: evidence older than this is marked


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest evidence for a source's declarations.

    `when` is as precise as the evidence: `2026`, `2026-09` or `2026-09-22`. `how` says what was seen, in a
    few words: `public code`, `the lists answered a public probe`, `newscrawl check`.
    """

    when: str
    how: str

    def last_day(self) -> date:
        """The last day of the period. Raises ValueError if `when` is not a date."""
        match = _WHEN.match(self.when)
        if not match:
            raise ValueError(f"{self.when!r} is not a date such as '2026', '2026-09' or '2026-09-22'")
        year, month, day = int(match[1]), int(match[2] or 12), match[3]
        return date(year, month, int(day) if day else calendar.monthrange(year, month)[1])

    def is_old(self, today: date) -> bool:
        """Whether the evidence is more than a year old."""
        return today - self.last_day() > OLD
