"""newscrawl db dump and newscrawl db restore: a whole database as one file, and back."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from newscrawl.cli.output import ticking
from newscrawl.errors import UsageError

if TYPE_CHECKING:
    from newscrawl.export.backup.dump import Dumped
    from newscrawl.export.backup.dump_format import End, Header
    from newscrawl.export.backup.restore import Restored


def dump(
    file: Annotated[str, typer.Argument(metavar="FILE", help="File to write; - for standard output.")],
    anew: Annotated[
        bool, typer.Option("--anew", help="Start over, even if a dump into FILE was interrupted.")
    ] = False,
) -> None:
    """Write the whole database to one file.

    Runs beside crawls. An interrupted dump continues if you run it again within six hours. Users and
    passwords of MongoDB are not in the file. Restore it with newscrawl db restore.
    """
    from datetime import UTC, datetime

    from newscrawl.export.backup.dump import DumpJob, dump_file, dump_stream
    from newscrawl.paths import database_name
    from newscrawl.store.client import check_reachable, connect, reaching

    if file == "-" and sys.stdout.isatty():
        raise UsageError("a dump is binary: redirect the output, or name a file instead of -")
    check_reachable("reader")
    with reaching(), connect("reader") as client:
        database = client[database_name()]
        total = sum(database[name].estimated_document_count() for name in database.list_collection_names())
        with ticking(f"of {total:,} documents written") as show:
            job = DumpJob(database, _server(), datetime.now(UTC), anew, show)
            done = dump_stream(job, sys.stdout.buffer) if file == "-" else dump_file(job, Path(file))
    _report_dump(file, done)


def restore(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Dump to read; - for standard input.")],
    merge: Annotated[
        bool, typer.Option("--merge", help="Add what is missing to a database that is not empty.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only check the file and show what it holds.")
    ] = False,
) -> None:
    """Restore a dump into an empty database.

    The file is checked before anything is written. An interrupted restore continues if you run it again.
    Posts of an older schema version are migrated.
    """
    from newscrawl.export.backup.restore import RestoreJob, check_dump
    from newscrawl.export.backup.restore import restore as restore_dump
    from newscrawl.paths import database_name
    from newscrawl.store.client import check_reachable, connect, reaching

    noun = "documents restored"
    if file != "-" or dry_run:
        with _opened(file) as stream, ticking("documents checked") as show:
            header, end = check_dump(stream, _name(file), show)
        if dry_run:
            _report_dump_file(file, header, end)
            return
        noun = f"of {end.total:,} documents restored"
    check_reachable("writer")
    with (
        reaching(),
        connect("writer", socketTimeoutMS=None) as client,
        _opened(file) as stream,
        ticking(noun) as show,
    ):
        job = RestoreJob(client[database_name()], merge, show)
        done = restore_dump(job, stream, _name(file))
    _report_restore(database_name(), done)


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        if sys.stdin.isatty():
            raise UsageError("standard input is a terminal: pipe a dump into this, or name a file")
        yield sys.stdin.buffer
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115  closed below
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    with stream:
        yield stream


def _name(file: str) -> str:
    return "standard input" if file == "-" else file


def _server() -> str:
    """A readable name of the server."""
    from newscrawl.paths import home
    from newscrawl.store.client import mask

    named = os.environ.get("MONGODB_READ_URI") or os.environ.get("MONGODB_URI")
    return mask(named) if named else f"the embedded server of {home()}"


def _report_dump(file: str, done: Dumped) -> None:
    to_stderr = file == "-"
    if done.before:
        typer.echo(f"continued after {done.before:,} documents", err=to_stderr)
    typer.echo(f"{_name_out(file)}: {_contents(done.end)}", err=to_stderr)
    if len(done.end.moments) > 1:
        typer.echo(f"newscrawl: {_SEVERAL}", err=True)


_SEVERAL = (
    "the dump took longer than MongoDB keeps a snapshot (minSnapshotHistoryWindowInSeconds), so it is not of"
    " one moment; changes made meanwhile may be missing"
)


def _name_out(file: str) -> str:
    return "standard output" if file == "-" else file


def _contents(end: End) -> str:
    posts = end.documents.get("posts", 0)
    begin, last = end.moments[0], end.moments[-1]
    to = "" if begin == last else f" to {last:%Y-%m-%d %H:%M:%S}"
    return f"{end.total:,} documents, {posts:,} of them posts, as of {begin:%Y-%m-%d %H:%M:%S}{to} UTC"


def _report_dump_file(file: str, header: Header, end: End) -> None:
    typer.echo(f"{_name(file)} is whole: {_contents(end)}")
    typer.echo(
        f"database {header.database}, newscrawl {header.program}, schema version {header.schema_version},"
        f" MongoDB {header.server}"
    )
    for name, count in sorted(end.documents.items()):
        typer.echo(f"  {name:<16} {count:>12,}")


def _report_restore(database: str, done: Restored) -> None:
    if done.before:
        typer.echo(f"continued after {done.before:,} documents")
    rest = done.end.total - done.inserted - done.before
    left = f", {rest:,} left out or already there" if rest else ""
    typer.echo(f"Database {database}: {done.inserted:,} documents restored{left}")
    if done.migrated:
        typer.echo(f"{done.migrated:,} documents migrated from an older schema version")
    if done.index:
        typer.echo("Rebuild the search index: newscrawl db index")
