"""Another way to a page's text: trafilatura, where the classifier is unsure.

The classifier is unsure on an eighth of the undeclared pages; there trafilatura is right more often, on all
others it is not (docs/evaluation.md). It is imported on first use.
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from lxml import etree

from newscrawl.errors import PageError
from newscrawl.page.document.blocks import HEADINGS
from newscrawl.page.document.parse import fold, parse_fragment
from newscrawl.page.document.prose import measure
from newscrawl.text.lazy_regex import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

    from newscrawl.page.context import PageContext
    from newscrawl.page.document.blocks import Block


#: Probabilities between these are doubtful; asked is where doubtful characters are more than this
#: share of those taken. Cross-validated by site, any share from .3 to .6 does nearly as well.
_DOUBTFUL_FROM, _DOUBTFUL_TO = 0.12, 0.88
_MOST_DOUBTFUL = 0.4
_MOST_BLOCKS = 3_000  #: of a page given to trafilatura; longer pages are slow and not articles
_MOST_TEXT = 200_000  #: its characters
_CJK = lazy(r"[\u3040-\u30ff\u3400-\u9fff]")
_LEAST = 60  #: characters of an answer that are a text
#: Of the characters of the page's prose, what a sound answer has at least, and what any has. Of the 767
#: pages of WCXB, asking again below .17 mended 9 and spoiled 2; at .3 more of the other sets are spoiled.
_SOUND_SHARE, _LEAST_SHARE = 0.17, 0.05
#: What trafilatura and lxml are known to raise on broken trees; there is no answer then.
_FAULTS = (ValueError, TypeError, LookupError, AttributeError, RecursionError, etree.LxmlError)
#: Its names of elements, as HTML; those that are not here are HTML's already.
_TAGS = {"list": "ul", "item": "li", "quote": "blockquote", "code": "pre", "lb": "br", "row": "tr"}
_RENDERED = {"#b": "strong", "#i": "em", "#t": "code", "#u": "u", "#sub": "sub", "#sup": "sup"}


def is_unsure(context: PageContext, likely: list[float], chosen: Iterable[int]) -> bool:
    """Whether the classifier's choice rests on doubtful blocks; of a Chinese page never.

    `likely` are the probabilities of the page's blocks, `chosen` the indexes of those taken.
    """
    blocks = context.tree.blocks
    if context.chinese or not 0 < len(blocks) <= _MOST_BLOCKS:
        return False
    if sum(len(block.text) for block in blocks) > _MOST_TEXT:
        return False
    taken = sum(len(blocks[index].text) for index in chosen)
    doubtful = sum(
        len(block.text) for block, p in zip(blocks, likely, strict=True) if _DOUBTFUL_FROM < p < _DOUBTFUL_TO
    )
    # Of a flash of one line the language is not always known.
    return (not taken or doubtful > _MOST_DOUBTFUL * taken) and not _is_cjk(context)


def _is_cjk(context: PageContext) -> bool:
    text = "".join(block.text for block in context.tree.blocks[:200])
    return len(_CJK.findall(text)) * 3 > len(text)


def ask_trafilatura(context: PageContext) -> HtmlElement | None:
    """What trafilatura finds as the page's text, as a `div`; None if that is next to nothing.

    So is a small part of the page's paragraphs, such as a comment or a teaser.

    The page's tree is copied, never parsed again nor changed. Headings, lists, tables, quotes and
    emphasis are kept; links and pictures are not.
    """
    body = _extracted(context.tree.root, fast=True)
    prose = _prose_in(context)
    if _length(body) < _SOUND_SHARE * prose:
        again = _extracted(context.tree.root, fast=False)  # with its own fallbacks: readability, justext
        body = again if _length(again) >= _SOUND_SHARE * prose else body
    if body is None or _length(body) < _LEAST_SHARE * prose:
        return None
    _drop_title(body, _title(context))
    if len(fold("".join(body.itertext()))) < _LEAST:
        return None
    try:
        for element in body.iter():
            _to_html(element)
        return parse_fragment(etree.tostring(body, encoding="unicode", method="html"), url=context.url)
    except (PageError, *_FAULTS):  # nested too deep for another root around it, or broken
        return None


def _prose_in(context: PageContext) -> int:
    """The characters of the page's paragraphs of prose."""
    return sum(len(block.text) for block in context.tree.blocks if measure(block).good)


def _length(body: etree._Element | None) -> int:
    return sum(map(len, body.itertext())) if body is not None else 0


def _extracted(root: HtmlElement, *, fast: bool) -> etree._Element | None:
    from trafilatura import bare_extraction

    # Every page without an answer is a warning there; here it is an ordinary result.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        # As XML: for Python it would write the text out, too.
        found = bare_extraction(
            root, fast=fast, include_comments=False, include_formatting=True, output_format="xml"
        )
    except _FAULTS:
        return None
    body = getattr(found, "body", None)
    return body if isinstance(body, etree._Element) else None


def _title(context: PageContext) -> str | None:
    titles = context.title.candidates
    return fold(titles[0].value) if titles else None


def _drop_title(body: etree._Element, title: str | None) -> None:
    first = next(iter(body), None)
    if first is not None and title is not None and fold("".join(first.itertext())) == title:
        body.remove(first)


def _to_html(element: etree._Element) -> None:
    """Give an element of trafilatura's tree its HTML name; attributes go, but for a heading's rank."""
    tag, rendered = element.tag, element.get("rend") or ""
    if tag == "head":
        element.tag = rendered if rendered in ("h1", "h2", "h3", "h4", "h5", "h6") else "h3"
    elif tag == "hi":
        element.tag = _RENDERED.get(rendered, "span")
    elif tag == "list" and rendered == "ol":
        element.tag = "ol"
    elif tag == "cell":
        element.tag = "th" if element.get("role") == "head" else "td"
    elif tag in _TAGS:  # lxml refuses to set some names that its parser lets in, such as `la"`
        element.tag = _TAGS[tag]
    element.attrib.clear()


# --- blocks of which the classifier is sure, added where trafilatura left them out: a lead, most often

_SURE = 0.9  # probability; cross-validated, .85 does as well and .8 does worse
_MARK = 20  # letters of a block by which its place in the other text is found
_NOT_WORDS = re.compile(r"[\W_]+")


def add_missing_blocks(
    answer: HtmlElement, context: PageContext, likely: list[float], chosen: set[int]
) -> None:
    """Insert the missing blocks into `answer`, a `div` of paragraphs and the like, in the page's order."""
    parts = [_plain("".join(part.itertext()) + (part.tail or "")) for part in answer]
    whole, ends = "".join(parts), list(accumulate(map(len, parts)))
    place = 0
    missing: list[tuple[int, Block]] = []
    for block in context.tree.blocks:
        mark = _plain(block.text)
        sure = block.index in chosen and likely[block.index] > _SURE
        at = whole.find(mark) if sure or len(mark) >= _MARK else -1
        if at < 0 and sure:
            missing.append((place, block))
        elif at >= 0 and len(mark) >= _MARK:
            place = bisect_right(ends, at) + 1  # after the part that holds the block
    for place, block in reversed(missing):
        answer.insert(place, _element(answer, block))


def _element(answer: HtmlElement, block: Block) -> HtmlElement:
    element = answer.makeelement(block.node.tag if block.node.tag in HEADINGS else "p")
    element.text = block.text
    return element


def _plain(text: str) -> str:
    return _NOT_WORDS.sub("", text.lower())
