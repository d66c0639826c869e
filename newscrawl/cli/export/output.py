"""Where an export goes, and what is said at its end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from newscrawl.cli.post_filters import tell_why_none
from newscrawl.errors import UsageError
from newscrawl.export.atomic_write import unwritable

if TYPE_CHECKING:
    from newscrawl.read import Posts

_STDOUT = Path("-")


def _no_folder(target: Path) -> Path:
    """Raises UsageError for a folder, which no file can take the place of."""
    if target != _STDOUT and target.is_dir():
        raise UsageError(f"{target} is a folder; name a file in it")
    return target


Target = Annotated[
    Path,
    typer.Argument(metavar="FILE|-", callback=_no_folder, help="Where the posts go; - is standard output."),
]


def is_stream(target: Path) -> bool:
    """Whether what is written there is gone: standard output, a pipe, a device."""
    return target == _STDOUT or (target.exists() and not target.is_file() and not target.is_dir())


@contextmanager
def streamed(target: Path) -> Iterator[BinaryIO]:
    """The stream, for bytes. Raises NewscrawlError where it cannot be written, BrokenPipeError."""
    try:
        if target == _STDOUT:
            sys.stdout.flush()
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        else:
            with target.open("wb") as out:
                yield out
    except BrokenPipeError:
        raise  # its reader went away: no error
    except OSError as error:
        raise unwritable(target, error) from error


def tell(posts: Posts, count: int, target: Path, before: int = 0) -> None:
    """Says how many posts were written, on standard error where the posts are on standard output."""
    if not count:
        tell_why_none(posts)
    gone_on = f", {before} of them before" if before else ""
    typer.echo(f"{count} posts written to {target}{gone_on}", err=is_stream(target))
