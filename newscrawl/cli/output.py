"""How commands print: JSON for programs, and text that cannot inject terminal control sequences."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

from newscrawl.text.printable import UNSAFE_IN_JSON, printable

if TYPE_CHECKING:
    from rich.console import Console


def one_line(text: str | None) -> str:
    """The text on one line, without control characters: a title must not control the terminal."""
    return printable(" ".join((text or "").split()))


def lines(text: str) -> str:
    """As one_line, but keeps line breaks."""
    return "\n".join(one_line(line) for line in text.splitlines())


def counted(number: int, noun: str) -> str:
    """A number and a noun whose plural ends in s.

    >>> counted(1, "file"), counted(2_000, "file")
    ('1 file', '2,000 files')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def local_time(moment: datetime) -> str:
    """`2022-02-26 16:34` in this machine's zone."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def json_text(value: Any, *, indent: int | None = None) -> str:
    """JSON with times as `2022-02-26T08:34:18Z`."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=_plain)
    return UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)


def print_array(values: Iterable[Any]) -> None:
    """Prints a JSON array, each element as soon as it is available."""
    first = True
    for value in values:
        typer.echo(("[\n" if first else ",\n") + json_text(value), nl=False)
        first = False
    typer.echo("[]" if first else "\n]")


@contextmanager
def piped() -> Iterator[None]:
    """Ends the command quietly, with 0, if the reader of its output closed the pipe (`| head`)."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        discard_output()
        raise typer.Exit(0) from None


@contextmanager
def ignoring_closed_pipe() -> Iterator[None]:
    """As `piped`, but the command continues: its exit code must still show how the run went."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        discard_output()


def discard_output() -> None:
    """Discards remaining output: the interpreter's flush at exit must not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def console(**options: Any) -> Console:
    """A rich console. Rich itself exits 1 if the pipe is closed; this one raises BrokenPipeError."""
    from rich.console import Console  # slow to import

    class PipedConsole(Console):
        def on_broken_pipe(self) -> None:
            raise  # noqa: PLE0704  the BrokenPipeError that rich is handling

    return PipedConsole(**options)


@contextmanager
def ticking(noun: str) -> Iterator[Callable[[int], None]]:
    """A progress line on standard error, on terminals only: call what it yields with the count so far."""
    on_terminal = sys.stderr.isatty()
    last = 0.0

    def show(count: int) -> None:
        nonlocal last
        if on_terminal and time.monotonic() - last > 0.1:
            last = time.monotonic()
            sys.stderr.write(f"\r\x1b[2K{count} {noun}")
            sys.stderr.flush()

    try:
        yield show
    finally:
        if on_terminal:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
