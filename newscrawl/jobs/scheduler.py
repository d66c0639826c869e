"""Scheduler: runs the jobs of jobs.toml when they are due, until it is asked to stop."""

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
from newscrawl.jobs.state import JobRun, JobState, JobStates, told
from newscrawl.jobs.triggers import next_due
from newscrawl.locks import SchedulerLock, SpiderLock

_log = logging.getLogger(__name__)


class StateCopy(Protocol):
    """Takes a copy of the jobs' states to somewhere else."""

    async def keep(self, states: Callable[[], list[JobState]], changed: asyncio.Event) -> None:
        """Copies what `states()` gives whenever `changed` is set, until cancelled; never raises."""


class Scheduler:
    """Runs jobs by the clock, each run a process of its own under a guard.

    - Jobs of one spider take turns. A run that is due while its job's last one still goes, or while
      another process crawls with its spider, is skipped, and the book says so.
    - Runs missed while the machine slept, or the scheduler was down, are made up for by one.
    - `stop()`, SIGTERM or SIGINT: nothing new begins, the runs are asked to stop and waited for;
      the second time they are killed.
    """

    def __init__(self, jobs: Sequence[Job], options: RunOptions, *, mirror: StateCopy | None = None) -> None:
        self.jobs, self.options, self.mirror = list(jobs), options, mirror
        self.book = JobStates(options.folder)
        self._running: dict[str, SupervisedRun] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._stopping = asyncio.Event()
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Works until stopped. Raises SchedulerRunning where another one has this home folder."""
        with SchedulerLock(folder=self.options.folder / "locks"), self._signals():
            states = {state.name: state for state in self.book.declare(self.jobs)}
            self._changed.set()
            mirroring = asyncio.create_task(self._mirrored())
            clock = self._clock(states)
            clock.start()
            self._note_next_runs(clock)
            waking = asyncio.create_task(keep_time(clock, lambda now: self._plan_anew(clock, now)))
            try:
                await self._stopping.wait()
            finally:
                waking.cancel()
                clock.pause()
                if not self._stopping.is_set():  # cancelled; `stop` has asked the runs itself
                    self.stop()
                await asyncio.gather(*self._tasks, return_exceptions=True)
                clock.shutdown(wait=False)
                await self._last_copy(mirroring)

    async def run_once(self, job: Job) -> JobRun | None:
        """Runs one job now, whatever its schedule; None where it was skipped."""
        with self._signals():
            return await self._take_turn(job)

    def stop(self) -> None:
        """Ends `run` cleanly; called again, kills the runs."""
        self._stopping.set()
        for run in self._running.values():
            run.stop()

    def _clock(self, states: dict[str, JobState]) -> Any:
        # No misfire_grace_time: however late the machine wakes, one run makes up for all missed.
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

    def _plan_anew(self, clock: Any, now: datetime) -> None:
        """Lets intervals begin anew, at once, and looks for the next moment of each cron line."""
        soon = now + timedelta(seconds=1)  # of a moment that has passed, the next one would be taken
        for job in self.jobs:
            if job.enabled and clock.get_job(job.name):
                clock.reschedule_job(job.name, trigger=job.trigger(soon))
        self._note_next_runs(clock)

    async def _due(self, clock: Any, job: Job) -> None:
        """Called by the clock."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._note_next_run(clock, job)
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
            "%s: %s, exit %s, %.1f s, %s",
            *(job.name, ended.outcome, ended.exit, ended.seconds, ended.error or told(ended.counts)),
        )
        self._record(job, lambda state: state.end(ended))
        return ended

    def _overlapped(self, clock: Any, name: str) -> None:
        job = next(job for job in self.jobs if job.name == name)
        self._skip(
            job, f"its last run still goes, or waits; give it more time than {_beat(job)}, or a time_limit"
        )
        # The clock moves the job on only after it has told its listeners.
        asyncio.get_running_loop().call_soon(self._note_next_run, clock, job)

    def _skip(self, job: Job, reason: str) -> None:
        _log.warning("%s: skipped, %s", job.name, reason)
        self._record(job, lambda state: state.skip(datetime.now(UTC), reason))

    def _note_next_runs(self, clock: Any) -> None:
        for job in self.jobs:
            self._note_next_run(clock, job)

    def _note_next_run(self, clock: Any, job: Job) -> None:
        planned = clock.get_job(job.name)
        due = planned.next_run_time.astimezone(UTC) if planned and planned.next_run_time else None
        self._record(job, lambda state: setattr(state, "next_run", due))

    def _record(self, job: Job, how: Callable[[JobState], None]) -> None:
        try:
            self.book.change(job, how)
        except OSError as error:  # a full disk must not stop the crawls
            _log.error("%s cannot be written: %s", self.book.path, error)
        self._changed.set()

    async def _pause(self, seconds: float) -> None:
        """Sleeps; a stop ends it early."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    async def _mirrored(self) -> None:
        if self.mirror:
            await self.mirror.keep(self.book.read, self._changed)

    async def _last_copy(self, mirroring: asyncio.Task[None]) -> None:
        """Gives the mirror a moment for what changed last."""
        if self.mirror:
            await asyncio.wait([mirroring], timeout=1.0)
        mirroring.cancel()
        await asyncio.gather(mirroring, return_exceptions=True)

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
    """When a job runs first after the scheduler's start; None: never.

    At once where a run fell due since its last one; an interval job that never ran begins now, and so
    does one whose last run is yet to come: the clock was ahead then, and was put right.
    """
    if last and last.started > now:
        last = None
    if job.every is not None:
        return max(now, last.started + job.every) if last else now
    missed = next_due(job.trigger(now), last.started) if last else None
    return now if missed and missed <= now else next_due(job.trigger(now), now)


def _beat(job: Job) -> str:
    return format_duration(job.every) if job.every else job.schedule


# ---
# Keeps a scheduler true to a machine's clock: it stands still while the machine sleeps, and may be put back.
#
# APScheduler waits a number of seconds for what is due next, and those of a suspended machine do not count:
# after a night's sleep a job would come a night too late.

LOOK = 10.0  #: seconds between two looks at the clock
PUT_BACK = timedelta(minutes=1)  #: by less, a clock is only set right


async def keep_time(clock: Any, replan: Callable[[datetime], None]) -> None:
    """Has the APScheduler `clock` look every LOOK seconds at what is due; runs until cancelled.

    `replan` is called with the moment where the machine's clock was put back: what is planned lies as far
    ahead as it was put back, and more.
    """
    before = datetime.now(UTC)
    while True:
        await asyncio.sleep(LOOK)
        now = datetime.now(UTC)
        if now < before - PUT_BACK:
            _log.warning("the clock was put back to %s UTC; the jobs are planned anew", f"{now:%F %T}")
            replan(now)
        before = now
        clock.wakeup()
