"""When a stored article is read again, while its source says that it may change.

The gaps grow: 5 minutes, 15 minutes, 1, 4 and 12 hours after it was stored, then 1.5, 4.5 and 13.5 days if
its source says that its pages change for so long. A change starts them anew; an article that changes at
every look starts further on, so it is not read at every poll.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)

#: Ages at which an article is read again.
STEPS: Final = (
    5 * _MINUTE,
    15 * _MINUTE,
    _HOUR,
    4 * _HOUR,
    12 * _HOUR,
    36 * _HOUR,
    108 * _HOUR,
    324 * _HOUR,
)
#: How often a page that could not be fetched is tried again after the first steps.
RETRY_EVERY: Final = _HOUR
#: The part of an age that is enough. Polls are not exact: at 5 minutes sharp, every second one would miss the
#: first step by a second.
SLACK: Final = 0.9
#: After so many changes the steps begin an hour after the last one.
_LATEST_START: Final = 2


def is_due(
    now: datetime, first_seen: datetime, looked: datetime, changed: datetime | None = None, revision: int = 1
) -> bool:
    """Whether a step has passed since the last look.

    now, first_seen, looked: aware; `looked` is the latest time at which the article was read.
    changed: when the stored article last changed; None if it never did. `revision`: 1 for one that never did.
    """
    start = changed or first_seen
    first = min(max(revision - 2, 0), _LATEST_START)
    return _passed(STEPS[first:], now - start, looked - start)


def is_retry_due(now: datetime, first_seen: datetime, looked: datetime, failures: int = 2) -> bool:
    """Whether a page that could not be fetched is tried again: by the next run, after 5 and 15 minutes, then
    hourly."""
    return (
        failures < 2
        or _passed(STEPS[:2], now - first_seen, looked - first_seen)
        or now - looked >= RETRY_EVERY * SLACK
    )


def is_look_for_return_due(now: datetime, gone_since: datetime, looked: datetime) -> bool:
    """Whether a listed article whose page is gone is asked for again: once it has been left alone for as
    long as it was gone at the last look."""
    return now - looked >= max(STEPS[0] * SLACK, looked - gone_since)


def _passed(steps: tuple[timedelta, ...], age: timedelta, age_at_look: timedelta) -> bool:
    return any(age_at_look < step * SLACK <= age for step in steps)
