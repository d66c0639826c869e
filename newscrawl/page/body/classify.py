"""Which blocks are the article's text: a regression over blocks, then one over their order, then trees.

The weights are `blocks.json`, made by benchmarks/train_blocks.py. A block is first judged by itself,
then again with what was thought of the blocks around it. Where that leaves doubt the trees decide
(trees.json, of the same script).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from itertools import accumulate
from math import exp, log
from operator import mul
from typing import TYPE_CHECKING, Any, TypeAlias

from newscrawl.page.body.features import Features, PageHints, features_of
from newscrawl.page.document.blocks import Block, BlockTree, Node
from newscrawl.page.document.prose import BlockMeasures, stops_in, words_of

if TYPE_CHECKING:
    from newscrawl.page.body.features import PageHints
    from newscrawl.page.document.blocks import Block, Node


_SIDE = 4  # blocks on each side whose first judgement is looked at
_HOPELESS = 0.003  # probability of a block that is not judged: a link of a few words
SURE = 4.6  #: log odds, of 99 %: the trees are asked of blocks of which the regressions are less sure
_LONG = 15  # words; what is longer marks the beginning and the end of a text


@dataclass(frozen=True, slots=True)
class Model:
    """The weights of both stages by feature name, and those of the numbers that stage two has besides."""

    weights: dict[str, complex]  #: the first stage's as the real part, the second's as the imaginary one
    long: list[float]  #: of a paragraph's numbers
    short: list[float]  #: of a line's


@cache
def model() -> Model:
    """The weights that come with the package."""
    table = json.loads((files("newscrawl.page.body") / "blocks.json").read_text(encoding="utf-8"))
    first, second, context = table["first"], table["second"], table["context"]
    weights = {name: complex(first.get(name, 0.0), second.get(name, 0.0)) for name in first | second}
    half = len(context) // 2
    return Model(weights, context[:half], context[half:])


def probabilities(tree: BlockTree, hints: PageHints) -> list[float]:
    """For each block of the page, how likely it is part of the article's text.

    Two regressions; where these are not sure, the mean of their log odds and the trees'. But not on Chinese
    pages: the corpus has too few to learn more from.
    """
    measures = BlockMeasures(tree.blocks, hints.title)
    sums = _sums(features_of(tree, hints, measures))
    first = [_HOPELESS if value is None else _sigmoid(value.real) for value in sums]
    context = _Neighbours(tree.blocks, first)
    figures = TreeInputs(measures, tree.blocks, hints, first)
    long, short = model().long, model().short
    likely = []
    for index, value in enumerate(sums):
        if value is None:
            likely.append(_HOPELESS)
        else:
            row = context.row(index)
            odds = value.imag + sum(map(mul, row, long if context.words[index] >= _LONG else short))
            if abs(odds) < SURE and not figures.chinese:
                candidate = boosted_trees().log_odds(figures.row(index, log_odds(first[index]), row))
                odds = (odds + candidate) / 2
            likely.append(_sigmoid(odds))
    return likely


def _sums(named: list[Features | None]) -> list[complex | None]:
    """The weights of each block's features, both stages' at once; what blocks share is summed once."""
    weigh, known = model().weights.get, dict[int, complex]()
    values: list[complex | None] = []
    for groups in named:
        if groups is None:
            values.append(None)
            continue
        total = 0j
        for group in groups:
            value = known.get(id(group))
            if value is None:
                value = known[id(group)] = sum(filter(None, map(weigh, group)), 0j)
            total += value
        values.append(total)
    return values


def log_odds(p: float) -> float:
    return log((p + 1e-4) / (1 - p + 1e-4))


def _sigmoid(value: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, value))))


def tree_inputs_of(
    tree: BlockTree, hints: PageHints, measures: BlockMeasures, first: list[float]
) -> list[list[float]]:
    """For each block, the numbers that the trees see."""
    figures, context = TreeInputs(measures, tree.blocks, hints, first), _Neighbours(tree.blocks, first)
    return [figures.row(index, log_odds(p), context.row(index)) for index, p in enumerate(first)]


def neighbour_rows(blocks: list[Block], first: list[float]) -> list[list[float]]:
    """The numbers that stage two sees of each block besides its names, from stage one's answers.

    A paragraph and a line are judged by different weights: the numbers of the one stand before those of
    the other, which are 0.
    """
    context = _Neighbours(blocks, first)
    rows = []
    for index, count in enumerate(context.words):
        row = context.row(index)
        empty = [0.0] * len(row)
        rows.append(row + empty if count >= _LONG else empty + row)
    return rows


def _logit(p: float) -> float:
    return max(-6.0, min(6.0, log_odds(p))) / 3


_HOPELESS_LOGIT = _logit(_HOPELESS)


class _Neighbours:
    """What stage one thought of a page's blocks."""

    def __init__(self, blocks: list[Block], first: list[float]) -> None:
        logits = [_HOPELESS_LOGIT if p == _HOPELESS else _logit(p) for p in first]
        self.padded = [-2.0] * _SIDE + logits + [-2.0] * _SIDE
        self.words = words = [words_of(block) for block in blocks]
        self.chosen = [index for index, p in enumerate(first) if p > 0.5]
        self.long = [index for index in self.chosen if words[index] >= _LONG]
        self.nearest = _nearest(len(blocks), self.chosen)
        self.siblings = _siblings(blocks, first, words)
        self.ahead = _long_neighbours(logits, words)
        self.behind = _long_neighbours(logits[::-1], words[::-1])[::-1]

    def row(self, index: int) -> list[float]:
        """The numbers of one block."""
        return [
            *self.padded[index : index + 2 * _SIDE + 1],
            *_place(index, self.chosen, self.long),
            self.nearest[index],
            self.siblings[index],
            *self.ahead[index],
            *self.behind[index],
        ]


def _long_neighbours(logits: list[float], words: list[int]) -> list[tuple[float, float]]:
    """The judgements of the last two long blocks before each; -2 where there is none."""
    last, before = -2.0, -2.0
    found = []
    for logit, count in zip(logits, words, strict=True):
        found.append((last, before))
        if count >= _LONG:
            last, before = logit, last
    return found


def _place(index: int, chosen: list[int], long: list[int]) -> list[float]:
    """Before, after or between the chosen blocks, and how far outside the long ones among them."""
    if not chosen:
        return [0.0] * 7
    before, after = index <= chosen[0], index >= chosen[-1]
    place = [float(before), float(after), float(not before and not after)]
    if not long:
        return [*place, 0.0, 0.0, 0.0, 0.0]
    ahead, past = long[0] - index, index - long[-1]
    return [*place, float(ahead > 0), float(past > 0), min(max(ahead, 0), 20) / 5, min(max(past, 0), 20) / 5]


def _nearest(count: int, chosen: list[int]) -> list[float]:
    """Blocks to the nearest other chosen one, in fives, at most 4."""
    far = [20] * count
    for order in (range(count), range(count - 1, -1, -1)):
        last = None
        picked = set(chosen)
        for index in order:
            if last is not None:
                far[index] = min(far[index], abs(index - last))
            if index in picked:
                last = index
    return [min(distance, 20) / 5 for distance in far]


def _siblings(blocks: list[Block], first: list[float], words: list[int]) -> list[float]:
    """Mean judgement of the other blocks of the same parent, weighed by words, less a half; 0 if none."""
    sums: dict[Node | None, tuple[float, float]] = {}
    for block, p, count in zip(blocks, first, words, strict=True):
        weighed, total = sums.get(block.node.parent, (0.0, 0.0))
        sums[block.node.parent] = (weighed + p * (count + 1), total + count + 1)
    means = []
    for block, p, count in zip(blocks, first, words, strict=True):
        weighed, total = sums[block.node.parent]
        rest = total - count - 1
        means.append((weighed - p * (count + 1)) / rest - 0.5 if rest > 0 else 0.0)
    return means


# --- boosted trees: many small questions on a row of numbers, whose answers are added
#
# `trees.json` is written by benchmarks/train_blocks.py. A tree is nested lists: [figure, threshold, where the
# figure is at most the threshold, where it is more]; a leaf is what it adds to the log odds.


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
        candidate: Callable[[list[float]], float] = eval(f"lambda row: {'+'.join(terms)}")  # noqa: S307  numbers alone
        return candidate


def _written_out(tree: Tree) -> str:
    if not isinstance(tree, tuple):
        return f"({float(tree)!r})"
    figure, threshold, less, more = tree
    return f"({_written_out(less)} if row[{int(figure)}] <= {float(threshold)!r} else {_written_out(more)})"


@cache
def boosted_trees() -> Trees:
    """The trees that come with the package."""
    table = json.loads((files("newscrawl.page.body") / "trees.json").read_text(encoding="utf-8"))
    return Trees(table["start"], tuple(map(as_tree, table["trees"])))


def as_tree(nested: Any) -> Tree:
    """A tree as it is written in JSON, ready to be asked."""
    if not isinstance(nested, list):
        return float(nested)
    figure, threshold, less, more = nested
    return figure, threshold, as_tree(less), as_tree(more)


# --- What the trees look at: for a block whose place in the article is in doubt, a row of numbers.
#
# The first stage's answers for the blocks around it, and figures of the block and of what holds it. FIGURES
# names them in their order.

_TAGS = {
    "p": ("p",),
    "li": ("li",),
    "heading": ("h2", "h3", "h4"),
    "cell": ("td", "th"),
    "caption": ("figcaption",),
}
_LEVELS = 5  # elements around a block whose share of the page's prose is looked at
_WINDOW = 5  # blocks on either side
_MOST_WORDS = 60  # of a block in the window
_MOST_STOPS = 20
_ENDS = ".!?。！？…\"”'"
_NEIGHBOUR_NUMBERS = 22  # numbers of the second stage's context

TREE_INPUTS = (
    *("words", "link", "characters", "stops", "ends", "part", "blocks", "after first", "before last"),
    *("steps to top", "in core", "density", *(f"cover {level}" for level in range(_LEVELS))),
    *("pieces", "linked pieces", *(f"is {tag}" for tag in _TAGS), "hidden", "after title"),
    *("lower case", "figure first", "look"),
    *(f"context {number}" for number in range(_NEIGHBOUR_NUMBERS)),
    *("judgement", "text before", "text around", "text"),
)


@lru_cache(maxsize=256)
def _tags_of(tag: str) -> list[bool]:
    return [tag in tags for tags in _TAGS.values()]


def is_chinese(hints: PageHints) -> bool:
    return (hints.language or "").startswith("zh")


class TreeInputs:
    """The numbers of a page's blocks; `row` makes those of one."""

    def __init__(
        self, measures: BlockMeasures, blocks: list[Block], hints: PageHints, first: list[float]
    ) -> None:
        self.measures, self.blocks = measures, blocks
        self.title_at = hints.title.first if hints.title is not None else 0
        self.chinese = is_chinese(hints)
        words = [figures.words for figures in measures.by_block]
        self.before = list(accumulate(p * count for p, count in zip(first, words, strict=True)))
        self.text = max(self.before[-1], 1.0) if blocks else 1.0
        likely = (p * min(count, _MOST_WORDS) for p, count in zip(first, words, strict=True))
        self.sums = [0.0, *accumulate(likely)]

    def row(self, index: int, judgement: float, context: Iterable[float]) -> list[float]:
        """As FIGURES has them. judgement: the first stage's log odds; context: what stage two sees."""
        block, measures = self.blocks[index], self.measures
        figures, node, text = measures.by_block[index], block.node, block.text
        steps = measures.steps_to_top(node)
        end = min(index + _WINDOW + 1, len(self.blocks))
        return [
            figures.words,
            figures.link,
            len(text),
            min(stops_in(text), _MOST_STOPS),
            text[-1] in _ENDS,
            index / len(self.blocks),
            len(self.blocks),
            index - measures.first,
            index - measures.last,
            -1 if steps is None else steps,
            measures.in_core(node),
            measures.density(node),
            *self._covers(node),
            len(block.pieces),
            sum([piece.link is not None for piece in block.pieces]),
            *_tags_of(node.tag),
            node.hidden,
            index - self.title_at,
            text[0].islower(),
            text[0].isdigit(),
            measures.look(node),
            *context,
            judgement,
            self.before[index] / self.text,
            self.sums[end] - self.sums[max(0, index - _WINDOW)],
            self.text,
        ]

    def _covers(self, node: Node) -> list[float]:
        covers = [self.measures.cover(outer) for outer in node.line(_LEVELS)]
        return covers + [1.0] * (_LEVELS - len(covers))
