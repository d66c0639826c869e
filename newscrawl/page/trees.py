"""Boosted trees: many small questions on a row of numbers, whose answers are added.

`trees.json` is written by benchmarks/train_blocks.py. A tree is nested lists: [figure, threshold, where the
figure is at most the threshold, where it is more]; a leaf is what it adds to the log odds.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, TypeAlias

Tree: TypeAlias = "float | tuple[int, float, Tree, Tree]"


@dataclass(frozen=True)
class Trees:
    """A fitted model."""

    start: float  #: log odds before any question
    trees: tuple[Tree, ...]

    @cached_property
    def log_odds(self) -> Callable[[list[float]], float]:
        """What the trees say of a row of numbers.

        They are written out as one expression, which Python evaluates in half of the time of walking down.
        """
        terms = [repr(self.start), *map(_written_out, self.trees)]
        said: Callable[[list[float]], float] = eval(f"lambda row: {'+'.join(terms)}")  # noqa: S307  numbers alone
        return said


def _written_out(tree: Tree) -> str:
    if not isinstance(tree, tuple):
        return f"({float(tree)!r})"
    figure, threshold, less, more = tree
    return f"({_written_out(less)} if row[{int(figure)}] <= {float(threshold)!r} else {_written_out(more)})"


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
