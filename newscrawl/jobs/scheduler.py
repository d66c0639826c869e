"""Scheduler: runs jobs when they are due, until it is stopped."""

from __future__ import annotations

import asyncio
import logging
import os
import platform
import signal
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol, TypeVar

from newscrawl.errors import DatabaseUnavailable
from newscrawl.jobs.due import Claim, DueJobs
from newscrawl.jobs.run import RunOptions, SupervisedRun
from newscrawl.jobs.state import JobRun, JobState
from newscrawl.locks import SchedulerLock, steady

_log = logging.getLogger(__name__)

CLOCK_INTERVAL = 10.0  #: maximum seconds between looks: timers do not advance while the machine is suspended
AWAY_PAUSE = 2.0  #: seconds between looks while MongoDB is away
MOST_POLLS = 32  #: sources polled at the same time
BESIDE_PAUSE = 60.0  #: seconds until a failed Beside is restarted
END_TRIES = 30  #: attempts to record a run's end without MongoDB, once the scheduler is stopping

T = TypeVar("T")


def default_parallel() -> int:
    """The default number of parallel crawls: the processor's cores plus 2."""
    return len(os.sched_getaffinity(0)) + 2 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 2


class StateCopy(Protocol):
    """Copies the states of the jobs to another place."""

    async def keep(self, states: Callable[[], list[JobState]], changed: asyncio.Event) -> None:
        """Copies `states()` whenever `changed` is set, until cancelled; never raises."""


class Beside(Protocol):
    """A task beside the jobs, such as alerts. Its failure stops no job."""

    async def keep(self, scheduler: Scheduler) -> None:
        """Runs until it is cancelled."""


class Scheduler:
    """While fewer than `max_parallel` crawls run, claims the oldest due job whose spider and hosts are free,
    and runs it in its own process under a supervisor.

    - Jobs that share a spider or a host run one after the other. A run is skipped if its job's last run has
      not ended, or the spider is crawled by hand; the job's state records that.
    - Runs missed while the machine slept, or the scheduler was down, are made up for by a single run.
    - `stop()`, SIGTERM or SIGINT: no new run starts, running ones are asked to stop and waited for;
      the second time they are killed.
    """

    def __init__(
        self,
        jobs: DueJobs,
        options: RunOptions,
        *,
        max_parallel: int | None = None,
        state_copy: StateCopy | None = None,
        beside: Sequence[Beside] = (),
        lock: str = SchedulerLock.NAME,
    ) -> None:
        """`lock`: a home folder has one scheduler per lock."""
        self.jobs, self.options, self.state_copy, self.beside = jobs, options, state_copy, beside
        self.turned = steady()  #: time of the loop's last turn, by `steady`
        self.max_parallel = default_parallel() if max_parallel is None else max_parallel
        self._lock = lock
        self._claims: dict[str, Claim] = {}
        self._watching: set[str] = set()  # names of jobs being polled
        self._room = asyncio.Semaphore(self.max_parallel)
        self._running: dict[str, SupervisedRun] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._thread = ThreadPoolExecutor(1, "jobs")
        self._away = False
        self._is_stopping = False
        self._wake = asyncio.Event()
        self._looked = asyncio.Condition()
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Runs until stopped. Raises SchedulerRunning if another scheduler uses this home folder, and
        DatabaseUnavailable if the jobs' database is unreachable at the start."""
        with SchedulerLock(self._lock, folder=self.options.folder / "locks"), self._signals():
            preparing = asyncio.create_task(self._prepare())
            copying = asyncio.create_task(self._copy_states())
            beside = [asyncio.create_task(self._keep(part)) for part in self.beside]
            try:
                await self._call(self.jobs.open)
                self._changed.set()
                while not self._is_stopping:
                    await self._pause(await self._look())
            finally:
                if not self._is_stopping:  # cancelled without `stop`
                    self.stop()
                await asyncio.gather(*self._tasks, return_exceptions=True)
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)
                await self._last_copy(copying)
                await preparing
                await self._close()

    async def run_once(self, name: str) -> JobRun | None:
        """Runs one job now, whatever its schedule, without forking; None if it was skipped."""
        self.options = replace(self.options, warm=None, watcher=None)
        with self._signals():
            try:
                claim = await self._call(self.jobs.claim_now, name)
                if claim is None:
                    return None
                task = self._begin(claim)
                while not task.done():
                    await self._pause(await self._look(start=False))
                return task.result()
            finally:
                await self._close()

    @property
    def running(self) -> Collection[str]:
        """The names of the jobs being crawled."""
        return self._running.keys()

    async def has_room(self) -> None:
        """Returns as soon as another job may be claimed; not while the scheduler is stopping."""
        async with self._looked:
            await self._looked.wait_for(lambda: self._has_room() and not self._is_stopping)

    async def look_soon(self) -> None:
        """Looks for due jobs now, then returns."""
        self._wake.set()
        async with self._looked:
            await self._looked.wait()

    def stop(self) -> None:
        """Ends `run` cleanly; the second call kills the running jobs."""
        self._is_stopping = True
        self._wake.set()
        if self.options.watcher:
            self.options.watcher.kill()
        for run in self._running.values():
            run.stop()

    async def _look(self, *, start: bool = True) -> float:
        """Starts due jobs; returns the seconds until the next look."""
        self._wake.clear()
        self.turned = steady()
        if self._is_stopping and start:
            return 0.0
        try:
            return await self._look_now(start=start)
        finally:
            async with self._looked:
                self._looked.notify_all()

    async def _look_now(self, *, start: bool) -> float:
        before = self.jobs.changes
        try:
            await self._call(self.jobs.look, list(self._claims.values()))
            while start and self._has_room() and not self._is_stopping:
                claim = await self._call(self.jobs.claim)
                if claim is None:
                    break
                self._begin(claim)
            seconds: float = await self._call(self.jobs.next_look)
        except DatabaseUnavailable as error:
            self._note_away(error)
            return AWAY_PAUSE
        finally:
            if self.jobs.changes > before:
                self._changed.set()
        self._away = False
        return seconds

    def _has_room(self) -> bool:
        """Whether another job may be claimed, because its crawl and its poll could start."""
        polls = len(self._watching)
        return len(self._claims) - polls < self.max_parallel and polls < MOST_POLLS

    def _begin(self, claim: Claim) -> asyncio.Task[JobRun | None]:
        self._claims[claim.job.name] = claim
        task = asyncio.create_task(self._run(claim))
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[JobRun | None]) -> None:
        self._tasks.discard(task)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()):
            _log.error("a run was given up", exc_info=error)

    async def _run(self, claim: Claim) -> JobRun | None:
        """The run; None if it was skipped, or the scheduler is stopping."""
        try:
            if self._is_stopping:
                await self._write(self.jobs.put_back, claim)
                return None
            ended = None if claim.has_news else await self._watch(claim)
            if ended is None:
                if self.jobs.shared and self._room.locked():  # another machine may have room
                    await self._write(partial(self.jobs.put_back, has_news=True), claim)
                    return None
                async with self._room:
                    if self._is_stopping:
                        await self._write(self.jobs.put_back, claim)
                        return None
                    ended = await self._supervise(claim)
            ended = replace(ended, host=platform.node())
            await self._write(self.jobs.end, claim, ended)
        finally:
            self._claims.pop(claim.job.name, None)
        if ended.outcome == "skipped":
            return None
        _log.log(
            logging.INFO if ended.outcome in ("ok", "stopped") else logging.ERROR,
            "%s: %s, exit %s, %.1f s%s",
            *(claim.job.name, ended.outcome, ended.exit, ended.seconds, ended.remark and f", {ended.remark}"),
            extra=_of(claim),
        )
        return ended

    async def _watch(self, claim: Claim) -> JobRun | None:
        """The run of a job whose lists have nothing new; None: crawl it. A job with its own settings, which
        the watcher does not know, is always crawled."""
        if self.options.watcher is None or "-s" in self.options.command(claim.job):
            return None
        self._watching.add(claim.job.name)
        try:
            return await self.options.watcher.poll(claim.job)
        finally:
            self._watching.discard(claim.job.name)
            self._wake.set()

    async def _supervise(self, claim: Claim) -> JobRun:
        name, now = claim.job.name, datetime.now(UTC)
        try:
            run = await SupervisedRun.start(claim.job, self.options)
        except OSError as error:  # no more processes, no memory
            words = f"no process could be started: {error.strerror}"
            return JobRun(started=now, finished=now, outcome="failed", error=words)
        self._running[name] = run
        if self._is_stopping:
            run.stop()
        _log.info("%s: began, pid %s", name, run.pid, extra=_of(claim))
        try:
            await self._write(self.jobs.begin, claim, run.pid, run.started)
            return await run.wait()
        finally:
            del self._running[name]

    async def _write(self, change: Callable[..., None], *arguments: Any) -> None:
        """Calls a method of the jobs; retries while MongoDB is away."""
        tries = 0
        while True:
            try:
                await self._call(change, *arguments)
            except DatabaseUnavailable as error:
                self._note_away(error)
                tries += self._is_stopping
                if tries > END_TRIES or change == self.jobs.begin:  # only shows that it is running
                    return
                await asyncio.sleep(AWAY_PAUSE / 4)
            else:
                self._changed.set()
                return

    def _note_away(self, error: Exception) -> None:
        if not self._away:
            _log.warning("nothing new is started for now: %s", error)
        self._away = True

    async def _prepare(self) -> None:
        """Starts the warm parent and the watcher before the first run needs them."""
        if self.max_parallel == 0:
            return
        for helper in (self.options.warm, self.options.watcher):
            if helper and not self._is_stopping:
                await helper.prepare()

    async def _close(self) -> None:
        await self._call(self.jobs.close)
        for helper in (self.options.warm, self.options.watcher):
            if helper:
                await helper.close()
        self._thread.shutdown()

    async def _call(self, method: Callable[..., T], *arguments: Any) -> T:
        """Calls a jobs method in the jobs' thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, method, *arguments)

    async def _pause(self, seconds: float) -> None:
        """Waits for the next look, a run's end, or `stop`."""
        try:
            await asyncio.wait_for(self._wake.wait(), min(max(seconds, 0.0), CLOCK_INTERVAL))
        except TimeoutError:
            return

    async def _keep(self, part: Beside) -> None:
        """Keeps a part running; restarts it after a failure."""
        while True:
            keeping = asyncio.create_task(part.keep(self))
            try:
                await asyncio.wait([keeping])
            finally:
                keeping.cancel()
                await asyncio.gather(keeping, return_exceptions=True)
            _log.error("%s failed and is restarted", type(part).__name__, exc_info=keeping.exception())
            await asyncio.sleep(BESIDE_PAUSE)

    async def _copy_states(self) -> None:
        if self.state_copy:
            await self.state_copy.keep(self.jobs.states, self._changed)

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


def _of(claim: Claim) -> dict[str, str]:
    """Fields of a JSON log line."""
    return {"job": claim.job.name, "spider": claim.job.spider}
