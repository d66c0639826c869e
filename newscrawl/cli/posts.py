"""newscrawl posts, search"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.output import local_time, one_line, piped, print_array
from newscrawl.cli.post_filters import PostSelection, explain_empty, selects_posts
from newscrawl.cli.tables import TableRow, print_rows

if TYPE_CHECKING:
    from newscrawl.model.post import Post
    from newscrawl.read import Headline

AsTable = Annotated[bool, typer.Option("--table", help="Print a table, even into a pipe.")]


def register(app: typer.Typer) -> None:
    app.command("posts")(posts)
    app.command("search")(search)


@selects_posts(20)
def posts(
    table: AsTable = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print full posts as one JSON array.")] = False,
    *,
    chosen: PostSelection,
) -> None:
    """List posts, newest first.

    On a terminal, prints a table; into a pipe, tab-separated lines. Times are in this machine's time zone,
    with --json in UTC.
    """
    from newscrawl.read import Posts

    with Posts.connect() as database, piped():
        found = database.find(chosen.query)
        first = next(found, None)
        if first is None:
            explain_empty(database)
        whole = _all(first, found)
        if as_json:
            print_array(post.to_document() for post in whole)
        else:
            print_rows((_row_of_post(post) for post in whole), table=table)


@selects_posts(20, bounded=True)
def search(
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORDS", help="Words that must all occur; quote a phrase: '\"New York\"'."),
    ],
    table: AsTable = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the hits as one JSON array.")] = False,
    *,
    chosen: PostSelection,
) -> None:
    """Search posts for words, best matches first.

    Matches in the title come first, then in the lead, then in the rest of the text; within each group, the
    newest first. Chinese words are found inside sentences. Exits 0 if nothing is found.
    """
    from dataclasses import asdict, replace

    from newscrawl.read import Posts

    size, wanted = chosen.query.limit or 20, " ".join(words)
    with Posts.connect() as database, piped():
        hits = database.search(wanted, replace(chosen.query, limit=None), size=size).posts
        if not hits and database.is_empty():
            explain_empty(database)
        elif not hits:
            typer.echo(f"no post contains {one_line(wanted)}; try fewer words", err=True)
        if as_json:
            print_array(asdict(hit) for hit in hits)
        else:
            print_rows(map(_row_of_headline, hits), table=table)


def _all(first: Post | None, rest: Iterator[Post]) -> Iterator[Post]:
    if first is not None:
        yield first
        yield from rest


def _row_of_post(post: Post) -> TableRow:
    outlet = post.source.name if post.source else ""
    return _row(local_time(post.date), post.title, outlet, post.categories, post.id)


def _row_of_headline(post: Headline) -> TableRow:
    return _row(local_time(post.date), post.title, post.outlet or "", post.categories, post.id)


def _row(date: str, title: str, outlet: str, categories: list[str], post_id: str) -> TableRow:
    return TableRow(date, one_line(title), one_line(outlet), categories[0] if categories else "", post_id)
