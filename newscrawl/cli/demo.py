"""newscrawl demo: the whole way once, on the bundled newsroom. `make run` calls it."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

DATABASE = "newscrawl_demo"
SPIDERS = ("eastmoney", "eastmoney_flash", "eastmoney_choice")
PORT = 8000  #: of the pages, if nobody has it
SINCE = "2019-01-01"  # so that both page layouts are met


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(
    folder: Annotated[Path, typer.Option("--into", help="Where the Jekyll posts go.")] = Path("demo-site"),
) -> None:
    """Go the whole way once, from the newsroom to pages.

    Starts MongoDB and the newsroom, crawls it, shows the posts, writes them for Jekyll, stops both. On a
    terminal the posts are then served as pages, until Ctrl-C.

    The newsroom's news is invented, so its posts go into a database of their own, newscrawl_demo.
    """
    os.environ["NEWSCRAWL_DATABASE"] = DATABASE
    _make(folder / "_posts")
    with _mongodb():
        codes = _crawls()
        typer.echo("What was rejected is the newsroom's doing: it serves faults on purpose.")
        typer.echo("\nThe latest posts:\n")
        _newscrawl("posts", "--limit", "12", "--table")
        typer.echo("")
        codes.append(_newscrawl("export", "jekyll", str(folder / "_posts")))
        typer.echo(_next_steps(folder))
        _pages()
    if any(codes):
        raise typer.Exit(1)


def _make(folder: Path) -> None:
    """Makes a folder, before anything is crawled for it. Raises UsageError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be made a folder: {error.strerror}; name another with --into"
        ) from None


def _crawls() -> list[int]:
    """The exit code of each spider's crawl of a newsroom that lives as long."""
    from newscrawl.newsroom import running

    codes = []
    with running() as newsroom:
        typer.echo(f"newsroom   {newsroom}  (invented news, served as East Money serves real news)\n")
        for name in SPIDERS:
            codes.append(_newscrawl("crawl", name, "--since", SINCE, "--newsroom", newsroom))
            typer.echo("")
    return codes


def _pages() -> None:
    """On a terminal: the posts as pages, until Ctrl-C, with the database kept up."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return
    from newscrawl.cli import serve

    try:
        serve.check_installed()
    except UsageError as error:
        typer.echo(f"\n{error}")
        return
    from newscrawl.web.server import listen

    try:
        sock = listen(serve.LOOPBACK, PORT)
    except UsageError:  # somebody else's, and any will do
        sock = listen(serve.LOOPBACK, 0)
    typer.echo("\nAnd now to read it, in a browser:\n")
    serve.run(sock, serve.site_of(serve.ZONE, None, None))


def _newscrawl(*words: str) -> int:
    """A command as a user would type it, in a process of its own; returns its exit code."""
    sys.stdout.flush()
    return subprocess.run([sys.executable, "-m", "newscrawl", *words], check=False).returncode  # noqa: S603


@contextmanager
def _mongodb() -> Iterator[None]:
    """The database up for the demo; what the demo started, it stops."""
    from newscrawl.store.server import embedded

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
        (f"{stored} serve", "the same as pages, and as JSON"),
        (f"{name} crawl eastmoney --since 2d --limit 50 --dry-run", "the real site, writing nothing"),
        (f"{name} crawl eastmoney", "the real site, into MongoDB"),
        (f"{name} schedule jobs.toml", "every few minutes; docs/operations.md"),
    )
    width = max(len(step) for step, _ in steps)
    return "\nWhat next\n" + "\n".join(f"  {step:<{width}}  {what}" for step, what in steps)
