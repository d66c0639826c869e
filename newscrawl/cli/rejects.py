"""newscrawl rejects"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.output import local_time, one_line, piped, print_array

if TYPE_CHECKING:
    from newscrawl.read.rejects import Document

Spider = Annotated[str | None, typer.Argument(help="Only rejects of this spider.")]
Since = Annotated[
    str | None, typer.Option(metavar="WHEN", help="Only articles rejected since: 2d, 2026-03-08.")
]
Reason = Annotated[str | None, typer.Option(metavar="TEXT", help="Only articles with this text in a reason.")]
Limit = Annotated[int, typer.Option(min=1, help="Maximum number of rejects, latest first.")]
Counts = Annotated[bool, typer.Option("--counts", help="Count articles by spider and reason instead.")]


def register(app: typer.Typer) -> None:
    app.command("rejects")(rejects)


def rejects(
    spider: Spider = None,
    since: Since = None,
    reason: Reason = None,
    limit: Limit = 20,
    counts: Counts = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array, without the pages.")] = False,
) -> None:
    """List rejected articles and the reasons.

    `newscrawl retry SPIDER` fetches them again. In a pipe, prints one tab-separated line for each.
    """
    from newscrawl.paths import database_name
    from newscrawl.read.rejects import RejectFilter, Rejects
    from newscrawl.store.client import connect, reaching
    from newscrawl.text.times import parse_past

    seen_since = parse_past(since, datetime.now(UTC)) if since is not None else None
    criteria = RejectFilter(spider, seen_since, reason)
    with reaching(), connect("reader") as client, piped():
        found = Rejects(client[database_name()])
        if not found.any(criteria):
            _print_none(spider, filtered=since is not None or reason is not None)
        if counts:
            _show_counts(found.counts(criteria), as_json=as_json)
        else:
            _show(found.newest(criteria, limit), as_json=as_json)


def _print_none(spider: str | None, *, filtered: bool) -> None:
    """Raises UsageError for an unknown spider."""
    if spider is not None:
        from newscrawl.crawl.runner import spider_class  # slow to import

        spider_class(spider)
    typer.echo("no matching rejects" if filtered else "no rejects", err=True)


def _show_counts(rows: Iterable[Document], *, as_json: bool) -> None:
    if as_json:
        print_array(rows)
        return
    for row in rows:
        cells = (f"{row['articles']}", row["spider"], one_line(row["reason"]))
        typer.echo(f"{cells[0]:>7}  {cells[1]:<20} {cells[2]}" if sys.stdout.isatty() else "\t".join(cells))


def _show(rows: Iterable[Document], *, as_json: bool) -> None:
    if as_json:
        print_array(rows)
        return
    for row in rows:
        seen, reasons = local_time(row["last_seen"]), one_line("; ".join(row["reasons"]))
        cells = (seen, row["spider"], reasons, one_line(row["post"]), one_line(row["url"]))
        if sys.stdout.isatty():
            typer.echo("  ".join(cells[:3]))
            typer.echo("  " + "  ".join(cells[3:]))
        else:
            typer.echo("\t".join(cells))
