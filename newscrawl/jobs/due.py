"""DueJobs: which job runs next. The scheduler is one loop over it; newscrawl.jobs.file_jobs keeps the jobs of
a file, newscrawl.jobs.shared_jobs those of the database, which any number of machines share."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from newscrawl.jobs.config import Job, format_duration
from newscrawl.jobs.state import JobRun, JobState
from newscrawl.jobs.triggers import next_due
from newscrawl.locks import Holder, host_key, spider_key

SET_BACK = timedelta(minutes=1)  #: a smaller step is a correction of the clock
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A run that this scheduler has claimed."""

    job: Job
    due: datetime  #: when it was due, UTC
    token: int = 0  #: grows by one with each claim of the job; 0: from a file
    has_news: bool = False  #: a poll found something; its scheduler had no room for the crawl


class DueJobs(Protocol):
    """The jobs and when each is due. All methods block; they are called from one thread at a time.

    Implementations for the database raise DatabaseUnavailable while it is unreachable.
    """

    changes: int  #: grows whenever a state was changed here
    shared: bool  #: whether other schedulers may run these jobs as well

    def open(self) -> None:
        """Called once, first, by a scheduler that holds the home folder's SchedulerLock."""

    def look(self, running: Collection[Claim]) -> None:
        """Called at least every second or at `next_look`: renews the claims of `running`, records runs that
        came due while their job was still running as skipped, makes lost runs due again."""

    def claim(self, only: str | None = None) -> Claim | None:
        """Claims the oldest due job whose spider and hosts are free, and sets its next time; None if there is
        none. Skips a job whose spider is crawled by hand. `only`: this job, if it is due."""

    def claim_now(self, name: str) -> Claim | None:
        """As `claim`, for one job, due or not; None if its spider is busy. Raises UsageError for an unknown
        job."""

    def begin(self, claim: Claim, pid: int | None, started: datetime) -> None:
        """Records the run's start."""

    def end(self, claim: Claim, run: JobRun) -> None:
        """Records how the run ended; with the outcome `skipped`, that it found its spider busy."""

    def put_back(self, claim: Claim, *, has_news: bool = False) -> None:
        """The run did not start: it is due again. `has_news`: the next to claim it need not poll."""

    def states(self) -> list[JobState]:
        """All jobs, as `newscrawl jobs` shows them."""

    def next_look(self) -> float:
        """Seconds until something may be due."""

    def close(self) -> None:
        """Called once at the end, when no run is left."""


def following(job: Job, planned: datetime, now: datetime) -> datetime | None:
    """The first time after `now` of a job planned for `planned`; None: never.

    It may be `planned` itself: a lost run is due again before the next one. One run makes up for all missed
    times.
    """
    if job.auto is not None:
        return now + job.auto.longest  # until its run has ended: see `after_run`
    if job.every is None:
        return next_time(job, now + _TICK)
    if planned > now:
        return planned
    return planned + ((now - planned) // job.every + 1) * job.every


def first_run(job: Job, last: JobRun | None, now: datetime) -> datetime | None:
    """When a job first runs after the scheduler's start; None: never.

    Now, if a run was missed since its last one, or if an interval job never ran. Ignores a last run in the
    future: the clock was set back since.
    """
    if last and last.started > now:
        last = None
    if job.every is not None:
        return max(now, last.started + job.every) if last else now
    if job.auto is not None:
        return after_run(job, last, now) if last else now
    missed = next_time(job, last.started) if last else None
    return now if missed and missed <= now else next_time(job, now)


def after_run(job: Job, run: JobRun, now: datetime) -> datetime | None:
    """When a job with `every = "auto"` is due after this run, by its source's history including the run;
    None: its next time is already known."""
    if job.auto is None:
        return None
    found: datetime = job.trigger(now).get_next_fire_time(run.started, now)
    return found


def next_time(job: Job, now: datetime) -> datetime | None:
    """The first time of a cron line from `now` on, in UTC: arithmetic in a zone would use wall time."""
    found = next_due(job.trigger(now), now)
    return found and found.astimezone(UTC)


def jittered(job: Job, planned: datetime) -> datetime:
    """When a run planned for `planned` is due: up to `jitter` later, at random."""
    return planned + random.random() * job.jitter  # noqa: S311  no secret


def names_of(job: Job, last: JobRun | None) -> set[str]:
    """The names of the leases that a run of the job is known to need: the hosts of its lists, and those of
    its last run."""
    return {spider_key(job.spider), *map(host_key, job.hosts), *map(host_key, last.hosts if last else ())}


def is_by_hand(holder: Holder | None) -> bool:
    """Whether a spider is held by a manual crawl, not by a job."""
    return holder is not None and holder.job is None


T = TypeVar("T")


def in_turn(waiting: Iterable[T], names: Callable[[T], set[str]], busy: Collection[str]) -> Iterator[T]:
    """The due jobs that may start, oldest first: what they need, by `names`, is neither busy nor awaited by
    an older job. Otherwise jobs that need one host would forever overtake one that needs two.

    `busy` may grow meanwhile.
    """
    reserved: set[str] = set()
    for job in waiting:
        needed = names(job)
        if needed.isdisjoint(busy) and needed.isdisjoint(reserved):
            yield job
        else:
            reserved |= needed


def overlap_reason(job: Job) -> str:
    """Why a run is skipped if its job is still running."""
    interval = format_duration(job.every) if job.every else job.schedule
    return f"its last run has not ended; use a longer interval than {interval}, or a time_limit"
