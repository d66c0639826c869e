"""The simulated lists: the same for the same seed, of all kinds, and sooner seen by their rhythm."""

from __future__ import annotations

from statistics import mean

from benchmarks.cadence import DAYS, KINDS, MEASURED, fixed_delays, make_list, run_kind
from newscrawl.jobs.cadence import Bounds


def test_a_thousand_lists_of_all_kinds_the_same_for_the_same_seed() -> None:
    assert sum(KINDS.values()) == 1000
    for kind in KINDS:
        made, again = make_list(kind, 7), make_list(kind, 7)
        assert made.articles == again.articles == sorted(made.articles)
        assert made.articles != make_list(kind, 8).articles or kind == "dead"


def test_at_as_many_requests_a_timetable_is_followed_at_half_the_delay() -> None:
    lists = run_kind("timetable", range(3), "auto", Bounds())
    requests = sum(one.requests for one in lists)
    every = len(lists) * MEASURED * 1440 / requests
    delays = [delay for one in lists for delay in one.delays]
    fixed = [delay for one in lists for delay in fixed_delays(one, every)]
    assert len(delays) == len(fixed) > 0
    assert mean(delays) < mean(fixed) / 2
    assert min(delays) >= 0
    assert max(delays) <= 61


def test_the_last_week_is_measured() -> None:
    (one,) = run_kind("regional", [3], "double", Bounds())
    first = (DAYS - MEASURED) * 24
    assert len(one.delays) == sum(first <= at < DAYS * 24 for at in one.articles)
