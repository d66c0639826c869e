"""Other ways to a page's text than the blocks that it shows: trafilatura's answer, and the page's data.

trafilatura is asked if the classifier is unsure, on an eighth of the undeclared pages: there it is right more
often, on all others it is not (docs/evaluation.md). It is imported on first use.

An article that scripts would show is in the page's data, as HTML, blocks, Markdown or plain text:
`{"contentHtml": "\u003cp\u003eText …"}` in a script, in an attribute with a framework's state, or in a
`textarea`; `"blocks": [{"type": "paragraph", "text": …}, …]`; `"markdown": "## Costs …"`. It is searched for
only if the page itself shows hardly any text.
"""

from __future__ import annotations

import json
import logging
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from html import escape
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from lxml import etree

from newscrawl.errors import PageError
from newscrawl.page.body.copies import later_copies
from newscrawl.page.context import PageContext, page_context
from newscrawl.page.document.blocks import HEADINGS
from newscrawl.page.document.parse import fold, parse_fragment
from newscrawl.page.document.prose import measure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

    from newscrawl.page.context import PageContext
    from newscrawl.page.document.blocks import Block


_LEAST = 60  #: characters of an answer that are a text
#: Of the characters of the page's prose, what a sound answer has at least, and what any has. Of the 767
#: pages of WCXB, asking again below .17 mended 9 and spoiled 2; at .3 more of the other sets are spoiled.
_SOUND_SHARE, _LEAST_SHARE = 0.17, 0.05
#: What trafilatura and lxml are known to raise on broken trees; there is no answer then.
_FAULTS = (ValueError, TypeError, LookupError, AttributeError, RecursionError, etree.LxmlError)
#: Its names of elements, as HTML; those that are not here are HTML's already.
_TAGS = {"list": "ul", "item": "li", "quote": "blockquote", "code": "pre", "lb": "br", "row": "tr"}
_RENDERED = {"#b": "strong", "#i": "em", "#t": "code", "#u": "u", "#sub": "sub", "#sup": "sup"}


def ask_trafilatura(context: PageContext, chosen: int = 0) -> HtmlElement | None:
    """What trafilatura finds as the page's text, as a `div`; None if that is next to nothing.

    So is a small part of the page's paragraphs, such as a comment or a teaser, if the classifier has
    `chosen` more characters.

    The page's tree is copied, never parsed again nor changed. Headings, lists, tables, quotes and
    emphasis are kept; links and pictures are not.
    """
    body = _extracted(context.tree.root, fast=True)
    prose = _prose_in(context)
    if _length(body) < _SOUND_SHARE * prose:
        again = _extracted(context.tree.root, fast=False)  # with its own fallbacks: readability, justext
        body = again if _length(again) >= _SOUND_SHARE * prose else body
    found = _length(body)
    if body is None or found < _LEAST_SHARE * prose or found < min(chosen, _SOUND_SHARE * prose):
        return None
    _drop_title(body, _title(context))
    if len(fold("".join(body.itertext()))) < _LEAST:
        return None
    _drop_copies(body)
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


def _drop_copies(body: etree._Element) -> None:
    parts = list(body)
    for place in later_copies([fold("".join(part.itertext())) for part in parts]):
        body.remove(parts[place])


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


MOST_SHOWN = 300  #: characters that a page shows at most, of one whose text may be in its data
_LEAST_HTML = 60  #: characters; shorter pieces of HTML are skipped
_MOST = 2_000_000  #: characters of a page's scripts and attributes that are read
_LEVELS = 2  #: JSON that is a string inside JSON
_LONGEST_TITLE = 300  #: characters of the title that are compared
_ABOUT = 0.4  #: share of the title's words that an article about it has
_ANSWERS = re.compile(r'"(?:(?:accepted|suggested)Answer|FAQPage|QAPage|Question|HowTo(?:Step|Section)?)"')
_STRING = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
_PARAGRAPH = re.compile(r"(?:<|\\u003c)(?:p|br)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_CJK_LETTER = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def embedded_article(context: PageContext, shown: str) -> PageContext | None:
    """The article as a page of its own, if the page has one in its data and shows no more than `shown`.

    It must speak of what the page's title does, or stand beside it in the data.
    """
    title = context.title.candidates[0].value[:_LONGEST_TITLE] if context.title.candidates else ""
    if len(shown) > MOST_SHOWN or not title:
        return None
    spellings = json.dumps(title, ensure_ascii=False), json.dumps(title)
    carried = {
        _joined(text): any(title in text for title in spellings) for text in _carriers(context.tree.root)
    }
    most = max(map(len, carried), default=0)
    # A framework's whole state may hold other articles besides.
    found = min((text for text in carried if len(text) * 3 >= most), key=len, default="")
    if not (_is_long(found, shown) and (carried[found] or _is_about(found, title))):
        texts = sorted(_texts_in_data(context.tree.root), key=_weight, reverse=True)
        found = next((text for text in texts if _is_long(text, shown) and _is_about(text, title)), "")
    if not found:
        return None
    try:
        return page_context(parse_fragment(found, url=context.url), context.url)
    except PageError:
        return None


def _is_long(text: str, shown: str) -> bool:
    return _weight(text) >= 2 * max(_weight(shown), MOST_SHOWN)


def _weight(text: str) -> int:
    """The characters of a text; a CJK character says as much as three letters."""
    return len(text) + 2 * len(_CJK_LETTER.findall(text))


def _carriers(root: HtmlElement) -> Iterator[str]:
    """Scripts and long attributes with paragraphs in them."""
    read = 0
    attributes = root.xpath(f"//@*[string-length() > {MOST_SHOWN}]")
    scripts = (script.text or "" for script in root.iter("script") if not _is_answers(script))
    # HTML as the value of a field: in quotes as in JSON, as all others.
    areas = (json.dumps(area.text) for area in root.iter("textarea") if area.text)
    for text in (*scripts, *areas, *map(str, attributes if isinstance(attributes, list) else ())):
        read += len(text)
        if read > _MOST:
            return
        if _PARAGRAPH.search(text):
            yield text


def _is_answers(script: HtmlElement) -> bool:
    """Whether a script is JSON-LD of questions and answers, or of steps: they stand beside an article."""
    return "ld+json" in (script.get("type") or "") and _ANSWERS.search(script.text or "") is not None


def _joined(text: str) -> str:
    return "\n".join(dict.fromkeys(_pieces(text, _LEVELS)))


def _pieces(text: str, levels: int) -> Iterator[str]:
    """The HTML in the strings of some JSON, in its order."""
    for match in _STRING.finditer(text):
        if len(match[1]) < _LEAST_HTML or not _PARAGRAPH.search(match[1]):
            continue
        try:
            string = json.loads(f'"{match[1]}"', strict=False)
        except ValueError:
            continue
        if not string.lstrip().startswith("<") and levels and '"' in string:
            yield from _pieces(string, levels - 1)
        elif "<" in string:
            yield string


def _is_about(text: str, title: str) -> bool:
    """Whether enough of the title's words, or their beginnings, are in the text."""
    stems = set(_stems(_WORD.findall(title.lower())))
    low = text.lower()
    return bool(stems) and sum(stem in low for stem in stems) >= _ABOUT * len(stems)


def _stems(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        if _CJK_LETTER.match(word):
            yield from (word[at : at + 2] for at in range(len(word) - 1))
        elif len(word) >= 4:
            yield word[:6]


# --- text in data that is no HTML: a list of paragraphs, Markdown, or lines

_MOST_VALUES = 20_000  # of a page's data
_DEEPEST = 12  # levels of a paragraph
_STARTS = 5  # places of a script at which JSON is looked for
_JSON = re.compile(r"(?:^|[=(,]|JSON\.parse\()\s{0,20}(?=[\[{])")
_TEXT_KEYS = ("text", "value", "content", "children", "data", "html", "body", "paragraph", "paragraphs")
_WHOLE_KEYS = frozenset(
    (*_TEXT_KEYS, "markdown", "md", "articlebody", "bodytext", "fulltext", "article", "story")
)
_OTHERS = re.compile(
    r"comment|related|recommend|reply|teaser|footer|nav|menu|hot|latest|faq|seo", re.IGNORECASE
)
_HEADLINE = re.compile(r"head|title", re.IGNORECASE)
_STOP = re.compile(r"[.!?。！？]")


def _texts_in_data(root: HtmlElement) -> Iterator[str]:
    """As HTML, each list of paragraphs and each long string that may be an article's text."""
    count = 0
    for data in _data_in(root):
        waiting: list[tuple[str, Any]] = [("", data)]
        while waiting and count < _MOST_VALUES:
            count += 1
            key, value = waiting.pop()
            if isinstance(value, dict):
                waiting += [(str(name), one) for name, one in value.items() if not _OTHERS.search(str(name))]
            elif isinstance(value, list):
                waiting += [(key, one) for one in value]
                yield _of_list(value)
            elif isinstance(value, str) and key.lower() in _WHOLE_KEYS and not _PARAGRAPH.search(value):
                yield _of_lines(value)


def _data_in(root: HtmlElement) -> Iterator[Any]:
    """The JSON in a page's scripts, but for JSON-LD, which is read elsewhere."""
    read, decoder = 0, json.JSONDecoder(strict=False)
    for script in root.iter("script"):
        text = script.text or ""
        read += len(text)
        if "ld+json" in (script.get("type") or "") or read > _MOST:
            continue
        end = 0
        for _ in range(_STARTS):
            start = _JSON.search(text, end)
            if start is None:
                break
            try:
                value, end = decoder.raw_decode(text, start.end())
            except (ValueError, RecursionError):
                end = start.end() + 1
            else:
                yield value


def _of_list(items: list[Any]) -> str:
    """A list of paragraphs as HTML; empty if it is something else."""
    parts = [(_inline(item, 0), _kind(item)) for item in items[:_MOST_VALUES]]
    if sum(_STOP.search(text) is not None for text, _ in parts) < 2:
        return ""
    tags = [("h3" if _HEADLINE.search(kind) else "p", text) for text, kind in parts if text.strip()]
    return "".join(
        text if _PARAGRAPH.search(text) else f"<{tag}>{escape(text, quote=False)}</{tag}>"
        for tag, text in tags
    )


def _kind(item: Any) -> str:
    return (
        str(item.get("type") or item.get("name") or item.get("_type") or "") if isinstance(item, dict) else ""
    )


def _inline(value: Any, level: int) -> str:
    """The text of a paragraph in data: of its first field that has any, or of its parts."""
    if isinstance(value, str):
        return value
    if level > _DEEPEST:
        return ""
    if isinstance(value, list):
        return "".join(_inline(one, level + 1) for one in value)
    if isinstance(value, dict):
        texts = (_inline(value[key], level + 1) for key in _TEXT_KEYS if key in value)
        return next((text for text in texts if text.strip()), "")
    return ""


_HEADING = re.compile(r"#{1,6}\s+(.*?)[\s#]*$")
_ITEM = re.compile(r"(?:[-*+]|\d{1,3}[.)])\s+(.*)")
_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\(\s*([^\s()]{1,2000})[^()]{0,300}\)")
_EMPHASIS = re.compile(r"(\*\*|__|(?<!\w)[*_])(?=\S)([^*_]{1,500})(?<=\S)\1(?!\w)")


def _of_lines(text: str) -> str:
    """Plain text or Markdown as HTML: headings, list items, quotes, links, emphasis, paragraphs."""
    if len(_STOP.findall(text)) < 2:
        return ""
    return "".join(_of_line(line.strip()) for line in text.splitlines() if line.strip())


def _of_line(line: str) -> str:
    if heading := _HEADING.match(line):
        return f"<h3>{_marked_up(heading[1])}</h3>"
    if item := _ITEM.match(line):
        return f"<ul><li>{_marked_up(item[1])}</li></ul>"
    if line.startswith(">"):
        return f"<blockquote><p>{_marked_up(line.lstrip('> '))}</p></blockquote>"
    return f"<p>{_marked_up(line)}</p>"


def _marked_up(line: str) -> str:
    def link(match: re.Match[str]) -> str:
        return f'<img src="{match[2]}">' if match[0][0] == "!" else f'<a href="{match[2]}">{match[1]}</a>'

    def emphasis(match: re.Match[str]) -> str:
        tag = "strong" if len(match[1]) == 2 else "em"
        return f"<{tag}>{match[2]}</{tag}>"

    return _EMPHASIS.sub(emphasis, _LINK.sub(link, escape(line)))
