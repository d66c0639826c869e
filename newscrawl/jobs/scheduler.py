"""Scheduler: runs the jobs of jobs.toml when they are due, until it is stopped."""

from __future__ import annotations

import asyncio
import logging
import random
import signal
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from apscheduler.events import EVENT_JOB_MAX_INSTANCES  # type: ignore[import-untyped]
from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]

from newscrawl.jobs.config import Job, format_duration
from newscrawl.jobs.run import RunOptions, SupervisedRun
from newscrawl.jobs.state import JobRun, JobState, JobStates
from newscrawl.jobs.triggers import next_due
from newscrawl.locks import SchedulerLock, SpiderLock

_log = logging.getLogger(__name__)


class StateCopy(Protocol):
    """Copies the states of the jobs to another place."""

    async def keep(self, states: Callable[[], list[JobState]], changed: asyncio.Event) -> None:
        """Copies `states()` whenever `changed` is set, until cancelled; never raises."""


class Scheduler:
    """Runs jobs when they are due, each in a process of its own under a supervisor.

    - Jobs with the same spider run one after the other. A run is skipped if its job's last run has not
      ended, or another process crawls with the spider; the job's state records that.
    - Runs missed while the machine slept, or the scheduler was down, are made up for by a single run.
    - `stop()`, SIGTERM or SIGINT: no new run starts, running ones are asked to stop and waited for;
      the second time they are killed.
    """

    def __init__(
        self, jobs: Sequence[Job], options: RunOptions, *, state_copy: StateCopy | None = None
    ) -> None:
        self.jobs, self.options, self.state_copy = list(jobs), options, state_copy
        self.states = JobStates(options.folder)
        self._running: dict[str, SupervisedRun] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._stopping = asyncio.Event()
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Runs until stopped. Raises SchedulerRunning if another scheduler uses this home folder."""
        with SchedulerLock(folder=self.options.folder / "locks"), self._signals():
            states = {state.name: state for state in self.states.declare(self.jobs)}
            self._changed.set()
            copying = asyncio.create_task(self._copy_states())
            clock = self._clock(states)
            clock.start()
            self._record_next_runs(clock)
            watching = asyncio.create_task(watch_clock(clock, lambda now: self._reschedule(clock, now)))
            try:
                await self._stopping.wait()
            finally:
                watching.cancel()
                clock.pause()
                if not self._stopping.is_set():  # cancelled, without a call of `stop`
                    self.stop()
                await asyncio.gather(*self._tasks, return_exceptions=True)
                clock.shutdown(wait=False)
                await self._last_copy(copying)

    async def run_once(self, job: Job) -> JobRun | None:
        """Runs one job now, whatever its schedule; None if it was skipped."""
        with self._signals():
            return await self._take_turn(job)

    def stop(self) -> None:
        """Ends `run` cleanly; the second call kills the running jobs."""
        self._stopping.set()
        for run in self._running.values():
            run.stop()

    def _clock(self, states: dict[str, JobState]) -> Any:
        # No misfire_grace_time: however late the machine wakes up, one run makes up for all that were missed.
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        clock = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
        clock.add_listener(lambda event: self._overlapped(clock, event.job_id), EVENT_JOB_MAX_INSTANCES)
        now = datetime.now(UTC)
        for job in self.jobs:
            if job.enabled:
                first = first_run(job, states[job.name].last_run, now)
                trigger = job.trigger(first or now)
                clock.add_job(self._due, trigger, args=[clock, job], id=job.name, next_run_time=first)
        return clock

    def _reschedule(self, clock: Any, now: datetime) -> None:
        """Restarts intervals now, and finds the next time of each cron line."""
        soon = now + timedelta(seconds=1)  # a time in the past would be skipped for the next one
        for job in self.jobs:
            if job.enabled and clock.get_job(job.name):
                clock.reschedule_job(job.name, trigger=job.trigger(soon))
        self._record_next_runs(clock)

    async def _due(self, clock: Any, job: Job) -> None:
        """Called by APScheduler."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._record_next_run(clock, job)
        if job.jitter:
            await self._pause(random.uniform(0, job.jitter.total_seconds()))  # noqa: S311  no secret
        await self._take_turn(job)

    async def _take_turn(self, job: Job) -> JobRun | None:
        async with self._turns[job.spider]:
            if self._stopping.is_set():
                return None
            lock = SpiderLock(job.spider, folder=self.options.folder / "locks")
            if holder := lock.holder():
                self._skip(job, f"{job.spider} is being crawled by {holder}")
                return None
            return await self._run(job)

    async def _run(self, job: Job) -> JobRun | None:
        run = await SupervisedRun.start(job, self.options)
        self._running[job.name] = run
        if self._stopping.is_set():
            run.stop()
        _log.info("%s: began, pid %s", job.name, run.pid)
        self._record(job, lambda state: state.begin(run.pid, run.started))
        try:
            ended = await run.wait()
        finally:
            del self._running[job.name]
        if ended.outcome == "skipped":
            self._skip(job, ended.error or "")
            return None
        _log.log(
            logging.INFO if ended.outcome in ("ok", "stopped") else logging.ERROR,
            "%s: %s, exit %s, %.1f s%s",
            *(job.name, ended.outcome, ended.exit, ended.seconds, ended.remark and f", {ended.remark}"),
        )
        self._record(job, lambda state: state.end(ended))
        return ended

    def _overlapped(self, clock: Any, name: str) -> None:
        job = next(job for job in self.jobs if job.name == name)
        self._skip(
            job,
            f"its last run has not ended; use a longer interval than {_interval(job)}, or a time_limit",
        )
        # APScheduler moves the job on only after it has called its listeners.
        asyncio.get_running_loop().call_soon(self._record_next_run, clock, job)

    def _skip(self, job: Job, reason: str) -> None:
        _log.warning("%s: skipped, %s", job.name, reason)
        self._record(job, lambda state: state.skip(datetime.now(UTC), reason))

    def _record_next_runs(self, clock: Any) -> None:
        for job in self.jobs:
            self._record_next_run(clock, job)

    def _record_next_run(self, clock: Any, job: Job) -> None:
        planned = clock.get_job(job.name)
        due = planned.next_run_time.astimezone(UTC) if planned and planned.next_run_time else None
        self._record(job, lambda state: setattr(state, "next_run", due))

    def _record(self, job: Job, change: Callable[[JobState], None]) -> None:
        try:
            self.states.change(job, change)
        except OSError as error:  # a full disk does not stop the crawls
            _log.error("%s cannot be written: %s", self.states.path, error)
        self._changed.set()

    async def _pause(self, seconds: float) -> None:
        """Sleeps, until stopped."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    async def _copy_states(self) -> None:
        if self.state_copy:
            await self.state_copy.keep(self.states.read, self._changed)

    async def _last_copy(self, copying: asyncio.Task[None]) -> None:
        """Gives the copy a second for the last changes."""
        if self.state_copy:
            await asyncio.wait([copying], timeout=1.0)
        copying.cancel()
        await asyncio.gather(copying, return_exceptions=True)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)


def first_run(job: Job, last: JobRun | None, now: datetime) -> datetime | None:
    """When a job first runs after the scheduler's start; None: never.

    Now, if a run was missed since its last one, and if an interval job never ran. A last run in the
    future does not count: the clock was ahead then and has been set back.
    """
    if last and last.started > now:
        last = None
    if job.every is not None:
        return max(now, last.started + job.every) if last else now
    missed = next_due(job.trigger(now), last.started) if last else None
    return now if missed and missed <= now else next_due(job.trigger(now), now)


def _interval(job: Job) -> str:
    return format_duration(job.every) if job.every else job.schedule


CLOCK_INTERVAL = 10.0  #: seconds between two checks of the clock
SET_BACK = timedelta(minutes=1)  #: by less, a clock was only corrected


def _utc_now() -> datetime:
    return datetime.now(UTC)


async def watch_clock(
    clock: Any, reschedule: Callable[[datetime], None], now: Callable[[], datetime] = _utc_now
) -> None:
    """Makes the APScheduler `clock` check what is due every CLOCK_INTERVAL seconds; runs until cancelled.

    APScheduler sleeps until the next job is due, and the time that a machine is suspended does not count:
    after a night's sleep a job would start a night too late. `reschedule` is called with the current time
    if the machine's clock was set back: all planned times are too far ahead then.
    """
    before = now()
    while True:
        await asyncio.sleep(CLOCK_INTERVAL)
        current = now()
        if current < before - SET_BACK:
            _log.warning("the clock was set back to %s UTC; the jobs are rescheduled", f"{current:%F %T}")
            reschedule(current)
        before = current
        clock.wakeup()
