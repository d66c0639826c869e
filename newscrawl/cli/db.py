"""newscrawl db: the MongoDB that is in use."""

from __future__ import annotations

import json
import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.errors import UsageError
from newscrawl.search import PART

if TYPE_CHECKING:
    from newscrawl.store.overview import Overview
    from newscrawl.store.spool import Backlog


_NOTHING_DUE = "nothing to migrate"


class Role(StrEnum):
    """Users of the database; the embedded server has all three."""

    reader = "reader"
    writer = "writer"
    admin = "admin"


def register(app: typer.Typer) -> None:
    area = typer.Typer(no_args_is_help=True)
    for command in (up, down, status, uri, init, migrate, index, prune):
        area.command()(command)
    app.add_typer(area, name="db", help="Start, stop and look at MongoDB; look after what it holds.")


def up() -> None:
    """Start the embedded MongoDB, unless it runs; it goes on running."""
    from newscrawl.store.client import check_reachable, mask
    from newscrawl.store.server import embedded

    server = embedded.ensure()
    if server.port is None:
        check_reachable("writer")
        typer.echo(f"MONGODB_URI is set and answers: {mask(server.uri('writer'))}")
    else:
        typer.echo(f"MongoDB {embedded.status().version} runs on 127.0.0.1:{server.port}, pid {server.pid}")


def down() -> None:
    """Stop the embedded MongoDB; its data stay."""
    from newscrawl.store.server import embedded

    if os.environ.get("MONGODB_URI"):
        raise UsageError("MONGODB_URI is set: newscrawl neither starts nor stops that server; unset it first")
    typer.echo("MongoDB is stopped" if embedded.stop() else "MongoDB did not run")


def status(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Show the server, the database, and what waits to be stored."""
    from dataclasses import asdict

    from newscrawl.store.overview import take_overview

    overview = take_overview()
    typer.echo(json.dumps(asdict(overview), indent=2) if as_json else _table(overview))


def uri(role: Annotated[Role, typer.Option(help="Whose address.")] = Role.reader) -> None:
    """Print the connection string of a role, password included."""
    from newscrawl.store import client

    typer.echo(client.uri(role.value))


def init(
    users: Annotated[
        bool, typer.Option("--users", help="Make a writer and a reader on the server of MONGODB_URI, too.")
    ] = False,
) -> None:
    """Make or correct collections, validators and indexes."""
    import asyncio

    from newscrawl.paths import database_name
    from newscrawl.store.client import check_reachable
    from newscrawl.store.schema import make_schema
    from newscrawl.store.users import make_users

    check_reachable("writer")
    made = asyncio.run(make_schema(database_name()))
    done = "schema and indexes are made" if made else "all is as it should be"
    typer.echo(f"Database {database_name()}: {done}")
    if users:
        addresses = make_users(database_name())
        typer.echo("Two users are made. Their passwords are shown this once:")
        typer.echo(f"export MONGODB_URI='{addresses['writer']}'")
        typer.echo(f"export MONGODB_READ_URI='{addresses['reader']}'")


def migrate(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would be changed.")] = False,
) -> None:
    """Bring old posts and revisions to this program's schema.

    May be ended at any time and run again, and while spiders crawl.
    """
    import asyncio

    from newscrawl.cli.output import ticking
    from newscrawl.model.post import SCHEMA_VERSION
    from newscrawl.paths import database_name
    from newscrawl.store import migrate as migration
    from newscrawl.store.client import check_reachable, connect, reaching
    from newscrawl.store.schema import make_schema

    check_reachable("writer")
    with reaching(), connect("writer") as client:
        database = client[database_name()]
        migration.check_versions(database)
        if dry_run:
            due = migration.take_due(database)
            typer.echo(f"to be migrated to version {due.version}: {due}" if due.documents else _NOTHING_DUE)
            return
        asyncio.run(make_schema(database_name()))  # the index of versions, and today's validator
        with ticking(f"of {migration.take_due(database).documents} documents migrated") as show:
            done = migration.migrate(database, show)
    typer.echo(f"{done} documents migrated to version {SCHEMA_VERSION}" if done else _NOTHING_DUE)


def prune(
    before: Annotated[
        str, typer.Option(metavar="WHEN", help="How old they may be: 90d, 2026-03-08.")
    ] = "90d",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would be removed.")] = False,
) -> None:
    """Remove old runs and old rejects, never a post.

    They else grow for ever. May be ended at any time and run again, and while spiders crawl.
    """
    from datetime import UTC, datetime, timedelta

    from newscrawl.crawl.selection import REACH
    from newscrawl.paths import database_name
    from newscrawl.store import prune as pruning
    from newscrawl.store.client import check_reachable, connect, reaching
    from newscrawl.text.times import parse_moment

    now = datetime.now(UTC)
    moment = parse_moment(before, now)
    if moment > now - REACH - timedelta(days=1):
        raise UsageError(f"--before {before!r} is too late: crawls look back {REACH.days} days; 90d is usual")
    check_reachable("writer")
    with reaching(), connect("writer") as client:
        done = pruning.prune(client[database_name()], moment, dry_run=dry_run)
    typer.echo(f"{done} from before {moment:%Y-%m-%d %H:%M} UTC {'would be' if dry_run else 'are'} removed")


def index(
    anew: Annotated[bool, typer.Option("--anew", help="Make the whole index again.")] = False,
) -> None:
    """Take the posts that wait into the full-text search.

    Crawls do so at their ends. A search finds them before, too, only not as quickly. May be ended at any
    time and run again.
    """
    import asyncio

    from newscrawl.cli.output import ticking
    from newscrawl.paths import database_name
    from newscrawl.store.client import check_reachable
    from newscrawl.store.search_index import index_all

    check_reachable("writer")
    with ticking("posts taken into the search") as show:
        done = asyncio.run(index_all(database_name(), anew=anew, on_progress=show))
    typer.echo(f"{done:,} posts were taken into the search; fewer than {PART:,} may go on waiting")


def _table(overview: Overview) -> str:
    idle = "does not run" if overview.version else "was never started"
    state = "runs" if overview.running else f"{idle}: newscrawl db up"
    lines = [
        ("server", f"MongoDB {overview.version or ''}".strip() + f", {state}"),
        ("from", overview.origin),
        ("address", overview.address),
        ("pid", overview.pid),
        ("folder", overview.folder),
        ("database", overview.database),
        ("size", None if overview.bytes is None else f"{overview.bytes / 1e6:.1f} MB"),
        *((f"  {name}", f"{count:,}") for name, count in overview.collections.items()),
        ("migration", overview.migration_due and f"due: {overview.migration_due}; newscrawl db migrate"),
        ("spool", _waiting(overview.spool)),
    ]
    return "\n".join(f"{name:<12} {value}" for name, value in lines if value is not None)


def _waiting(spool: Backlog) -> str:
    others = f"; {spool.unreadable} more of another user, which a crawl as that user stores"
    files = spool.files - spool.unreadable
    return f"{spool.documents:,} documents wait in {files} files" + (others if spool.unreadable else "")
