"""newscrawl posts, show"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.printing import json_text, lines, local_time, one_line, piped, print_array
from newscrawl.cli.selection import (
    Category,
    Security,
    Since,
    Source,
    Tag,
    Text,
    Until,
    query_of,
    tell_why_none,
)
from newscrawl.errors import NewscrawlError

if TYPE_CHECKING:
    from rich.table import Table

    from newscrawl.post import Post

_WIDE = 100  # columns of a terminal that has room for the category
_PAGE = 200  # rows of one table: a terminal shows no more at once, and memory stays flat


def register(app: typer.Typer) -> None:
    app.command("posts")(posts)
    app.command("show")(show)


def posts(
    category: Category = None,
    tag: Tag = None,
    source: Source = None,
    security: Security = None,
    since: Since = None,
    until: Until = None,
    text: Text = None,
    limit: Annotated[int, typer.Option(min=0, help="At most so many, the newest; 0 is all.")] = 20,
    table: Annotated[bool, typer.Option("--table", help="A table, in a pipe too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print whole posts as one JSON array.")] = False,
) -> None:
    """List posts, newest first: a table on a terminal, tab-separated lines in a pipe.

    Times are in this machine's zone, with --json in UTC.
    """
    from newscrawl.read import Posts

    query = query_of(
        category=category,
        tag=tag,
        source=source,
        security=security,
        since=since,
        until=until,
        text=text,
        limit=limit,
    )
    with Posts.connect() as database, piped():
        found = database.find(query)
        first = next(found, None)
        if first is None:
            tell_why_none(database)
        rows = _all(first, found)
        if as_json:
            print_array(post.to_document() for post in rows)
        elif table or sys.stdout.isatty():
            _print_tables(rows)
        else:
            for post in rows:
                typer.echo("\t".join(_row(post)))


def _all(first: Post | None, rest: Iterator[Post]) -> Iterator[Post]:
    if first is not None:
        yield first
        yield from rest


def _row(post: Post) -> list[str]:
    """Date, title, outlet, category, id."""
    outlet = one_line(post.source.name) if post.source else ""
    category = post.categories[0] if post.categories else ""
    return [local_time(post.date), one_line(post.title), outlet, category, post.id]


def _print_tables(rows: Iterator[Post]) -> None:
    from rich.console import Console

    console = Console()
    while page := list(islice(rows, _PAGE)):
        console.print(_table([_row(post) for post in page], console.width))


def _table(rows: list[list[str]], width: int) -> Table:
    """Dates and ids whole, the title takes what is left; a narrow terminal goes without the category."""
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text as Cell

    for row in rows:
        row[4] = row[4].removeprefix("eastmoney:")  # `show` takes the digits alone
    caps = {"outlet": 16, "category": 20 if width >= _WIDE else 0}
    needs = [max(cell_len(row[column]) for row in rows) for column in range(5)]
    outlet, category = min(max(needs[2], 6), caps["outlet"]), min(max(needs[3], 8), caps["category"])
    title = max(20, width - needs[0] - outlet - category - needs[4] - 8)  # two blanks between columns
    widths = {"date": needs[0], "title": title, "outlet": outlet, "category": category, "id": needs[4]}
    shown = [column for column, name in enumerate(widths) if widths[name]]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name, wide in widths.items():
        if wide:
            table.add_column(name, width=wide, no_wrap=True, overflow="ellipsis")
    for row in rows:
        table.add_row(*(Cell(row[column]) for column in shown))
    return table


def show(
    reference: Annotated[
        str, typer.Argument(metavar="ID|URL", help="Its id, its 18 digits, or its address.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the post as it is stored.")] = False,
    history: Annotated[bool, typer.Option("--history", help="Its earlier states, too.")] = False,
) -> None:
    """Show one post, whole. Exits 1 where there is none."""
    from newscrawl.read import Posts

    with Posts.connect() as database, piped():
        post = database.get(reference)
        if post is None:
            raise NewscrawlError(
                f"no post {one_line(reference)} in the database {database.name}; newscrawl posts lists ids"
            )
        earlier = database.revisions(post.id) if history else []
        if as_json:
            document = post.to_document()
            states = [state.to_document() for state in earlier]
            typer.echo(json_text({"post": document, "revisions": states} if history else document, indent=2))
            return
        typer.echo(_page(post))
        for state in reversed(earlier):
            number = state.revision or "of unknown number"
            typer.echo(f"\n--- revision {number}, fetched {local_time(state.crawl.fetched)}\n")
            typer.echo(_page(state))


def _page(post: Post) -> str:
    """A post for people: its fields, then its text."""
    shown = [(name, one_line(value)) for name, value in _fields(post) if value]
    width = max(len(name) for name, _ in shown)
    head = "\n".join(f"{name:<{width}}  {value}" for name, value in shown)
    return f"{one_line(post.title)}\n\n{head}\n\n{lines(post.body.text)}"


def _fields(post: Post) -> list[tuple[str, str]]:
    info, crawl = post.date_info, post.crawl
    assumed = f", {' and '.join(info.assumed)} assumed" if info.assumed else ""
    securities = (f"{s.market}.{s.code} {s.name or ''}".strip() for s in post.securities)
    changed = f", changed {local_time(post.updated)}" if post.updated and post.revision > 1 else ""
    return [
        ("id", post.id),
        (
            "date",
            f"{local_time(post.date)} (source: {info.raw}, {info.offset}, to the {info.precision}{assumed})",
        ),
        ("outlet", f"{post.source.name} ({post.source.raw})" if post.source else ""),
        ("authors", "、".join(post.authors)),
        ("editors", "、".join(post.editors)),
        ("categories", ", ".join(post.categories)),
        ("tags", ", ".join(post.tags)),
        ("securities", ", ".join(securities)),
        ("digest", post.digest or ""),
        ("link", post.share_url),
        ("pictures", str(len(post.body.images) or "")),
        ("revision", f"{post.revision}{changed}"),
        ("crawled", f"{local_time(crawl.fetched)} by {crawl.spider}"),
    ]
