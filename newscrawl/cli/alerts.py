"""newscrawl alerts"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.errors import UsageError

if TYPE_CHECKING:
    from newscrawl.monitor.alerter import Alerter

File = Annotated[
    Path | None,
    typer.Argument(metavar="JOBS.TOML", help="The file with [alerts]. Without: the database's."),
]


def register(app: typer.Typer) -> None:
    area = typer.Typer(help="Send alerts when something breaks; see docs/monitoring.md.")
    area.command("test")(send_test)
    area.command()(check)
    area.command("list")(list_incidents)
    app.add_typer(area, name="alerts")


def send_test(
    file: File = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Send nothing; print what a webhook would get.")
    ] = False,
) -> None:
    """Send a test message to every address in [alerts]; exit 1 if one fails.

    Ignores quiet hours.
    """
    import platform
    from datetime import UTC, datetime

    from newscrawl.monitor.alert_text import payload
    from newscrawl.monitor.incidents import Message
    from newscrawl.paths import database_name

    words = payload(Message(event="test", incidents=[]), datetime.now(UTC), platform.node(), database_name())
    if as_json:
        typer.echo(json.dumps(words, ensure_ascii=False, indent=2))
        return
    failed = False
    for channel in _alerter(file).channels:
        reason = channel.send(words)
        failed = failed or reason is not None
        typer.echo(f"{channel.name}: {reason or 'sent'}", err=reason is not None)
    if failed:
        raise typer.Exit(1)


def check(file: File = None) -> None:
    """Check once, send what is due, and exit; for cron, if no scheduler runs.

    A problem must last for `gather` (2 minutes) before a message is sent: run this every few minutes.
    """
    alerter = _alerter(file)
    alerter.check()
    try:
        alerter.look()
        alerter.ping()
    finally:
        alerter.close()


def list_incidents() -> None:
    """List open incidents and the number of unsent messages; exit 1 if there are any.

    Shows the incidents of this home folder, and those of the database if MONGODB_URI names one.
    """
    from newscrawl.cli.output import local_time, one_line
    from newscrawl.monitor.alerter import books

    found = False
    for book in books():
        for each in (book.get("incidents") or {}).get("open", []):
            found = True
            state = "over" if each["gone"] else "reported" if each["announced"] else "noticed"
            line = (each["name"], each["kind"], state, local_time(each["since"]), each["words"])
            typer.echo("\t".join(map(one_line, line)))
        if waiting := len(book.get("unsent", [])):
            typer.echo(f"{waiting} messages could not be sent yet", err=True)
    if found:
        raise typer.Exit(1)


def _alerter(file: Path | None) -> Alerter:
    """The alerts of a jobs file, or of the database. Raises UsageError if there are none."""
    from newscrawl.cli.jobs import read_file
    from newscrawl.jobs.load import shared_alerts
    from newscrawl.monitor.alerter import Alerter
    from newscrawl.paths import home

    settings = read_file(file).alerts if file else shared_alerts()
    if settings is None:
        where = str(file) if file else "the database (newscrawl jobs load JOBS.TOML)"
        raise UsageError(
            f"no [alerts] in {where}; write e.g. [alerts] and below it"
            ' to = ["mailto://user:password@example.org"]'
        )
    return Alerter(settings, home(), shared_jobs=file is None)
