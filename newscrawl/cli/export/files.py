"""newscrawl export jsonl, csv, parquet"""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.export.output import Target, is_stream, streamed, tell
from newscrawl.cli.output import json_text, piped, ticking
from newscrawl.cli.post_filters import PostSelection, choosing
from newscrawl.errors import DatabaseUnavailable, NewscrawlError, UsageError

if TYPE_CHECKING:
    from newscrawl.export.resumable import RowFormat

Resume = Annotated[bool, typer.Option("--resume", help="Go on where an interrupted export into FILE ended.")]


@choosing(limit=0)
def export_jsonl(
    target: Target,
    chosen: PostSelection,
    resume: Resume = False,
    extended: Annotated[
        bool, typer.Option("--extended", help="MongoDB Extended JSON, as mongoimport takes it.")
    ] = False,
) -> None:
    """Write whole posts as JSON, one a line, newest first.

    FILE appears whole or not at all. Interrupted, FILE.part stays: --resume goes on with it.
    """
    from newscrawl.export.row_formats import Jsonl
    from newscrawl.export.row_formats import extended as extended_json

    form = Jsonl(extended_json if extended else json_text)
    _write(target, chosen, ("jsonl extended" if extended else "jsonl", form), resume=resume)


@choosing(limit=0)
def export_csv(target: Target, chosen: PostSelection, resume: Resume = False) -> None:
    """Write posts as a table that Excel opens right.

    Newest first; no formulas, UTF-8, CRLF.
    FILE appears whole or not at all. Interrupted, FILE.part stays: --resume goes on with it.
    """
    from newscrawl.export.row_formats import CsvRows

    _write(target, chosen, ("csv", CsvRows()), resume=resume)


@choosing(limit=0)
def export_parquet(target: Target, chosen: PostSelection) -> None:
    """Write posts as a Parquet file with typed columns.

    Newest first; times are in UTC.
    Needs pyarrow: pip install 'newscrawl[parquet]'. FILE appears whole or not at all.
    """
    from newscrawl.export import parquet
    from newscrawl.export.atomic_write import drafted
    from newscrawl.read import Posts

    parquet.need_pyarrow()
    if is_stream(target) and sys.stdout.isatty():
        raise UsageError("a Parquet file is nothing for a terminal; name a FILE, or pipe it")
    with Posts.connect() as posts, piped(), ticking("posts") as tick:
        if is_stream(target):
            with streamed(target) as out:
                count = parquet.write(posts.find(chosen.query), out, tick)
        else:
            with drafted(target.resolve()) as out:
                count = parquet.write(posts.find(chosen.query), out, tick)
        tell(posts, count, target)


def _write(target: Path, chosen: PostSelection, form: tuple[str, RowFormat], *, resume: bool) -> None:
    from newscrawl.export.resumable import ResumableExport, export_file, export_stream
    from newscrawl.read import Posts

    if is_stream(target) and resume:
        raise UsageError(f"--resume needs a file to go on with; {target} is none")
    with Posts.connect() as posts, piped():
        job = ResumableExport(
            form[1], chosen.query, {**chosen.words, "form": form[0], "database": posts.name}
        )
        before = 0
        with ticking("posts") as tick:
            if is_stream(target):
                with streamed(target) as out:
                    count = export_stream(posts.find, job, out, tick)
            else:
                with _hinting(target):
                    count, before = export_file(posts.find, job, target, resume=resume, progress=tick)
        tell(posts, count, target, before)


@contextmanager
def _hinting(target: Path) -> Iterator[None]:
    try:
        yield
    except (KeyboardInterrupt, NewscrawlError) as error:
        if _is_passing(error):
            typer.echo(f"{target} is not finished; the same command with --resume goes on with it", err=True)
        raise


def _is_passing(error: BaseException) -> bool:
    """Whether an export that ended with it may go on later: the disk has room again, MongoDB is back."""
    full = isinstance(error.__cause__, OSError) and error.__cause__.errno in (errno.ENOSPC, errno.EDQUOT)
    return full or isinstance(error, KeyboardInterrupt | DatabaseUnavailable)
