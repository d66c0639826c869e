"""The plain text of a body, gathered while its elements are walked."""

from __future__ import annotations

from dataclasses import dataclass, field

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

    def take(self) -> str:
        """What was added since the last end, without putting it into the text; empty if there was nothing."""
        text = "".join(self._line)
        self._line.clear()
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
