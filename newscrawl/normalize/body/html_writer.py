"""Writes a body's HTML and text side by side, while its elements are walked.

What it writes is well-formed: a line of text stands in one paragraph, list item or table cell, tags end
in their order, and what holds nothing is taken back.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from html import escape

from lxml.html import HtmlElement

from newscrawl.model.post import Image
from newscrawl.normalize.body.rules import CONTAINERS, INLINE, is_caption

_INDENT = re.compile(r"[\u3000\xa0]+")
_INDENTED = re.compile(r"[ \t\r\n]*[\u3000\xa0]")
# Inside of these a text needs no paragraph of its own.
_HOLD_TEXT = frozenset(("li", "td", "th"))
_LONGEST_ALT = 2_000  # characters
_PIECE = 5_000  # characters of one text node


@dataclass(slots=True)
class _Open:
    """A tag that was begun."""

    element: HtmlElement | None  #: None for a paragraph around loose text
    tag: str
    start: int  #: index in `parts` of the start tag
    content: int  #: how much had been written before it
    images: int  #: how many pictures there were before it


_Rows = list[list[list[str]]]  #: rows of cells of paragraphs


@dataclass(slots=True)
class TextBuilder:
    """Paragraphs parted by blank lines; a table's rows are lines with ` | `, list items begin with `- `."""

    paragraphs: list[str] = field(default_factory=list)
    _line: list[str] = field(default_factory=list)
    _tables: list[_Rows] = field(default_factory=list)
    _item: bool = False  #: whether the next paragraph begins a list item
    _after_item: bool = False  #: whether the last one did

    def add(self, text: str, *, keep_lines: bool = False) -> None:
        """Text of the current paragraph; its line breaks are white space unless they are kept."""
        self._line.append(text if keep_lines else text.replace("\n", " "))

    def line_break(self) -> None:
        self._line.append("\n")

    def begin(self, tag: str) -> None:
        """A container begins: a list, its item, a table, its row or cell."""
        self.end_paragraph()
        if tag == "li":
            self._item = True
        elif tag == "table":
            self._tables.append([])
        elif self._tables and tag == "tr":
            self._tables[-1].append([])
        elif self._tables and tag in ("td", "th"):
            if not self._tables[-1]:
                self._tables[-1].append([])
            self._tables[-1][-1].append([])

    def end(self, tag: str) -> None:
        """The container that was begun last ends."""
        self.end_paragraph()
        if tag == "li":
            self._item = False
        elif tag == "table" and self._tables:
            self._end_table(self._tables.pop())

    def end_paragraph(self) -> None:
        """Close what was added since the last end."""
        if self._line:
            self.put(self.take())

    def take(self, *, verbatim: bool = False) -> str:
        """What was added since the last end, without putting it into the text; empty if there was nothing.

        White space is folded but for line breaks; `verbatim` keeps the indents of code.
        """
        text = "".join(self._line)
        self._line.clear()
        if verbatim:
            return "\n".join(line.rstrip() for line in text.expandtabs(4).split("\n")).strip("\n")
        if "\n" not in text:
            return " ".join(text.split())  # ideographic and no-break spaces too
        return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip("\n")

    def put(self, text: str) -> None:
        """One paragraph, or several where a blank line parts them."""
        for block in text.split("\n\n"):
            if block := block.strip("\n"):
                self._put(block)

    def _end_table(self, rows: _Rows) -> None:
        if any(len(cell) > 2 for row in rows for cell in row) or all(len(row) <= 1 for row in rows):
            blocks = [block for row in rows for cell in row for block in cell]  # a table for the layout only
        else:
            lines = [" | ".join(" ".join(" ".join(cell).split()) for cell in row) for row in rows]
            blocks = ["\n".join(line.rstrip(" |") for line in lines if line.strip(" |"))]
        for block in blocks:
            if block:
                self._put(block)

    def finish(self) -> str:
        """The text as a whole."""
        while self._tables:
            self.end("table")
        self.end_paragraph()
        return "\n\n".join(self.paragraphs)

    def _put(self, block: str) -> None:
        began_item = self._item
        if began_item:
            block, self._item = f"- {block}", False
        if self._tables and self._tables[-1] and self._tables[-1][-1]:
            self._tables[-1][-1][-1].append(block)
        elif began_item and self._after_item:
            self.paragraphs[-1] += f"\n{block}"
        else:
            self.paragraphs.append(block)
        self._after_item = began_item


def _in_pieces(text: str) -> str:
    """A long text, escaped, with empty comments in it, which the cleaner drops.

    Of one text node with many escapes it takes quadratic time.
    """
    return "<!---->".join(escape(text[at : at + _PIECE], quote=False) for at in range(0, len(text), _PIECE))


@dataclass(slots=True)
class HtmlWriter:
    """What is written so far: `parts` joined are the HTML."""

    parts: list[str] = field(default_factory=list)
    text: TextBuilder = field(default_factory=TextBuilder)
    images: list[Image] = field(default_factory=list)
    _open: list[_Open] = field(default_factory=list)
    _line: _Open | None = None  #: the paragraph or heading that is being written
    _content: int = 0
    _picture_end: int = -1  #: `_content` right after the last picture

    @property
    def depth(self) -> int:
        return len(self._open)

    @property
    def after_picture(self) -> bool:
        """Whether nothing was written since the last picture."""
        return self._picture_end == self._content

    def begin_paragraph(self, element: HtmlElement, tag: str) -> None:
        self.end_line()
        self._line = self._begin(element, tag, f"<{tag}>")

    def begin_container(self, element: HtmlElement, tag: str, markup: str) -> None:
        self.end_line()
        if tag == "li" and self._holder() == "li":
            self._close()  # an item ends where the next one begins
        self.text.begin(tag)
        self._begin(element, tag, markup)

    def begin_inline(self, element: HtmlElement, tag: str, markup: str) -> None:
        if tag == "a":
            self._end_link()
        self._need_line()
        self._begin(element, tag, markup)

    def boundary(self) -> None:
        """A wrapper begins or ends: another paragraph, unless a heading is being written."""
        if self._line is None or self._line.tag == "p":
            self.end_line()

    def line_break(self) -> None:
        if self._line is not None or self._holder() in _HOLD_TEXT:
            self.parts.append("<br>")
        self.text.line_break()

    def picture(self, address: str, alt: str | None) -> None:
        if self._holder() != "figure":
            self._need_line()
        about = "" if alt is None else f' alt="{escape(alt[:_LONGEST_ALT])}"'
        self.parts.append(f'<img src="{escape(address)}"{about}>')
        self.images.append(Image(address))
        self._content += 1
        self._picture_end = self._content

    def write(self, text: str) -> None:
        """Text of the page; loose text gets a paragraph."""
        text = text.replace("\u3000\u3000", "")
        line = self._line
        begins = line is None or line.content == self._content
        if not text or text.isspace():
            self._blank(text, begins)
            return
        if line is None:
            self._need_line()
            line = self._line
        if begins and _INDENTED.match(text):
            text = text.lstrip()
        self.parts.append(escape(text, quote=False) if len(text) <= _PIECE else _in_pieces(text))
        self.text.add(text, keep_lines=line is not None and line.tag == "pre")
        self._content += 1

    def _blank(self, text: str, begins: bool) -> None:
        """White space; an indent that stands alone goes."""
        if begins and not text.isascii():
            text = _INDENT.sub("", text)
        self.parts.append(text)
        self.text.add(text)

    def end(self, element: HtmlElement) -> None:
        """End an element, if it was begun and not ended before, and all that is still open in it."""
        if not self._open:
            return
        if self._open[-1].element is not element and not any(one.element is element for one in self._open):
            return
        while self._close().element is not element:
            pass

    def end_line(self) -> None:
        """End the paragraph that is being written, and the inline tags in it or in a list item."""
        while self._line is not None or (self._open and self._open[-1].tag in INLINE):
            self._close()
        self.text.end_paragraph()

    def _end_link(self) -> None:
        """End the link that is being written: links do not nest."""
        inline = list(itertools.takewhile(lambda one: one.tag in INLINE, reversed(self._open)))
        if any(one.tag == "a" for one in inline):
            while self._close().tag != "a":
                pass

    def _begin(self, element: HtmlElement | None, tag: str, markup: str) -> _Open:
        opened = _Open(element, tag, len(self.parts), self._content, len(self.images))
        self._open.append(opened)
        self.parts.append(markup)
        return opened

    def _close(self) -> _Open:
        """Write the end tag of what was begun last; take it back where it holds nothing."""
        opened = self._open.pop()
        tag = opened.tag
        if opened is self._line:
            self._line = None
            self._end_text(opened)
        elif tag in CONTAINERS:
            self.text.end(tag)
        if self._content == opened.content and tag not in ("td", "th"):
            del self.parts[opened.start :]
        else:
            self.parts.append(f"</{tag}>")
        return opened

    def _end_text(self, opened: _Open) -> None:
        """End a paragraph's text; a caption goes to the pictures above it instead."""
        line = self.text.take(verbatim=opened.tag == "pre")
        if opened.tag == "figcaption":
            figures = (one.images for one in reversed(self._open) if one.tag == "figure")
            self._caption(line, next(figures, None))
        elif opened.content == self._picture_end and opened.images == len(self.images) and is_caption(line):
            self._caption(line, None)
        else:
            self.text.put(line)

    def _caption(self, line: str, first: int | None) -> None:
        """Give a caption to the pictures from `first` on, or to the last one."""
        for image in self.images[-1 if first is None else first :]:
            image.caption = image.caption or line or None

    def _need_line(self) -> None:
        """Open a paragraph for what would otherwise lie loose between paragraphs."""
        if self._line is None and self._holder() not in _HOLD_TEXT:
            self._line = self._begin(None, "p", "<p>")

    def _holder(self) -> str | None:
        """The innermost container or paragraph that is being written."""
        return next((one.tag for one in reversed(self._open) if one.tag not in INLINE), None)
