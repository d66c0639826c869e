"""newscrawl watch"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.output import json_text, local_time, one_line, piped

if TYPE_CHECKING:
    from newscrawl.read import Change


def register(app: typer.Typer) -> None:
    app.command("watch")(watch)


def watch(
    resume: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="File that stores the position; continue after the last change printed."
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN", help="If there is no position yet, start with changes since then: 2d, a date."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per line, with the post.")
    ] = False,
) -> None:
    """Print posts as they are stored, changed and removed.

    Runs until Ctrl-C. With --resume, changes since the last watch are printed first; if that was killed, its
    last change may be printed twice.
    """
    from datetime import UTC, datetime

    from newscrawl.read import Posts
    from newscrawl.text.times import parse_moment

    began = parse_moment(since, datetime.now(UTC)) if since is not None else None
    with Posts.connect() as database, piped():
        try:
            for change in database.watch(resume, since=began):
                typer.echo(json_text(_event(change)) if as_json else _line(change))
                sys.stdout.flush()
        except KeyboardInterrupt:
            return


def _event(change: Change) -> dict[str, object]:
    post = change.post.to_document() if change.post else None
    position = {"revision": change.revision, "token": change.token}
    return {"kind": change.kind, "id": change.id, "at": change.at, "post": post, **position}


def _line(change: Change) -> str:
    title = one_line(change.post.title) if change.post else ""
    marks = ["withdrawn"] if change.post and change.post.is_withdrawn else []
    return "\t".join([local_time(change.at), change.kind, change.id, title, *marks])
