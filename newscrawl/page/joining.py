"""What the classifier is sure of, put into another extractor's text that left it out: a lead, most often."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newscrawl.page.blocks import HEADINGS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

    from newscrawl.page.blocks import Block
    from newscrawl.page.look import Look

_SURE = 0.9  # probability; cross-validated, .85 does as well and .8 does worse
_MARK = 20  # letters of a block by which its place in the other text is found
_NOT_WORDS = re.compile(r"[\W_]+")


def join_sure(answer: HtmlElement, look: Look, likely: list[float], chosen: set[int]) -> None:
    """Put the blocks in where they stand on the page; `answer` is a `div` of paragraphs and the like."""
    blocks, whole = look.found.blocks, _plain("".join(answer.itertext()))
    sure = [index for index in sorted(chosen) if likely[index] > _SURE]
    missing = [index for index in sure if _plain(blocks[index].text) not in whole]
    parts = [_plain("".join(part.itertext())) for part in answer]
    places = [_place(blocks[:index], parts) for index in missing]
    for index, place in reversed(list(zip(missing, places, strict=True))):
        answer.insert(place, _element(answer, blocks[index]))


def _place(before: Iterable[Block], parts: list[str]) -> int:
    """Behind the part that holds the last of the blocks before; 0 where none does."""
    for block in reversed(list(before)):
        mark = _plain(block.text)
        if len(mark) >= _MARK and (found := [at for at, part in enumerate(parts) if mark in part]):
            return found[-1] + 1
    return 0


def _element(answer: HtmlElement, block: Block) -> HtmlElement:
    element = answer.makeelement(block.node.tag if block.node.tag in HEADINGS else "p")
    element.text = block.text
    return element


def _plain(text: str) -> str:
    return _NOT_WORDS.sub("", text.lower())
