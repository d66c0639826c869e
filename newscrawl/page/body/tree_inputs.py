"""What the trees look at: for a block whose place in the article is in doubt, a row of numbers.

The first stage's answers for the blocks around it, and figures of the block and of what holds it. FIGURES
names them in their order.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from newscrawl.page.document.prose import BlockMeasures, stops_in

if TYPE_CHECKING:
    from newscrawl.page.body.features import PageHints
    from newscrawl.page.document.blocks import Block, Node

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
_SAID_BEFORE = 22  # numbers of the second stage's context

FIGURES = (
    *("words", "link", "characters", "stops", "ends", "part", "blocks", "after first", "before last"),
    *("steps to top", "in core", "density", *(f"cover {level}" for level in range(_LEVELS))),
    *("pieces", "linked pieces", *(f"is {tag}" for tag in _TAGS), "hidden", "after title"),
    *("lower case", "figure first", "look"),
    *(f"context {number}" for number in range(_SAID_BEFORE)),
    *("judgement", "text before", "text around", "text"),
)


@lru_cache(maxsize=256)
def _tags_of(tag: str) -> list[bool]:
    return [tag in tags for tags in _TAGS.values()]


def is_chinese(known: PageHints) -> bool:
    return (known.language or "").startswith("zh")


class Figures:
    """The numbers of a page's blocks; `row` makes those of one."""

    def __init__(
        self, layout: BlockMeasures, blocks: list[Block], known: PageHints, first: list[float]
    ) -> None:
        self.layout, self.blocks = layout, blocks
        self.title_at = known.title.first if known.title is not None else 0
        self.chinese = is_chinese(known)
        words = [figures.words for figures in layout.measures]
        self.before = list(accumulate(p * count for p, count in zip(first, words, strict=True)))
        self.text = max(self.before[-1], 1.0) if blocks else 1.0
        likely = (p * min(count, _MOST_WORDS) for p, count in zip(first, words, strict=True))
        self.sums = [0.0, *accumulate(likely)]

    def row(self, index: int, judgement: float, context: Iterable[float]) -> list[float]:
        """As FIGURES has them. judgement: the first stage's log odds; context: what stage two sees."""
        block, layout = self.blocks[index], self.layout
        figures, node, text = layout.measures[index], block.node, block.text
        steps = layout.steps_to_top(node)
        end = min(index + _WINDOW + 1, len(self.blocks))
        return [
            figures.words,
            figures.link,
            len(text),
            min(stops_in(text), _MOST_STOPS),
            text[-1] in _ENDS,
            index / len(self.blocks),
            len(self.blocks),
            index - layout.first,
            index - layout.last,
            -1 if steps is None else steps,
            layout.in_core(node),
            layout.density(node),
            *self._covers(node),
            len(block.pieces),
            sum([piece.link is not None for piece in block.pieces]),
            *_tags_of(node.tag),
            node.hidden,
            index - self.title_at,
            text[0].islower(),
            text[0].isdigit(),
            layout.look(node),
            *context,
            judgement,
            self.before[index] / self.text,
            self.sums[end] - self.sums[max(0, index - _WINDOW)],
            self.text,
        ]

    def _covers(self, node: Node) -> list[float]:
        covers = [self.layout.cover(outer) for outer in node.line(_LEVELS)]
        return covers + [1.0] * (_LEVELS - len(covers))
