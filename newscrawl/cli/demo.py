"""newscrawl demo: everything once, from the bundled newsroom to web pages. `make run` calls it."""

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
PORT = 8000  #: of the web pages, if it is free
SINCE = "2019-01-01"  # early enough to include both page layouts


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(
    folder: Annotated[Path, typer.Option("--into", help="Folder for the Jekyll posts.")] = Path("demo-site"),
) -> None:
    """Try everything once, from the bundled newsroom to web pages.

    Starts MongoDB and the newsroom, crawls it, lists the posts, exports them for Jekyll, and stops both. On a
    terminal, the posts are then served as web pages until Ctrl-C.

    The newsroom's news is invented, so the posts go into a separate database, newscrawl_demo.
    """
    os.environ["NEWSCRAWL_DATABASE"] = DATABASE
    _make(folder / "_posts")
    with _mongodb():
        codes = _crawls()
        typer.echo("Some pages were rejected because the newsroom contains faults on purpose.")
        typer.echo("\nThe latest posts:\n")
        _newscrawl("posts", "--limit", "12", "--table")
        typer.echo("")
        codes.append(_newscrawl("export", "jekyll", str(folder / "_posts")))
        typer.echo(_next_steps(folder))
        _pages()
    if any(codes):
        raise typer.Exit(1)


def _make(folder: Path) -> None:
    """Creates the folder before anything is crawled. Raises UsageError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"cannot create folder {folder}: {error.strerror}; name another with --into"
        ) from None


def _crawls() -> list[int]:
    """Runs the newsroom and crawls it with each spider; returns their exit codes."""
    from newscrawl.newsroom import running

    codes = []
    with running() as newsroom:
        typer.echo(f"newsroom   {newsroom}  (invented news, served as East Money serves real news)\n")
        for name in SPIDERS:
            codes.append(_newscrawl("crawl", name, "--since", SINCE, "--newsroom", newsroom))
            typer.echo("")
    return codes


def _pages() -> None:
    """On a terminal, serves the posts as web pages until Ctrl-C; the database keeps running."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return
    from newscrawl.cli import serve

    try:
        serve.check_installed()
    except UsageError as error:
        typer.echo(f"\n{error}")
        return
    from newscrawl.web.uvicorn_server import listen

    try:
        sock = listen(serve.LOOPBACK, PORT)
    except UsageError:  # in use: take any free port
        sock = listen(serve.LOOPBACK, 0)
    typer.echo("\nNow read the posts in a browser:\n")
    serve.run(sock, serve.site_of(serve.ZONE, None, None))


def _newscrawl(*words: str) -> int:
    """Runs a command in its own process, as a user would type it; returns its exit code."""
    sys.stdout.flush()
    return subprocess.run([sys.executable, "-m", "newscrawl", *words], check=False).returncode  # noqa: S603


@contextmanager
def _mongodb() -> Iterator[None]:
    """Keeps the database running for the demo; stops it at the end if the demo started it."""
    from newscrawl.store.server import embedded

    if os.environ.get("MONGODB_URI"):
        typer.echo("mongodb    as MONGODB_URI says")
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
    """Commands to try next, as this user can type them."""
    command = Path(sys.executable).with_name("newscrawl")
    name = os.path.relpath(command) if command.exists() else "newscrawl"
    stored = f"{name} --database {DATABASE}"
    steps = (
        (f"{stored} posts --category beifangwang", "read what was stored"),
        (f"{stored} show ID", "one full post"),
        (f"ls {folder / '_posts'}", "the same as Jekyll posts"),
        (f"{stored} serve", "the same as web pages and JSON"),
        (f"{name} crawl eastmoney --since 2d --limit 50 --dry-run", "the real site, without storing"),
        (f"{name} crawl eastmoney", "the real site, into MongoDB"),
        (f"{name} schedule jobs.toml", "every few minutes; docs/operations.md"),
    )
    width = max(len(step) for step, _ in steps)
    return "\nWhat next\n" + "\n".join(f"  {step:<{width}}  {what}" for step, what in steps)
