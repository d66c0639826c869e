"""Lines that are no part of a text wherever they stand: dates, bylines, captions, what leads elsewhere."""

from __future__ import annotations

import re

from newscrawl.page.document import vocabulary
from newscrawl.page.document.blocks import HEADINGS, Block
from newscrawl.text.dates.month_names import months
from newscrawl.text.labels import looks_like_date, split_labelled

_FURNITURE_LENGTH = 160  # characters
_FURNITURE = vocabulary.pattern("furniture", before=r"^[\s【\[（(]*")
_INTERLUDE_LENGTH = 500  # characters
_INTERLUDE = vocabulary.pattern("interlude", before=r"^[\s\W]*?")
_SHORT = 90  # characters of a date or byline
_LEVELS = 4  # elements around a block that may be a caption
_DATED = re.compile(r"(?:19|20)\d\d|\d{1,2}\s?[:.h]\s?\d\d(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")
_IN_DATES = vocabulary.classes("in_dates") | months().keys()
_BY = re.compile(r"(?:by|von|par|por|di|af|av|door)\s*:?\s+", re.IGNORECASE)
_BETWEEN = frozenset("and und et y e og och en de van von der del da & / |".split())
_MOST_NAMES = 12  # words of a byline


def is_no_text(block: Block) -> bool:
    text = block.text
    if len(text) <= _INTERLUDE_LENGTH and _INTERLUDE.match(text):
        return True
    if len(text) <= _FURNITURE_LENGTH and (_FURNITURE.match(text) is not None or _is_info_line(text)):
        return True
    if len(text) <= _SHORT and block.node.tag not in HEADINGS and (_is_date(text) or _is_byline(text)):
        return True
    return _is_cried(block)


def is_caption(block: Block) -> bool:
    return any(node.tag == "figcaption" for node in block.node.line()[:_LEVELS])


def _is_info_line(text: str) -> bool:
    """`2026-03-08 09:15 来源：示例日报 作者：张三`, or any other line of labels with a date in it."""
    return looks_like_date(text[:40]) and any(name for name, _ in split_labelled(text))


def _is_date(text: str) -> bool:
    """`Stand: 17.06.2025 18:24 Uhr`: a date, and no words but those of dates."""
    if _DATED.search(text) is None:
        return False
    candidate = _WORD.findall(text.lower())
    return bool(candidate) and all(word in _IN_DATES for word in candidate)


def _is_byline(text: str) -> bool:
    """`By Ana Bell and Bo Cole`: nothing but names behind the word."""
    by = _BY.match(text)
    if by is None or text[-1] in ".,!?…":
        return False
    names = text[by.end() :].split()
    return 2 <= len(names) <= _MOST_NAMES and all(
        not name[0].islower() or name.lower() in _BETWEEN for name in names
    )


def _is_cried(block: Block) -> bool:
    """A headline in capitals that is a link: `COUNCIL AGREES ON THE BRIDGE`, between two paragraphs."""
    text = block.text
    return block.linked >= 0.9 * len(text) and len(text) >= 20 and text.isupper()
