"""newscrawl's commands. Each module registers its own and defers slow imports."""

from __future__ import annotations

import atexit
import codecs
import contextlib
import errno
import gc
import importlib
import io
import os
import select
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any, TextIO

import typer
from typer.core import TyperGroup

from newscrawl.cli.logs import complain
from newscrawl.errors import DatabaseUnavailable, FileBusy, NewscrawlError, SpiderBusy, UsageError
from newscrawl.text.printable import printable

_AREAS = {  # module -> its commands, in the order of the help
    "crawl": ("crawl",),
    "rejects": ("rejects",),
    "pages": ("pages",),
    "reread": ("reread",),
    "forget": ("forget",),
    "retry": ("retry",),
    "captures": ("archive",),
    "try_page": ("try",),
    "sources": ("init", "sources", "new", "freeze", "check"),
    "outlets": ("outlets",),
    "posts": ("posts", "search"),
    "show": ("show",),
    "watch": ("watch",),
    "serve": ("serve",),
    "export": ("export", "import"),
    "jobs": ("schedule", "jobs"),
    "alerts": ("alerts",),
    "webhooks": ("webhooks",),
    "worker": ("worker",),
    "status": ("status",),
    "db": ("db",),
    "replica": ("newsroom",),
    "demo": ("demo",),
}

# By default Python looks for reference cycles after 700 new objects: a few articles' worth, hardly any in a
# cycle. Looking less often makes a crawl 4 % faster and saves 0.03 s of imports.
_GC_THRESHOLD = (20_000, 20, 20)
_REMEDIES = {  # for operating-system errors, for any file
    errno.ENOSPC: "free some space first",
    errno.EDQUOT: "free some space first",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "it belongs to another user: run this as that user, or chown it",
}


class _Commands(TyperGroup):
    """All commands. If the output pipe is closed, as by `| head`, a command exits 0."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        with _piped():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        with _piped():
            return super().invoke(ctx)


@contextlib.contextmanager
def _piped() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:  # click would exit 1
        if not _is_closed(sys.stdout):
            raise
        raise typer.Exit from None


def make_app(area: str | None = None) -> typer.Typer:
    """The command-line application: all commands, or only those of one area, which loads faster."""
    app = typer.Typer(
        name="newscrawl",
        cls=_Commands,
        help="Crawl news sources into MongoDB; read, watch and export what was stored.",
        no_args_is_help=True,
        add_completion=area is None,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    for name in [area] if area else _AREAS:
        importlib.import_module(f"newscrawl.cli.{name}").register(app)
    return app


_prepared: dict[str | None, Callable[[], Any]] = {}


def prepare(area: str) -> None:
    """Builds an area's commands once, before forking processes that run one of them."""
    _prepared[area] = typer.main.get_command(make_app(area))


def area_of(words: list[str]) -> str | None:
    """The area of the command in these words; None for an unknown command.

    >>> area_of(["--database", "trial", "posts", "--limit", "3"]), area_of(["--help"])
    ('posts', None)
    """
    rest = words[2:] if words[:1] == ["--database"] else words
    rest = rest[1:] if rest and rest[0].startswith("--database=") else rest
    return next((area for area, commands in _AREAS.items() if rest and rest[0] in commands), None)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # slow to import

        typer.echo(f"newscrawl {version('newscrawl')}")
        raise typer.Exit


def _options(
    database: str | None = typer.Option(
        None, "--database", metavar="NAME", help="Database to use (NEWSCRAWL_DATABASE; newscrawl)."
    ),
    version: bool = typer.Option(  # noqa: ARG001  its callback prints it
        False, "--version", help="Print the version and exit.", is_eager=True, callback=_print_version
    ),
) -> None:
    """Options before the command."""
    if database is not None:
        from newscrawl.paths import database_name

        os.environ["NEWSCRAWL_DATABASE"] = database
        database_name()


def program() -> None:
    """The entry point: runs `main` and shortens the interpreter's exit.

    For `newscrawl posts --limit 1` this saves 0.24 s of 1.0 s of processor time, and up to 0.5 s of waiting.
    """
    try:
        main()
    finally:
        atexit.unregister(_PymongoExit())  # type: ignore[arg-type]  # only compared, never called
        gc.freeze()  # no cycle search over objects that are about to be freed anyway


class _PymongoExit:
    """Equals the exit handler of pymongo, which waits up to 0.5 s for idle monitor threads.

    `atexit.unregister` is documented to compare with `==`, so no private name of pymongo is needed.
    """

    def __eq__(self, handler: object) -> bool:
        return getattr(handler, "__module__", None) == "pymongo.synchronous.monitor"

    __hash__ = None  # type: ignore[assignment]


def main() -> None:
    """Runs a command. Exits 0 if done, 1 if it failed or degraded, 2 on wrong usage or without a database,
    3 if the spider is busy."""
    gc.set_threshold(*_GC_THRESHOLD)
    _open_streams()
    warnings.showwarning = _show_warning  # type: ignore[assignment]  # takes all that it is given
    try:
        try:
            area = area_of(sys.argv[1:])
            (_prepared.get(area) or make_app(area))()
        finally:
            _flush()
    except NewscrawlError as error:
        _complain(printable(str(error)))
        sys.exit(_exit_code(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0 if _is_closed(sys.stdout) else 1)
    except OSError as error:
        if error.errno not in _REMEDIES:
            raise
        _complain(f"{error}; {_REMEDIES[error.errno]}")
        sys.exit(1)
    finally:
        _drop_closed_pipes()


def _show_warning(message: Warning | str, *_: object) -> None:
    """A library's warning in one line, without the file and the line of code that Python shows."""
    _complain(f"warning: {printable(' '.join(str(message).split()))}")


def _exit_code(error: NewscrawlError) -> int:
    if isinstance(error, SpiderBusy | FileBusy):
        return 3
    return 2 if isinstance(error, UsageError | DatabaseUnavailable) else 1


def _complain(message: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # the exit code still shows it
        complain(message)


def _flush() -> None:
    """Flushes standard output. A closed pipe does not change the exit code."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        if not _is_closed(sys.stdout):
            raise


def _drop_closed_pipes() -> None:
    """Redirects closed pipes to the null device: the interpreter's flush at exit would fail."""
    for stream in (sys.stdout, sys.stderr):
        if _is_closed(stream):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _is_closed(stream: TextIO) -> bool:
    """Whether the stream is a pipe closed by its reader."""
    asked = select.poll()
    try:
        asked.register(stream.fileno(), 0)
    except (OSError, ValueError):  # not a file, or closed by ourselves
        return False
    return any(events & select.POLLERR for _, events in asked.poll(0))


def _open_streams() -> None:
    """Replaces missing standard streams: a daemon may be started without them (`2>&-`). Characters that a
    terminal's encoding lacks are replaced; in JSON, they are escaped."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115  for the whole process
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    codecs.register_error("newscrawl_json", _json_escapes)
    errors = "newscrawl_json" if "--json" in sys.argv else "replace"
    for stream, handler in ((sys.stdout, errors), (sys.stderr, "replace")):
        if isinstance(stream, io.TextIOWrapper) and codecs.lookup(stream.encoding).name != "utf-8":
            stream.reconfigure(errors=handler)


def _json_escapes(error: UnicodeError) -> tuple[str, int]:
    """Unencodable characters as JSON escapes."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    units = text.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)), error.end
