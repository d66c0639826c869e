"""Changes the jobs in the database: `newscrawl jobs load`, `pause`, `resume` and `run`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pymongo import DeleteMany, UpdateOne

from newscrawl.errors import UsageError
from newscrawl.jobs.alert_settings import AlertSettings, alerts_document, alerts_of
from newscrawl.jobs.config import Job, JobsFile, format_duration
from newscrawl.jobs.due import first_run, jittered
from newscrawl.jobs.job_document import (
    DURATIONS,
    Document,
    crawl_of,
    declaration,
    job_of,
    moment,
    state_of,
)
from newscrawl.jobs.state import JobState
from newscrawl.jobs.webhook_settings import WebhookSettings, webhooks_document, webhooks_of
from newscrawl.model.crawl_settings import shown
from newscrawl.paths import database_name
from newscrawl.store.client import connect
from newscrawl.store.leases import asking, server_time

if TYPE_CHECKING:
    from pymongo.collection import Collection

_DECLARED = {"declared": {"$exists": True}}  # not the copies of a home folder's jobs
_ORDER = [("position", 1), ("_id", 1)]
SETTINGS = "jobs"  #: `_id` in `meta` of a jobs file's other settings
_SCHEDULE = ("cron", "every", "zone", "jitter", "enabled")


@dataclass(frozen=True, slots=True)
class Change:
    """The effect of loading a file on a job."""

    name: str
    kind: str  #: `new`, `changed`, `unchanged`, `removed`
    words: str = ""  #: `every: 5m -> 10m`


def load_jobs(file: JobsFile, *, dry: bool = False) -> list[Change]:
    """Replaces the database's jobs by those of a file; returns the changes. `dry`: changes nothing.

    A job keeps its runs, its pause, and its next time unless its schedule changes. Raises
    DatabaseUnavailable, UsageError.
    """
    alerts = file.alerts and alerts_document(file.alerts)
    with asking(), connect("writer") as client:
        database = client[database_name()]
        known = {each["_id"]: each for each in database["jobs"].find(_DECLARED, sort=_ORDER)}
        now = server_time(database)
        changes: list[Change] = []
        writes: list[UpdateOne | DeleteMany] = []
        for position, job in enumerate(file.jobs):
            before = known.pop(job.name, None)
            fields, change = _declared(job, before, now)
            changes.append(change)
            writes.append(_writing(job.name, before, {**fields, "position": position}))
        changes += [Change(name, "removed") for name in known]
        if not dry:
            database["jobs"].bulk_write([*writes, DeleteMany({"_id": {"$in": list(known)}})])
            webhooks = webhooks_document(file.webhooks)
            said = {"$set": {"max_parallel": file.max_parallel, "alerts": alerts, "webhooks": webhooks}}
            database["meta"].update_one({"_id": SETTINGS}, said, upsert=True)
        return changes


def shared_max_parallel() -> int | None:
    """`max_parallel` of the loaded file; None if not set. Raises DatabaseUnavailable."""
    with asking(), connect("writer") as client:
        found = client[database_name()]["meta"].find_one({"_id": SETTINGS}) or {}
        value: int | None = found.get("max_parallel")
        return value


def shared_alerts() -> AlertSettings | None:
    """`[alerts]` of the loaded file, or None. Raises DatabaseUnavailable."""
    with asking(), connect("writer") as client:
        found = client[database_name()]["meta"].find_one({"_id": SETTINGS}) or {}
        return alerts_of(found.get("alerts"))


def shared_webhooks() -> list[WebhookSettings]:
    """`[webhooks.NAME]` of the loaded file. Raises DatabaseUnavailable."""
    with asking(), connect("writer") as client:
        found = client[database_name()]["meta"].find_one({"_id": SETTINGS}) or {}
        return webhooks_of(found.get("webhooks"))


def pause_job(name: str) -> bool:
    """Pauses a job until it is resumed; a current run continues. False: already paused. Raises UsageError for
    an unknown job, DatabaseUnavailable."""
    return _switch(name, paused=True)


def resume_job(name: str) -> bool:
    """Ends a pause; one run makes up for all missed ones. False: not paused."""
    return _switch(name, paused=False)


def run_job(name: str) -> None:
    """Makes a job due now, even if paused or disabled; the next free scheduler runs it. Raises UsageError for
    an unknown job, DatabaseUnavailable."""
    with asking(), connect("writer") as client:
        database = client[database_name()]
        find_job(database["jobs"], name)
        now = {"due": server_time(database), "next_run": server_time(database)}
        database["jobs"].update_one({"_id": name}, {"$set": now, "$inc": {"version": 1}})


def _switch(name: str, *, paused: bool) -> bool:
    with asking(), connect("writer") as client:
        database = client[database_name()]
        document = find_job(database["jobs"], name)
        if bool(document.get("paused")) == paused:
            return False
        times = _first(job_of(document), document, server_time(database), paused=paused)
        change = {"$set": {"paused": paused, **times}, "$inc": {"version": 1}}
        database["jobs"].update_one({"_id": name}, change)
        return True


def find_job(jobs: Collection[Document], name: str) -> Document:
    """A job's document. Raises UsageError with the known names."""
    found = jobs.find_one({"_id": name, **_DECLARED})
    if found is None:
        known = sorted(each["_id"] for each in jobs.find(_DECLARED, {"_id": 1}))
        hint = f"the jobs are: {', '.join(known)}" if known else "load some: newscrawl jobs load JOBS.TOML"
        raise UsageError(f"no job {name!r} in the database; {hint}")
    return found


def shared_jobs() -> list[Job]:
    """The jobs in the database, in the order of the loaded file. Raises DatabaseUnavailable."""
    with asking(), connect("writer") as client:
        found = client[database_name()]["jobs"].find(_DECLARED, sort=_ORDER)
        return [job_of(document) for document in found]


def read_states(jobs: Collection[Document]) -> list[JobState]:
    """The states of all jobs, in the order of the loaded file."""
    return [state_of(document) for document in jobs.find(_DECLARED, sort=_ORDER)]


def _declared(job: Job, before: Document | None, now: datetime) -> tuple[Document, Change]:
    """The job's document fields, and the change."""
    wanted = declaration(job)
    if before is None:
        new = {"paused": False, "lease": None, "tokens": 0, **_first(job, None, now, paused=False)}
        return {"declared": wanted, **new}, Change(job.name, "new", job.schedule)
    differences = _differences(before["declared"], wanted)
    if not differences:
        return {}, Change(job.name, "unchanged")
    fields: Document = {"declared": wanted}
    if any(key in _SCHEDULE for key in differences):
        fields |= _first(job, before, now, paused=bool(before.get("paused")))
    return fields, Change(job.name, "changed", "; ".join(differences.values()))


def _writing(name: str, before: Document | None, fields: Document) -> UpdateOne:
    changes: Document = {"$set": fields}
    if before is None or "declared" in fields:
        changes["$inc"] = {"version": 1}
    return UpdateOne({"_id": name}, changes, upsert=True)


def _first(job: Job, document: Document | None, now: datetime, *, paused: bool) -> Document:
    """When a loaded, changed or resumed job is due."""
    last = state_of(document).last_run if document else None
    first = None if paused or not job.enabled else first_run(job, last, now)
    if first is None:
        return {"due": None, "next_run": None}
    return {"due": moment(jittered(job, first)), "next_run": moment(first)}


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """By key: `every: 5m -> 10m`. Secrets are not shown."""
    one, two = shown(crawl_of(dict(before))), shown(crawl_of(dict(after)))
    keys = [*after, *(key for key in before if key not in after)]
    return {
        key: (
            f"{key}: {_shown(key, one.get(key))} -> {_shown(key, two.get(key))}"
            if key in {**one, **two}
            else f"{key}: {_shown(key, before.get(key))} -> {_shown(key, after.get(key))}"
        )
        for key in keys
        if before.get(key) != after.get(key)
    }


def _shown(key: str, value: Any) -> str:
    if value is None:
        return "none"
    if key in DURATIONS:
        return format_duration(timedelta(seconds=value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={each}" for name, each in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
