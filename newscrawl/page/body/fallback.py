"""A second opinion on a page's text: trafilatura's, asked only where the block classifier is unsure.

On such pages, an eighth of those whose layout is declared nowhere, its answer is right more often than
ours; on all others it is not (docs/evaluation.md). trafilatura is imported when it is first asked.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from lxml import etree

from newscrawl.errors import PageError
from newscrawl.page.document.parse import fold, parse_fragment
from newscrawl.text.lazy_regex import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

    from newscrawl.page.context import PageContext

#: Probabilities between these are doubtful; asked is where doubtful characters are more than this
#: share of those taken. Cross-validated by site, any share from .3 to .6 does nearly as well.
_DOUBTFUL_FROM, _DOUBTFUL_TO = 0.12, 0.88
_MOST_DOUBTFUL = 0.4
_MOST_BLOCKS = 3_000  #: of a page that is handed on; a longer one is no article, and dear
_MOST_TEXT = 200_000  #: its characters
_CJK = lazy(r"[\u3040-\u30ff\u3400-\u9fff]")
_LEAST = 60  #: characters of an answer that are a text
#: What trafilatura and lxml are known to raise on broken trees; its answer is then none.
_FAULTS = (ValueError, TypeError, LookupError, AttributeError, RecursionError, etree.LxmlError)
#: Its names of elements, as HTML; those that are not here are HTML's already.
_TAGS = {"list": "ul", "item": "li", "quote": "blockquote", "code": "pre", "lb": "br", "row": "tr"}
_RENDERED = {"#b": "strong", "#i": "em", "#t": "code", "#u": "u", "#sub": "sub", "#sup": "sup"}


def is_unsure(look: PageContext, likely: list[float], chosen: Iterable[int]) -> bool:
    """Whether the classifier's choice rests on doubtful blocks; of a Chinese page never.

    `likely` are the probabilities of the page's blocks, `chosen` the indexes of those taken.
    """
    blocks = look.found.blocks
    if look.chinese or not 0 < len(blocks) <= _MOST_BLOCKS:
        return False
    if sum(len(block.text) for block in blocks) > _MOST_TEXT:
        return False
    taken = sum(len(blocks[index].text) for index in chosen)
    doubtful = sum(
        len(block.text) for block, p in zip(blocks, likely, strict=True) if _DOUBTFUL_FROM < p < _DOUBTFUL_TO
    )
    # Of a flash of one line the language is not always known.
    return (not taken or doubtful > _MOST_DOUBTFUL * taken) and not _is_cjk(look)


def _is_cjk(look: PageContext) -> bool:
    text = "".join(block.text for block in look.found.blocks[:200])
    return len(_CJK.findall(text)) * 3 > len(text)


def ask(look: PageContext) -> HtmlElement | None:
    """What trafilatura takes for the page's text, as a `div`; None where that is next to nothing.

    The page's tree is copied, never parsed again nor changed. Headings, lists, tables, quotes and
    emphasis are kept; links and pictures are not.
    """
    body = _extracted(look.found.root)
    if body is None:
        return None
    _drop_title(body, _title(look))
    if len(fold("".join(body.itertext()))) < _LEAST:
        return None
    for element in body.iter():
        _to_html(element)
    try:
        return parse_fragment(etree.tostring(body, encoding="unicode", method="html"), url=look.url)
    except PageError:  # nested too deep for another root around it
        return None


def _extracted(root: HtmlElement) -> etree._Element | None:
    from trafilatura import bare_extraction

    # Every page without an answer is a warning there; here it is an ordinary result.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        # As XML: for Python it would write the text out, too.
        found = bare_extraction(
            root, fast=True, include_comments=False, include_formatting=True, output_format="xml"
        )
    except _FAULTS:
        return None
    body = getattr(found, "body", None)
    return body if isinstance(body, etree._Element) else None


def _title(look: PageContext) -> str | None:
    candidate = look.title.candidate
    return fold(candidate[0].value) if candidate else None


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
    else:
        element.tag = _TAGS.get(str(tag), tag)
    element.attrib.clear()
