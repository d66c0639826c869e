"""What must not sink: the scores of benchmarks/floors.json, by set and column.

A floor is the score of the day it was set. Reading a page has no chance in it, so a score may fall below
its floor only by what other versions of lxml, dateparser or trafilatura do to single pages: the margin is
one page of the set, and .005 of a body's F1. Cross-validated scores fall by .007 with other folds, which
is their margin. `wrong` is a ceiling: what must not rise.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

FLOORS = Path(__file__).parent / "floors.json"
CROSS_VALIDATED = "body, cross-validated"
_BODY_MARGIN, _CROSS_MARGIN = 0.005, 0.007
_ROUNDING = 0.0005  # floors are kept to three places

Scores = Mapping[str, Mapping[str, float]]  # by set, by column


def read(path: Path = FLOORS) -> dict[str, dict[str, float]]:
    """The floors; empty if none are kept yet."""
    if not path.is_file():
        return {}
    floors: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8"))
    return floors


def margin(column: str, pages: int) -> float:
    """How far a score may be off its floor without anything having become worse."""
    if column == CROSS_VALIDATED:
        return _CROSS_MARGIN
    return (_BODY_MARGIN if column == "body" else 1 / pages) + _ROUNDING


def sunk(scores: Scores, floors: Scores, pages: Mapping[str, int]) -> list[str]:
    """A line for each score that is worse than its floor by more than the margin, or no longer there."""
    lines = []
    for name, columns in floors.items():
        for column, floor in columns.items():
            score = scores.get(name, {}).get(column)
            if score is None:
                lines.append(f"{name} {column}: not measured; its floor is {floor:.3f}")
            elif _loss(column, score, floor) > margin(column, pages.get(name, 1)):
                lines.append(f"{name} {column}: {score:.3f}, its floor is {floor:.3f}")
    return lines


def _loss(column: str, score: float, floor: float) -> float:
    return score - floor if column == "wrong" else floor - score


def lowered(scores: Scores, floors: Scores) -> list[str]:
    """A line for each floor that setting them anew from these scores would lower."""
    return [
        f"{name} {column}: {floor:.3f} would become {scores.get(name, {}).get(column)}"
        for name, columns in floors.items()
        for column, floor in columns.items()
        if (score := scores.get(name, {}).get(column)) is None or _loss(column, score, floor) > _ROUNDING
    ]


def write(scores: Scores, path: Path = FLOORS) -> None:
    """Make the scores the floors."""
    table = {
        name: {column: round(score, 3) for column, score in columns.items()}
        for name, columns in scores.items()
    }
    path.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
