"""newscrawl db: the MongoDB server in use."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.db_backup import dump, restore
from newscrawl.errors import UsageError
from newscrawl.search import PART

if TYPE_CHECKING:
    from newscrawl.store.overview import Overview
    from newscrawl.store.server.credentials import Role
    from newscrawl.store.spool import Backlog


_UP_TO_DATE = "nothing to migrate"


_ROLES: tuple[Role, ...] = ("reader", "writer", "admin")  # users of the embedded server


def register(app: typer.Typer) -> None:
    area = typer.Typer(no_args_is_help=True)
    for command in (up, down, status, uri, init, migrate, index, prune, dump, restore):
        area.command()(command)
    app.add_typer(area, name="db", help="Start, stop and maintain MongoDB.")


def up() -> None:
    """Start the embedded MongoDB in the background."""
    from newscrawl.store.client import check_reachable, mask
    from newscrawl.store.server import embedded

    server = embedded.ensure()
    if server.port is None:
        check_reachable("writer")
        typer.echo(f"MONGODB_URI is set and the server responds: {mask(server.uri('writer'))}")
    else:
        typer.echo(
            f"MongoDB {embedded.status().version} is running on 127.0.0.1:{server.port}, pid {server.pid}"
        )


def down() -> None:
    """Stop the embedded MongoDB; the data is kept."""
    from newscrawl.store.server import embedded

    if os.environ.get("MONGODB_URI"):
        raise UsageError(
            "MONGODB_URI is set: newscrawl does not start or stop that server; unset MONGODB_URI first"
        )
    typer.echo("MongoDB stopped" if embedded.stop() else "MongoDB was not running")


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show the server, the database and the spool."""
    from dataclasses import asdict

    from newscrawl.store.overview import take_overview

    overview = take_overview()
    typer.echo(json.dumps(asdict(overview), indent=2) if as_json else _table(overview))


def uri(
    role: Annotated[
        str, typer.Option(metavar="ROLE", help="User to connect as: reader, writer or admin.")
    ] = "reader",
) -> None:
    """Print the connection string of a user, password included."""
    from newscrawl.store import client

    known = next((one for one in _ROLES if one == role), None)
    if known is None:
        raise UsageError(f"unknown --role {role!r}; use reader, writer or admin")
    typer.echo(client.uri(known))


def init(
    users: Annotated[
        bool, typer.Option("--users", help="Also create a writer and a reader on the server of MONGODB_URI.")
    ] = False,
) -> None:
    """Create or update collections, validators and indexes."""
    import asyncio

    from newscrawl.paths import database_name
    from newscrawl.store.client import check_reachable
    from newscrawl.store.schema import make_schema
    from newscrawl.store.users import make_users

    check_reachable("writer")
    made = asyncio.run(make_schema(database_name()))
    done = "schema and indexes created" if made else "already up to date"
    typer.echo(f"Database {database_name()}: {done}")
    if users:
        addresses = make_users(database_name())
        typer.echo("Two users created. Their passwords are shown only once:")
        typer.echo(f"export MONGODB_URI='{addresses['writer']}'")
        typer.echo(f"export MONGODB_READ_URI='{addresses['reader']}'")


def migrate(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would change.")] = False,
) -> None:
    """Migrate posts and revisions to the current schema version.

    Safe to interrupt and rerun, and to run during crawls.
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
            typer.echo(f"to be migrated to version {due.version}: {due}" if due.documents else _UP_TO_DATE)
            return
        asyncio.run(make_schema(database_name()))  # the index of versions, and the current validator
        with ticking(f"of {migration.take_due(database).documents} documents migrated") as show:
            done = migration.migrate(database, show)
    typer.echo(f"{done} documents migrated to version {SCHEMA_VERSION}" if done else _UP_TO_DATE)


def prune(
    before: Annotated[
        str, typer.Option(metavar="WHEN", help="Remove everything older than this: 90d, 2026-03-08.")
    ] = "90d",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would be removed.")] = False,
) -> None:
    """Remove old runs and rejects, but never posts.

    Otherwise they grow without limit. Safe to interrupt and rerun, and to run during crawls.
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
        raise UsageError(
            f"--before {before!r} is too recent: crawls look back {REACH.days} days; use 90d, for example"
        )
    check_reachable("writer")
    with reaching(), connect("writer") as client:
        done = pruning.prune(client[database_name()], moment, dry_run=dry_run)
    typer.echo(f"{done} from before {moment:%Y-%m-%d %H:%M} UTC {'would be' if dry_run else 'were'} removed")


def index(
    anew: Annotated[bool, typer.Option("--anew", help="Rebuild the whole index.")] = False,
) -> None:
    """Add new posts to the full-text index.

    Crawls do this when they finish. A search also finds posts that are not indexed yet, but more slowly. Safe
    to interrupt and rerun.
    """
    import asyncio

    from newscrawl.cli.output import ticking
    from newscrawl.paths import database_name
    from newscrawl.store.client import check_reachable
    from newscrawl.store.search_index import index_all

    check_reachable("writer")
    with ticking("posts indexed") as show:
        done = asyncio.run(index_all(database_name(), anew=anew, on_progress=show))
    typer.echo(f"{done:,} posts indexed; up to {PART - 1:,} may remain for next time")


def _table(overview: Overview) -> str:
    stopped = "not running" if overview.version else "never started"
    state = "running" if overview.running else f"{stopped}; start it with newscrawl db up"
    lines = [
        ("server", f"MongoDB {overview.version or ''}".strip() + f", {state}"),
        ("from", overview.origin),
        ("address", overview.address),
        ("pid", overview.pid),
        ("folder", overview.folder),
        ("database", overview.database),
        ("size", None if overview.bytes is None else f"{overview.bytes / 1e6:.1f} MB"),
        *((f"  {name}", f"{count:,}") for name, count in overview.collections.items()),
        ("restore", overview.half_restored and f"unfinished: {overview.half_restored}; run it again"),
        ("migration", overview.migration_due and f"due: {overview.migration_due}; run newscrawl db migrate"),
        ("spool", _spool_text(overview.spool)),
    ]
    return "\n".join(f"{name:<12} {value}" for name, value in lines if value is not None)


def _spool_text(spool: Backlog) -> str:
    others = f"; {spool.unreadable} more files belong to another user: crawl as that user to store them"
    files = spool.files - spool.unreadable
    return f"{spool.documents:,} documents waiting in {files} files" + (others if spool.unreadable else "")
