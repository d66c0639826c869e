"""newscrawl schedule, newscrawl jobs"""

from __future__ import annotations

import json
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from newscrawl.cli.output import ignoring_closed_pipe
from newscrawl.errors import UsageError

if TYPE_CHECKING:
    from newscrawl.jobs.config import Job
    from newscrawl.jobs.scheduler import Scheduler
    from newscrawl.jobs.state import JobState
    from newscrawl.locks import Holder

SHOWN = 3  #: future runs that --check lists


def register(app: typer.Typer) -> None:
    app.command("schedule")(schedule)
    app.command("jobs")(jobs)


def schedule(
    file: Annotated[Path, typer.Argument(metavar="JOBS.TOML", help="The jobs; see docs/operations.md.")],
    check: Annotated[
        bool, typer.Option("--check", help="Only check the file and list the next runs.")
    ] = False,
    once: Annotated[str | None, typer.Option(metavar="NAME", help="Run only this job, now.")] = None,
) -> None:
    """Run crawls on a schedule, until SIGTERM or Ctrl-C.

    With --once, exits 0 if the run was good, 1 if it failed or was skipped.
    """
    from newscrawl.crawl.runner import argument_faults, spider_names
    from newscrawl.jobs.config import read_jobs

    declared = read_jobs(file, spider_names(), argument_faults)
    if check:
        _show_plan(declared)
    elif once is not None:
        _run_once(declared, once)
    else:
        _run_all(declared)


def jobs(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON array of the jobs.")] = False,
    failing: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Exit 1 if a job failed N times in a row.")
    ] = None,
) -> None:
    """Show each job: its next run, its last run and how that ended.

    Also shows whether a scheduler is running. With --failing, for a monitor, exits 1 too if no scheduler is
    running. Jobs that are not enabled do not count.
    """
    from newscrawl.jobs.state import JobStates
    from newscrawl.locks import SchedulerLock
    from newscrawl.paths import home

    states, scheduler = JobStates(home()).read(), SchedulerLock().holder()
    with ignoring_closed_pipe():
        if as_json:
            typer.echo(
                json.dumps([_plain(state, scheduler) for state in states], ensure_ascii=False, indent=2)
            )
        else:
            _show(states, scheduler)
    if failing and (scheduler is None or any(s.enabled and s.failures >= failing for s in states)):
        raise typer.Exit(1)


def _scheduler(declared: list[Job], *, copied: bool) -> Scheduler:
    import logging

    from newscrawl.jobs.mongo_state import MongoStateCopy
    from newscrawl.jobs.run import RunOptions
    from newscrawl.jobs.scheduler import Scheduler
    from newscrawl.paths import home

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("newscrawl").setLevel(logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # we log what it warns of
    return Scheduler(declared, RunOptions(home()), state_copy=MongoStateCopy(home()) if copied else None)


def _run_all(declared: list[Job]) -> None:
    import asyncio

    scheduler = _scheduler(declared, copied=True)
    asyncio.run(scheduler.run())


def _run_once(declared: list[Job], name: str) -> None:
    import asyncio

    job = next((job for job in declared if job.name == name), None)
    if job is None:
        raise UsageError(f"no job {name!r}; the jobs are: {', '.join(job.name for job in declared)}")
    run = asyncio.run(_scheduler(declared, copied=False).run_once(job))
    if run is None or run.outcome != "ok":
        raise typer.Exit(2 if run and run.exit == 2 else 1)


def _show_plan(declared: list[Job]) -> None:
    now = datetime.now(UTC)
    for job in declared:
        if not job.enabled:
            typer.echo(f"{job.name}: {job.spider}, {job.schedule}, not enabled")
            continue
        trigger, due, times = job.trigger(now), None, []
        for _ in range(SHOWN):
            due = trigger.get_next_fire_time(due, due or now)
            # Via UTC: on the night clocks go forward, the trigger gives a 02:30 that does not exist.
            times += [f"{due.astimezone(UTC).astimezone(job.zone):%Y-%m-%d %H:%M:%S}"] if due else []
        typer.echo(f"{job.name}: {job.spider}, {job.schedule}: {', '.join(times)} ({job.zone})")


def _plain(state: JobState, scheduler: Holder | None) -> dict[str, Any]:
    from newscrawl.jobs.state import to_plain

    return {**to_plain(state), "scheduler_pid": scheduler.pid if scheduler else None}


def _show(states: list[JobState], scheduler: Holder | None) -> None:
    rows = [_row(state, scheduler_runs=scheduler is not None) for state in states]
    if sys.stdout.isatty():
        for line in job_lines(rows, shutil.get_terminal_size().columns):
            typer.echo(line)
    else:
        for row in rows:
            typer.echo("\t".join(row))
    typer.echo(f"scheduler: {scheduler}" if scheduler else "scheduler: not running")
    for state in states:
        if text := _complaint(state):
            typer.echo(f"{state.name}: {text}")


class JobRow(NamedTuple):
    """One job, each field on one line; `-` if empty."""

    job: str
    spider: str
    schedule: str
    next_run: str
    last_run: str
    took: str
    exit: str
    outcome: str
    counts: str

    @property
    def ended(self) -> str:
        """`failed (1)`"""
        return f"{self.outcome} ({self.exit})" if self.exit != "-" else self.outcome


def job_lines(rows: list[JobRow], width: int) -> list[str]:
    """A table that fits a terminal of that width: a line per job, and one with its counts below.

    The schedule is shown if there is room.
    """
    if not rows:
        return []
    shown = [(row.job, row.ended, row.last_run, row.took, row.next_run, row.schedule) for row in rows]
    heads = ("job", "outcome", "last run", "took", "next run", "schedule")
    widths = [max(len(line[column]) for line in (heads, *shown)) for column in range(len(heads))]
    columns = range(len(heads) if sum(widths) + 2 * len(heads) - 2 <= width else len(heads) - 1)
    lines = []
    for line, row in zip((heads, *shown), (None, *rows), strict=True):
        lines.append("  ".join(line[column].ljust(widths[column]) for column in columns).rstrip())
        if row and row.counts not in ("-", ""):
            lines.append(f"  {row.spider}: {row.counts}")
    return lines


def _row(state: JobState, *, scheduler_runs: bool) -> JobRow:
    from newscrawl.jobs.state import count_text

    upcoming = _moment(state.next_run) if scheduler_runs and state.enabled else "-"
    if state.running_since:
        alive = scheduler_runs or _is_alive(state.running_pid)  # else the scheduler was killed during the run
        upcoming = f"running, pid {state.running_pid}" if alive else "-"
    head = (state.name, state.spider, state.schedule, upcoming)
    run = state.last_run
    if run is None:
        return JobRow(*head, "-", "-", "-", "-", "-")
    exit_code = "-" if run.exit is None else str(run.exit)
    return JobRow(
        *head, _moment(run.started), f"{run.seconds:.1f} s", exit_code, run.outcome, count_text(run.counts)
    )


def _is_alive(pid: int | None) -> bool:
    """Whether the process exists."""
    try:
        os.kill(pid or 0, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        return True
    return pid is not None


def _complaint(state: JobState) -> str | None:
    """What is wrong with a job, with the last line of its error."""
    if state.failing_since and state.last_run:
        error = (state.last_run.error or "no error message").strip().splitlines()[-1]
        times = "once" if state.failures == 1 else f"{state.failures} times"
        return f"failing since {_moment(state.failing_since)} ({times}): {error}"
    if state.skips:
        assert state.last_skip
        times = "once" if state.skips == 1 else f"{state.skips} times"
        return f"skipped {times}, last {_moment(state.last_skip)}: {state.skip_reason}"
    return None


def _moment(time: datetime | None) -> str:
    """In the machine's local time."""
    return f"{time.astimezone():%Y-%m-%d %H:%M:%S}" if time else "-"
