"""Whole crawls of a site whose articles vanish: what benchmarks/withdrawn.py measures, on a small site."""

from __future__ import annotations

import pytest

from benchmarks.withdrawn import Figures, measure

pytestmark = pytest.mark.slow


def test_each_article_that_is_gone_is_reported_once_and_no_other(database: str) -> None:
    figures = measure(articles=48, each=4, hours=(0, 1.2, 2.5), returns=(9.0,))
    assert (figures.gone, figures.reported, figures.reported_once) == (8, 8, 8)
    assert (figures.false, figures.deleted, figures.other_events) == (0, 0, 0)
    assert figures.returned == figures.returns_reported_once == 2
    _check_runs(figures)


def _check_runs(figures: Figures) -> None:
    first, gone, second, last = figures.runs
    assert first == {"stored": 48, "requests": 48}
    assert gone == {"unchanged": 32, "gone": 12, "failed": 4, "requests": 48}, (
        "each is asked for once in a run"
    )
    assert second["withdrawn"] == 8
    assert (last["updated"], last["gone"]) == (2, 6)


def test_none_is_marked_while_more_are_gone_than_are_there(database: str) -> None:
    figures = measure(articles=16, each=4, hours=(0, 1.2, 2.5), returns=())
    assert [run.get("gone", 0) for run in figures.runs] == [0, 12, 8]
    assert (figures.reported, figures.false, figures.deleted) == (0, 0, 0)
