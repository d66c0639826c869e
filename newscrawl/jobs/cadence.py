"""Cadence: when to poll a source next, learned from its own history (`every = "auto"`).

Background: for keeping pages fresh, Cho and Garcia-Molina (2003) found requests in proportion to a page's
rate of change worse than equal rates. If the goal is a short delay until an article is seen, as here, the
best request rate grows with the square root of the article rate, and requests belong in the hours when
articles appear (Sia, Cho and Cho 2007, on feeds). Feed readers mostly learn one rate per feed, or halve and
double an interval, and miss that news has hours: nothing at night, a burst at eight. A feed's `ttl`,
`skipHours` and `sy:updatePeriod` are ignored: they are mostly a template's defaults.

The model, from a ListHistory alone:

1. **Rhythm** (`Rhythm.of`): the articles expected in each hour of the week. The estimates are Gamma-Poisson,
   and each level is shrunk to the one above: source -> hour of the day, times six-hour block of the week ->
   hour of the week. Counts fade by half in HALF_LIFE: summer time or a new timetable is learned in weeks.
2. **Minutes**: the share of each five minutes of the hour, over all hours: many outlets publish on the hour.
3. **Mood** (`Rhythm.mood`): the last hours compared with expectation: breaking news, or a holiday.
4. **The next request** (`next_due`) is due when the articles expected by then will have waited PRICE
   together. With a constant rate r that is after sqrt(2 * PRICE / r), the square-root rule. If a burst is
   expected at eight, it is just after eight. One price for all sources spreads requests over sources as well
   as over hours, and no source needs to know of another.

All times are UTC, including hours of the week: the counts show when a source's weekend begins.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from newscrawl.model.list_history import HOUR, KEPT_ARRIVALS, SLOT, SLOTS, ListHistory

PRICE = 1.0 / 60  #: hours that articles may wait, in total, before a request pays off
HALF_LIFE = 14.0  #: days
WEEK = 168  #: hours
LONGEST_WAIT = timedelta(days=7)  #: upper limit of `Bounds.longest`
_BLOCK = 6  # hours

FIRST_RATE, FIRST_HOURS = (
    1.0,
    2.0,
)  #: articles per hour of an unknown source, and this guess's weight in hours
HOUR_PRIOR = 1.0  #: articles that the mean weighs in an hour of the day
BLOCK_PRIOR = 3.0  #: … in a block of the week
WEEK_PRIOR = 4.0  #: … in an hour of the week
SLOT_PRIOR = 24.0  #: … in the minutes of the hour
MOOD_PRIOR = 2.0  #: weight of the rhythm against the last hours, in articles
MOOD_HALF_LIFE = 2.0  #: hours
MOOD_MOST = 4.0  #: times the usual, at most
JITTER = 0.1  #: of the interval, at most: spreads the polls of sources with the same rhythm
MOST_JITTER = timedelta(seconds=30)

_SLOT, _SLOT_TIME = SLOT / 60, timedelta(minutes=SLOT)  # hours, and the same


@dataclass(frozen=True, slots=True)
class Bounds:
    """The shortest and the longest time between two requests."""

    shortest: timedelta = timedelta(minutes=2)
    longest: timedelta = HOUR

    def to_document(self) -> dict[str, float]:
        """As stored, in seconds."""
        return {"shortest": self.shortest.total_seconds(), "longest": self.longest.total_seconds()}

    @classmethod
    def from_document(cls, document: Mapping[str, float]) -> Self:
        """From `to_document`."""
        return cls(timedelta(seconds=document["shortest"]), timedelta(seconds=document["longest"]))


def next_due(
    history: ListHistory | None, now: datetime, bounds: Bounds, rng: random.Random | None = None
) -> datetime:
    """When to poll a source again that was polled at `now` (aware), within `bounds`.

    `history` covers the whole source; None: never read. `rng` adds jitter; None: no jitter.
    """
    rhythm = Rhythm.of(history, now)
    return due_by(rhythm, rhythm.mood(history, now), now, bounds, rng)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is expected of a source."""

    hours: tuple[float, ...]  #: articles in each hour of the week, from Monday 00:00 UTC
    minutes: tuple[float, ...]  #: each slot of an hour against the mean slot

    @classmethod
    def of(cls, history: ListHistory | None, now: datetime) -> Rhythm:
        """The rhythm that a history shows at `now`."""
        if history is None:
            return cls((FIRST_RATE,) * WEEK, (1.0,) * SLOTS)
        counts, hours = _weekly(history, now)
        slots = history.minutes or bytes(SLOTS)
        total = sum(slots) + SLOT_PRIOR
        minutes = tuple((count + SLOT_PRIOR / SLOTS) / total * SLOTS for count in slots)
        return cls(tuple(_rates(counts, hours)), minutes)

    def mood(self, history: ListHistory | None, now: datetime) -> float:
        """The last hours compared with expectation; 1 is as usual."""
        if history is None:
            return 1.0
        came = expected = MOOD_PRIOR
        hour, passed = _hour(now), _passed(now)
        for back in range(min(12, _known_hours(history, now))):
            weight = 0.5 ** (back / MOOD_HALF_LIFE)
            came += weight * _arrivals_at(history, hour - back)
            expected += weight * self.hours[_of_week(hour - back)] * (1.0 if back else passed)
        return min(MOOD_MOST, came / expected)

    def rate(self, moment: datetime) -> float:
        """Expected articles per hour at a time."""
        return self.hours[_of_week(_hour(moment))] * self.minutes[moment.minute // SLOT]


def due_by(
    rhythm: Rhythm, mood: float, now: datetime, bounds: Bounds, rng: random.Random | None = None
) -> datetime:
    """As `next_due`, from a rhythm and a mood."""
    wait = min(max(_wait(rhythm, mood, now, bounds.longest), bounds.shortest), bounds.longest)
    if rng is not None:
        most = min(MOST_JITTER, JITTER * wait)
        wait += most * rng.random() * (1 if wait + most <= bounds.longest else -1)
    return now + max(wait, bounds.shortest)


def _wait(rhythm: Rhythm, mood: float, now: datetime, longest: timedelta) -> timedelta:
    """The time until expected articles will have waited PRICE in total; `longest` if they will not."""
    waiting = waited = passed = 0.0  # articles; hours of all of them; hours
    slot, begun = divmod(now.timestamp() / 3600, _SLOT)
    length = _SLOT - begun
    for ahead in range(int(slot), int(slot) + longest // _SLOT_TIME + 2):
        rate = mood * rhythm.hours[_of_week(ahead // SLOTS)] * rhythm.minutes[ahead % SLOTS]
        added = waiting * length + rate * length * length / 2
        if waited + added >= PRICE:
            return timedelta(hours=passed + _until(PRICE - waited, waiting, rate))
        waiting, waited, passed = waiting + rate * length, waited + added, passed + length
        length = _SLOT
    return longest


def _until(missing: float, waiting: float, rate: float) -> float:
    """The hours in which `waiting` articles, and more at this rate, wait `missing` hours in total."""
    # rate / 2 * t² + waiting * t = missing, in a form that is exact for small rates, too
    return 2 * missing / (waiting + math.sqrt(waiting * waiting + 2 * rate * missing))


def _rates(counts: Sequence[float], hours: Sequence[float]) -> Iterator[float]:
    """Expected arrivals in each hour of the week, from faded counts and how often that hour was seen."""
    mean = (sum(counts) + FIRST_RATE * FIRST_HOURS) / (sum(hours) + FIRST_HOURS)
    daily = [
        (sum(counts[hour::24]) + HOUR_PRIOR) / (sum(hours[hour::24]) + HOUR_PRIOR / mean)
        for hour in range(24)
    ]
    for begin in range(0, WEEK, _BLOCK):
        block = range(begin, begin + _BLOCK)
        usual = sum(hours[hour] * daily[hour % 24] for hour in block)
        factor = (sum(counts[begin : begin + _BLOCK]) + BLOCK_PRIOR) / (usual + BLOCK_PRIOR)
        for hour in block:
            expected = factor * daily[hour % 24]
            yield (counts[hour] + WEEK_PRIOR) / (hours[hour] + WEEK_PRIOR / expected)


def _weekly(history: ListHistory, now: datetime) -> tuple[list[float], list[float]]:
    """The arrivals in each hour of the week and how often that hour was seen, both faded by whole days."""
    counts, hours = [0.0] * WEEK, [0.0] * WEEK
    last = _hour(now)
    place = _of_week(last)
    days, rest = divmod(_known_hours(history, now), 24)
    for back in range(min(days, 7) * 24):
        hours[(place - back) % WEEK] = sum(_FADED[back // 24 : days : 7])
    for back in range(days * 24, days * 24 + rest):
        hours[(place - back) % WEEK] += _FADED[days]
    hours[place] -= 1 - _passed(now)
    if history.arrived is not None:
        behind = last - _hour(history.arrived)
        for back, count in enumerate(reversed(history.arrivals), behind):
            if count and 0 <= back < _MOST_HOURS:
                counts[(place - back) % WEEK] += count * _FADED[back // 24]
    return counts, hours


_MOST_HOURS = KEPT_ARRIVALS
_FADED = tuple(0.5 ** (day / HALF_LIFE) for day in range(_MOST_HOURS // 24 + 1))


def _known_hours(history: ListHistory, now: datetime) -> int:
    """Number of hours, including this one, whose arrivals are known; at most four weeks."""
    since = _hour(history.since)
    if history.arrived is not None and history.arrivals:
        since = min(since, _hour(history.arrived) - len(history.arrivals) + 1)
    return max(1, min(_MOST_HOURS, _hour(now) - since + 1))


def _arrivals_at(history: ListHistory, hour: int) -> int:
    """The arrivals in an hour since 1970."""
    if history.arrived is None:
        return 0
    ago = _hour(history.arrived) - hour
    return history.arrivals[-1 - ago] if 0 <= ago < len(history.arrivals) else 0


def _passed(moment: datetime) -> float:
    """How much of its hour has passed, 0 to 1."""
    return moment.timestamp() % 3600 / 3600


def _hour(moment: datetime) -> int:
    """Hours since 1970, UTC."""
    return int(moment.timestamp() // 3600)


def _of_week(hour: int) -> int:
    """The hour of the week, from Monday 00:00 UTC, of an hour since 1970 (a Thursday)."""
    return (hour + 72) % WEEK
