"""newscrawl export jsonl, csv, parquet"""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.export.target import Target, is_stream, report_written, streamed
from newscrawl.cli.output import json_text, piped, ticking
from newscrawl.cli.post_filters import PostSelection, selects_posts
from newscrawl.errors import DatabaseUnavailable, NewscrawlError, UsageError

if TYPE_CHECKING:
    from newscrawl.export.resumable import RowFormat

Resume = Annotated[bool, typer.Option("--resume", help="Continue an interrupted export to FILE.")]


@selects_posts(0)
def export_jsonl(
    target: Target,
    resume: Resume = False,
    extended: Annotated[
        bool, typer.Option("--extended", help="Write MongoDB Extended JSON, for mongoimport.")
    ] = False,
    *,
    chosen: PostSelection,
) -> None:
    """Write full posts as JSON, one per line, newest first.

    FILE is replaced only once the export is complete. An interrupted export leaves FILE.part, which --resume
    continues.
    """
    from newscrawl.export.row_formats import Jsonl
    from newscrawl.export.row_formats import extended as extended_json

    form = Jsonl(extended_json if extended else json_text)
    _write(target, chosen, ("jsonl extended" if extended else "jsonl", form), resume=resume)


@selects_posts(0)
def export_csv(
    target: Target,
    resume: Resume = False,
    *,
    chosen: PostSelection,
) -> None:
    """Write posts as a CSV file that Excel opens correctly.

    Newest first; UTF-8, CRLF, no formulas.
    FILE is replaced only once the export is complete. An interrupted export leaves FILE.part, which --resume
    continues.
    """
    from newscrawl.export.row_formats import CsvRows

    _write(target, chosen, ("csv", CsvRows()), resume=resume)


@selects_posts(0)
def export_parquet(
    target: Target,
    *,
    chosen: PostSelection,
) -> None:
    """Write posts as a Parquet file with typed columns.

    Newest first; times are in UTC.
    Needs pyarrow: pip install 'newscrawl[parquet]'. FILE is replaced only once the export is complete.
    """
    from newscrawl.export import parquet
    from newscrawl.export.atomic_write import drafted
    from newscrawl.read import Posts
    from newscrawl.read.arrow import need_pyarrow

    need_pyarrow()
    if is_stream(target) and sys.stdout.isatty():
        raise UsageError("a Parquet file cannot be shown on a terminal; name a FILE or pipe the output")
    with Posts.connect() as posts, piped(), ticking("posts") as tick:
        if is_stream(target):
            with streamed(target) as out:
                count = parquet.write(posts.find(chosen.query), out, tick)
        else:
            with drafted(target.resolve()) as out:
                count = parquet.write(posts.find(chosen.query), out, tick)
        report_written(posts, count, target)


def _write(target: Path, chosen: PostSelection, form: tuple[str, RowFormat], *, resume: bool) -> None:
    from newscrawl.export.resumable import ResumableExport, export_file, export_stream
    from newscrawl.read import Posts

    if is_stream(target) and resume:
        raise UsageError(f"--resume needs a file to continue; {target} is not a file")
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
                with _hint_at_resume(target):
                    count, before = export_file(posts.find, job, target, resume=resume, progress=tick)
        report_written(posts, count, target, before)


@contextmanager
def _hint_at_resume(target: Path) -> Iterator[None]:
    try:
        yield
    except (KeyboardInterrupt, NewscrawlError) as error:
        if _can_resume(error):
            typer.echo(
                f"{target} is not finished; run the same command with --resume to continue it", err=True
            )
        raise


def _can_resume(error: BaseException) -> bool:
    """Whether an export that failed with this error can be resumed: the disk was full, MongoDB was down."""
    full = isinstance(error.__cause__, OSError) and error.__cause__.errno in (errno.ENOSPC, errno.EDQUOT)
    return full or isinstance(error, KeyboardInterrupt | DatabaseUnavailable)
