"""Edges: lines that newsrooms put before and after a text, inside its element, and that do not belong to it.

The headline as it once was, the editor, disclaimers, further links, the plea to scan a code. A declared body
is an element, and these lines lie in it; the block classifier leaves them out by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.page.document import vocabulary
from newscrawl.page.document.parse import fold, text_of
from newscrawl.text.labels import split_labelled
from newscrawl.text.lazy_regex import lazy

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LINES = ("h1", "p", "div", "section", "li", "h2", "h3", "h4", "h5", "center", "blockquote", "pre", "td")
_MOST = 12  #: lines at either edge that are checked
_LONGEST = 160  #: characters; what is longer is part of the text
_INFO_LINE = 60  #: characters of a line of labels
_OPENS = r"^[\s\u3000【\[（(]*"
_ONCE = lazy(_OPENS + r"(?:本文|文章)?原(?:标题|题|文标题)\s*(?:[:：]|为?\s*《)")
_AFTER = vocabulary.pattern("after_text", before=_OPENS)
_FURTHER = lazy(
    _OPENS + r"(?:相关|延伸|推荐|更多|热门|往期|点击|精彩)?\s*[·•]?\s*"
    r"(?:新闻|阅读|报道|推荐|链接|专题|文章|回顾|进入专题)\s*[】\]）)]?\s*[:：]?\s*$"
)
_PAGES = lazy(r"^\s*(?:[【\[]\s*\d{1,2}\s*[】\]]\s*){2,}$")


def trim_edges(body: HtmlElement, title: str | None = None) -> list[str]:
    """Takes the lines out of the element; gives those after the text, in the order of the page.

    The title goes as well where it stands before the text.
    """
    lines = [
        line
        for line in body.iter(*_LINES)
        if line is not body and (len(line) == 0 or next(line.iterdescendants(*_LINES), None) is None)
    ]
    for line in lines[:_MOST]:
        text = text_of(line)
        if text and text != title and (len(text) > _LONGEST or not _ONCE.match(text)):
            break
        if text:
            line.drop_tree()
    return _cut_end(lines[-_MOST:]) if lines else _cut_breaks(body)


def _cut_end(lines: list[HtmlElement]) -> list[str]:
    gone: list[str] = []
    links: list[HtmlElement] = []  # they go where a heading above them says what they are
    for line in reversed(lines):
        text = text_of(line)
        if line.getparent() is None or (not text and next(line.iter("img"), None) is None):
            continue
        if links and _FURTHER.match(text):
            _drop([*links, line])
            links = []
        elif not links and text and len(text) <= _LONGEST and _goes(text):
            gone.insert(0, text)
            _drop([line])
        elif text and _is_linked(line, text):
            links.append(line)
        else:
            gone[:0] = _cut_breaks(line) if not links else []
            break
    return gone


def _cut_breaks(line: HtmlElement) -> list[str]:
    """Takes the last of the lines out that `<br>` parts inside one element: 责任编辑：张三<br>校对：李四."""
    gone: list[str] = []
    for end in [element for element in line if element.tag == "br"][: -_MOST - 1 : -1]:
        behind = list(end.itersiblings())
        text = fold((end.tail or "") + "".join(text_of(node) + (node.tail or "") for node in behind))
        if any(node.tag == "img" or node.find(".//img") is not None for node in behind):
            break
        if text and (len(text) > _LONGEST or not _goes(text)):
            break
        for node in (*behind, end):
            line.remove(node)
        if text:
            gone.insert(0, text)
    return gone


def _goes(text: str) -> bool:
    return any(pattern.match(text) for pattern in (_AFTER, _ONCE, _FURTHER, _PAGES)) or _is_info_line(text)


def _is_info_line(text: str) -> bool:
    """`（作者：张三 编辑：李四）`: labels with their values, and nothing else."""
    return len(text) <= _INFO_LINE and all(field is not None for field, _ in split_labelled(text))


def _is_linked(line: HtmlElement, text: str) -> bool:
    linked = sum(len(text_of(link)) for link in line.iter("a"))
    return linked >= 0.8 * len(text)


def _drop(lines: list[HtmlElement]) -> None:
    for line in lines:
        line.drop_tree()
