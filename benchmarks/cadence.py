"""How soon articles are seen if lists are polled by their rhythm: 1,000 simulated lists, and a fixed
cadence.

    python -m benchmarks.cadence [--seed N] [--lists N] [--policy auto|rate|double]
    python -m benchmarks.cadence --measure DIR    # prints HOURS, ON_THE_HOUR … from saved pages

Nothing is crawled: each list publishes for three weeks, is polled when newscrawl.jobs.cadence says, and its
history is what newscrawl.model.list_history makes of what such a poll reads. The last week is measured. A
policy sees the lists only: not their kind, their rates, nor the articles that are still to come. A poll that
finds nothing leaves the history as it was, as with a list that answers 304. The fixed cadence polls every
list at one interval, with as many requests for all lists together; `own` is an interval for each kind of
lists, with as many requests as the policy spent on that kind.

The policies: `auto` is newscrawl's; `rate` the same without hours, minutes and mood; `double` halves the
interval after news and makes it half as long again without.

HOURS, ON_THE_HOUR, ON_THE_HALF and WEEKEND are measured: 5,178 times of 1,324 hosts in the saved pages of
the evaluation, on the site's clock. Every list varies them. The other figures are guesses of what lists do.
"""

from __future__ import annotations

import argparse
import gzip
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from newscrawl.jobs.cadence import WEEK, Bounds, Rhythm, due_by
from newscrawl.model.list_history import SLOTS, ListHistory, ListReading, observe

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
DAYS, MEASURED, BEFORE = 21, 7, 10  # simulated; measured at their end; published before the first poll
#: Times of day at which articles are published, a part each hour.
HOURS = tuple(
    map(
        int,
        "88 65 67 56 89 138 144 232 249 309 337 344 319 301 359 349 347 266 222 212 211 193 163 118".split(),
    )
)
ON_THE_HOUR, ON_THE_HALF = 0.072, 0.021  # more than any other minute has
WEEKEND = 0.32  # of a day from Monday to Friday
ZONES = (8, 8, 8, 8, 8, 0, 1, 2, -5, -8)  # hours ahead of UTC
#: Kinds of lists, of 1,000.
KINDS = {
    "wire": 60,  # 150 to 500 articles a day
    "daily": 240,  # 20 to 100
    "regional": 260,  # 3 to 20
    "weekly": 110,  # less than one a day
    "timetable": 100,  # at two to six set times a day, give or take minutes
    "batches": 80,  # one to four a day, of 3 to 20 articles
    "breaking": 40,  # each article may bring others within the hour
    "moved": 30,  # in the measured week everything comes some hours earlier or later
    "misdated": 50,  # dates hours ahead or behind, without a time of day, or none
    "dead": 30,  # nothing any more; one in three since the measured week
}


def moment_of(at: float) -> datetime:
    """The time so many hours after BEGIN."""
    return BEGIN + timedelta(hours=at)


@dataclass(slots=True)
class SimulatedList:
    """A list with what it publishes, and how it was polled."""

    kind: str
    seed: int
    articles: list[float] = field(default_factory=list)  #: hours since BEGIN, ascending
    size: int = 30
    shown: Callable[[float], datetime | None] = moment_of  #: an article's date, as listed
    requests: int = 0  #: in the measured days
    delays: list[float] = field(default_factory=list)  #: minutes, in the measured days


# --- what lists publish


def make_list(kind: str, seed: int) -> SimulatedList:
    """A list of a kind; the same for the same seed."""
    chance = random.Random(seed)
    made = SimulatedList(kind, seed, size=chance.choice((20, 30, 50, 100)))
    zone = chance.choice(ZONES)
    form = chance.choice(("daily", "regional", "regional")) if kind in ("moved", "misdated", "dead") else kind
    times = [at - zone for at in _local(form, chance)]
    if kind == "moved":
        shift, moved = chance.choice((-8, -5, -3, 2, 4, 7)), (DAYS - MEASURED) * 24
        times = [at + shift if at >= moved else at for at in times]
    elif kind == "dead":
        end = chance.choice((-24, -100, (DAYS - MEASURED) * 24))
        times = [at for at in times if at < end]
    elif kind == "misdated":
        made.shown = _misdated(chance, zone)
    made.articles = sorted(times)
    return made


def _misdated(chance: random.Random, zone: int) -> Callable[[float], datetime | None]:
    fault = chance.choice(("ahead", "behind", "day", "none"))
    if fault == "none":
        return lambda _: None
    if fault == "day":
        return lambda at: BEGIN + timedelta(days=(at + zone) // 24, hours=-zone)
    hours = (1 if fault == "ahead" else -1) * chance.choice((1, 5, 8))
    return lambda at: BEGIN + timedelta(hours=at + hours)


def _local(form: str, chance: random.Random) -> list[float]:
    """When articles are published, in hours of the site's clock."""
    if form == "timetable":
        return [*_timetable(chance)]
    per_day = {
        "wire": chance.uniform(150, 500),
        "daily": math.exp(chance.uniform(math.log(20), math.log(100))),
        "regional": math.exp(chance.uniform(math.log(3), math.log(20))),
        "weekly": math.exp(chance.uniform(math.log(0.1), math.log(0.9))),
        "batches": chance.uniform(1, 4),
        "breaking": chance.uniform(8, 40),
    }[form]
    punctual = min(0.9, chance.betavariate(0.5, 3.5) / 0.125 * (ON_THE_HOUR + ON_THE_HALF))
    times: list[float] = []
    for at in _poisson_times(_profile(form, per_day, chance), chance):
        times += _cluster(at, form, chance)
    return [_punctual(at, chance) if chance.random() < punctual else at for at in times]


def _profile(form: str, per_day: float, chance: random.Random) -> list[float]:
    """Articles in each hour of a week: the measured hours and weekends, varied for this list."""
    power = 0.5 if form == "wire" else chance.uniform(0.8, 2.0)
    turn, noise = chance.choice((-2, -1, 0, 0, 1, 2)), 0.4
    hours = [
        (HOURS[(hour + turn) % 24] / 400) ** power * chance.lognormvariate(0, noise) for hour in range(24)
    ]
    weekend = min(1.0, WEEKEND * chance.lognormvariate(0, 0.6)) ** (0.5 if form == "wire" else 1)
    days = [chance.lognormvariate(0, 0.15) * (weekend if day > 4 else 1.0) for day in range(7)]
    scale = per_day * 7 / (sum(hours) * sum(days))
    return [hours[at % 24] * days[at // 24] * scale for at in range(WEEK)]


def _poisson_times(profile: Sequence[float], chance: random.Random) -> Iterator[float]:
    most = max(profile)
    at = -BEFORE * 24.0 - 24
    while at < DAYS * 24 + 24:
        at += chance.expovariate(most)
        if chance.random() * most < profile[int(at) % WEEK]:
            yield at


def _cluster(at: float, form: str, chance: random.Random) -> Iterator[float]:
    """The articles that come with one: a batch, or those that it brings about."""
    yield at
    if form == "batches":
        for _ in range(chance.randint(2, 19)):
            yield at + chance.uniform(0, 0.1)
    elif form == "breaking":
        while chance.random() < 0.65:
            at += chance.expovariate(4)
            yield at
    elif chance.random() < 0.15:
        yield at + chance.uniform(0, 0.05)


def _punctual(at: float, chance: random.Random) -> float:
    """The next full or half hour, within its minute."""
    half = 0.5 * (chance.random() < ON_THE_HALF / (ON_THE_HOUR + ON_THE_HALF))
    return math.floor(at) + half + chance.random() / 60


def _timetable(chance: random.Random) -> Iterator[float]:
    times = [
        chance.choice((6, 7, 8, 8, 9, 12, 16, 18, 20)) + chance.choice((0, 0, 0, 0.5))
        for _ in range(chance.randint(2, 6))
    ]
    spread = chance.choice((1, 3, 10)) / 60
    weekend = chance.random() < 0.5
    for day in range(-BEFORE, DAYS):
        if weekend or day % 7 < 5:
            for at in sorted(set(times)):
                if chance.random() < 0.92:
                    begin = day * 24 + at + abs(chance.gauss(0, spread))
                    yield from (begin + chance.uniform(0, 0.02) for _ in range(chance.choice((1, 1, 2, 5))))


# --- how they are polled

Policy = Callable[["Poller", datetime], datetime]  #: the next poll after one at a time


@dataclass(slots=True)
class Poller:
    """What a policy knows of one list."""

    bounds: Bounds
    chance: random.Random
    history: ListHistory | None = None
    news: bool = False  #: whether the last poll found something
    interval: timedelta = timedelta(minutes=10)
    rhythm: Rhythm | None = None  #: kept for an hour, to save time here
    since: datetime = BEGIN


def auto(poller: Poller, now: datetime) -> datetime:
    """newscrawl.jobs.cadence."""
    if poller.rhythm is None or now - poller.since > timedelta(hours=1):
        poller.rhythm, poller.since = Rhythm.of(poller.history, now), now
    mood = poller.rhythm.mood(poller.history, now)
    return due_by(poller.rhythm, mood, now, poller.bounds, poller.chance)


def by_rate(poller: Poller, now: datetime) -> datetime:
    """The same price, but one mean rate for all hours."""
    if poller.rhythm is None or now - poller.since > timedelta(hours=1):
        found, poller.since = Rhythm.of(poller.history, now), now
        poller.rhythm = Rhythm((sum(found.hours) / WEEK,) * WEEK, (1.0,) * SLOTS)
    return due_by(poller.rhythm, 1.0, now, poller.bounds, poller.chance)


def double(poller: Poller, now: datetime) -> datetime:
    """Half the interval after news, one and a half without."""
    longer = poller.interval / 2 if poller.news else poller.interval * 1.5
    poller.interval = min(max(longer, poller.bounds.shortest), poller.bounds.longest)
    return now + poller.interval


POLICIES: dict[str, Policy] = {"auto": auto, "rate": by_rate, "double": double}


def poll(one: SimulatedList, policy: Policy, bounds: Bounds) -> None:
    """Polls a list for all days; notes requests and delays of the measured ones."""
    poller = Poller(bounds, random.Random(one.seed + 1))
    now, first = BEGIN + timedelta(minutes=poller.chance.uniform(0, 60)), (DAYS - MEASURED) * 24.0
    seen = 0
    while (at := (now - BEGIN) / timedelta(hours=1)) < DAYS * 24:
        before = seen
        while seen < len(one.articles) and one.articles[seen] <= at:
            if one.articles[seen] >= first:
                one.delays.append((at - one.articles[seen]) * 60)
            seen += 1
        poller.news = seen > before
        if poller.news or poller.history is None:
            poller.history = observe(poller.history, _reading(one, seen), now)
        one.requests += at >= first
        now = policy(poller, now)


def _reading(one: SimulatedList, seen: int) -> ListReading:
    reading = ListReading(None)
    begin = max(0, seen - one.size)
    reading.add({str(number): one.shown(one.articles[number]) for number in range(begin, seen)}, 0)
    return reading


def fixed_delays(one: SimulatedList, every: float) -> Iterator[float]:
    """The delays in minutes in the measured days, if the list is polled every so many minutes."""
    phase = random.Random(one.seed + 2).uniform(0, every)
    for at in one.articles:
        if (DAYS - MEASURED) * 24 <= at < DAYS * 24:
            yield (phase - at * 60) % every


def run_kind(kind: str, seeds: Sequence[int], policy: str, bounds: Bounds) -> list[SimulatedList]:
    """Lists of one kind, polled; without what cannot be sent to another process."""
    made = []
    for seed in seeds:
        one = make_list(kind, seed)
        poll(one, POLICIES[policy], bounds)
        made.append(SimulatedList(kind, seed, one.articles, requests=one.requests, delays=one.delays))
    return made


def run(seed: int, lists: int, policy: str, bounds: Bounds) -> list[SimulatedList]:
    """All lists, polled; the same for the same seed."""
    chance = random.Random(seed)
    tasks = []
    for kind, count in KINDS.items():
        seeds = [chance.getrandbits(48) for _ in range(max(1, round(count * lists / 1000)))]
        tasks += [(kind, seeds[at : at + 10]) for at in range(0, len(seeds), 10)]
    with ProcessPoolExecutor(2) as pool:
        done = [pool.submit(run_kind, kind, seeds, policy, bounds) for kind, seeds in tasks]
        return [one for each in done for one in each.result()]


# --- the report


def quantile(values: Sequence[float], part: float) -> float:
    """Of ascending values; 0 of none."""
    return values[min(len(values) - 1, int(part * len(values)))] if values else 0.0


def _pair(values: Iterator[float] | Sequence[float]) -> str:
    ordered = sorted(values)
    return f"{quantile(ordered, 0.5):.1f} / {quantile(ordered, 0.9):.1f}"


def _row(name: str, lists: Sequence[SimulatedList], every: float) -> str:
    requests = sum(one.requests for one in lists)
    own = len(lists) * MEASURED * 1440 / max(1, requests)
    policy = sorted(delay for one in lists for delay in one.delays)
    fixed = sorted(delay for one in lists for delay in fixed_delays(one, every))
    at_own = sorted(delay for one in lists for delay in fixed_delays(one, own))
    ratio = f"{quantile(policy, 0.5) / quantile(fixed, 0.5):.2f}" if policy else "-"
    cells = [_pair(values) if policy else "-" for values in (policy, fixed, at_own)]
    a_day = requests / len(lists) / MEASURED
    return f"| {name} | {len(lists)} | {len(policy):,} | {a_day:.0f} | {' | '.join([*cells, ratio])} |"


def show(lists: Sequence[SimulatedList]) -> None:
    """A table: a line for each kind, and for all."""
    requests = sum(one.requests for one in lists)
    every = len(lists) * MEASURED * 1440 / requests
    print(f"{requests:,} requests in {MEASURED} days; the fixed cadence is {every:.2f} minutes. Minutes from")
    print("publication to first_seen, median / 90th of 100:\n")
    print(
        "| lists | n | articles | requests a list and day | policy | fixed | fixed, own | ratio of medians |"
    )
    print("|---|---:|---:|---:|---|---|---|---:|")
    for kind in KINDS:
        print(_row(kind, [one for one in lists if one.kind == kind], every))
    print(_row("all but wire", [one for one in lists if one.kind != "wire"], every))
    print(_row("**all**", lists, every))
    medians = sorted(quantile(sorted(one.delays), 0.5) for one in lists if one.delays)
    fixed = sorted(quantile(sorted(fixed_delays(one, every)), 0.5) for one in lists if one.delays)
    print(f"\nmedian of the lists' medians: {quantile(medians, 0.5):.1f}, fixed {quantile(fixed, 0.5):.1f}")
    mean, usual = (
        sum(values) / max(1, len(values))
        for values in (
            [d for one in lists for d in one.delays],
            [d for one in lists for d in fixed_delays(one, every)],
        )
    )
    print(f"mean: {mean:.1f}, fixed {usual:.1f}")


# --- where the rhythm comes from

_TIME = re.compile(rb"(20[012]\d)-(\d\d)-(\d\d)[T ](\d\d):(\d\d)")
MOST_TIMES = 60  # of a host


def measure(folder: Path) -> None:
    """Prints how the times in saved pages (`*/pages/*.html.gz`) spread over hours and minutes."""
    import json
    from urllib.parse import urlsplit

    times: defaultdict[str, set[tuple[int, ...]]] = defaultdict(set)
    for truth in sorted(folder.glob("*/truth.jsonl")):
        for line in truth.read_text("utf-8").rstrip("\n").split("\n"):
            page = json.loads(line)
            path = truth.parent / "pages" / f"{page['id']}.html.gz"
            if path.exists():
                found = _TIME.findall(gzip.decompress(path.read_bytes()))
                times[urlsplit(page["url"] or "").netloc] |= {tuple(map(int, each)) for each in found}
    kept = [each for host in times.values() for each in sorted(host)[:MOST_TIMES] if each[3:] != (0, 0)]
    hours, minutes = (Counter(each[place] for each in kept) for place in (3, 4))
    days = Counter(date(*each[:3]).weekday() > 4 for each in kept if each[1] <= 12 and each[2] <= 28)
    print(f"{len(kept)} times of {len(times)} hosts\nHOURS = {tuple(hours[hour] for hour in range(24))}")
    usual = sorted(minutes.values())[30] / len(kept)
    on_the_hour, on_the_half = (minutes[minute] / len(kept) - usual for minute in (0, 30))
    print(f"ON_THE_HOUR, ON_THE_HALF = {on_the_hour:.3f}, {on_the_half:.3f}")
    print(f"WEEKEND = {days[True] / 2 / (days[False] / 5):.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=15)
    parser.add_argument("--lists", type=int, default=1000)
    parser.add_argument("--policy", choices=POLICIES, default="auto")
    parser.add_argument("--every-min", type=float, default=2.0, help="minutes")
    parser.add_argument("--every-max", type=float, default=60.0, help="minutes")
    parser.add_argument("--measure", type=Path, metavar="DIR")
    given = parser.parse_args()
    if given.measure:
        return measure(given.measure)
    bounds = Bounds(timedelta(minutes=given.every_min), timedelta(minutes=given.every_max))
    print(f"{datetime.now(UTC):%Y-%m-%d}, seed {given.seed}, policy {given.policy}")
    return show(run(given.seed, given.lists, given.policy, bounds))


if __name__ == "__main__":
    main()
