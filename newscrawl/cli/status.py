"""newscrawl status"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from newscrawl.cli.output import ignoring_closed_pipe, json_text, local_time, one_line

if TYPE_CHECKING:
    from newscrawl.monitor.webhooks.queue import WebhookState
    from newscrawl.read.crawl_status import Look, RunState, State
    from newscrawl.read.delays import Delays, Quantiles

MOST_COUNTED = 10_000  #: posts read with older rules
_STARTED = timedelta(hours=1)  # for this long, a run without an end may still be running on another machine

Ended = Literal["good", "bad", "late", "running", "not ended"]
_WELL = ("good", "running")


def register(app: typer.Typer) -> None:
    app.command("status")(status)


class StatusSource(NamedTuple):
    """The last run of a spider with its arguments."""

    run: RunState
    ended: Ended
    delays: Delays | None = None  #: None: no news stored lately


def status(
    stale: Annotated[
        str | None,
        typer.Option(metavar="SPAN", help="Also exit 1 if a last run is older than this: 45m, 3h, 2d."),
    ] = None,
    within: Annotated[
        str | None,
        typer.Option(metavar="SPAN", help="Leave out sources that have not run for this long: 30d."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show each spider's last runs, and whether all is well.

    For a monitor, exits 1 if a last run had problems or did not finish, if documents wait in the spool, if a
    webhook has delivered nothing for minutes, or if nothing ever ran in this database. A last run of any age
    counts; see --within.
    """
    from newscrawl.paths import database_name, home
    from newscrawl.read import Posts
    from newscrawl.store.spool import backlog
    from newscrawl.text.times import parse_span

    now = datetime.now(UTC)
    oldest = now - parse_span("--stale", stale) if stale is not None else None
    begin = now - parse_span("--within", within) if within is not None else None
    with Posts.connect() as posts:
        state, delays = posts.state(), posts.delays()
    waiting = backlog(home() / "spool", database_name()).documents
    webhooks = _webhooks()
    old = _old_readings()
    shown = [run for run in state.sources if begin is None or run.started >= begin]
    crawled = _crawled({run.spider for run in shown if run.finished is None})
    sources = [_source(run, now, oldest, crawled)._replace(delays=delays.get(run.source)) for run in shown]
    with ignoring_closed_pipe():
        if as_json:
            typer.echo(
                json_text(
                    {
                        **_plain(state, sources, waiting, old),
                        "webhooks": [_plain_webhook(each) for each in webhooks],
                    },
                    indent=2,
                )
            )
        else:
            _show(state, sources, waiting, old)
    if as_json:
        _warn(sources)
    troubled = [each for each in webhooks if each.is_in_trouble(now)]
    for each in troubled:
        typer.echo(f"newscrawl: webhook {each.name}: {one_line(each.words)}; {each.queued} wait", err=True)
    if not sources:
        none = f"no runs within {within}" if state.sources else "no runs yet"
        typer.echo(f"{none}; start one with: newscrawl crawl eastmoney", err=True)
    if waiting or troubled or not sources or any(one.ended not in _WELL for one in sources):
        raise typer.Exit(1)


def _old_readings() -> int:
    """Number of posts read with older rules whose pages this machine has; at most MOST_COUNTED."""
    from newscrawl.paths import database_name
    from newscrawl.store.client import connect, reaching
    from newscrawl.store.page_references import count_old_readings
    from newscrawl.warc.files import page_files, pages_folder

    files = [path.name for path in page_files(pages_folder())]
    if not files:
        return 0
    with reaching(), connect("reader") as client:
        return count_old_readings(client[database_name()], files, MOST_COUNTED)


def _webhooks() -> list[WebhookState]:
    """The webhooks that are or were delivered from this database."""
    from newscrawl.monitor.webhooks.queue import states
    from newscrawl.paths import database_name
    from newscrawl.store.client import connect, reaching

    with reaching(), connect("reader") as client:
        return states(client[database_name()])


def _plain_webhook(webhook: WebhookState) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(webhook)


def _crawled(spiders: set[str]) -> set[str]:
    """The spiders that are crawling now, here or on another machine."""
    from newscrawl.locks import spider_key
    from newscrawl.store.leases import open_leases

    if not spiders:
        return set()
    leases = open_leases("reader")
    try:
        held = leases.holders([spider_key(spider) for spider in spiders])
    finally:
        leases.close()
    return {spider for spider in spiders if spider_key(spider) in held}


def _source(run: RunState, now: datetime, oldest: datetime | None, crawled: set[str]) -> StatusSource:
    ended: Ended = "bad" if run.problems else "good"
    if run.finished is None:
        runs = run.spider in crawled or now - run.started < _STARTED
        ended = "running" if runs else "not ended"
    elif ended == "good" and oldest is not None and run.started < oldest:
        ended = "late"
    return StatusSource(run, ended)


def _warn(sources: list[StatusSource]) -> None:
    """Prints what is wrong with each source on standard error."""
    from newscrawl.cli.crawl import warn

    for one in sources:
        if one.ended not in _WELL:
            warn(
                one_line(one.run.source), one.run.problems or [f"{one.ended}: {local_time(one.run.started)}"]
            )


def _plain(state: State, sources: list[StatusSource], waiting: int, old: int) -> dict[str, Any]:
    return {
        "newest": state.newest,
        "posts_this_hour": state.hours[-1].posts,
        "posts_of_24_hours": _day(state),
        "spool": waiting,
        "read_by_old_rules": old,
        "spiders": [
            {
                "spider": one.run.spider,
                "arguments": one.run.arguments,
                "started": one.run.started,
                "finished": one.run.finished,
                "ended": one.ended,
                "outcomes": one.run.outcomes,
                "problems": one.run.problems,
                "delay": _plain_delays(one.delays),
                "looked": one.run.looked and one.run.looked._asdict(),
            }
            for one in sources
        ],
    }


def _plain_delays(delays: Delays | None) -> dict[str, Any]:
    """Seconds from publication to storage; null without news."""
    spans = {"24h": delays and delays.day, "7d": delays and delays.week}
    return {span: found and found._asdict() for span, found in spans.items()}


def _show(state: State, sources: list[StatusSource], waiting: int, old: int) -> None:
    rows = [_row(one) for one in sources]
    if not sys.stdout.isatty():
        for row in rows:
            typer.echo("\t".join(row))
        return
    newest = local_time(state.newest) if state.newest else "none"
    typer.echo(f"newest post: {newest}; {state.hours[-1].posts:,} this hour, {_day(state):,} in 24 hours")
    if waiting:
        typer.echo(f"{waiting:,} documents are in the spool; the next crawl stores them in MongoDB")
    if old:
        many = f"{old:,}" if old < MOST_COUNTED else f"{old:,} or more"
        typer.echo(f"{many} posts with kept pages were read with older rules; newscrawl reread --dry-run")
    for line in status_lines(rows):
        typer.echo(line)


class StatusRow(NamedTuple):
    """A source's last run, each field on one line; `spider` with its arguments.

    `delay`: the median from publication to storage, over 24 hours and 7 days. `looked`: when and where a job
    last polled its lists.
    """

    spider: str
    started: str
    ended: str
    counts: str
    problems: str
    delay: str = "-"
    looked: str = "-"


def status_lines(rows: list[StatusRow]) -> list[str]:
    """A table: a line per spider, and one with its problems below."""
    if not rows:
        return []
    head = StatusRow("spider", "last run", "ended", "pages", "", "delay 24h / 7d", "looked at")
    shows_looks = any(row.looked != "-" for row in rows)
    table = [(row, (*row[:3], row.delay, *([row.looked] if shows_looks else []))) for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*(shown for _, shown in table), strict=True)]
    lines = []
    for row, shown in table:
        cells = [cell.ljust(width) for cell, width in zip(shown, widths, strict=True)]
        lines.append("  ".join([*cells, row.counts]))
        if row.problems:
            lines.append(f"  {row.problems}")
    return lines


def _row(one: StatusSource) -> StatusRow:
    run = one.run
    counts = ", ".join(f"{count:,} {name}" for name, count in run.outcomes.items())
    problems = "; ".join(map(one_line, run.problems))
    name, delay = one_line(run.source), _delay(one.delays)
    return StatusRow(
        name, local_time(run.started), one.ended, counts or "-", problems, delay, _look(run.looked)
    )


def _look(look: Look | None) -> str:
    """`2026-12-01 08:41 on news2`; `-` if no job is known."""
    if look is None:
        return "-"
    return f"{local_time(look.at)}{f' on {look.host}' if look.host else ''}"


def _delay(delays: Delays | None) -> str:
    """`1m20s / 2m`; `-` without news."""
    if delays is None or delays.week is None:
        return "-"
    return f"{_median(delays.day)} / {_median(delays.week)}"


def _median(found: Quantiles | None) -> str:
    from newscrawl.jobs.config import format_duration

    return format_duration(timedelta(seconds=found.median)) if found else "-"


def _day(state: State) -> int:
    return sum(hour.posts for hour in state.hours[-24:])
