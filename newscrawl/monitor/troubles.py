"""What is wrong now: failing jobs and sources, dead schedulers, late jobs, full spools, webhooks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from newscrawl.jobs.job_document import state_of
from newscrawl.jobs.state import JobState
from newscrawl.model.ledger import ARCHIVE, RETRY
from newscrawl.monitor.heartbeat import COLLECTION as HEARTBEATS
from newscrawl.monitor.incidents import Kind, Trouble
from newscrawl.monitor.webhooks.queue import states

if TYPE_CHECKING:
    from pymongo.database import Database

    from newscrawl.jobs.alert_settings import AlertSettings

Document = dict[str, Any]

GRACE = timedelta(seconds=60)  #: after the end of a heartbeat's life
FORGOTTEN = timedelta(days=7)  #: a scheduler that has been dead for so long is not missed
MANY_RUNS = 200  #: of a spider that are looked through for bad ones in a row
_JOB, _SOURCE = "job:", "source:"


def job_troubles(states: Iterable[JobState], after: int) -> list[Trouble]:
    """The jobs whose last runs were bad."""
    return [
        Trouble(
            key=f"{_JOB}{state.name}",
            kind="source",
            name=state.name if state.name == state.spider else f"{state.name} ({state.spider})",
            words=_last_words(state),
            since=state.failing_since,
            seen=state.last_run.started,
        )
        for state in states
        if state.enabled and not state.paused and state.failures >= after
        if state.failing_since and state.last_run
    ]


def unwatched_jobs(states: Iterable[JobState], keys: Iterable[str]) -> set[str]:
    """Those of the keys whose jobs were paused, switched off or taken out."""
    watched = {f"{_JOB}{state.name}" for state in states if state.enabled and not state.paused}
    return {key for key in keys if key.startswith(_JOB)} - watched


def shared_job_states(database: Database[Document], after: int, keys: Iterable[str]) -> list[JobState]:
    """Of the database's jobs those that fail, and those of the keys."""
    names = [key.removeprefix(_JOB) for key in keys if key.startswith(_JOB)]
    wanted = {
        "declared": {"$exists": True},
        "$or": [{"failures": {"$gte": after}}, {"_id": {"$in": names}}],
    }
    return [state_of(document) for document in database["jobs"].find(wanted)]


def late_jobs(database: Database[Document], now: datetime, late: timedelta) -> list[Trouble]:
    """Whether jobs of the database are due and do not begin."""
    wanted = {"due": {"$lt": now - late}, "lease": None}
    oldest = database["jobs"].find_one(wanted, sort=[("due", 1)])
    if oldest is None:
        return []
    count = database["jobs"].count_documents(wanted)
    who = f"{oldest['_id']} is" if count == 1 else f"{count} jobs are"
    reason = (
        f"{who} due since {oldest['due']:%F %H:%M} UTC; there are too few schedulers, or one host is slow"
    )
    return [Trouble(key="late", kind="late", name="late", words=reason, since=oldest["due"], seen=now)]


def scheduler_troubles(database: Database[Document], now: datetime, settings: AlertSettings) -> list[Trouble]:
    """Dead schedulers and workers, and spools that are not emptied."""
    troubles = []
    for beat in database[HEARTBEATS].find({"at": {"$gt": now - FORGOTTEN}}):
        name = f"{beat.get('host')}"
        if beat.get("ended") is None and beat["until"] < now - GRACE:
            words = f"no sign of life of pid {beat.get('pid')} ({beat.get('home')}); was it killed?"
            kind: Kind = "worker" if beat.get("role") == "worker" else "scheduler"
            key = f"{kind}:{beat['_id']}"
            troubles.append(Trouble(key=key, kind=kind, name=name, words=words, since=beat["at"], seen=now))
        troubles += _spool_trouble(beat, name, now, settings.spool)
    return troubles


def _spool_trouble(beat: Document, name: str, now: datetime, spool: timedelta) -> list[Trouble]:
    since = (beat.get("spool") or {}).get("since")
    if since is None or now - since < spool or beat.get("ended"):
        return []
    words = f"posts have been waiting for MongoDB in {beat['home']}/spool; the next crawl there stores them"
    return [Trouble(key=f"spool:{beat['_id']}", kind="spool", name=name, words=words, since=since, seen=now)]


def webhook_troubles(database: Database[Document], now: datetime) -> list[Trouble]:
    """Webhooks whose receiver has taken nothing for a while, or wants no more."""
    return [
        Trouble(
            key=f"webhook:{each.name}",
            kind="webhook",
            name=each.name,
            words=f"{each.words}; {each.queued} events wait, {each.dead} are dead letters",
            since=each.failing_since or now,
            seen=now,
        )
        for each in states(database, now)
        if each.is_in_trouble(now)
    ]


def source_troubles(
    database: Database[Document], jobs: Collection[str], after: int, now: datetime
) -> list[Trouble]:
    """Sources that no job crawls (cron, systemd, by hand) and whose last runs were bad; `jobs`: spiders of
    jobs."""
    spiders = [name for name in database["runs"].distinct("spider") if name not in jobs]
    found: list[Trouble] = []
    for spider in sorted(spiders):
        recent = {"spider": spider, "started": {"$gt": now - FORGOTTEN}, "finished": {"$ne": None}}
        fields = {"arguments": 1, "started": 1, "problems": 1}
        runs = list(database["runs"].find(recent, fields, sort=[("started", -1)], limit=MANY_RUNS))
        by_source: dict[str, list[Document]] = {}
        for run in runs:
            arguments = run.get("arguments") or {}
            if RETRY not in arguments and spider != ARCHIVE:
                name = " ".join([spider, *(f"{key}={value}" for key, value in arguments.items())])
                by_source.setdefault(name, []).append(run)
        found += [
            _source_trouble(name, bad)
            for name, latest in by_source.items()
            if len(bad := _bad(latest)) >= after
        ]
    return found


def job_spiders(database: Database[Document]) -> set[str]:
    """The spiders of all jobs that the database knows of: its own, and those of home folders."""
    jobs = database["jobs"]
    return {*jobs.distinct("declared.spider"), *jobs.distinct("spider")}


def _bad(runs: Sequence[Document]) -> list[Document]:
    """The bad runs before which no good one came, newest first."""
    bad = []
    for run in runs:
        if not run.get("problems"):
            break
        bad.append(run)
    return bad


def _source_trouble(name: str, bad: Sequence[Document]) -> Trouble:
    words = "; ".join(map(str, bad[0]["problems"]))
    return Trouble(
        key=f"{_SOURCE}{name}",
        kind="source",
        name=name,
        words=words,
        since=bad[-1]["started"],
        seen=bad[0]["started"],
    )


def _last_words(state: JobState) -> str:
    assert state.last_run
    error = (state.last_run.error or state.last_run.outcome).strip()
    return error.splitlines()[-1] if error else state.last_run.outcome
