"""newscrawl schedule, newscrawl jobs"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newscrawl.errors import UsageError

if TYPE_CHECKING:
    from newscrawl.jobs.book import JobState
    from newscrawl.jobs.declared import Job
    from newscrawl.jobs.lock import Holder
    from newscrawl.jobs.scheduler import Scheduler

SHOWN = 3  #: runs to come that --check lists


def register(app: typer.Typer) -> None:
    app.command("schedule")(schedule)
    app.command("jobs")(jobs)


def schedule(
    file: Annotated[Path, typer.Argument(metavar="JOBS.TOML", help="The jobs; see docs/operations.md.")],
    check: Annotated[
        bool, typer.Option("--check", help="Only read the file and list when jobs run.")
    ] = False,
    once: Annotated[str | None, typer.Option(metavar="NAME", help="Run this job now, and no other.")] = None,
) -> None:
    """Run crawls by the clock, until SIGTERM or Ctrl-C.

    With --once, exits as the job's run did: 0 done, 1 failed or skipped.
    """
    from newscrawl.crawling import spider_names
    from newscrawl.jobs.declared import read_jobs

    declared = read_jobs(file, spider_names())
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
    """Show each job: next and last run, exit, counts, how long it took; and whether a scheduler runs.

    With --failing, exits 1 too where no scheduler runs: for a monitor.
    """
    from newscrawl.home import home
    from newscrawl.jobs.book import Book
    from newscrawl.jobs.lock import SchedulerLock

    states, scheduler = Book(home()).read(), SchedulerLock().holder()
    if as_json:
        typer.echo(json.dumps([_plain(state, scheduler) for state in states], ensure_ascii=False, indent=2))
    else:
        _show(states, scheduler)
    if failing and (scheduler is None or any(state.failures >= failing for state in states)):
        raise typer.Exit(1)


def _scheduler(declared: list[Job], *, mirrored: bool) -> Scheduler:
    import logging

    from newscrawl.home import home
    from newscrawl.jobs.mirror import MongoMirror
    from newscrawl.jobs.run import RunOptions
    from newscrawl.jobs.scheduler import Scheduler

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("newscrawl").setLevel(logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # what it warns of, we tell ourselves
    return Scheduler(declared, RunOptions(home()), mirror=MongoMirror(home()) if mirrored else None)


def _run_all(declared: list[Job]) -> None:
    import asyncio

    scheduler = _scheduler(declared, mirrored=True)
    asyncio.run(scheduler.run())


def _run_once(declared: list[Job], name: str) -> None:
    import asyncio

    job = next((job for job in declared if job.name == name), None)
    if job is None:
        raise UsageError(f"no job {name!r}; there are: {', '.join(job.name for job in declared)}")
    run = asyncio.run(_scheduler(declared, mirrored=False).run_once(job))
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
            times += [f"{due.astimezone(job.zone):%Y-%m-%d %H:%M:%S}"] if due else []
        typer.echo(f"{job.name}: {job.spider}, {job.schedule}: {', '.join(times)} ({job.zone})")


def _plain(state: JobState, scheduler: Holder | None) -> dict[str, Any]:
    from newscrawl.jobs.book import to_plain

    return {**to_plain(state), "scheduler_pid": scheduler.pid if scheduler else None}


def _show(states: list[JobState], scheduler: Holder | None) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("job", "spider", "schedule", "next run", "last run", "took", "exit", "outcome", "counts")
    for state in states:
        table.add_row(*_row(state, scheduler_runs=scheduler is not None))
    console = Console()
    if states:
        console.print(table)
    console.print(f"scheduler: {scheduler}" if scheduler else "scheduler: none runs", highlight=False)
    for state in states:
        if text := _complaint(state):
            console.print(f"{state.name}: {text}", highlight=False, markup=False)


def _row(state: JobState, *, scheduler_runs: bool) -> list[str]:
    from newscrawl.jobs.book import told

    upcoming = _moment(state.next_run) if scheduler_runs and state.enabled else "-"
    if state.running_since:
        upcoming = f"runs now, pid {state.running_pid}"
    head = [state.name, state.spider, state.schedule, upcoming]
    run = state.last_run
    if run is None:
        return [*head, "-", "-", "-", "-", "-"]
    exit_code = "-" if run.exit is None else str(run.exit)
    return [*head, _moment(run.started), f"{run.seconds:.1f} s", exit_code, run.outcome, told(run.counts)]


def _complaint(state: JobState) -> str | None:
    """What is wrong with a job, with the first line of what its run said."""
    if state.failing_since and state.last_run:
        said = (state.last_run.error or "it said nothing").strip().splitlines()[-1]
        times = "once" if state.failures == 1 else f"{state.failures} times"
        return f"failing since {_moment(state.failing_since)} ({times}): {said}"
    if state.skips:
        assert state.last_skip
        return f"skipped {state.skips} times, last {_moment(state.last_skip)}: {state.skip_reason}"
    return None


def _moment(time: datetime | None) -> str:
    """In the machine's own zone, as its clock shows."""
    return f"{time.astimezone():%Y-%m-%d %H:%M:%S}" if time else "-"
