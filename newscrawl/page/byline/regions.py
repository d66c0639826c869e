"""Which blocks of a Chinese page may carry its info line, and which belong to link lists, side columns,
comments or the footer."""

from __future__ import annotations

import re
from functools import cached_property

from newscrawl.page.document import vocabulary
from newscrawl.page.document.blocks import Block, BlockTree, Node
from newscrawl.page.document.prose import STOPS
from newscrawl.text.lazy_regex import lazy

_FOREIGN_CLASS = vocabulary.class_words("foreign")
_FOREIGN_ALONE = vocabulary.class_words(
    "foreign_alone"
)  #: as a whole class name only: `foot`, not `foot-info`
_FOREIGN_TAG = frozenset(("aside", "footer", "nav"))
_ITEM = frozenset(("li", "dd", "dt", "tr"))
_RIGHTS = lazy(r"版权所有|©|copyright|ICP|许可证|备案|邮编|电话|地址[:：]", re.IGNORECASE)
_LABEL = lazy(r"[:：|｜丨]|^https?:")
# What sites put under every text is not a paragraph of it.
_FURNITURE = vocabulary.pattern("furniture")
_STATEMENT = lazy(r"声明|免责|侵权|投资建议|风险自担|请联系我们|不代表本")
_SHORT_LABEL = lazy(r"[\u4e00-\u9fff]{2,4}[:：].{0,8}$")
_HEADLINE = 8  # characters of a link from which it is another article's title
_SHORTEST_TITLE = 3  # characters of a link that an item begins with, if it is one
_NEAR = 6  # blocks after a linked one, in which a title makes it part of a list
_LONGEST_LINKED = 12  # characters of a name that is a link with its label
_PARAGRAPH = 30  # characters of a block from which it is prose
_DECAY = 0.6  # of a paragraph's weight, from each element to the one around it
_LEVELS = 6
_FAR = 200  # blocks; a title further before has nothing to do with a line


class Regions:
    """Whether a block may carry the article's info line, byline or signature."""

    def __init__(self, tree: BlockTree, title: Node | None) -> None:
        self.blocks = tree.blocks
        self.title = title
        self.around_title = frozenset(title.line()) if title is not None else frozenset()

    def is_foreign(self, block: Block) -> bool:
        """Whether the block is the title's own, or stands where other articles are spoken of."""
        if self.title is not None and self.title in block.pieces[0].node.line():
            return block.index == self.title.first  # below it within one heading: an info line
        if _RIGHTS.search(block.text) or self._in_foreign_region(block) or self._is_headline(block):
            return True
        return self._is_list_entry(block)

    def is_inside(self, block: Block) -> bool:
        """Whether prose of the article stands both before and after the block."""
        return bool(self._prose) and self._prose[0].index < block.index < self._prose[-1].index

    def _in_foreign_region(self, block: Block) -> bool:
        for node in block.pieces[0].node.line():
            if node in self.around_title:
                return False
            if _is_foreign(node) and node not in self._around_prose:
                return True
        return False

    def _is_headline(self, block: Block) -> bool:
        """Whether the block is all link, and longer than a label with a name: 来源：北方网数据显示 …"""
        return _is_link(block) and len(block.text) > _LONGEST_LINKED

    def _is_list_entry(self, block: Block) -> bool:
        """Whether another article's title precedes the block in the same list item or part of the page.

        Parts that hold this article's title or text do not count.
        """
        island: Node | None = None
        for node in block.pieces[0].node.line():
            if node in self.around_title or node in self._around_prose:
                break
            island = node
            if node.tag in _ITEM and _begins_with_link(self.blocks[node.first]):
                return True
        if island is None:
            return False
        linked = _is_link(block)
        if linked and any(map(_is_link, self._neighbours(block))):
            return True
        before_title = self.title is not None and block.index < self.title.first
        return self._holds_title(island, block.index + (_NEAR if linked or before_title else 0))

    def _neighbours(self, block: Block) -> list[Block]:
        return [*self.blocks[block.index - 1 : block.index], *self.blocks[block.index + 1 : block.index + 2]]

    def _holds_title(self, node: Node, until: int) -> bool:
        """Whether a linked title stands in the element, in a block of at most the number `until`."""
        for block in self.blocks[max(node.first, until - _FAR) : until + 1]:
            if node not in block.pieces[0].node.line():
                return False
            if _has_title(block):
                return True
        return False

    @cached_property
    def _prose(self) -> list[Block]:
        """The paragraphs in the element that holds the most."""
        good = [block for block in self.blocks if _is_prose(block)]
        weights: dict[Node, float] = {}
        for block in good:
            weight = min(len(block.text), 200) ** 0.5
            for node in block.node.line(_LEVELS):
                weights[node] = weights.get(node, 0.0) + weight
                weight *= _DECAY
        top = max(weights, key=lambda node: weights[node], default=None)
        return [block for block in good if top in block.node.line()]

    @cached_property
    def _around_prose(self) -> frozenset[Node]:
        """The elements around all of the article's paragraphs."""
        lines = [frozenset(block.node.line()) for block in self._prose]
        return frozenset.intersection(*lines) if lines else frozenset()


def _is_foreign(node: Node) -> bool:
    if node.tokens & _FOREIGN_CLASS or node.tag in _FOREIGN_TAG:
        return True
    return bool(node.tokens) and node.tokens <= _FOREIGN_ALONE


def _is_link(block: Block) -> bool:
    return block.linked >= 0.9 * len(block.text)


def _begins_with_link(block: Block) -> bool:
    first = next((piece for piece in block.pieces if piece.text.strip()), None)
    if first is None or first.link is None:
        return False
    return len(first.text.strip()) > _SHORTEST_TITLE and not _SHORT_LABEL.match(first.text.strip())


def _has_title(block: Block) -> bool:
    """Whether a link as long as a title is in the block; not after a label: 来源：光明网-《光明日报》."""
    before = ""
    for piece in block.pieces:
        text = piece.text.strip()
        if piece.link and len(text) >= _HEADLINE and not _LABEL.search(before) and not _LABEL.search(text):
            return True
        before += text
    return False


def _is_prose(block: Block) -> bool:
    text = block.text
    if len(text) < _PARAGRAPH or block.linked >= 0.4 * len(text) or STOPS.search(text) is None:
        return False
    return not (_FURNITURE.match(text) or _STATEMENT.search(text))
