"""newscrawl rejects"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.output import local_time, one_line, piped, print_array

if TYPE_CHECKING:
    from newscrawl.store.client import Document

Spider = Annotated[str | None, typer.Argument(help="Only those of this spider.")]
Since = Annotated[
    str | None, typer.Option(metavar="WHEN", help="Only what was rejected since: 2d, 2026-03-08.")
]
Reason = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Only what has this text in one of its reasons.")
]
Limit = Annotated[int, typer.Option(min=1, help="At most so many, those seen last.")]
Counts = Annotated[bool, typer.Option("--counts", help="Count them by spider and reason instead.")]


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
    """List what could not become a post, and why.

    `newscrawl retry SPIDER` asks for it again. In a pipe each is a line, with tabs between the fields.
    """
    from newscrawl.paths import database_name
    from newscrawl.read.rejects import rejects_query
    from newscrawl.store.client import connect, reaching
    from newscrawl.text.times import parse_past

    moment = parse_past(since, datetime.now(UTC)) if since is not None else None
    wanted = rejects_query(spider, moment, reason)
    with reaching(), connect("reader") as client, piped():
        found = client[database_name()]["rejects"]
        if found.find_one(wanted, {"_id": 1}) is None:
            _tell_none(spider, chosen=bool(wanted.keys() - {"spider"}))
        if counts:
            _show_counts(found.aggregate(_counted(wanted)), as_json=as_json)
        else:
            _show(found.find(wanted, {"page": 0}).sort("last_seen", -1).limit(limit), as_json=as_json)


def _tell_none(spider: str | None, *, chosen: bool) -> None:
    """Raises UsageError for a spider that there is not."""
    if spider is not None:
        from newscrawl.crawl.runner import spider_class  # slow to import

        spider_class(spider)
    typer.echo("nothing was rejected" + (" that fits" if chosen else ""), err=True)


def _counted(wanted: Document) -> list[Document]:
    """The articles of each spider and reason, the commonest first."""
    return [
        {"$match": wanted},
        {"$unwind": "$reasons"},
        {"$group": {"_id": {"spider": "$spider", "reason": "$reasons"}, "articles": {"$sum": 1}}},
        {"$sort": {"articles": -1, "_id": 1}},
        {"$project": {"_id": 0, "spider": "$_id.spider", "reason": "$_id.reason", "articles": 1}},
    ]


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
        seen, why = local_time(row["last_seen"]), one_line("; ".join(row["reasons"]))
        cells = (seen, row["spider"], why, one_line(row["post"]), one_line(row["url"]))
        if sys.stdout.isatty():
            typer.echo("  ".join(cells[:3]))
            typer.echo("  " + "  ".join(cells[3:]))
        else:
            typer.echo("\t".join(cells))
