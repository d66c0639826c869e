"""newscrawl webhooks"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.output import counted, ignoring_closed_pipe, json_text, local_time, one_line
from newscrawl.errors import UsageError

if TYPE_CHECKING:
    from newscrawl.jobs.webhook_settings import WebhookSettings
    from newscrawl.monitor.webhooks.queue import WebhookState

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the webhook, as in [webhooks.NAME].")]
AsJson = Annotated[bool, typer.Option("--json", help="Print a JSON array of the webhooks.")]


def register(app: typer.Typer) -> None:
    area = typer.Typer(invoke_without_command=True)
    area.callback()(webhooks)
    area.command("test")(send_ping)
    area.command()(retry)
    area.command()(secret)
    app.add_typer(area, name="webhooks")


def webhooks(context: typer.Context, as_json: AsJson = False) -> None:
    """Show each webhook: position, what waits, and why it fails.

    A scheduler or worker delivers them: docs/webhooks.md. Exits 1 if one is disabled or has delivered
    nothing for minutes.
    """
    if context.invoked_subcommand:
        return
    from newscrawl.monitor.webhooks.queue import states
    from newscrawl.paths import database_name
    from newscrawl.store.client import connect, reaching

    now = datetime.now(UTC)
    with reaching(), connect("reader") as client:
        found = states(client[database_name()], now)
    with ignoring_closed_pipe():
        if as_json:
            from dataclasses import asdict

            typer.echo(json_text([asdict(each) for each in found], indent=2))
        else:
            for each in found:
                typer.echo(_row(each))
    if not found:
        typer.echo("no webhook yet: declare [webhooks.NAME] in the jobs file; docs/webhooks.md", err=True)
    if any(each.is_in_trouble(now) for each in found):
        raise typer.Exit(1)


def send_ping(
    name: Name,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="JOBS.TOML", help="The file with [webhooks.NAME]. Without: the database's."),
    ] = None,
) -> None:
    """Send a signed ping now; exit 1 if the receiver does not take it."""
    from newscrawl.monitor.http_post import post
    from newscrawl.monitor.webhooks.messages import ping_message
    from newscrawl.text.public_hosts import allowed_hosts

    settings = _settings(name, file)
    now = datetime.now(UTC)
    message = ping_message(now)
    headers = message.headers(settings.secrets(), now)
    timeout = settings.timeout.total_seconds()
    reply = post(settings.address(), message.body, headers, timeout, allowed=allowed_hosts())
    typer.echo(f"{name}: {reply.reason or f'taken, HTTP {reply.status}'}", err=reply.reason is not None)
    if reply.reason is not None:
        raise typer.Exit(1)


def retry(
    name: Name,
    discard: Annotated[
        bool, typer.Option("--discard", help="Remove the dead letters instead of sending them again.")
    ] = False,
) -> None:
    """Send dead letters again, and what waits, now.

    Enables a webhook whose receiver answered 410. The scheduler delivers.
    """
    from newscrawl.monitor.webhooks import queue
    from newscrawl.paths import database_name
    from newscrawl.store.client import connect, reaching

    with reaching(), connect("writer") as client:
        database = client[database_name()]
        if discard:
            typer.echo(f"{name}: {counted(queue.discard(database, name), 'dead letter')} removed")
            return
        moved = queue.retry(database, name, datetime.now(UTC))
    typer.echo(f"{name}: {counted(moved, 'dead letter')} will be sent again; the scheduler delivers them")


def secret() -> None:
    """Print a new secret.

    It is for the variable that `secret` of [webhooks.NAME] names, and for the receiver.
    """
    import base64
    import secrets

    from newscrawl.jobs.webhook_settings import SECRET_PREFIX

    typer.echo(SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode())


def _settings(name: str, file: Path | None) -> WebhookSettings:
    """Raises UsageError for an unknown webhook."""
    from newscrawl.cli.beside import shared_webhooks
    from newscrawl.cli.jobs import read_file

    declared = read_file(file).webhooks if file else shared_webhooks()
    for each in declared:
        if each.name == name:
            return each
    where = str(file) if file else "the database (newscrawl jobs load JOBS.TOML; or name the file)"
    known = ", ".join(each.name for each in declared) or "none"
    raise UsageError(f"no [webhooks.{name}] in {where}; declared: {known}")


def _row(state: WebhookState) -> str:
    said = [f"{state.name:<16} {state.state:<11} {state.shown.get('host', '')}"]
    said.append(
        f"{state.delivered:,} delivered, {state.queued:,} waiting, {counted(state.dead, 'dead letter')}"
    )
    if state.queued:
        said.append(f"the oldest for {_span(state.lag)}")
    if state.at:
        said.append(f"position {local_time(state.at)}")
    if state.last_success:
        said.append(f"last taken {local_time(state.last_success)}")
    if state.gap:
        said.append(
            f"changes from {local_time(state.gap)} on were sent again: MongoDB's history was too short"
        )
    if state.state in ("failing", "disabled"):
        said.append(one_line(state.words))
    return "  ".join(said)


def _span(seconds: float) -> str:
    from datetime import timedelta

    from newscrawl.jobs.config import format_duration

    return format_duration(timedelta(seconds=round(seconds)))
