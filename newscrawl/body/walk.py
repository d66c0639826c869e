"""One walk over a body's element: writes its HTML and its text, and gathers pictures and securities.

The tree is not changed, so that a page can be read again. Nothing is recursive: a hostile page may nest
ten thousand elements.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import cast
from urllib.parse import urljoin

from lxml import etree
from lxml.html import HtmlElement

from newscrawl.body.rules import (
    CONTAINERS,
    INLINE,
    PARAGRAPHS,
    WRAPPERS,
    is_caption,
    is_dropped,
    is_hidden,
    picture_address,
)
from newscrawl.body.text import TextBuilder
from newscrawl.post import Image, Security
from newscrawl.securities import is_chart, marked_code, security_of

#: Elements of a body beyond which nothing is read, and how deep tags may lie in one another.
NODE_LIMIT = 20_000
DEPTH_LIMIT = 100
IMAGES_LIMIT = 500
_INDENT = "\u3000\xa0"
# Inside of these a text needs no paragraph of its own.
_HOLD_TEXT = frozenset(("li", "td", "th"))
_ROOT_AS_WRAPPER = frozenset(("li", "td", "th", "tr", "tbody", "p"))


@dataclass(slots=True)
class _Open:
    """An element that was begun."""

    element: HtmlElement
    tag: str | None  #: as written; None where only what it holds is
    start: int  #: index in `parts` of its start tag
    content: int  #: how much had been written before it
    images: int = 0  #: how many pictures there were before it


@dataclass(slots=True)
class Walk:
    """What the walk has gathered so far."""

    base_url: str
    parts: list[str] = field(default_factory=list)
    text: TextBuilder = field(default_factory=TextBuilder)
    images: list[Image] = field(default_factory=list)
    securities: list[Security] = field(default_factory=list)
    _open: list[_Open] = field(default_factory=list)
    _line: _Open | None = (
        None  #: the paragraph that is being written, one of the page's or one put around loose text
    )
    _content: int = 0
    _only_image: bool = False  #: whether the last thing written was a picture

    def run(self, root: HtmlElement) -> None:
        """Walk the whole element. Its own tail is not part of it."""
        nodes = 0
        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in walk:
            if event == "start":
                nodes += 1
                if nodes > NODE_LIMIT:
                    break
                if self._start(element, root):
                    self._write(element.text)
                else:
                    walk.skip_subtree()
            else:
                if event == "end":
                    self._end(element)
                if element is not root:
                    self._write(element.tail)
        self._end_line()

    def _start(self, element: HtmlElement, root: HtmlElement) -> bool:
        """Begin an element; False where it goes with all that it holds."""
        tag = str(element.tag)
        if element is root:
            if tag in CONTAINERS and tag not in _ROOT_AS_WRAPPER:
                self._begin_container(element, tag)
            return True
        if is_dropped(element, tag) or (is_hidden(element) and not _is_most(element, root)):
            return False
        if len(self._open) > DEPTH_LIMIT:
            return True
        if tag in PARAGRAPHS:
            self._end_line()
            self._begin_paragraph(element, PARAGRAPHS[tag])
        elif tag in CONTAINERS:
            self._begin_container(element, tag)
        elif tag in WRAPPERS:
            if self._line is None or self._line.element is root or self._line.tag == "p":
                self._end_line()
        else:
            self._begin_inline(element, tag)
        return True

    def _begin_paragraph(self, element: HtmlElement, tag: str) -> None:
        self._line = self._begin(element, tag, f"<{tag}>")

    def _begin_container(self, element: HtmlElement, tag: str) -> None:
        self._end_line()
        if tag == "li":
            self.text.begin_item()
        elif tag == "table":
            self.text.begin_table()
        elif tag == "tr":
            self.text.begin_row()
        elif tag in ("td", "th"):
            self.text.begin_cell()
        spans = "".join(
            f' {name}="{value}"'
            for name in ("colspan", "rowspan")
            if (value := element.get(name, "")).isdecimal() and len(value) < 4
        )
        self._begin(element, tag, f"<{tag}{spans}>")

    def _begin_inline(self, element: HtmlElement, tag: str) -> None:
        if tag == "br":
            if self._line is not None or self._holder() in _HOLD_TEXT:
                self.parts.append("<br>")
            self.text.line_break()
        elif tag == "img":
            self._picture(element)
        elif (code := marked_code(element)) is not None:
            if security := security_of(code, " ".join("".join(element.itertext()).split())[:40]):
                self.securities.append(security)
        elif tag == "a":
            if address := self._absolute(element.get("href", "").strip()):
                self._need_line(element)
                self._begin(element, "a", f'<a href="{escape(address)}">')
        elif tag in INLINE:
            self._need_line(element)
            self._begin(element, tag, f"<{tag}>")

    def _begin(self, element: HtmlElement, tag: str, markup: str) -> _Open:
        opened = _Open(element, tag, len(self.parts), self._content, len(self.images))
        self._open.append(opened)
        self.parts.append(markup)
        return opened

    def _end(self, element: HtmlElement) -> None:
        """End an element, if it was written and not ended before, and all that is still open in it."""
        if element.tag in WRAPPERS and (self._line is None or self._line.tag == "p"):
            self._end_line()
        if not any(one.element is element for one in reversed(self._open)):
            return
        if self._line is not None and self._line.element is not element and element.tag in CONTAINERS:
            self._end_line()
        while self._open:
            if self._close().element is element:
                break

    def _end_line(self) -> None:
        """End the paragraph that is being written, with the inline tags in it."""
        if self._line is None:
            self.text.end_paragraph()
            return
        while self._open and self._line is not None:
            self._close()

    def _close(self) -> _Open:
        """Write the end tag of what was begun last; take it back where it holds nothing."""
        opened = self._open.pop()
        tag = opened.tag
        if opened is self._line:
            self._line = None
            self._end_text(opened)
        elif tag == "table":
            self.text.end_table()
        elif tag == "li":
            self.text.end_item()
        elif tag in CONTAINERS:
            self.text.end_paragraph()
        if self._content == opened.content and tag not in ("td", "th"):
            del self.parts[opened.start :]
        else:
            self.parts.append(f"</{tag}>")
        return opened

    def _end_text(self, opened: _Open) -> None:
        """End a paragraph's text; a caption goes to the pictures above it instead."""
        line = self.text.end_paragraph()
        if not line:
            return
        figures = [one for one in self._open if one.tag == "figure"]
        if opened.tag == "figcaption":
            self.text.take_last()
            self._caption(line, figures[-1].images if figures else len(self.images) - 1)
        elif self._only_image and opened.images == len(self.images) and is_caption(line):
            self.text.take_last()
            self._caption(line, len(self.images) - 1)
        if opened.images == len(self.images):
            self._only_image = False

    def _caption(self, line: str, first: int) -> None:
        for image in self.images[max(first, 0) :]:
            image.caption = image.caption or line

    def _picture(self, element: HtmlElement) -> None:
        address = self._absolute(picture_address(element) or "")
        if address is None or is_chart(address) or len(self.images) >= IMAGES_LIMIT:
            return
        self._need_line(element)
        alt = element.get("alt")
        self.parts.append(
            f'<img src="{escape(address)}"' + ("" if alt is None else f' alt="{escape(alt)}"') + ">"
        )
        self.images.append(Image(address))
        self._content += 1
        self._only_image = True

    def _write(self, text: str | None) -> None:
        """Text of the page; loose text gets a paragraph."""
        if not text:
            return
        text = text.replace("\u3000\u3000", "")
        if text.isspace() or not text:
            self.parts.append(text)
            self.text.add(text)
            return
        self._need_line(None)
        if self._line is not None and self._line.content == self._content and text[0] in _INDENT:
            text = text.lstrip(_INDENT)
        self.parts.append(escape(text, quote=False))
        self.text.add(text, keep_lines=self._line is not None and self._line.tag == "pre")
        self._content += 1

    def _need_line(self, element: HtmlElement | None) -> None:
        """Open a paragraph for what would otherwise lie loose between paragraphs."""
        if self._line is not None or self._holder() in _HOLD_TEXT:
            return
        if element is not None and element.tag == "img" and self._holder() == "figure":
            return
        loose = cast(HtmlElement, etree.Element("p"))
        self._line = self._begin(loose, "p", "<p>")

    def _holder(self) -> str | None:
        """The innermost container or paragraph that is being written."""
        return next((one.tag for one in reversed(self._open) if one.tag not in INLINE), None)

    def _absolute(self, address: str) -> str | None:
        """An http(s) address made absolute; None for scripts, data, anchors and what is no address."""
        if not address or address.startswith("#"):
            return None
        try:
            full = urljoin(self.base_url, address)
        except ValueError:
            return None
        return full if full.startswith(("http://", "https://")) else None


def _is_most(element: HtmlElement, root: HtmlElement) -> bool:
    """Whether an element holds most of the text: then a script shows it, and it is no hidden spam."""
    inside = sum(map(len, element.itertext()))
    return inside > 400 and inside * 2 > sum(map(len, root.itertext()))
