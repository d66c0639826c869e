"""Converts jobs to documents of the collection `jobs`, and back."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newscrawl.errors import UsageError
from newscrawl.jobs.cadence import Bounds
from newscrawl.jobs.config import Job
from newscrawl.jobs.state import JobRun, JobState
from newscrawl.model.crawl_settings import CrawlSettings, describe

Document = dict[str, Any]

DURATIONS = ("every", "jitter", "time_limit")
_STATE = (
    *("last_run", "last_ok", "last_skip", "skip_reason", "skips", "failures", "failing_since"),
    *("running_pid", "running_since", "running_on"),
)


def declaration(job: Job) -> Document:
    """The field `declared`: durations in seconds, the zone by name.

    Raises UsageError if another machine could not know the zone, and for a secret that every reader of the
    database could read: there, secrets are variables.
    """
    if secrets := job.crawl.open_secrets():
        raise UsageError(
            f"[jobs.{job.name}] {secrets[0]}: it may be a secret, and every reader of the database sees it;"
            ' write it as a variable, as in "${NEWS_KEY}", and set that on each machine'
        )
    fields = {each.name: getattr(job, each.name) for each in dataclasses.fields(job)}
    plain = {name: _plain(job, value) for name, value in fields.items() if name not in ("name", "crawl")}
    return plain | job.crawl.to_document()


def job_of(document: Document) -> Job:
    """The job of a document; ignores fields of a newer newscrawl."""
    known = {each.name for each in dataclasses.fields(Job)}
    values: Document = {name: value for name, value in document["declared"].items() if name in known}
    for name in DURATIONS:
        values[name] = None if values.get(name) is None else timedelta(seconds=values[name])
    if values.get("auto") is not None:
        values["auto"] = Bounds.from_document(values["auto"])
    values["zone"] = ZoneInfo(values["zone"])
    values["hosts"] = tuple(values.get("hosts", ()))
    values["crawl"] = crawl_of(document["declared"])
    return Job(name=document["_id"], **values)


def crawl_of(declared: Document) -> CrawlSettings:
    """How the source is asked, by the field `declared`, whose time limit is the job's."""
    return CrawlSettings.unchecked({key: each for key, each in declared.items() if key != "time_limit"})


def state_of(document: Document) -> JobState:
    """The state of a document, as `newscrawl jobs` shows it."""
    values: Document = {name: document[name] for name in _STATE if name in document}
    if last := values.get("last_run"):
        known = {each.name for each in dataclasses.fields(JobRun)}
        values["last_run"] = JobRun(**{name: value for name, value in last.items() if name in known})
    job = job_of(document)
    return JobState(
        name=job.name,
        spider=job.spider,
        schedule=job.schedule,
        enabled=job.enabled,
        next_run=document.get("next_run"),
        paused=bool(document.get("paused")),
        shared=True,
        crawl=describe(job.crawl),
        **values,
    )


def state_fields(state: JobState) -> Document:
    """The fields that a run changes."""
    values: Document = {name: getattr(state, name) for name in _STATE}
    if state.last_run:
        run = dataclasses.asdict(state.last_run)
        values["last_run"] = {**run, "seconds": round(state.last_run.seconds, 3)}
    return values


def _plain(job: Job, value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, tzinfo):
        return _zone_name(job, value)
    if isinstance(value, Bounds):
        return value.to_document()
    if isinstance(value, tuple | frozenset):
        return list(value)
    return dict(value) if hasattr(value, "items") else value


def _zone_name(job: Job, zone: tzinfo) -> str:
    if job.cron is None:
        return "UTC"
    try:
        return ZoneInfo(str(zone)).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(
            f"[jobs.{job.name}] zone: this machine's own zone, {zone}, has no name known to others;"
            ' write e.g. zone = "Asia/Shanghai"'
        ) from None


def moment(value: datetime | None) -> datetime | None:
    """As stored by MongoDB: in whole milliseconds."""
    return value and value.replace(microsecond=value.microsecond // 1000 * 1000)
