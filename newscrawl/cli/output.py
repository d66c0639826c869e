"""How commands print: JSON for programs, text that cannot move a terminal's cursor, an end without noise."""

from __future__ import annotations

import json
import os
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import typer

# json leaves these as they are, and some terminals obey them.
_CONTROLS = re.compile(r"[\x7f-\x9f]")
_HIDDEN = frozenset(("Cc", "Cf", "Cs"))
_JOINER = "\u200d"  # inside of emoji


def one_line(text: str | None) -> str:
    """A text in one line, without control characters, so that no title can paint a terminal."""
    folded = " ".join((text or "").split())
    if folded.isascii() and folded.isprintable():
        return folded
    return "".join(c for c in folded if c == _JOINER or unicodedata.category(c) not in _HIDDEN)


def lines(text: str) -> str:
    """As one_line, with the text's own line ends."""
    return "\n".join(one_line(line) for line in text.splitlines())


def local_time(moment: datetime) -> str:
    """`2022-02-26 16:34` in this machine's zone."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def json_text(value: Any, *, indent: int | None = None) -> str:
    """JSON with times as `2022-02-26T08:34:18Z`."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=_plain)
    return _CONTROLS.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)


def print_array(values: Iterable[Any]) -> None:
    """One JSON array, written as its members come."""
    first = True
    for value in values:
        typer.echo(("[\n" if first else ",\n") + json_text(value), nl=False)
        first = False
    typer.echo("[]" if first else "\n]")


@contextmanager
def piped() -> Iterator[None]:
    """Ends the command quietly, with 0, where the reader of its output went away (`| head`)."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter flushes once more at its end; there must be somebody to take it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None


@contextmanager
def ticking(noun: str) -> Iterator[Callable[[int], None]]:
    """A counting line on standard error, on a terminal only: call what it gives with how many there are."""
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
