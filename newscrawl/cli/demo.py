"""newscrawl demo: the whole way once, on the bundled newsroom. `make run` calls it."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

DATABASE = "newscrawl_demo"
SPIDERS = ("eastmoney", "eastmoney_flash", "eastmoney_choice")
SINCE = "2019-01-01"  # so that both page layouts are met


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(
    folder: Annotated[Path, typer.Option("--into", help="Where the Jekyll posts go.")] = Path("demo-site"),
) -> None:
    """Start MongoDB and the newsroom, crawl it, show the posts, write them for Jekyll; stop both.

    The newsroom's news is invented, so its posts go into a database of their own, newscrawl_demo.
    """
    from newscrawl.newsroom import running

    os.environ["NEWSCRAWL_DATABASE"] = DATABASE
    with _mongodb(), running() as newsroom:
        typer.echo(f"newsroom   {newsroom}  (invented news, served as East Money serves real news)\n")
        codes = []
        for name in SPIDERS:
            codes.append(_newscrawl("crawl", name, "--since", SINCE, "--newsroom", newsroom))
            typer.echo("")
        typer.echo("What was rejected is the newsroom's doing: it serves faults on purpose.")
        typer.echo("\nThe latest posts:\n")
        _newscrawl("posts", "--limit", "12", "--table")
        typer.echo("")
        _newscrawl("export", "jekyll", str(folder / "_posts"))
    typer.echo(_next_steps(folder))
    if any(codes):
        raise typer.Exit(1)


def _newscrawl(*words: str) -> int:
    """A command as a user would type it, in a process of its own; returns its exit code."""
    sys.stdout.flush()
    return subprocess.run([sys.executable, "-m", "newscrawl", *words], check=False).returncode  # noqa: S603


@contextmanager
def _mongodb() -> Iterator[None]:
    """The database up for the demo; what the demo started, it stops."""
    from newscrawl.store import embedded

    if os.environ.get("MONGODB_URI"):
        typer.echo("mongodb    the one of MONGODB_URI")
        yield
        return
    was_up = embedded.status().running
    server = embedded.ensure()
    typer.echo(f"mongodb    127.0.0.1:{server.port}, database {DATABASE}")
    try:
        yield
    finally:
        if not was_up:
            embedded.stop()


def _next_steps(folder: Path) -> str:
    """Commands to go on with, as this user can type them."""
    command = Path(sys.executable).with_name("newscrawl")
    name = os.path.relpath(command) if command.exists() else "newscrawl"
    stored = f"{name} --database {DATABASE}"
    steps = (
        (f"{stored} posts --category beifangwang", "read what was stored"),
        (f"{stored} show ID", "one post, whole"),
        (f"ls {folder / '_posts'}", "the same as Jekyll posts"),
        (f"{name} crawl eastmoney --since 2d --limit 50 --dry-run", "the real site, writing nothing"),
        (f"{name} crawl eastmoney", "the real site, into MongoDB"),
        (f"{name} schedule jobs.toml", "every few minutes; docs/operations.md"),
    )
    width = max(len(step) for step, _ in steps)
    return "\nWhat next\n" + "\n".join(f"  {step:<{width}}  {what}" for step, what in steps)
