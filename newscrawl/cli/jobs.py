"""newscrawl schedule, newscrawl jobs"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from newscrawl.cli.beside import beside, checked_alerts, checked_webhooks, shared_alerts, shared_webhooks
from newscrawl.cli.logs import LogFormat, Metrics, log_to_stderr, set_log_format
from newscrawl.cli.output import ignoring_closed_pipe, one_line

if TYPE_CHECKING:
    from newscrawl.jobs.config import Job, JobsFile
    from newscrawl.jobs.scheduler import Scheduler
    from newscrawl.jobs.shared_jobs import Member
    from newscrawl.jobs.state import JobState
    from newscrawl.locks import Holder

SHOWN = 3  #: future runs that --check lists


def register(app: typer.Typer) -> None:
    app.command("schedule")(schedule)
    area = typer.Typer(invoke_without_command=True)
    area.callback()(jobs)
    for command in (load, pause, resume, run):
        area.command()(command)
    app.add_typer(area, name="jobs")


def schedule(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="JOBS.TOML", help="Jobs file; see docs/operations.md. Default: the jobs in the database."
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only check the jobs and list the next runs.")
    ] = False,
    once: Annotated[str | None, typer.Option(metavar="NAME", help="Run only this job, now.")] = None,
    max_parallel: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Parallel crawls; default: the file's, or cores + 2."),
    ] = None,
    broker: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Announce due jobs to workers, run nothing; without a file."),
    ] = None,
    metrics: Metrics = None,
    log_format: LogFormat = "text",
) -> None:
    """Run crawls on a schedule, until SIGTERM or Ctrl-C.

    Without a file, runs the jobs that `newscrawl jobs load` put into the database, on any number of machines.
    With --once, exits 0 if the run was good, 1 if it failed or was skipped. With --broker, or with
    NEWSCRAWL_BROKER and without a file, announces due jobs to workers (`newscrawl worker`).
    """
    set_log_format(log_format)
    if broker is None and file is None and once is None and not check:
        broker = os.environ.get("NEWSCRAWL_BROKER") or None
    if broker is not None:
        _dispatch(broker, file, once, metrics)
    elif file is not None:
        declared = read_file(file)
        limit = max_parallel or declared.max_parallel
        if check:
            _show_plan(declared.jobs)
            checked_alerts(declared.alerts, shared_jobs=False)
            checked_webhooks(declared.webhooks)
        else:
            _work(lambda: _scheduler(declared, limit, once, metrics), once)
    elif check:
        _show_plan(_shared_jobs())
        checked_alerts(shared_alerts(), shared_jobs=True)
        checked_webhooks(shared_webhooks())
    else:
        _work(lambda: _shared_scheduler(max_parallel, once, metrics), once)


def jobs(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON array of the jobs.")] = False,
    failing: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Exit 1 if a job failed N times in a row.")
    ] = None,
) -> None:
    """Show each job: its next run, its last run and how that ended.

    Also shows whether a scheduler is running. With --failing, for a monitor, also exits 1 if none is. Paused
    and disabled jobs do not count. The commands below change the jobs in the database, which `newscrawl
    schedule` without a file runs.
    """
    if context.invoked_subcommand:
        return
    overview = _look()
    with ignoring_closed_pipe():
        if as_json:
            shown = [_plain(state, overview) for state in overview.states]
            typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        else:
            _show(overview)
    if failing and (overview.stands_still or any(_is_failing(state, failing) for state in overview.states)):
        raise typer.Exit(1)


def load(
    file: Annotated[Path, typer.Argument(metavar="JOBS.TOML", help="The jobs; see docs/operations.md.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing; list what would change.")
    ] = False,
) -> None:
    """Replace the jobs in the database by those of a file.

    Runs, pauses and next times stay as they are, unless a job's schedule changes.
    """
    import asyncio

    from newscrawl.jobs.load import load_jobs
    from newscrawl.paths import database_name
    from newscrawl.store.schema import make_schema

    declared = read_file(file)
    if not dry_run:
        asyncio.run(make_schema(database_name()))
    for change in load_jobs(declared, dry=dry_run):
        typer.echo(f"{change.name}: {change.kind}{f', {change.words}' if change.words else ''}")


Names = Annotated[list[str], typer.Argument(metavar="NAME", help="Names of jobs in the database.")]


def pause(names: Names) -> None:
    """Pause jobs in the database until they are resumed."""
    from newscrawl.jobs.load import pause_job

    for name in names:
        typer.echo(f"{name}: {'paused' if pause_job(name) else 'already paused'}")


def resume(names: Names) -> None:
    """Resume paused jobs in the database; one run makes up for all missed ones."""
    from newscrawl.jobs.load import resume_job

    for name in names:
        typer.echo(f"{name}: {'resumed' if resume_job(name) else 'was not paused'}")


def run(names: Names) -> None:
    """Make jobs in the database due now; the next free scheduler runs them.

    To run one here, use `newscrawl schedule --once NAME`.
    """
    from newscrawl.jobs.load import run_job

    for name in names:
        run_job(name)
        typer.echo(f"{name}: due now")


def read_file(file: Path) -> JobsFile:
    """Reads a jobs file. Raises UsageError."""
    from newscrawl.crawl.runner import argument_faults, list_hosts, spider_names
    from newscrawl.jobs.config import read_jobs_file

    found = read_jobs_file(file, spider_names(), argument_faults, list_hosts)
    if found.webhooks:
        from newscrawl.monitor.webhooks.sender import query_of

        for each in found.webhooks:
            query_of(each)
    return found


class JobsOverview(NamedTuple):
    """The jobs in the home folder and the database, and what runs them."""

    states: list[JobState]
    scheduler: Holder | None  #: of this home folder
    others: list[Member]  #: those that run the database's jobs

    @property
    def stands_still(self) -> bool:
        """Whether there are jobs but no scheduler."""
        own = any(not state.shared for state in self.states)
        shared = any(state.shared for state in self.states)
        roles = {other.role for other in self.others}
        runs = "scheduler" in roles or "worker" in roles  # without a dispatcher, a worker looks less often
        return (self.scheduler is None and (own or not shared)) or (shared and not runs)


def _look() -> JobsOverview:
    """The jobs; those in the database only if MongoDB answers."""
    from newscrawl.errors import DatabaseUnavailable
    from newscrawl.jobs.shared_jobs import read_shared
    from newscrawl.jobs.state import JobStates
    from newscrawl.locks import SchedulerLock
    from newscrawl.paths import home

    own, scheduler = JobStates(home()).read(), SchedulerLock().holder()
    try:
        shared, others = read_shared()
    except DatabaseUnavailable as error:
        typer.echo(f"newscrawl: jobs in the database are not shown: {one_line(str(error))}", err=True)
        shared, others = [], []
    return JobsOverview([*own, *shared], scheduler, others)


def _is_failing(state: JobState, times: int) -> bool:
    return state.enabled and not state.paused and state.failures >= times


def _scheduler(
    declared: JobsFile, max_parallel: int | None, once: str | None, metrics: str | None
) -> Scheduler:
    from newscrawl.jobs.file_jobs import FileJobs
    from newscrawl.jobs.mongo_state import MongoStateCopy
    from newscrawl.jobs.run import RunOptions
    from newscrawl.jobs.scheduler import Scheduler
    from newscrawl.jobs.warm import warm_parent
    from newscrawl.jobs.watcher import watcher
    from newscrawl.paths import home
    from newscrawl.store.leases import open_leases

    copy = None if once else MongoStateCopy(home())
    due = FileJobs(declared.jobs, home(), leases=open_leases())
    parts = [] if once else beside(declared.alerts, declared.webhooks, metrics, shared_jobs=False)
    options = RunOptions(home(), warm=warm_parent(), watcher=watcher(home()))
    return Scheduler(due, options, max_parallel=max_parallel, state_copy=copy, beside=parts)


def _shared_scheduler(max_parallel: int | None, once: str | None, metrics: str | None) -> Scheduler:
    from newscrawl.jobs.load import shared_max_parallel
    from newscrawl.jobs.run import RunOptions
    from newscrawl.jobs.scheduler import Scheduler
    from newscrawl.jobs.shared_jobs import SharedJobs
    from newscrawl.jobs.warm import warm_parent
    from newscrawl.jobs.watcher import watcher
    from newscrawl.paths import home

    limit = max_parallel or shared_max_parallel()
    parts = [] if once else beside(shared_alerts(), shared_webhooks(), metrics, shared_jobs=True)
    options = RunOptions(home(), warm=warm_parent(), watcher=watcher(home()))
    return Scheduler(SharedJobs(), options, max_parallel=limit, beside=parts)


def _work(make: Callable[[], Scheduler], once: str | None) -> None:
    """Runs the scheduler, or one of its jobs."""
    import asyncio

    log_to_stderr()
    if once is None:
        asyncio.run(make().run())
        return
    ended = asyncio.run(make().run_once(once))
    if ended is None or ended.outcome != "ok":
        raise typer.Exit(2 if ended and ended.exit == 2 else 1)


def _dispatch(broker: str, file: Path | None, once: str | None, metrics: str | None) -> None:
    """Announces due jobs to workers."""
    import asyncio

    from newscrawl.errors import UsageError
    from newscrawl.jobs.broker import Hints, check_broker, quiet
    from newscrawl.jobs.dispatcher import Dispatcher
    from newscrawl.jobs.run import RunOptions
    from newscrawl.jobs.scheduler import Scheduler
    from newscrawl.jobs.shared_jobs import SharedJobs
    from newscrawl.paths import home

    if file is not None or once is not None:
        raise UsageError(
            "--broker is for jobs in the database: leave out the file and --once;"
            " newscrawl jobs load JOBS.TOML puts a file's jobs there"
        )
    check_broker(broker)
    log_to_stderr()
    quiet()
    parts = beside(shared_alerts(), shared_webhooks(), metrics, shared_jobs=True, role="dispatcher")
    jobs = Dispatcher(SharedJobs(role="dispatcher"), Hints(broker))
    asyncio.run(Scheduler(jobs, RunOptions(home()), max_parallel=0, beside=parts).run())


def _shared_jobs() -> list[Job]:
    from newscrawl.jobs.load import shared_jobs

    return shared_jobs()


def _show_plan(declared: list[Job]) -> None:
    from newscrawl.model.crawl_settings import describe

    now = datetime.now(UTC)
    for job in declared:
        if crawl := describe(job.crawl):
            typer.echo(f"{job.name}: {'; '.join(crawl)}")
        if not job.enabled:
            typer.echo(f"{job.name}: {job.spider}, {job.schedule}, not enabled")
            continue
        if job.auto is not None:
            typer.echo(f"{job.name}: {job.spider}, {job.schedule}: by the rhythm of its lists")
            continue
        trigger, due, times = job.trigger(now), None, []
        for _ in range(SHOWN):
            due = trigger.get_next_fire_time(due, due or now)
            # Via UTC: on the night clocks go forward, the trigger gives a 02:30 that does not exist.
            times += [f"{due.astimezone(UTC).astimezone(job.zone):%Y-%m-%d %H:%M:%S}"] if due else []
        typer.echo(f"{job.name}: {job.spider}, {job.schedule}: {', '.join(times)} ({job.zone})")


def _plain(state: JobState, overview: JobsOverview) -> dict[str, Any]:
    from newscrawl.jobs.state import to_plain

    return {**to_plain(state), "scheduler_pid": overview.scheduler.pid if overview.scheduler else None}


def _show(overview: JobsOverview) -> None:
    states, scheduler = overview.states, overview.scheduler
    rows = [
        _row(state, scheduler_runs=bool(overview.others if state.shared else scheduler)) for state in states
    ]
    if sys.stdout.isatty():
        for line in job_lines(rows, shutil.get_terminal_size().columns):
            typer.echo(line)
    else:
        for row in rows:
            typer.echo("\t".join(row))
    for role, holder in overview.others:
        typer.echo(f"{role}: {holder}")
    if scheduler and scheduler.pid not in [holder.pid for _, holder in overview.others if holder.is_here]:
        typer.echo(f"scheduler: {scheduler}")
    elif not scheduler and not overview.others:
        typer.echo("scheduler: not running")
    for state in states:
        if state.crawl:
            typer.echo(f"{state.name}: {'; '.join(state.crawl)}")
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
    """A table that fits this terminal width: a line per job, and its counts below.

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
    if state.paused:
        upcoming = "paused"
    if state.running_since:
        alive = scheduler_runs or _is_alive(state.running_pid)  # else the scheduler was killed
        place = f" on {state.running_on}" if state.running_on else ""
        upcoming = f"running, pid {state.running_pid}{place}" if alive else "-"
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
