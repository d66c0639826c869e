"""newscrawl init: a project of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command("init")(init)


def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Made if it is not there.")],
) -> None:
    """Make a project of your own: settings, spiders, jobs, tests.

    Files that are there are left as they are.
    """
    from newscrawl.devtools.project_template import write_project

    written, kept = write_project(folder)
    for file in written:
        typer.echo(f"{file} written")
    for file in kept:
        typer.echo(f"{file} left as it is", err=True)
    typer.echo("Next:")
    typer.echo(f"  cd {folder}")
    typer.echo("  newscrawl new NAME https://example.org/   # writes spiders/NAME.py")
    typer.echo("  newscrawl check NAME                      # does it work?")
