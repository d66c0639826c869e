"""Where an export is written, and the line that reports its size."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from newscrawl.cli.post_filters import explain_empty
from newscrawl.errors import UsageError
from newscrawl.export.atomic_write import unwritable

if TYPE_CHECKING:
    from newscrawl.read import Posts

_STDOUT = Path("-")


def _no_folder(target: Path) -> Path:
    """Raises UsageError if the target is a folder."""
    if target != _STDOUT and target.is_dir():
        raise UsageError(f"{target} is a folder; name a file in it")
    return target


Target = Annotated[
    Path,
    typer.Argument(metavar="FILE|-", callback=_no_folder, help="File to write; - for standard output."),
]


def is_stream(target: Path) -> bool:
    """Whether the target cannot be read back or replaced: standard output, a pipe, a device."""
    return target == _STDOUT or (target.exists() and not target.is_file() and not target.is_dir())


@contextmanager
def streamed(target: Path) -> Iterator[BinaryIO]:
    """The stream, for bytes. Raises NewscrawlError if it cannot be written, and BrokenPipeError."""
    try:
        if target == _STDOUT:
            sys.stdout.flush()
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        else:
            with target.open("wb") as out:
                yield out
    except BrokenPipeError:
        raise  # the reader closed the pipe: not an error
    except OSError as error:
        raise unwritable(target, error) from error


def report_written(posts: Posts, count: int, target: Path, before: int = 0) -> None:
    """Prints how many posts were written, on standard error if the posts went to standard output."""
    if not count:
        explain_empty(posts)
    earlier = f", {before} of them by the interrupted export" if before else ""
    typer.echo(f"{count} posts written to {target}{earlier}", err=is_stream(target))
