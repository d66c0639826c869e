"""newscrawl posts, search"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.output import local_time, one_line, piped, print_array
from newscrawl.cli.post_filters import PostSelection, choosing, tell_why_none
from newscrawl.cli.tables import TableRow, print_rows

if TYPE_CHECKING:
    from newscrawl.model.post import Post
    from newscrawl.read import Headline

AsTable = Annotated[bool, typer.Option("--table", help="A table, in a pipe too.")]


def register(app: typer.Typer) -> None:
    app.command("posts")(posts)
    app.command("search")(search)


@choosing(limit=20)
def posts(
    chosen: PostSelection,
    table: AsTable = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print whole posts as one JSON array.")] = False,
) -> None:
    """List posts, newest first.

    On a terminal they are a table, in a pipe lines with tabs between. Times are in this machine's zone,
    with --json in UTC.
    """
    from newscrawl.read import Posts

    with Posts.connect() as database, piped():
        found = database.find(chosen.query)
        first = next(found, None)
        if first is None:
            tell_why_none(database)
        whole = _all(first, found)
        if as_json:
            print_array(post.to_document() for post in whole)
        else:
            print_rows((_row_of_post(post) for post in whole), table=table)


@choosing(limit=20, most=1000)
def search(
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORDS", help="All of them must be there; a phrase is '\"New York\"'."),
    ],
    chosen: PostSelection,
    table: AsTable = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the hits as one JSON array.")] = False,
) -> None:
    """Look for words in posts; the best come first.

    These have them in the title, then follow those with them in the lead, then the others. Among equals
    the newest is first. Chinese is found inside of sentences. Exits 0 where nothing is found.
    """
    from dataclasses import asdict, replace

    from newscrawl.read import Posts

    size, wanted = chosen.query.limit or 20, " ".join(words)
    with Posts.connect() as database, piped():
        hits = database.search(wanted, replace(chosen.query, limit=None), size=size).posts
        if not hits and database.is_empty():
            tell_why_none(database)
        elif not hits:
            typer.echo(f"no post has {one_line(wanted)}; fewer words find more", err=True)
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
