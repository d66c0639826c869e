"""newscrawl …: the commands. Each module here registers its own; slow imports wait inside them."""

from __future__ import annotations

import atexit
import errno
import gc
import importlib
import os
import sys
import threading
from contextlib import suppress
from typing import NoReturn

import typer

from newscrawl.errors import DatabaseUnavailable, NewscrawlError, UsageError

_AREAS = {  # each with its commands, in the order of the help
    "crawl": ("crawl",),
    "rejects": ("rejects",),
    "retry": ("retry",),
    "try_page": ("try",),
    "sources": ("sources", "new", "freeze", "check"),
    "outlets": ("outlets",),
    "posts": ("posts", "search"),
    "show": ("show",),
    "watch": ("watch",),
    "serve": ("serve",),
    "export": ("export", "import"),
    "jobs": ("schedule", "jobs"),
    "status": ("status",),
    "db": ("db",),
    "replica": ("newsroom",),
    "demo": ("demo",),
}

# Python's 700 new objects between two looks for cycles are a few articles' worth, and of these hardly
# any is in a cycle: looking more rarely takes 4 % off a crawl and 0.03 s off its imports, at the same memory.
_GC_THRESHOLD = (20_000, 20, 20)
_REMEDIES = {  # of what the machine refuses, whatever was to be written or read
    errno.ENOSPC: "make room first",
    errno.EDQUOT: "make room first",
    errno.EROFS: "nothing can be written there",
    errno.EACCES: "it is another user's: run this as that user, or chown it",
}


def make_app(area: str | None = None) -> typer.Typer:
    """The command-line application: all commands, or those of one area alone, which is quicker."""
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
    for name in [area] if area else _AREAS:
        importlib.import_module(f"newscrawl.cli.{name}").register(app)
    return app


def area_of(words: list[str]) -> str | None:
    """The area of the command that these words give; None where they give none that there is.

    >>> area_of(["--database", "trial", "posts", "--limit", "3"]), area_of(["--help"])
    ('posts', None)
    """
    rest = words[2:] if words[:1] == ["--database"] else words
    rest = rest[1:] if rest and rest[0].startswith("--database=") else rest
    return next((area for area, commands in _AREAS.items() if rest and rest[0] in commands), None)


def _tell_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # slow to import

        typer.echo(f"newscrawl {version('newscrawl')}")
        raise typer.Exit


def _options(
    database: str | None = typer.Option(
        None, "--database", metavar="NAME", help="Database to use (NEWSCRAWL_DATABASE; newscrawl)."
    ),
    version: bool = typer.Option(  # noqa: ARG001  its callback tells it
        False, "--version", help="Print the version and exit.", is_eager=True, callback=_tell_version
    ),
) -> None:
    """Options before the command."""
    if database is not None:
        from newscrawl.paths import database_name

        os.environ["NEWSCRAWL_DATABASE"] = database
        database_name()


def program() -> NoReturn:
    """What the shell starts: `main`, and then the end at once.

    Python would first take all its objects apart, and wait up to half a second for pymongo's threads: more
    than most commands take. What was to be written is written by then, and what was open is closed.
    """
    code: object = 0
    try:
        main()
    except SystemExit as end:
        code = end.code
    if not isinstance(code, int | None):
        print(code, file=sys.stderr)
    _take_leave()
    with suppress(OSError, ValueError):  # nobody reads it any more
        sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


def _take_leave() -> None:
    """What is due to others at Python's end: threads of a user's own step, temporary folders, log files."""
    if monitor := sys.modules.get("pymongo.synchronous.monitor"):
        # It waits for threads that hold nothing.
        atexit.unregister(getattr(monitor, "_shutdown_resources", _take_leave))
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()


def main() -> None:
    """Runs a command. Exits 0 done, 1 failed or degraded, 2 wrong usage or no database."""
    gc.set_threshold(*_GC_THRESHOLD)
    _open_streams()
    try:
        try:
            make_app(area_of(sys.argv[1:]))()
        finally:
            sys.stdout.flush()
    except NewscrawlError as error:
        print(f"newscrawl: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, UsageError | DatabaseUnavailable) else 1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        if error.errno not in _REMEDIES:
            raise
        print(f"newscrawl: {error}; {_REMEDIES[error.errno]}", file=sys.stderr)
        sys.exit(1)


def _open_streams() -> None:
    """Gives those who print somebody to print to: a daemon may be started without (`2>&-`)."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115  for the whole process
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
