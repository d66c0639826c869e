"""How soon sources that went quiet are reported: 50 simulated sources, 90 days, 30 planted faults.

    python -m benchmarks.quiet_sources [--seed N] [--every HOURS] [--verbose]

Nothing is crawled: newscrawl.model.quiet judges what a run would read. A fault could be known once the true
rhythm, which the judgement has to learn, explains what is seen with a chance below 1 in 1,000 (and less than
half of the usual came, where something still comes). It is found if it is reported within a day of that.
"""

from __future__ import annotations

import argparse
import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from newscrawl.model.list_history import ListHistory, ListReading, observe, sized
from newscrawl.model.quiet import problems, size_problems

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
DAYS, BEFORE = 90, 14  # simulated, and published before the first reading
CHANCE = 0.001
SOURCES = {"busy": 14, "daily": 8, "several": 8, "weekdays": 8, "weekly": 4, "bursts": 5, "holidays": 3}
FAULTS = ("frozen", "fewer entries", "wrong selector", "wall", "slow death")
HALVED = 4  # days in which a dying source halves


@dataclass(slots=True)
class SimulatedSource:
    """A source with its rhythm, its list, and perhaps a fault."""

    name: str
    kind: str
    rate: Callable[[int], float]  #: of an hour, counted from BEGIN: how often something is published
    burst: tuple[int, int] = (1, 1)  #: articles at once
    certain: bool = False  #: the rate is the chance of exactly one
    pause: range = range(0)  #: hours without anything, unannounced: holidays
    size: int = 30
    dated: bool = True
    links: int = 0  #: other links on its list
    fault: str | None = None
    starts: int = 0  #: hour of the fault
    known: int | None = None  #: hour at which it could be known
    articles: list[tuple[float, str]] = field(default_factory=list)  #: hour, id
    alarms: list[int] = field(default_factory=list)  #: hours with a problem

    def silent_chance(self, hour: int) -> float:
        """The chance that a healthy hour brings nothing."""
        return 1 - self.rate(hour) if self.certain else math.exp(-self.rate(hour))


def _office(hour: int) -> float:
    return 1.0 if 8 <= hour % 24 < 20 else 0.08


def _weekday(hour: int) -> int:
    return hour // 24 % 7


def sources(chance: random.Random) -> Iterator[SimulatedSource]:
    """The fifty, by kind."""
    for kind, count in SOURCES.items():
        for number in range(count):
            made = _source(kind, f"{kind}{number}", chance)
            made.size = chance.choice((20, 30, 50))
            made.dated = chance.random() < 0.67
            made.links = chance.choice((0, 0, 5))
            yield made


def _source(kind: str, name: str, chance: random.Random) -> SimulatedSource:
    at, day = chance.randrange(6, 20), chance.randrange(7)
    a_day = chance.uniform(3, 8)
    match kind:
        case "busy":
            busy, weekend = chance.uniform(1, 8), chance.uniform(0.3, 1)
            return SimulatedSource(
                name, kind, lambda hour: busy * _office(hour) * (weekend if _weekday(hour) > 4 else 1)
            )
        case "daily":
            return SimulatedSource(name, kind, lambda hour: 0.98 * (hour % 24 == at), certain=True)
        case "weekdays":
            return SimulatedSource(
                name, kind, lambda hour: a_day / 9 * (_weekday(hour) < 5 and 9 <= hour % 24 < 18)
            )
        case "weekly":
            return SimulatedSource(
                name, kind, lambda hour: 0.98 * (_weekday(hour) == day and hour % 24 == at), certain=True
            )
        case "bursts":
            return SimulatedSource(name, kind, lambda hour: 0.2 * _office(hour), burst=(3, 15))
    pause = range(0)
    if kind == "holidays":
        begin = chance.randrange(40, 80) * 24
        pause = range(begin, begin + 5 * 24)
    return SimulatedSource(name, kind, lambda hour: a_day / 13 * _office(hour), pause=pause)


def plant(made: list[SimulatedSource], chance: random.Random) -> None:
    """Gives 30 of the sources a fault, each kind six times; only lively sources die slowly."""
    lively = [source for source in made if source.kind in ("busy", "several", "weekdays")]
    free = chance.sample(lively, 6)
    others = [source for source in made if source not in free and source.kind != "holidays"]
    chosen = [("slow death", source) for source in free]
    chosen += zip([fault for fault in FAULTS[:4] for _ in range(6)], chance.sample(others, 24), strict=True)
    for fault, source in chosen:
        source.fault, source.starts = fault, chance.randrange(30 * 24, 65 * 24)


def publish(source: SimulatedSource, chance: random.Random) -> None:
    """All articles of a source that its list ever shows, oldest first."""
    for hour in range(-BEFORE * 24 * 3, DAYS * 24):
        rate = 0.0 if hour in source.pause else source.rate(hour)
        if source.fault == "frozen" and hour >= source.starts:
            rate = 0.0
        if source.fault == "slow death" and hour >= source.starts:
            rate *= 0.5 ** ((hour - source.starts) / 24 / HALVED)
        times = int(chance.random() < rate) if source.certain else _poisson(rate, chance)
        for _ in range(times):
            for _ in range(chance.randint(*source.burst)):
                source.articles.append((hour + chance.random(), f"{source.name}-{len(source.articles)}"))
    source.articles.sort()


def _poisson(rate: float, chance: random.Random) -> int:
    limit, product, count = math.exp(-rate), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def known_from(source: SimulatedSource) -> int | None:
    """The hour at which a fault could be known to who knows the true rhythm."""
    if source.fault is None:
        return None
    if source.fault not in ("frozen", "slow death"):
        return source.starts
    last = max(at for at, _ in source.articles if at < source.starts)
    if source.fault == "frozen":
        unlikely = 1.0
        for hour in range(math.floor(last) + 1, DAYS * 24):
            unlikely *= source.silent_chance(hour)
            if unlikely < CHANCE:
                return max(hour + 1, source.starts)
        return None
    return next((hour for hour in range(source.starts, DAYS * 24) if _is_thin(source, hour)), None)


def _is_thin(source: SimulatedSource, now: int) -> bool:
    for days in (1, 3, 7):
        begin = now - days * 24
        usual = sum(source.rate(hour) for hour in range(begin, now))
        came = sum(begin <= at < now for at, _ in source.articles)
        if came >= usual / 2:
            continue
        tail = sum(math.exp(-usual + k * math.log(usual) - math.lgamma(k + 1)) for k in range(came + 1))
        if tail < CHANCE:
            return True
    return False


def reading_of(source: SimulatedSource, now: int) -> ListReading:
    """What a run reads of the list at an hour."""
    faulty = source.fault is not None and now >= source.starts
    size = source.size
    if faulty and source.fault == "fewer entries":
        size = size // 6
    shown = [one for one in source.articles if one[0] < now][-size:]
    reading = ListReading(None)
    if faulty and source.fault in ("wall", "wrong selector"):
        reading.add({}, 3 if source.fault == "wall" else 40)
        return reading
    dates = {name: BEGIN + timedelta(hours=at) if source.dated else None for at, name in shown}
    reading.add(dates, source.links)
    return reading


def simulate(source: SimulatedSource, every: int, shift: int) -> None:
    """Reads the list over and over, and notes when something was reported."""
    history: ListHistory | None = None
    for hour in range(shift, DAYS * 24, every):
        now = BEGIN + timedelta(hours=hour)
        history = observe(history, reading_of(source, hour), now)
        if problems(history, now):
            source.alarms.append(hour)
        history = sized(history, now, odd=bool([*size_problems(history, now, mixed=True)]))


def false_alarms(source: SimulatedSource) -> int:
    """Alarms before the fault; those less than a day apart are one."""
    early = [hour for hour in source.alarms if source.fault is None or hour < source.starts]
    return sum(number == 0 or hour - early[number - 1] > 24 for number, hour in enumerate(early))


def found_at(source: SimulatedSource) -> int | None:
    """The hour of the first alarm after the fault began."""
    return next((hour for hour in source.alarms if hour >= source.starts), None)


def run(seed: int, every: int) -> list[SimulatedSource]:
    """The simulated sources with their alarms; the same for the same seed."""
    chance = random.Random(seed)
    made = list(sources(chance))
    plant(made, chance)
    for source in made:
        publish(source, chance)
        source.known = known_from(source)
        simulate(source, every, chance.randrange(every))
    return made


def is_found(source: SimulatedSource) -> bool:
    """Whether a fault was reported within a day of when it could be known."""
    at = found_at(source)
    return at is not None and source.known is not None and at <= source.known + 24


def show(made: list[SimulatedSource], *, verbose: bool) -> None:
    faults, found, late = Counter[str](), Counter[str](), defaultdict(list)
    for source in made:
        if source.fault:
            faults[source.fault] += 1
            found[source.fault] += is_found(source)
            at = found_at(source)
            late[source.fault].append(None if at is None or source.known is None else at - source.known)
            if verbose:
                print(f"{source.name}: {source.fault} from {source.starts}, {source.known}, found {at}")
    print("| fault | planted | found within a day | hours after it could be known |\n|---|---:|---:|---|")
    for fault in FAULTS:
        hours = ", ".join("never" if each is None else str(each) for each in late[fault])
        print(f"| {fault} | {faults[fault]} | {found[fault]} | {hours} |")
    wrong = Counter[str]()
    for source in made:
        wrong[source.kind] += false_alarms(source)
    months = sum(source.starts if source.fault else DAYS * 24 for source in made) / 24 / 30
    print(f"\nfound {found.total()} of {faults.total()}; {wrong.total()} false alarms in {months:.0f}")
    print(f"source-months, {wrong.total() / months:.2f} each: {dict(wrong)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--every", type=int, default=2, help="hours between two readings")
    parser.add_argument("--verbose", action="store_true", help="a line for each fault")
    given = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d}")
    show(run(given.seed, given.every), verbose=given.verbose)


if __name__ == "__main__":
    main()
