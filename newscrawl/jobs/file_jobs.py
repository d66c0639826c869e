"""The jobs of a jobs.toml, for one scheduler per home folder; their state is in jobs.json."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from newscrawl.errors import DatabaseUnavailable, UsageError
from newscrawl.jobs.config import Job
from newscrawl.jobs.due import (
    SET_BACK,
    Claim,
    after_run,
    first_run,
    following,
    in_turn,
    is_by_hand,
    jittered,
    names_of,
    next_time,
    overlap_reason,
)
from newscrawl.jobs.state import JobRun, JobState, JobStates
from newscrawl.locks import FileLeases, Holder, Leases, spider_key

_log = logging.getLogger(__name__)

LOOK = 1.0  #: seconds between checks while a due job cannot start


@dataclass(slots=True)
class _Plan:
    """When a job runs next."""

    job: Job
    planned: datetime  # by its schedule
    due: datetime  # plus the jitter
    names: set[str]  # of the leases it needs


class FileJobs:
    """The jobs of a file; see newscrawl.jobs.due.DueJobs. Works while MongoDB is away."""

    shared = False

    def __init__(
        self,
        jobs: Sequence[Job],
        folder: Path,
        *,
        leases: Leases | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.jobs = {job.name: job for job in jobs}
        self.book = JobStates(folder)
        self._leases = leases or FileLeases(folder / "locks")
        self._clock = clock
        self._plans: dict[str, _Plan] = {}
        self._running: dict[str, Claim] = {}
        self._seen = clock()
        self.changes = 0
        self._away = False  # MongoDB cannot be asked about crawls elsewhere

    def open(self) -> None:
        """As in `DueJobs`."""
        known = {state.name: state for state in self.book.declare(list(self.jobs.values()))}
        self._seen = now = self._clock()
        for job in self.jobs.values():
            last = known[job.name].last_run
            if job.enabled and (first := first_run(job, last, now)):
                self._plans[job.name] = _Plan(job, first, jittered(job, first), names_of(job, last))
                self._record(job, lambda state, first=first: setattr(state, "next_run", first))  # type: ignore[misc]

    def look(self, running: Collection[Claim]) -> None:
        """As in `DueJobs`; ignores `running`, which is known here."""
        now = self._clock()
        if now < self._seen - SET_BACK:
            _log.warning("the clock was set back to %s UTC; the jobs are rescheduled", f"{now:%F %T}")
            self._replan(now)
        self._seen = now
        for name, claim in self._running.items():
            plan = self._plans.get(name)
            if plan and plan.planned <= now:
                self._skip(claim.job, overlap_reason(claim.job))
                self._move_on(plan, now)

    def claim(self, only: str | None = None) -> Claim | None:
        """As in `DueJobs`."""
        now = self._clock()
        due = sorted((plan for plan in self._plans.values() if plan.due <= now), key=lambda plan: plan.due)
        due = [plan for plan in due if plan.job.name not in self._running and only in (None, plan.job.name)]
        if not due:
            return None
        busy = {name for claim in self._running.values() for name in self._names(claim.job)}
        held = self._holders({name for plan in due for name in plan.names} - busy)
        waiting = [plan for plan in due if not self._skipped(plan, held, now)]
        for plan in in_turn(waiting, lambda plan: plan.names, busy | held.keys()):
            claim = self._running[plan.job.name] = Claim(job=plan.job, due=plan.due)
            self._move_on(plan, now)
            return claim
        return None

    def claim_now(self, name: str) -> Claim | None:
        """As in `DueJobs`; works beside a running scheduler, without `open`."""
        job = self.jobs.get(name)
        if job is None:
            raise UsageError(f"no job {name!r}; the jobs are: {', '.join(self.jobs)}")
        if holder := self._holders([spider_key(job.spider)]).get(spider_key(job.spider)):
            self._skip(job, f"{job.spider} is being crawled by {holder}")
            return None
        claim = self._running[name] = Claim(job=job, due=self._clock())
        return claim

    def begin(self, claim: Claim, pid: int | None, started: datetime) -> None:
        """As in `DueJobs`."""
        self._record(claim.job, lambda state: state.begin(pid, started))

    def end(self, claim: Claim, run: JobRun) -> None:
        """As in `DueJobs`."""
        self._running.pop(claim.job.name, None)
        if run.outcome == "skipped":
            self._record(claim.job, lambda state: state.begin(None, None))
            self._skip(claim.job, run.error or "")
            return
        self._record(claim.job, lambda state: state.end(run))
        if plan := self._plans.get(claim.job.name):
            if run.hosts:
                plan.names = names_of(plan.job, run)
            if planned := after_run(plan.job, run, self._clock()):
                self._set(plan, planned)

    def put_back(self, claim: Claim, *, has_news: bool = False) -> None:
        """As in `DueJobs`; the scheduler is stopping, and the next one finds missed runs."""
        self._running.pop(claim.job.name, None)

    def states(self) -> list[JobState]:
        """As in `DueJobs`."""
        return self.book.read()

    def next_look(self) -> float:
        """As in `DueJobs`."""
        now = self._clock()
        seconds = [(plan.due - now).total_seconds() for plan in self._plans.values()]
        first = min(seconds, default=float("inf"))
        return first if first > 0 else LOOK

    def close(self) -> None:
        """As in `DueJobs`."""
        self._leases.close()

    def _names(self, job: Job) -> set[str]:
        plan = self._plans.get(job.name)
        return plan.names if plan else names_of(job, None)

    def _holders(self, names: Iterable[str]) -> dict[str, Holder]:
        try:
            held = self._leases.holders(list(names))
        except DatabaseUnavailable as error:  # the crawl itself reports this
            if not self._away:
                _log.warning("crawls on other machines are unknown for now: %s", error)
            self._away = True
            return {}
        self._away = False
        return held

    def _skipped(self, plan: _Plan, held: dict[str, Holder], now: datetime) -> bool:
        """Skips a run whose spider is crawled by hand."""
        holder = held.get(spider_key(plan.job.spider))
        if not is_by_hand(holder):
            return False
        self._skip(plan.job, f"{plan.job.spider} is being crawled by {holder}")
        self._move_on(plan, now)
        return True

    def _replan(self, now: datetime) -> None:
        """Restarts intervals now, and computes each cron line's next time."""
        for plan in self._plans.values():
            first = now if plan.job.cron is None else next_time(plan.job, now)
            self._set(plan, first)

    def _move_on(self, plan: _Plan, now: datetime) -> None:
        self._set(plan, following(plan.job, plan.planned, now))

    def _set(self, plan: _Plan, planned: datetime | None) -> None:
        if planned is None:
            del self._plans[plan.job.name]
        else:
            plan.planned, plan.due = planned, jittered(plan.job, planned)
        self._record(plan.job, lambda state: setattr(state, "next_run", planned))

    def _skip(self, job: Job, reason: str) -> None:
        _log.warning("%s: skipped, %s", job.name, reason)
        self._record(job, lambda state: state.skip(self._clock(), reason))

    def _record(self, job: Job, change: Callable[[JobState], None]) -> None:
        self.changes += 1
        try:
            self.book.change(job, change)
        except OSError as error:  # a full disk does not stop the crawls
            _log.error("%s cannot be written: %s", self.book.path, error)
