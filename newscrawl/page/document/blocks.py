"""The one walk over a page's tree: its blocks of text, and whatever the readers of fields look for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from lxml import etree

from newscrawl.page.document import vocabulary
from newscrawl.page.document.parse import fold, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement


T = TypeVar("T")

SKIPPED = vocabulary.tag_names("skipped")  #: never text of a page
INLINE = vocabulary.tag_names("inline")  #: flow inside a line; every other element begins and ends a block
MOST_BLOCKS = 20_000  #: of one page; what comes after is left unread
_MOST_LEVELS = 100  # ancestors that are followed; deeper nesting is an error or an attack
#: Ids by which Baidu asks news sites to mark their fields, and that of WeChat's accounts, with Reading's name
#: of the field.
MARKING_IDS = {
    "js_name": "outlets",
    "pubtime_baidu": "dates",
    "source_baidu": "outlets",
    "author_baidu": "authors",
    "editor_baidu": "editors",
}
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_NO_TOKENS: frozenset[str] = frozenset()
_TITLE_WORDS = frozenset(("title", "headline"))
_COLLECTED = HEADINGS | {"time", "meta", "title"}
_BREAKS = frozenset(("br", "hr", "input"))  # without text, and the end of a block
_LEAVES = SKIPPED | _BREAKS | {"", "img", "link"}
_NAMING = frozenset(("id", "role", "itemprop"))  # attributes that name what an element is, as its class does
_READ = _NAMING | {"rel", "hidden", "style"}

#: Of the style of an element that is not shown.
HIDING = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)


@dataclass(slots=True, eq=False)
class Node:
    """An element on the way from the root to a text."""

    element: HtmlElement
    tag: str
    parent: Node | None
    tokens: frozenset[str]  #: words of its class, id, role and itemprop
    first: int  #: index of the first block at or after its beginning
    hidden: bool = False
    inline: bool = False

    def line(self, most: int = _MOST_LEVELS) -> list[Node]:
        """The element and what it stands in, outwards."""
        line, node = [self], self.parent
        for _ in range(most - 1):
            if node is None:
                break
            line.append(node)
            node = node.parent
        return line

    def up(self) -> Node:
        """The nearest element that is not inline: itself, or around it."""
        node = self
        while node.inline and node.parent is not None:
            node = node.parent
        return node


@dataclass(slots=True)
class TextPiece:
    """One text node: the element's text, or its tail; and how it stands."""

    element: HtmlElement
    tail: bool
    text: str
    node: Node
    link: str | None  #: href of the link it stands in


@dataclass(slots=True, eq=False)
class Block:
    """A run of text that a browser shows apart from what is before and after."""

    index: int
    node: Node  #: the block element
    pieces: list[TextPiece]
    text: str  #: white space folded
    linked: int  #: characters of it inside links
    words: int | None = None  #: of its text, when they have been counted; see `prose.words_of`


@dataclass(slots=True)
class BlockTree:
    """The blocks and elements of a page, each list in the page's order."""

    root: HtmlElement
    blocks: list[Block] = field(default_factory=list)
    metas: list[HtmlElement] = field(default_factory=list)
    links: list[HtmlElement] = field(default_factory=list)  #: `<link>`
    scripts: list[HtmlElement] = field(default_factory=list)  #: that hold JSON
    title: str | None = None  #: of `<title>`
    headings: list[Node] = field(default_factory=list)
    times: list[Node] = field(default_factory=list)
    marked: list[Node] = field(default_factory=list)  #: elements with itemprop, or rel=author
    titled: list[Node] = field(default_factory=list)  #: elements classed title or headline
    signed: list[Node] = field(default_factory=list)  #: with one of MARKING_IDS


def inherited(node: Node, cache: dict[Node, T], start: T, step: Callable[[Node, T], T]) -> T:
    """What an element has by those around it: `step` of the element and what its parent has.

    `start` is what the page's root has from outside. Each element is asked once, and kept in `cache`.
    """
    if node in cache:
        return cache[node]
    if node.parent in cache:  # nearly always, since its siblings came before
        found = cache[node] = step(node, cache[node.parent])
        return found
    waiting: list[Node] = []
    at: Node | None = node
    while at is not None and at not in cache:
        waiting.append(at)
        at = at.parent
    found = cache[at] if at is not None else start
    for outer in reversed(waiting):
        found = cache[outer] = step(outer, found)
    return found


def block_tree(root: HtmlElement) -> BlockTree:
    """All blocks of the page and the elements that other modules need, from one walk over its tree.

    Of the tree only buttons in headings are changed, see `_panels`.
    """
    return _TreeBuilder(root).run()


def _panels(root: HtmlElement) -> set[HtmlElement]:
    """The panels of an accordion, which a reader opens by a button in a heading; that becomes text of it."""
    buttons = [button for button in root.iter("button") if _opens_panel(button)]
    if not buttons:
        return set()
    names = {button.get("aria-controls") for button in buttons} - {None}
    panels = {element for element in root.iter() if element.get("id") in names} if names else set()
    for button in buttons:
        button.tag = "span"
        heading = button.getparent()
        if heading is not None and (beside := heading.getnext()) is not None:
            panels.add(beside)
    return panels


def _opens_panel(button: HtmlElement) -> bool:
    """Whether a button is all that a heading says; beside other words it is `Share` or the like."""
    parent = button.getparent()
    if parent is None or parent.tag not in HEADINGS:
        return False
    text = text_of(button)
    return bool(text) and text_of(parent) == text


class _TreeBuilder:
    """What the walk has found, and how each element is begun and each block ended."""

    def __init__(self, root: HtmlElement) -> None:
        self.tree = BlockTree(root)
        self.panels = _panels(root)

    def run(self) -> BlockTree:
        """The way down to the current element is in locals, for this is done a thousand times a page."""
        node: Node | None = None
        pieces: list[TextPiece] = []
        href: str | None = None
        hrefs: list[str | None] = []  # of the links around, should one stand in another
        walk = etree.iterwalk(self.tree.root, events=("start", "end"))
        for event, element in walk:
            tag: str = element.tag  # type: ignore[assignment]
            if event == "start":
                if tag in _LEAVES:
                    if pieces and tag in _BREAKS:
                        pieces = self._flush(pieces)
                    self._leaf(element, tag)
                    walk.skip_subtree()
                    continue
                inline = tag in INLINE
                if pieces and not inline:
                    pieces = self._flush(pieces)
                node = self._node(element, tag, node, inline)
                if tag == "a":
                    hrefs.append(href)
                    href = element.get("href") or None
                text = element.text
                if text and (pieces or not text.isspace()) and tag != "title":
                    pieces.append(TextPiece(element, False, text, node, href))
                continue
            if node is not None and tag not in _LEAVES:
                if tag == "a":
                    href = hrefs.pop()
                if pieces and not node.inline:
                    pieces = self._flush(pieces)
                node = node.parent
            tail = element.tail
            if tail and node is not None and (pieces or not tail.isspace()):
                pieces.append(TextPiece(element, True, tail, node, href))
        if pieces:
            self._flush(pieces)
        return self.tree

    def _leaf(self, element: HtmlElement, tag: str) -> None:
        """An element in which no text of the page can be; no Node is made of it."""
        if tag == "link":
            self.tree.links.append(element)
        elif tag == "script" and "json" in (element.get("type") or ""):
            self.tree.scripts.append(element)

    def _node(self, element: HtmlElement, tag: str, parent: Node | None, inline: bool) -> Node:
        tree = self.tree
        hidden = parent is not None and parent.hidden
        node = Node(element, tag, parent, _NO_TOKENS, len(tree.blocks), hidden, inline)
        names = ""
        for name, value in element.items():
            if name == "class":
                names += " " + value
            elif name in _READ:
                if name in _NAMING:
                    names += " " + value
                self._mark(node, name, value)
        if names:
            node.tokens = tokens_of(names)
        if tag in _COLLECTED:
            self._collect(node, tag)
        elif names and not node.tokens.isdisjoint(_TITLE_WORDS):
            tree.titled.append(node)
        return node

    def _mark(self, node: Node, name: str, value: str) -> None:
        """Take note of an attribute other than the class."""
        if name == "id":
            if value in MARKING_IDS:
                self.tree.signed.append(node)
        elif name == "itemprop" or (name == "rel" and value == "author"):
            self.tree.marked.append(node)
        elif name == "hidden" or (name == "style" and HIDING.search(value)):
            node.hidden = node.hidden or node.element not in self.panels

    def _collect(self, node: Node, tag: str) -> None:
        tree = self.tree
        if tag in HEADINGS:
            tree.headings.append(node)
        elif tag == "time":
            tree.times.append(node)
        elif tag == "meta":
            tree.metas.append(node.element)
        elif tree.title is None:
            tree.title = fold(node.element.text or "") or None

    def _flush(self, pieces: list[TextPiece]) -> list[TextPiece]:
        """End the block; returns what the next one begins with, nothing."""
        blocks = self.tree.blocks
        text = fold(pieces[0].text if len(pieces) == 1 else "".join([piece.text for piece in pieces]))
        if text and len(blocks) < MOST_BLOCKS:
            linked = sum([len(piece.text.strip()) for piece in pieces if piece.link])
            blocks.append(Block(len(blocks), pieces[0].node.up(), pieces, text, linked))
        return []


# --- letters, words and class tokens of texts
#
# Most Western text fits one codec: as bytes it is translated by a table, in two thirds of a pattern's time.

_CODEC = "cp1252"
_SIGNS = bytes(range(256)).decode(_CODEC, "replace")
#: Letters as `a`, figures as `0`, all else as blanks.
_KINDS = bytes(ord("0" if one.isdecimal() else "a" if one.isalnum() else " ") for one in _SIGNS)
_NO_WORDS = bytes(code for code, one in enumerate(_SIGNS) if not one.isalnum())
_NO_WORD = re.compile(r"[\W_]+")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]{2,}(?![a-z])")
_TO_BLANKS = {code: " " for code in range(128) if not chr(code).islower()}
_BEGINNING = 20  # characters of a text
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def words_in(text: str) -> int:
    """Runs of letters and of figures, `the 2nd` has three; a CJK character counts as two thirds of one."""
    written = _as_bytes(text)
    if written is None:
        cjk = len(_CJK.findall(text))
        return cjk * 2 // 3 + len(_WORD.findall(_CJK.sub(" ", text) if cjk else text))
    kinds = written.translate(_KINDS)
    runs = len(kinds.split())
    return runs + kinds.count(b"a0") + kinds.count(b"0a") if b"0" in kinds else runs


def bare(text: str) -> str:
    """The text's letters and figures, nothing between them."""
    written = _as_bytes(text)
    return _NO_WORD.sub("", text) if written is None else written.translate(None, _NO_WORDS).decode(_CODEC)


def is_in(lower: str, plain: str) -> bool:
    """Whether the letters of `lower` are in `plain`; checking the first few first is faster."""
    return bare(lower[:_BEGINNING]) in plain and bare(lower) in plain


@lru_cache(maxsize=20_000)
def tokens_of(names: str) -> frozenset[str]:
    """The lower-case words of class names: `articleBody-v2 nav_item` → article, body, nav, item."""
    names = names[:300]
    if names.isascii() and names.islower():  # most are: the same words, more quickly
        return frozenset([word for word in names.translate(_TO_BLANKS).split() if len(word) > 1])
    return frozenset([word.lower() for word in _PARTS.findall(names) if len(word) > 1])


def _as_bytes(text: str) -> bytes | None:
    """None where a character is not one of the codec's."""
    try:
        return text.encode("ascii" if text.isascii() else _CODEC)
    except UnicodeEncodeError:
        return None
