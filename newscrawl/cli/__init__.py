"""newscrawl …: the commands. Each module here registers its own; slow imports wait inside them."""

from __future__ import annotations

import importlib
import sys

import typer

from newscrawl.errors import DatabaseUnavailable, NewscrawlError, UsageError

_AREAS = (
    "crawl", "reading", "sources", "outlets", "posts", "show", "watch", "serve", "export", "jobs",
    "db", "newsroom", "demo",
)  # fmt: skip


def make_app() -> typer.Typer:
    """The command-line application with all commands."""
    app = typer.Typer(
        name="newscrawl",
        help="Crawl news sources into MongoDB; read, watch and export what was stored.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    for area in _AREAS:
        importlib.import_module(f"newscrawl.cli.{area}").register(app)
    return app


def _options(
    database: str | None = typer.Option(
        None, "--database", metavar="NAME", help="Database to use (NEWSCRAWL_DATABASE; newscrawl)."
    ),
) -> None:
    """Options before the command."""
    import os

    if database:
        os.environ["NEWSCRAWL_DATABASE"] = database


def main() -> None:
    """Runs a command. Exits 0 done, 1 failed or degraded, 2 wrong usage or no database."""
    try:
        make_app()()
    except NewscrawlError as error:
        print(f"newscrawl: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, UsageError | DatabaseUnavailable) else 1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
