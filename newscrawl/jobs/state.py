"""The state of each job: jobs.json in the home folder, replaced atomically.

The file is authoritative: jobs run, and `newscrawl jobs` works, while the database is away. MongoDB's
collection `jobs` is a copy for readers elsewhere (newscrawl/jobs/mongo_state.py).
"""

from __future__ import annotations

import dataclasses
import fcntl
import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from newscrawl.jobs.config import Job
from newscrawl.model.crawl_settings import describe
from newscrawl.model.ledger import OUTCOMES

#: `timeout`: stopped at its time limit; `stopped`: stopped with the scheduler, on request; `lost`: the
#: scheduler was killed during the run; `skipped`: another process was crawling.
Outcome = Literal["ok", "failed", "timeout", "stopped", "lost", "skipped"]
# Counts shown to users, in order, with another word if needed.
_SHOWN: dict[str, str] = {
    **dict.fromkeys(("lists", "entries", "known", "repeated"), ""),
    "old": "too old",
    "pages": "",
    **dict.fromkeys(OUTCOMES, ""),
}
FAILURES = frozenset({"failed", "timeout", "lost"})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """A finished run. Times are UTC."""

    started: datetime
    finished: datetime
    outcome: Outcome
    exit: int | None = None  #: exit code, negative for a signal; None if unknown
    counts: dict[str, Any] = field(default_factory=dict)  #: from the run's document
    error: str | None = None  #: problems, or the last lines of standard error; None if ok
    hosts: list[str] = field(default_factory=list)  #: requested
    host: str | None = None  #: the machine that ran it; None: unknown

    @property
    def seconds(self) -> float:
        """Duration."""
        return (self.finished - self.started).total_seconds()

    @property
    def remark(self) -> str:
        """The error, else the counts, else empty."""
        return self.error or count_text(self.counts)


@dataclass(slots=True, kw_only=True)
class JobState:
    """A job as `newscrawl jobs` shows it. Times are UTC; None: not (yet)."""

    name: str
    spider: str
    schedule: str  #: as shown: `*/5 * * * * (Asia/Shanghai)`
    enabled: bool = True
    next_run: datetime | None = None
    running_pid: int | None = None  #: of the current crawl
    running_since: datetime | None = None
    last_run: JobRun | None = None
    last_ok: datetime | None = None  #: start of the last good run
    last_skip: datetime | None = None
    skip_reason: str | None = None
    skips: int = 0  #: since the last run
    failures: int = 0  #: in a row
    failing_since: datetime | None = None  #: start of the first of them
    running_on: str | None = None  #: the machine; None: this one
    paused: bool = False  #: by `newscrawl jobs pause`
    crawl: list[str] = field(default_factory=list)  #: how its source is asked, for people; no secrets
    shared: bool = False  #: a job of the database, which any machine's scheduler runs

    def begin(self, pid: int | None, now: datetime | None) -> None:
        """A run has started."""
        self.running_pid, self.running_since = pid, now

    def end(self, run: JobRun) -> None:
        """A run has ended; one stopped on request counts neither as good nor as failed."""
        self.running_pid = self.running_since = self.running_on = None
        self.last_run, self.skips = run, 0
        if run.outcome in FAILURES:
            self.failures += 1
            self.failing_since = self.failing_since or run.started
        elif run.outcome == "ok":
            self.failures, self.failing_since, self.last_ok = 0, None, run.started

    def skip(self, now: datetime, reason: str) -> None:
        """A due run did not take place."""
        self.last_skip, self.skip_reason, self.skips = now, reason, self.skips + 1


class JobStates:
    """The state of all jobs of a home folder; safe against concurrent writers."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "jobs.json"

    def read(self) -> list[JobState]:
        """In the order of jobs.toml; empty if no scheduler ever ran, or the file is broken."""
        try:
            return [_from_plain(entry) for entry in json.loads(self.path.read_bytes())]
        except FileNotFoundError:
            return []
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            _log.warning("%s cannot be read (%s) and will be replaced", self.path, error)
            return []

    def state(self, name: str) -> JobState | None:
        """The state of one job."""
        return next((state for state in self.read() if state.name == name), None)

    def declare(self, jobs: Sequence[Job]) -> list[JobState]:
        """Replaces the file's jobs by these, keeping their known states.

        A run recorded as running is lost: only one scheduler uses a home folder.
        """
        with self._changing() as known:
            before = {state.name: state for state in known}
            known[:] = [_declared(job, before.get(job.name)) for job in jobs]
            for state in known:
                if state.running_since:
                    now = datetime.now(UTC)
                    error = "the scheduler was killed during this run"
                    state.end(JobRun(started=state.running_since, finished=now, outcome="lost", error=error))
            return list(known)

    def change(self, job: Job, apply: Callable[[JobState], None]) -> JobState:
        """Calls `apply` with a job's state and writes the file."""
        with self._changing() as known:
            state = next((state for state in known if state.name == job.name), None)
            if state is None:
                state = _declared(job, None)
                known.append(state)
            apply(state)
            return state

    @contextmanager
    def _changing(self) -> Iterator[list[JobState]]:
        """The states, for the caller to change; written at the end, under a lock."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            states = self.read()
            yield states
            draft = self.path.with_suffix(".draft")
            with draft.open("w", encoding="utf-8") as file:
                json.dump([to_plain(state) for state in states], file, ensure_ascii=False, indent=1)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)


def to_plain(state: JobState) -> dict[str, Any]:
    """As written to JSON: times in ISO 8601, and the duration of the last run as `seconds`."""
    plain: dict[str, Any] = {key: _plain(value) for key, value in dataclasses.asdict(state).items()}
    if state.last_run:
        run = dataclasses.asdict(state.last_run)
        plain["last_run"] = {key: _plain(value) for key, value in run.items()}
        plain["last_run"]["seconds"] = round(state.last_run.seconds, 3)
    return plain


def count_text(counts: dict[str, Any]) -> str:
    """The shown counts above zero: `3 pages, 2 stored`."""
    return ", ".join(f"{counts[name]} {word or name}" for name, word in _SHOWN.items() if counts.get(name))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _from_plain(entry: dict[str, Any]) -> JobState:
    values = _with_times(JobState, entry)
    if last := values.get("last_run"):
        values["last_run"] = JobRun(**_with_times(JobRun, last))
    return JobState(**values)


def _with_times(kind: type, entry: dict[str, Any]) -> dict[str, Any]:
    """The fields of `kind`, times as datetimes; unknown fields, from a newer version, are dropped."""
    fields: dict[str, Any] = {f.name: f.type for f in dataclasses.fields(kind)}
    return {
        name: datetime.fromisoformat(value) if value and "datetime" in fields[name] else value
        for name, value in entry.items()
        if name in fields
    }


def _declared(job: Job, before: JobState | None) -> JobState:
    state = before or JobState(name=job.name, spider=job.spider, schedule=job.schedule)
    state.spider, state.schedule, state.enabled = job.spider, job.schedule, job.enabled
    state.crawl = describe(job.crawl)
    state.next_run = None
    return state
