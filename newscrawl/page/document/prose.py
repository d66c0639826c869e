"""Where a page's prose stands: which elements hold how much of it, and in which regions."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from newscrawl.page.document import vocabulary
from newscrawl.page.document.blocks import Block, Node, inherited, words_in

_DECAY = 0.6  # of a paragraph's credit, from each ancestor to the next
_LEAST_CREDIT = 0.1
_CORE = 0.6  # share of the page's prose that its core holds
_MOST_WORDS = 80  # of a paragraph that count
_STEPS = 8  # elements upwards within which the top may be
STOPS = re.compile(r"[,.;:!?،؛。，、；：！？…]")

_REGIONS = vocabulary.region_names()
#: Prose there says nothing about where the article is.
_UNCOUNTED = frozenset(("comment", "consent", "site"))


@dataclass(slots=True)
class Measure:
    """Figures of one block."""

    words: int  #: a CJK character counts as two thirds of one
    link: float  #: share of the characters that are links
    good: bool  #: a paragraph of prose: 8 words or more, punctuation, few links

    @property
    def hopeless(self) -> bool:
        """A link of a few words: half of all blocks, and hardly ever an article's text by itself."""
        return self.link >= 0.9 and self.words < 8


def words_of(block: Block) -> int:
    """The words of a block's text, counted once; a CJK character counts as two thirds of one."""
    if block.words is None:
        block.words = words_in(block.text)
    return block.words


def measure(block: Block) -> Measure:
    count = words_of(block)
    link = min(1.0, block.linked / len(block.text))
    return Measure(count, link, count >= 8 and link < 0.4 and STOPS.search(block.text) is not None)


def stops_in(text: str) -> int:
    """How many of STOPS stand in a text."""
    return len(STOPS.findall(text))


def look_of(node: Node) -> tuple[object, ...]:
    """What paragraphs of one text have in common: tag and class, and those of their parent."""
    parent = node.parent
    if parent is None:
        return (node.tag, node.tokens)
    return (node.tag, node.tokens, parent.tag, parent.tokens)


class BlockMeasures:
    """The page's elements by the prose in them.

    Container density follows the observation behind Arc90's Readability: good paragraphs credit
    what holds them, each element further out a little less.
    """

    def __init__(self, blocks: list[Block], title: Node | None) -> None:
        self.by_block = [measure(block) for block in blocks]
        self.title_line = set(title.line()) if title is not None else set()
        self.looks: Counter[tuple[object, ...]] = Counter()  #: words of good paragraphs by their look
        self._credit: dict[Node, float] = {}  # the same, decaying upwards
        self._in_core: dict[Node, bool] = {}
        self._regions: dict[Node, frozenset[str]] = {}
        good = [block for block, figures in zip(blocks, self.by_block, strict=True) if figures.good]
        self._held = _around(Counter(block.node for block in good))
        self._all_held = max(self._held.values(), default=0)
        paragraphs = [block for block in good if not self.regions(block.node) & _UNCOUNTED]
        self.all_prose = self._count(paragraphs) or 1
        self.top = max(self._credit, key=lambda node: self._credit[node], default=None)
        self._most = self._credit[self.top] if self.top is not None else 1.0
        self.core = self._innermost_wide()
        inside = [block.index for block in paragraphs if self.steps_to_top(block.node) is not None]
        #: indexes of the first and last good paragraph in the densest element
        self.first, self.last = (inside[0], inside[-1]) if inside else (0, 0)

    def _count(self, paragraphs: list[Block]) -> int:
        """Give each paragraph's words to the elements around it; returns their sum."""
        total, held = 0, Counter[Node]()
        for block in paragraphs:
            count = min(self.by_block[block.index].words, _MOST_WORDS)
            total += count
            self.looks[look_of(block.node)] += count
            share = count**0.5
            holder: Node | None = _holder(block.node)
            held[_holder(block.node)] += count
            while holder is not None and share > _LEAST_CREDIT:
                self._credit[holder] = self._credit.get(holder, 0.0) + share
                share *= _DECAY
                holder = holder.parent
        self._prose = _around(held)
        return total

    def _innermost_wide(self) -> Node | None:
        wide = [node for node, count in self._prose.items() if count >= _CORE * self.all_prose]
        return max(wide, key=lambda node: len(node.line()), default=None)

    def cover(self, node: Node) -> float:
        """The share of the page's prose that the element holds."""
        return self._prose.get(node, 0) / self.all_prose

    def look(self, node: Node) -> float:
        """The share of the page's prose in elements that look like this one."""
        return self.looks.get(look_of(node), 0) / self.all_prose

    def density(self, node: Node) -> float:
        """The credit of the element that holds the paragraph, against that of the densest."""
        return self._credit.get(_holder(node), 0.0) / self._most

    def steps_to_top(self, node: Node | None) -> int | None:
        """How far out of the element the densest one is; None if it is not around it, or far."""
        for steps in range(_STEPS):
            if node is None:
                return None
            if node is self.top:
                return steps
            node = node.parent
        return None

    def in_core(self, node: Node) -> bool:
        return inherited(node, self._in_core, False, lambda outer, inside: inside or outer is self.core)

    def regions(self, node: Node) -> frozenset[str]:
        """The regions that the element is in, by class names up to where the title's elements begin."""
        return inherited(node, self._regions, frozenset(), self._with_own_regions)

    def _with_own_regions(self, node: Node, outer: frozenset[str]) -> frozenset[str]:
        if node in self.title_line:
            return frozenset()
        own = _own_regions(node.tag, node.tokens)
        if own and self._held.get(node, 0) > 0.5 * self._all_held:
            own -= {"consent", "site"}  # whatever it is called, the page's text is in it
        return outer | own if own else outer


@lru_cache(maxsize=4096)
def _own_regions(tag: str, tokens: frozenset[str]) -> frozenset[str]:
    """The regions that an element is by its tag and its class words."""
    own = {region for token in tokens & _REGIONS.keys() for region in _REGIONS[token]}
    if tag in ("nav", "footer"):
        own.add("site")
    elif tag == "aside":
        own.add("related")
    return frozenset(own)


def _holder(node: Node) -> Node:
    return node.parent if node.tag == "p" and node.parent is not None else node


def _around(counts: Counter[Node]) -> Counter[Node]:
    """What elements hold, given what stands right in each of them."""
    held: Counter[Node] = Counter()
    outer: Counter[Node] = Counter()
    for node, count in counts.items():
        held[node] += count
        if node.parent is not None:
            outer[node.parent] += count
    for parent, count in outer.items():
        for node in parent.line():
            held[node] += count
    return held
