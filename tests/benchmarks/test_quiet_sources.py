"""The simulation of quiet sources: the same for the same seed, with its faults planted as it says."""

from __future__ import annotations

import random
from collections import Counter

from benchmarks.quiet_sources import (
    FAULTS,
    SOURCES,
    false_alarms,
    is_found,
    known_from,
    plant,
    publish,
    simulate,
    sources,
)


def test_fifty_sources_have_thirty_faults() -> None:
    chance = random.Random(1)
    made = list(sources(chance))
    plant(made, chance)
    assert len(made) == sum(SOURCES.values()) == 50
    assert Counter(source.fault for source in made if source.fault) == dict.fromkeys(FAULTS, 6)


def test_a_frozen_source_is_found_and_a_healthy_one_is_not() -> None:
    chance = random.Random(2)
    frozen, healthy = list(sources(chance))[:2]
    frozen.fault, frozen.starts = "frozen", 40 * 24
    for source in (frozen, healthy):
        publish(source, chance)
        source.known = known_from(source)
        simulate(source, 6, 0)
    assert is_found(frozen)
    assert false_alarms(frozen) == false_alarms(healthy) == 0
    frozen.alarms = [hour for hour in frozen.alarms if hour > (frozen.known or 0) + 24]
    assert not is_found(frozen)
