"""How likely each block is part of the article's text: two regressions, then boosted trees.

1. A regression over a block's named features (features.py) judges each block by itself.
2. A second one judges it again, with the first one's answers for the blocks around it.
3. Blocks of which these are not sure are judged by the trees as well.

benchmarks/train_blocks.py fits all three and writes `blocks.json` (the regressions' weights) and
`trees.json`. Why a classifier of our own: docs/decisions/0003-block-classifier.md.
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
from typing import Any, TypeAlias

from newscrawl.page.body.features import Features, PageHints, features_of
from newscrawl.page.document.blocks import Block, BlockTree, Node
from newscrawl.page.document.prose import BlockMeasures, stops_in, words_of

_SIDE = 4  # blocks on each side whose first judgement is an input of the second stage
_HOPELESS = 0.003  # probability of a block that is not judged: a link of a few words
SURE = 4.6  #: log odds of 99 %: the trees judge the blocks of which the regressions are less sure
_LONG = 15  # words; longer blocks mark the beginning and the end of a text


def probabilities(tree: BlockTree, hints: PageHints) -> list[float]:
    """For each block of the page, how likely it is part of the article's text.

    If the regressions are not sure, the mean of their log odds and the trees' counts. Chinese pages are
    left to the regressions: the training pages hold too few of them for the trees to learn from.
    """
    measures = BlockMeasures(tree.blocks, hints.title)
    sums = _weigh(features_of(tree, hints, measures))
    first = [_HOPELESS if value is None else _sigmoid(value[0]) for value in sums]
    neighbours = _Neighbours(tree.blocks, first)
    inputs = TreeInputs(measures, tree.blocks, hints, first)
    long, short = model().long, model().short
    likely = []
    for index, value in enumerate(sums):
        if value is None:
            likely.append(_HOPELESS)
            continue
        row = neighbours.row(index)
        odds = value[1] + sum(map(mul, row, long if neighbours.words[index] >= _LONG else short))
        if abs(odds) < SURE and not inputs.chinese:
            by_trees = boosted_trees().log_odds(inputs.row(index, log_odds(first[index]), row))
            odds = (odds + by_trees) / 2
        likely.append(_sigmoid(odds))
    return likely


def log_odds(p: float) -> float:
    return log((p + 1e-4) / (1 - p + 1e-4))


def _sigmoid(value: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, value))))


# --- the regressions: weights by feature name


@dataclass(frozen=True, slots=True)
class Model:
    """The weights of both regressions."""

    weights: dict[str, tuple[float, float]]  #: by feature name: of the first, of the second
    long: list[float]  #: of the second, for what is around a paragraph
    short: list[float]  #: the same for a line


@cache
def model() -> Model:
    """The weights that come with the package."""
    table = json.loads((files("newscrawl.page.body") / "blocks.json").read_text(encoding="utf-8"))
    first, second, context = table["first"], table["second"], table["context"]
    weights = {name: (first.get(name, 0.0), second.get(name, 0.0)) for name in first | second}
    half = len(context) // 2
    return Model(weights, context[:half], context[half:])


def _weigh(features: list[Features | None]) -> list[tuple[float, float] | None]:
    """The sums of the weights of each block's features, for both regressions; None for a hopeless block.

    Blocks share most groups of features: each group is summed once a page.
    """
    weights_of, summed = model().weights.get, dict[int, tuple[float, float]]()
    sums: list[tuple[float, float] | None] = []
    for groups in features:
        if groups is None:
            sums.append(None)
            continue
        first = second = 0.0
        for group in groups:
            pair = summed.get(id(group))
            if pair is None:
                pair = summed[id(group)] = _sum_pairs(filter(None, map(weights_of, group)))
            first += pair[0]
            second += pair[1]
        sums.append((first, second))
    return sums


def _sum_pairs(pairs: Iterable[tuple[float, float]]) -> tuple[float, float]:
    first = second = 0.0
    for one, other in pairs:
        first += one
        second += other
    return first, second


# --- the first regression's answers around a block: inputs of the second one and of the trees


def neighbour_rows(blocks: list[Block], first: list[float]) -> list[list[float]]:
    """For each block, the second stage's inputs besides feature names; what training sees.

    A paragraph and a line have different weights: the paragraph's numbers stand before the line's, and
    those that do not apply are 0.
    """
    neighbours = _Neighbours(blocks, first)
    rows = []
    for index, count in enumerate(neighbours.words):
        row = neighbours.row(index)
        empty = [0.0] * len(row)
        rows.append(row + empty if count >= _LONG else empty + row)
    return rows


def _logit(p: float) -> float:
    return max(-6.0, min(6.0, log_odds(p))) / 3


_HOPELESS_LOGIT = _logit(_HOPELESS)


class _Neighbours:
    """The first stage's answers for a page's blocks; `row` gives the numbers around one block."""

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
        """The numbers that the second stage and the trees get of what is around one block."""
        return [
            *self.padded[index : index + 2 * _SIDE + 1],
            *_place(index, self.chosen, self.long),
            self.nearest[index],
            self.siblings[index],
            *self.ahead[index],
            *self.behind[index],
        ]


def _long_neighbours(logits: list[float], words: list[int]) -> list[tuple[float, float]]:
    """The judgements of the last two long blocks before each block; -2 if there is none."""
    last, before = -2.0, -2.0
    found = []
    for logit, count in zip(logits, words, strict=True):
        found.append((last, before))
        if count >= _LONG:
            last, before = logit, last
    return found


def _place(index: int, chosen: list[int], long: list[int]) -> list[float]:
    """Whether the block is before, after or between the chosen ones, and how far outside the long ones."""
    if not chosen:
        return [0.0] * 7
    before, after = index <= chosen[0], index >= chosen[-1]
    place = [float(before), float(after), float(not before and not after)]
    if not long:
        return [*place, 0.0, 0.0, 0.0, 0.0]
    ahead, past = long[0] - index, index - long[-1]
    return [*place, float(ahead > 0), float(past > 0), min(max(ahead, 0), 20) / 5, min(max(past, 0), 20) / 5]


def _nearest(count: int, chosen: list[int]) -> list[float]:
    """Blocks to the nearest other chosen block, divided by 5; at most 4."""
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
    """Mean judgement of the other blocks in the same parent, by words, minus 0.5; 0 if there are none."""
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


# --- the trees: each asks a few questions of a row of numbers; their answers are added


Tree: TypeAlias = "float | tuple[int, float, Tree, Tree]"
# A leaf is what it adds to the log odds. A node is (index into the row, threshold, the tree for values up to
# the threshold, the tree for larger ones).


@dataclass(frozen=True)
class Trees:
    """A fitted model."""

    start: float  #: log odds before the first question
    trees: tuple[Tree, ...]

    @cached_property
    def log_odds(self) -> Callable[[list[float]], float]:
        """The function from a row of numbers to what the trees say of it.

        The trees are written out as one expression and compiled: 0.18 ms a page, against 0.55 ms for a
        loop over flat arrays and 0.67 ms for closures (docs/decisions/0003-block-classifier.md). The
        expression holds nothing but numbers, which `repr` has written.
        """
        terms = [repr(self.start), *map(_expression, self.trees)]
        function: Callable[[list[float]], float] = eval(f"lambda row: {'+'.join(terms)}")  # noqa: S307
        return function


def _expression(tree: Tree) -> str:
    if not isinstance(tree, tuple):
        return f"({float(tree)!r})"
    index, threshold, less, more = tree
    return f"({_expression(less)} if row[{int(index)}] <= {float(threshold)!r} else {_expression(more)})"


@cache
def boosted_trees() -> Trees:
    """The trees that come with the package."""
    table = json.loads((files("newscrawl.page.body") / "trees.json").read_text(encoding="utf-8"))
    return Trees(table["start"], tuple(map(as_tree, table["trees"])))


def as_tree(nested: Any) -> Tree:
    """A tree out of the nested lists of trees.json."""
    if not isinstance(nested, list):
        return float(nested)
    index, threshold, less, more = nested
    return index, threshold, as_tree(less), as_tree(more)


# --- the inputs of the trees: numbers of a block, of the elements around it, and of its neighbours

_TAGS = {
    "p": ("p",),
    "li": ("li",),
    "heading": ("h2", "h3", "h4"),
    "cell": ("td", "th"),
    "caption": ("figcaption",),
}
_LEVELS = 5  # elements around a block whose share of the page's prose is an input
_WINDOW = 5  # blocks on either side whose text is summed
_MOST_WORDS = 60  # words of one of them that count
_MOST_STOPS = 20  # punctuation marks that count
_ENDS = ".!?。！？…\"”'"
_NEIGHBOUR_NUMBERS = 22  # length of _Neighbours.row

#: What the numbers of a row are; trees.json repeats the names, and a test compares them.
TREE_INPUTS = (
    *("words", "link", "characters", "stops", "ends", "part", "blocks", "after first", "before last"),
    *("steps to top", "in core", "density", *(f"cover {level}" for level in range(_LEVELS))),
    *("pieces", "linked pieces", *(f"is {tag}" for tag in _TAGS), "hidden", "after title"),
    *("lower case", "figure first", "look"),
    *(f"context {number}" for number in range(_NEIGHBOUR_NUMBERS)),
    *("judgement", "text before", "text around", "text"),
)


def tree_inputs_of(
    tree: BlockTree, hints: PageHints, measures: BlockMeasures, first: list[float]
) -> list[list[float]]:
    """The inputs for every block of a page; what training sees."""
    inputs, neighbours = TreeInputs(measures, tree.blocks, hints, first), _Neighbours(tree.blocks, first)
    return [inputs.row(index, log_odds(p), neighbours.row(index)) for index, p in enumerate(first)]


def is_chinese(hints: PageHints) -> bool:
    return (hints.language or "").startswith("zh")


@lru_cache(maxsize=256)
def _tag_kinds(tag: str) -> list[bool]:
    return [tag in tags for tags in _TAGS.values()]


class TreeInputs:
    """The inputs of the trees for a page's blocks; `row` gives those of one block."""

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

    def row(self, index: int, judgement: float, neighbours: Iterable[float]) -> list[float]:
        """The numbers that TREE_INPUTS names; `judgement` is the first stage's log odds for the block."""
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
            *_tag_kinds(node.tag),
            node.hidden,
            index - self.title_at,
            text[0].islower(),
            text[0].isdigit(),
            measures.look(node),
            *neighbours,
            judgement,
            self.before[index] / self.text,
            self.sums[end] - self.sums[max(0, index - _WINDOW)],
            self.text,
        ]

    def _covers(self, node: Node) -> list[float]:
        covers = [self.measures.cover(outer) for outer in node.line(_LEVELS)]
        return covers + [1.0] * (_LEVELS - len(covers))
