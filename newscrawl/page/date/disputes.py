"""Where the date that a page shows and the one that its data states are of different days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from newscrawl.page.document import dates_in_text
from newscrawl.page.document.dates_in_text import Stamp

BESIDE_TITLE = 1.9  #: score of a date right beside the title, with little other text
_DAY, _TWO_DAYS, _THREE_DAYS = (timedelta(days=number) for number in (1, 2, 3))
_QUARTER, _FURTHEST = timedelta(minutes=15), timedelta(hours=14)
_NOON = 12


def shown_is_published(shown: list[tuple[float, Stamp]], stated: str, changes: Iterable[str]) -> bool:
    """Whether the one date beside the title, with no word of an update, is that of publication and the stated
    one is not.

    `shown` has scores, the best first, without what is labelled as of a change; `changes` are the dates that
    the page's data states for its changes. An earlier date is: the data is of the day when the page was moved
    or published again. A later one is as a rule that of a change. It needs proof: a clock time days later,
    as newsrooms date anew, or that the page states its change for yet another day.
    """
    stamps = dates_in_text.find(stated)
    if not stamps or not shown or shown[0][0] < BESIDE_TITLE:
        return False
    at, best = stamps[0], shown[0][1]
    days = {stamp.day for _, stamp in shown}
    if all(day < at.day for day in days):
        return all(at.day - day >= _TWO_DAYS for day in days) or not _zone_explains(best, at)
    return all(day - at.day >= _TWO_DAYS for day in days) and _is_redated(best, at, changes)


def _is_redated(shown: Stamp, stated: Stamp, changes: Iterable[str]) -> bool:
    if shown.minute is not None and shown.day - stated.day >= _THREE_DAYS:
        return True
    changed = [stamp.day for value in changes for stamp in dates_in_text.find(value)[:1]]
    return bool(changed) and all(abs(day - shown.day) > _DAY for day in changed)


def _zone_explains(shown: Stamp, stated: Stamp) -> bool:
    """Whether the day before may be shown for the stated time on another clock."""
    if stated.minute is None:
        return True
    if shown.minute is None:
        return bool(stated.zone) and stated.minute[0] < _NOON
    ahead = _moment(stated) - _moment(shown)
    return ahead <= _FURTHEST and ahead % _QUARTER == timedelta(0)


def _moment(stamp: Stamp) -> datetime:
    return datetime.combine(stamp.day, time(*stamp.minute) if stamp.minute else time())


def days_of(values: Iterable[str]) -> set[date]:
    """The days of dates that are written year first."""
    found = set()
    for value in values:
        try:
            found.add(date.fromisoformat(value.strip()[:10]))
        except ValueError:
            continue
    return found
