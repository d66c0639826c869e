"""What the classifier is sure of, put into another extractor's text that left it out: a lead, most often."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from newscrawl.page.document.blocks import HEADINGS

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newscrawl.page.context import PageContext
    from newscrawl.page.document.blocks import Block

_SURE = 0.9  # probability; cross-validated, .85 does as well and .8 does worse
_MARK = 20  # letters of a block by which its place in the other text is found
_NOT_WORDS = re.compile(r"[\W_]+")


def join_sure(answer: HtmlElement, look: PageContext, likely: list[float], chosen: set[int]) -> None:
    """Put the blocks in where they stand on the page; `answer` is a `div` of paragraphs and the like."""
    parts = [_plain("".join(part.itertext()) + (part.tail or "")) for part in answer]
    whole, ends = "".join(parts), list(accumulate(map(len, parts)))
    place = 0
    missing: list[tuple[int, Block]] = []
    for block in look.found.blocks:
        mark = _plain(block.text)
        sure = block.index in chosen and likely[block.index] > _SURE
        at = whole.find(mark) if sure or len(mark) >= _MARK else -1
        if at < 0 and sure:
            missing.append((place, block))
        elif at >= 0 and len(mark) >= _MARK:
            place = bisect_right(ends, at) + 1  # behind the part that holds the block
    for place, block in reversed(missing):
        answer.insert(place, _element(answer, block))


def _element(answer: HtmlElement, block: Block) -> HtmlElement:
    element = answer.makeelement(block.node.tag if block.node.tag in HEADINGS else "p")
    element.text = block.text
    return element


def _plain(text: str) -> str:
    return _NOT_WORDS.sub("", text.lower())
