"""Boosted trees: many small questions on a row of numbers, whose answers are added.

`trees.json` is written by benchmarks/train_blocks.py. A tree is nested lists: [figure, threshold, where the
figure is at most the threshold, where it is more]; a leaf is what it adds to the log odds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

Tree: TypeAlias = "float | tuple[int, float, Tree, Tree]"


@dataclass(frozen=True, slots=True)
class Trees:
    """A fitted model."""

    start: float  #: log odds before any question
    trees: tuple[Tree, ...]

    def log_odds(self, row: list[float]) -> float:
        total = self.start
        for tree in self.trees:
            at = tree
            while isinstance(at, tuple):
                figure, threshold, less, more = at
                at = less if row[figure] <= threshold else more
            total += at
        return total


@cache
def model() -> Trees:
    """The trees that come with the package."""
    table = json.loads((files("newscrawl.page") / "trees.json").read_text(encoding="utf-8"))
    return Trees(table["start"], tuple(map(as_tree, table["trees"])))


def as_tree(nested: Any) -> Tree:
    """A tree as it is written in JSON, ready to be asked."""
    if not isinstance(nested, list):
        return float(nested)
    figure, threshold, less, more = nested
    return figure, threshold, as_tree(less), as_tree(more)
