"""Posts as rows: a table on a terminal, tab-separated lines in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import typer

from newscrawl.cli.output import console

if TYPE_CHECKING:
    from rich.table import Table

_WIDE = 100  # terminal columns needed to show the category
_LEAST_TITLE = 20  # columns
_PAGE = 200  # rows per table: a terminal shows no more at once, and memory use stays constant


class TableRow(NamedTuple):
    """One post; each field is one line without control characters."""

    date: str
    title: str
    outlet: str
    category: str
    id: str


def print_rows(rows: Iterable[TableRow], *, table: bool) -> None:
    """Prints the rows; `table` asks for a table even into a pipe."""
    if table or sys.stdout.isatty():
        _print_tables(iter(rows))
        return
    for row in rows:
        typer.echo("\t".join(row))


def _print_tables(rows: Iterator[TableRow]) -> None:
    output = console()
    while page := list(islice(rows, _PAGE)):
        output.print(_table(page, output.width))


def _table(rows: list[TableRow], width: int) -> Table:
    """Only titles, outlets and categories are ever cut. Columns that do not fit beside a title of
    _LEAST_TITLE columns are left out: the category first, then the outlet, then the id."""
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text as Cell

    # `show` accepts the digits alone
    rows = [row._replace(id=row.id.removeprefix("eastmoney:")) for row in rows]
    needs = [max(cell_len(row[column]) for row in rows) for column in range(5)]
    widths = {
        "date": needs[0],
        "title": 0,
        "outlet": min(max(needs[2], 6), 16),
        "category": min(max(needs[3], 8), 20) if width >= _WIDE else 0,
        "id": needs[4],
    }
    for name in ("outlet", "id"):
        if _room(widths, width) < _LEAST_TITLE:
            widths[name] = 0
    widths["title"] = max(8, _room(widths, width))
    shown = [column for column, name in enumerate(widths) if widths[name]]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name, wide in widths.items():
        if wide:
            table.add_column(name, width=wide, no_wrap=True, overflow="ellipsis")
    for row in rows:
        table.add_row(*(Cell(row[column]) for column in shown))
    return table


def _room(widths: dict[str, int], width: int) -> int:
    """The columns left for the title, with two blanks between columns."""
    others = [wide for name, wide in widths.items() if wide and name != "title"]
    return width - sum(others) - 2 * len(others)
