"""An article that a page's scripts are to show, and that stands in its source as HTML inside JSON.

`{"contentHtml": "\\u003cp\\u003eText …"}` in a script, or in an attribute that holds a framework's state.
Looked for only where the page itself shows hardly any text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from newscrawl.errors import PageError
from newscrawl.page.context import PageContext, page_context
from newscrawl.page.document.parse import parse_fragment

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_SHORT = 300  #: characters that a page shows at most, of one whose text may be elsewhere
_LEAST = 60  #: characters of a piece of HTML that is looked at
_MOST = 2_000_000  #: characters of a page's scripts and attributes that are read
_LEVELS = 2  #: JSON that is a string inside JSON
_LONGEST_TITLE = 300  #: characters of it that are looked at
_ABOUT = 0.4  #: share of the title's words that an article about it has
_STRING = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
_PARAGRAPH = re.compile(r"(?:<|\\u003c)(?:p|br)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def embedded(look: PageContext, shown: str) -> PageContext | None:
    """The article as a page of its own, if the page has one in its data and shows no more than `shown`.

    It must speak of what the page's title does.
    """
    title = look.title.candidate[0].value[:_LONGEST_TITLE] if look.title.candidate else ""
    if len(shown) > _SHORT or not title:
        return None
    carried = [_joined(text) for text in _carriers(look.found.root)]
    most = max(map(len, carried), default=0)
    # A framework's whole state may hold other articles besides.
    found = min((text for text in carried if len(text) * 3 >= most), key=len, default="")
    if len(found) < 2 * max(len(shown), _SHORT) or not _is_about(found, title):
        return None
    try:
        return page_context(parse_fragment(found, url=look.url), look.url)
    except PageError:
        return None


def _carriers(root: HtmlElement) -> Iterator[str]:
    """Scripts and long attributes with paragraphs in them."""
    read = 0
    attributes = root.xpath(f"//@*[string-length() > {_SHORT}]")
    scripts = (script.text or "" for script in root.iter("script"))
    for text in (*scripts, *map(str, attributes if isinstance(attributes, list) else ())):
        read += len(text)
        if read > _MOST:
            return
        if _PARAGRAPH.search(text):
            yield text


def _joined(text: str) -> str:
    return "\n".join(dict.fromkeys(_pieces(text, _LEVELS)))


def _pieces(text: str, levels: int) -> Iterator[str]:
    """The HTML in the strings of some JSON, in its order."""
    for match in _STRING.finditer(text):
        if len(match[1]) < _LEAST or not _PARAGRAPH.search(match[1]):
            continue
        try:
            candidate = json.loads(f'"{match[1]}"', strict=False)
        except ValueError:
            continue
        if not candidate.lstrip().startswith("<") and levels and '"' in candidate:
            yield from _pieces(candidate, levels - 1)
        elif "<" in candidate:
            yield candidate


def _is_about(text: str, title: str) -> bool:
    """Whether enough of the title's words, or their beginnings, are in the text."""
    stems = set(_stems(_WORD.findall(title.lower())))
    low = text.lower()
    return bool(stems) and sum(stem in low for stem in stems) >= _ABOUT * len(stems)


def _stems(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        if _CJK.match(word):
            yield from (word[at : at + 2] for at in range(len(word) - 1))
        elif len(word) >= 4:
            yield word[:6]
