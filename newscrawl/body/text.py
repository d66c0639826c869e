"""The plain text of a body, gathered while its elements are walked."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class _Table:
    rows: list[list[list[str]]] = field(default_factory=list)  #: rows of cells of paragraphs


@dataclass(slots=True)
class TextBuilder:
    """Paragraphs parted by blank lines; a table's rows are lines with ` | `, list items begin with `- `."""

    paragraphs: list[str] = field(default_factory=list)
    _line: list[str] = field(default_factory=list)
    _tables: list[_Table] = field(default_factory=list)
    _item: bool = False  #: whether the next paragraph begins a list item
    _after_item: bool = False  #: whether the last one did

    def add(self, text: str, *, keep_lines: bool = False) -> None:
        """Text of the current paragraph; its line breaks are white space unless they are kept."""
        self._line.append(text if keep_lines else text.replace("\n", " "))

    def line_break(self) -> None:
        self._line.append("\n")

    def begin_item(self) -> None:
        self.end_paragraph()
        self._item = True

    def end_item(self) -> None:
        self.end_paragraph()
        self._item = False

    def end_paragraph(self) -> str:
        """Close what was added since the last end; answers its text, empty if there was none."""
        if not self._line:
            return ""
        text = "".join(self._line).replace("\u3000", " ").replace("\xa0", " ")
        self._line.clear()
        lines = (
            [" ".join(line.split()) for line in text.split("\n")]
            if "\n" in text
            else [" ".join(text.split())]
        )
        ended = "\n".join(lines).strip("\n")
        for block in ended.split("\n\n"):
            if block := block.strip("\n"):
                self._put(block)
        return ended

    def take_last(self) -> None:
        """Take back the paragraph that was ended last: it was a caption."""
        if self.paragraphs and not self._tables:
            self.paragraphs.pop()

    def begin_table(self) -> None:
        self.end_paragraph()
        self._tables.append(_Table())

    def begin_row(self) -> None:
        self.end_paragraph()
        if self._tables:
            self._tables[-1].rows.append([])

    def begin_cell(self) -> None:
        self.end_paragraph()
        if self._tables:
            table = self._tables[-1]
            if not table.rows:
                table.rows.append([])
            table.rows[-1].append([])

    def end_table(self) -> None:
        self.end_paragraph()
        if not self._tables:
            return
        rows = self._tables.pop().rows
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
            self.end_table()
        self.end_paragraph()
        return "\n\n".join(self.paragraphs)

    def _put(self, block: str) -> None:
        began_item = self._item
        if began_item:
            block, self._item = f"- {block}", False
        if self._tables and self._tables[-1].rows and self._tables[-1].rows[-1]:
            self._tables[-1].rows[-1][-1].append(block)
        elif began_item and self._after_item:
            self.paragraphs[-1] += f"\n{block}"
        else:
            self.paragraphs.append(block)
        self._after_item = began_item
