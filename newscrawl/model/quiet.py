"""Whether a list, or a whole source, has gone quiet: judged by its own history, at a given time.

A pause is long if it is longer than the source's longest, in hours or in the working hours that it keeps:
the silence is measured in what the source usually publishes in such hours of such weekdays, so nights and
weekends hardly count. A new source is given more time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from statistics import median
from zoneinfo import ZoneInfo

from newscrawl.model.list_history import DAY, HOUR, KEPT_HOURS, ListHistory

FEW_EVENTS = 5  #: hours with new entries, from which no rhythm can be learned yet
#: (days of history, days of silence that are nothing unusual yet)
PATIENCE = ((7, 7), (14, 4))
PATIENCE_FEW = 30 * DAY  #: … of a list with fewer than FEW_EVENTS
LONGER = 1.3  #: times its longest pause
LEAST_SILENCE = 4 * HOUR
HALF = 0.5
MOST_LINKS = 0.5  #: of a feed's or an API's links must be articles
FEW_LINKS = 10  #: with fewer, nothing is said about shares
LEAST_ENTRIES = 6  #: a list that was shorter than this on any day is not judged by its size
SIZES = 3  #: days of sizes that are compared at least
WEEKS = 3  #: weeks that are compared at least, for the number of new entries
FORGIVEN = timedelta(days=30)  #: after so long a new size is the usual one
_WEEK = 168  # hours


@dataclass(frozen=True, slots=True)
class Silence:
    """How long a list has brought nothing, and its longest pause before."""

    since: datetime
    lasts: timedelta
    longest: timedelta | None  #: None: it has too little history
    unusual: bool


def problems(
    history: ListHistory,
    now: datetime,
    *,
    zone: str = "UTC",
    quiet: timedelta | None = None,
    mixed: bool = True,
) -> list[str]:
    """What is wrong with a list that was read at `now`; each a phrase with the numbers.

    `zone`: of the source's clock. `quiet`: how long the source may be silent, as declared; its own rhythm
    is not judged then. `mixed`: most of its links may lead elsewhere than to articles.
    """
    found = [*size_problems(history, now, mixed=mixed)]
    silence = silence_of(history, now, zone)
    if quiet is not None:
        if silence.lasts > quiet:
            found.append(_silent(silence, f"declared as quiet for at most {_span(quiet)}"))
    elif silence.unusual:
        before = f"longest pause before: {_span(silence.longest)}" if silence.longest else "newly known"
        found.append(_silent(silence, before))
    elif thin := thinned(history, now):
        found.append(thin)
    return found


# --- silence


def silence_of(history: ListHistory, now: datetime, zone: str = "UTC") -> Silence:
    """How long a list has been silent at `now`, and whether that is unusual for it."""
    counts = history.hours.lstrip(b"\0")
    since = history.until or history.since
    lasts = max(now - since, timedelta())
    active = [place for place, count in enumerate(counts) if count]
    longest = max((later - earlier for earlier, later in pairwise(active)), default=0) * HOUR
    if len(active) < FEW_EVENTS:
        return Silence(since, lasts, longest or None, lasts > max(PATIENCE_FEW, 3 * longest))
    patience = next((days * DAY for known, days in PATIENCE if len(counts) < known * 24), LEAST_SILENCE)
    if lasts <= patience:
        return Silence(since, lasts, longest, unusual=False)
    unusual = lasts > LONGER * longest + 2 * HOUR or _is_long(counts, active, since, now, zone)
    return Silence(since, lasts, longest, unusual)


def _is_long(counts: bytes, active: Sequence[int], since: datetime, now: datetime, zone: str) -> bool:
    """Whether the silence is longer than all pauses before, in the hours that the source keeps."""
    first = _local_hour(since, zone) - len(counts) + 1
    rates = _rates(active, first, len(counts))
    passed = list(accumulate(rates[(first + place) % _WEEK] for place in range(len(counts))))
    longest = max(passed[later] - passed[earlier] for earlier, later in pairwise(active))
    weeks, rest = divmod((now - since) // HOUR, _WEEK)
    begin = first + len(counts)
    silent = weeks * sum(rates) + sum(rates[(begin + ahead) % _WEEK] for ahead in range(rest))
    return silent > LONGER * longest + 1


def _local_hour(moment: datetime, zone: str) -> int:
    """Hours since 1970 by the source's clock."""
    offset = moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    return int((moment.astimezone(UTC).timestamp() + offset.total_seconds()) // 3600)


def _rates(active: Sequence[int], first: int, hours: int) -> list[float]:
    """The chance of a new entry in each hour of a week: that of its weekday times that of its hour."""
    mean = len(active) / hours
    by_hour, by_day = [0.5 * mean] * 24, [12.0 * mean] * 7  # as if half a day more were average
    for place in active:
        by_hour[(first + place) % 24] += 1
        by_day[(first + place) // 24 % 7] += 1
    days, weeks = hours / 24 + 0.5, hours / _WEEK + 0.5
    return [by_hour[at % 24] / days * by_day[at // 24] / (weeks * 24) / mean for at in range(_WEEK)]


def _silent(silence: Silence, before: str) -> str:
    return f"nothing new since {silence.since:%Y-%m-%d %H:%M} UTC, {_span(silence.lasts)} ago ({before})"


# --- fewer new entries


def thinned(history: ListHistory, now: datetime) -> str | None:
    """Says if the latest 1, 3 or 7 days brought less than half of what such days of the weeks before did,
    and less than chance explains; None if not."""
    if history.until is None:
        return None
    behind = (now - history.until) // HOUR  # hours without anything, after the last byte
    counts = history.hours.lstrip(b"\0")
    total = [0, *accumulate(counts)]
    hours = len(counts) + behind
    spread = _spread(list(_windows(total, hours, 24, 24)))
    for days in (1, 3, 7):
        latest, *earlier = [*_windows(total, hours, days * 24, _WEEK)] or [0]
        if len(earlier) < WEEKS:
            continue
        usual = median(earlier)
        if latest < min(HALF * usual, usual - 4 * (spread * usual) ** 0.5):
            span = "24 hours" if days == 1 else f"{days} days"
            return f"{latest} new entries in {span}, usually {usual:.0f}"
    return None


def _windows(total: Sequence[int], hours: int, width: int, step: int) -> Iterator[int]:
    """The new entries of the latest `width` hours, and of as many hours each `step` before."""
    last = len(total) - 1
    for end in range(hours, max(width, hours - KEPT_HOURS + width) - 1, -step):
        yield total[min(end, last)] - total[min(end - width, last)]


def _spread(days: Sequence[int]) -> float:
    """The variance of a day's new entries over their mean, between the same weekdays; 1 is pure chance."""
    pairs = list(zip(days[1:], days[8:], strict=False))
    if not pairs:
        return 1.0
    mean = sum(later + earlier for later, earlier in pairs) / len(pairs) / 2
    variance = sum((later - earlier) ** 2 for later, earlier in pairs) / len(pairs) / 2
    return max(1.0, variance / max(mean, 1.0))


# --- size


def size_problems(history: ListHistory, now: datetime, *, mixed: bool) -> Iterator[str]:
    """What is wrong with the number of articles and of other links in the last reading."""
    share = history.articles / history.links if history.links else 1.0
    numbers = f"{history.articles} of {history.links} links are articles"
    usual_days = [size for size in history.days if size.day < now.date()]
    if history.odd_since and now - history.odd_since > FORGIVEN:
        usual_days = []
    usual_share = min((size.share for size in usual_days), default=1.0)
    if history.links >= FEW_LINKS and not mixed and share < MOST_LINKS:
        yield f"only {numbers}"
    elif history.links >= FEW_LINKS and len(usual_days) >= SIZES and share < HALF * usual_share:
        yield f"only {numbers}, before at least {usual_share:.0%} of them"
    if len(usual_days) < SIZES:
        return
    least = min(size.entries for size in usual_days)
    if least >= LEAST_ENTRIES and history.entries < HALF * least:
        yield f"only {history.entries} articles are listed, before at least {least}"


def _span(span: timedelta) -> str:
    hours = span // HOUR
    if hours == 1:
        return "1 hour"
    return f"{hours} hours" if hours < 48 else f"{hours // 24} days"
