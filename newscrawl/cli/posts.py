"""newscrawl posts, search, watch"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.chosen import Chosen, choosing
from newscrawl.cli.printing import json_text, local_time, one_line, piped, print_array
from newscrawl.cli.selection import tell_why_none
from newscrawl.cli.tables import Row, print_rows

if TYPE_CHECKING:
    from newscrawl.post import Post
    from newscrawl.read import Change, Headline

AsTable = Annotated[bool, typer.Option("--table", help="A table, in a pipe too.")]


def register(app: typer.Typer) -> None:
    app.command("posts")(posts)
    app.command("search")(search)
    app.command("watch")(watch)


@choosing(limit=20)
def posts(
    chosen: Chosen,
    table: AsTable = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print whole posts as one JSON array.")] = False,
) -> None:
    """List posts, newest first: a table on a terminal, tab-separated lines in a pipe.

    Times are in this machine's zone, with --json in UTC.
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
        str, typer.Argument(help="All of them must be there; a phrase with blanks stands in quotes.")
    ],
    chosen: Chosen,
    table: AsTable = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the hits as one JSON array.")] = False,
) -> None:
    """Look for words in posts: first those with them in the title, then in the lead, then anywhere.

    Among equals the newest is first. Chinese is found inside of sentences. Exits 0 where nothing is found.
    """
    from dataclasses import asdict, replace

    from newscrawl.read import Posts

    size = chosen.query.limit or 20
    with Posts.connect() as database, piped():
        hits = database.search(words, replace(chosen.query, limit=None), size=size).posts
        if as_json:
            print_array(asdict(hit) for hit in hits)
            return
        if not hits:
            typer.echo(f"no post has {one_line(words)}; fewer words find more", err=True)
        print_rows(map(_row_of_headline, hits), table=table)


def _all(first: Post | None, rest: Iterator[Post]) -> Iterator[Post]:
    if first is not None:
        yield first
        yield from rest


def _row_of_post(post: Post) -> Row:
    outlet = post.source.name if post.source else ""
    return _row(local_time(post.date), post.title, outlet, post.categories, post.id)


def _row_of_headline(post: Headline) -> Row:
    return _row(local_time(post.date), post.title, post.outlet or "", post.categories, post.id)


def _row(date: str, title: str, outlet: str, categories: list[str], post_id: str) -> Row:
    return Row(date, one_line(title), one_line(outlet), categories[0] if categories else "", post_id)


def watch(
    resume: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Go on after the last change that was printed; kept in this file."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, with the post.")] = False,
) -> None:
    """Print posts as they are stored, changed and removed, until Ctrl-C.

    With --resume, what happened while no watch ran comes first; after a kill the last change may come twice.
    """
    from newscrawl.read import Posts

    with Posts.connect() as database, piped():
        try:
            for change in database.watch(resume):
                typer.echo(json_text(_event(change)) if as_json else _line(change))
                sys.stdout.flush()
        except KeyboardInterrupt:
            return


def _event(change: Change) -> dict[str, object]:
    post = change.post.to_document() if change.post else None
    return {"kind": change.kind, "id": change.id, "at": change.at, "token": change.token, "post": post}


def _line(change: Change) -> str:
    title = one_line(change.post.title) if change.post else ""
    return "\t".join([local_time(change.at), change.kind, change.id, title])
