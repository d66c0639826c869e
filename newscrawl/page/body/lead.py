"""The lead: what stands between the title and the first paragraph, and says in a sentence what happened.

Newsrooms set it apart from the text, so that the classifier, which judges by what is around a block, is
often not sure of it. What a lead is called, or that the page describes itself by it, is enough then.
"""

from __future__ import annotations

import re

from newscrawl.page.body.features import PageHints
from newscrawl.page.document import vocabulary
from newscrawl.page.document.blocks import Block, BlockTree
from newscrawl.page.document.prose import words_of
from newscrawl.text.labels import looks_like_date

_LIKELY = 0.1  # probability from which such a block is one
_LONG = 15  # words of the first paragraph
_WORDS = range(6, 81)  # of a lead
_NEAR = 15  # blocks below the title
_LEAST = 20  # letters that description and lead have in common
_CLASSES = vocabulary.classes("lead") | {
    name for name, kinds in vocabulary.regions().items() if "lead" in kinds
}
_OTHERS = vocabulary.classes("no_lead")
_OTHER_TAGS = frozenset(("figcaption", "figure", "li"))
_NOT_WORDS = re.compile(r"[\W_]+")


def leads(found: BlockTree, known: PageHints, likely: list[float], taken: set[int]) -> set[int]:
    """The indexes of further blocks to take, given those that are taken."""
    if known.title is None:
        return set()
    start = known.title.first + 1
    first = min((at for at in taken if at >= start and words_of(found.blocks[at]) >= _LONG), default=start)
    digest = _plain(known.digest or "")
    return {
        block.index
        for block in found.blocks[start : min(first, start + _NEAR)]
        if likely[block.index] > _LIKELY
        and known.title not in block.pieces[0].node.line()
        and _may_be_lead(block)
        and (_is_called_lead(block) or _is_said(block, digest))
    }


def _may_be_lead(block: Block) -> bool:
    if words_of(block) not in _WORDS or block.linked > 0.3 * len(block.text):
        return False
    around = block.node.line()[:3]
    return not (
        looks_like_date(block.text[:40])
        or any(node.tag in _OTHER_TAGS or node.tokens & _OTHERS for node in around)
    )


def _is_called_lead(block: Block) -> bool:
    return any(node.tokens & _CLASSES for node in block.node.line()[:3])


def _is_said(block: Block, digest: str) -> bool:
    """Whether the page's description of itself is the block, or a part of it, or holds it."""
    plain = _plain(block.text)
    return min(len(plain), len(digest)) > _LEAST and (plain in digest or digest in plain)


def _plain(text: str) -> str:
    return _NOT_WORDS.sub("", text.lower())
