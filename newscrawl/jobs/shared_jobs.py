"""The jobs in the database, for schedulers on any number of machines.

They are in the collection `jobs`, and due by the server's clock. A claim is a lease of the job, renewed by
its scheduler; if the scheduler dies, the run is due again.
"""

from __future__ import annotations

import logging
import platform
import random
import secrets
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from pymongo import ReturnDocument, UpdateOne

from newscrawl.jobs.due import (
    SET_BACK,
    Claim,
    after_run,
    following,
    in_turn,
    is_by_hand,
    jittered,
    next_time,
    overlap_reason,
)
from newscrawl.jobs.job_document import Document, job_of, moment, state_fields, state_of
from newscrawl.jobs.load import find_job, read_states
from newscrawl.jobs.state import JobRun, JobState
from newscrawl.locks import Holder, Leases, host_key, lease_life, spider_key, steady, this_process
from newscrawl.paths import database_name
from newscrawl.store.client import connect, running_uri
from newscrawl.store.leases import MongoLeases, asking, holder_of, open_leases, server_time

if TYPE_CHECKING:
    from pymongo import MongoClient
    from pymongo.collection import Collection as MongoCollection
    from pymongo.database import Database

    from newscrawl.jobs.config import Job
    from newscrawl.locks import Lease

_log = logging.getLogger(__name__)

#: A process's role: runs jobs; announces due jobs to workers; runs announced jobs.
Role = Literal["scheduler", "dispatcher", "worker"]

LOOK = 1.0  #: seconds between looks, ± a fifth
SELDOM = 10.0  #: … of a worker, which gets hints
_FIRST, _BATCH = 10, 640  # due jobs compared per batch with busy spiders and hosts: initially, and at most
_NAMED = ("declared.spider", "declared.hosts", "last_run.hosts")  # fields with names of leases
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_PATIENCE = 5.0  # seconds for one operation, or a quarter of a shorter life


class Member(NamedTuple):
    """A process that serves the database's jobs."""

    role: Role
    holder: Holder


def read_shared() -> tuple[list[JobState], list[Member]]:
    """The database's jobs, and the processes that serve them; empty if no MongoDB is running. Starts nothing.
    Raises DatabaseUnavailable."""
    if running_uri("reader") is None:
        return [], []
    with asking(), connect("reader", serverSelectionTimeoutMS=2000) as client:
        database = client[database_name()]
        states = read_states(database["jobs"])
        now = server_time(database)
        alive = {"_id": {"$regex": f"^({'|'.join(get_args(Role))}):"}, "until": {"$gt": now}}
        found = database["leases"].find(alive, sort=[("since", 1)])
        return states, [Member(each["_id"].partition(":")[0], holder_of(each)) for each in found]


class SharedJobs:
    """The jobs in the database; see newscrawl.jobs.due.DueJobs. One instance per scheduler."""

    shared = True

    def __init__(
        self, *, leases: Leases | None = None, life: float | None = None, role: Role = "scheduler"
    ) -> None:
        self.life, self.role = life or lease_life(), role
        self.changes = 0
        self._leases = leases or open_leases()
        self._schedulers = MongoLeases(self.life)  # shows that this scheduler is alive
        self._presence: Lease | None = None
        self._client: MongoClient[Document] | None = None
        self._renewed = steady()
        self._looked = float("-inf")
        self._seen: datetime | None = None

    def open(self) -> None:
        """As in `DueJobs`."""
        self._presence = self._schedulers.take(f"{self.role}:{platform.node()}:{secrets.token_hex(4)}")

    def look(self, running: Collection[Claim]) -> None:
        """As in `DueJobs`."""
        if steady() - self._renewed >= self.life / 4:
            self._renew(running)
        if self.role == "worker" and steady() - self._looked < LOOK:  # many hints may come per second
            return
        now = self._now()
        self._looked = steady()
        if self._seen is not None and now < self._seen - SET_BACK:
            _log.warning("MongoDB's clock was set back to %s UTC; the jobs are rescheduled", f"{now:%F %T}")
            self._replan(now)
        self._seen = now
        self._give_up_lost(now)
        self._skip_overlaps(now)

    def claim(self, only: str | None = None) -> Claim | None:
        """As in `DueJobs`."""
        now, busy = self._about_now(), set[str]()
        with asking(), closing(self._due(now, only)) as found:
            for document in in_turn(self._startable(found, busy, now), _names, busy):
                if claim := self._take(document, document["due"], now):
                    return claim
        return None

    def claimable(self, limit: int) -> list[str]:
        """The names of up to `limit` jobs that could be claimed now, oldest due first, for announcing
        them."""
        now, busy = self._now(), set[str]()
        with asking(), closing(self._due(now)) as found:
            startable = in_turn(self._startable(found, busy, now), _names, busy)
            names = []
            for document in islice(startable, limit):
                busy |= _names(document)
                names.append(document["_id"])
            return names

    def take_hints(self, limit: int, again: float) -> tuple[list[str], int]:
        """Reserves claimable jobs not announced since they are due, or not in the last `again` seconds,
        oldest due first, so that no other scheduler announces them; also returns the number of claimable
        jobs."""
        names = self.claimable(limit)
        long_ago = {"$subtract": ["$$NOW", int(again * 1000)]}
        hinted = {"$ifNull": ["$hinted", _EVER]}
        unknown = {"$expr": {"$or": [{"$lte": [hinted, long_ago]}, {"$lt": [hinted, "$due"]}]}}
        now = [{"$set": {"hinted": "$$NOW"}}]
        with asking():
            found = list(self._jobs.find({"_id": {"$in": names}, **unknown}, {"_id": 1}))
            wanted = {document["_id"] for document in found}
            taken = [
                name
                for name in names
                if name in wanted and self._jobs.update_one({"_id": name, **unknown}, now).matched_count
            ]
        return taken, len(names)

    def drop_hints(self, names: Collection[str]) -> None:
        """These jobs were not announced after all."""
        with asking():
            self._jobs.update_many({"_id": {"$in": list(names)}}, {"$set": {"hinted": None}})

    def claim_now(self, name: str) -> Claim | None:
        """As in `DueJobs`."""
        document = self._document(name)
        spider = job_of(document).spider
        if holder := self._leases.holders([spider_key(spider)]).get(spider_key(spider)):
            self._skip(document, f"{spider} is being crawled by {holder}", {})
            return None
        return self._take(document, document["due"], self._now())

    def begin(self, claim: Claim, pid: int | None, started: datetime) -> None:
        """As in `DueJobs`."""
        running = {"running_pid": pid, "running_since": moment(started), "running_on": platform.node()}
        self._change(claim, running)

    def end(self, claim: Claim, run: JobRun) -> None:
        """As in `DueJobs`; records nothing if the claim was lost meanwhile."""
        with asking():
            document = self._jobs.find_one(_ours(claim))
        if document is None:
            _log.warning("%s: its claim was lost, the run is not recorded", claim.job.name)
            return
        if run.outcome == "skipped":
            key = spider_key(claim.job.spider)
            if not is_by_hand(self._leases.holders([key]).get(key)):  # another job came first, or just ended
                self.put_back(claim)
                return
            state = state_of(document)
            state.begin(None, None)
            state.skip(self._now(), run.error or "")
        else:
            state = state_of(document)
            state.end(run)
        after = {} if run.outcome == "skipped" else self._after(document, run)
        self._change(claim, state_fields(state) | {"lease": None} | after)

    def _after(self, document: Document, run: JobRun) -> Document:
        """The next-time fields of a job whose last run decides them, unless it was paused or made due
        meanwhile."""
        job, now, due = job_of(document), self._now(), document["due"]
        if due is None or due <= now:
            return {}
        planned = after_run(job, run, now)
        return _planned(job, planned) if planned else {}

    def put_back(self, claim: Claim, *, has_news: bool = False) -> None:
        """As in `DueJobs`; announces it to workers at once."""
        nobody = {"running_pid": None, "running_since": None, "running_on": None}
        again = {"lease": None, "due": claim.due, "hinted": None, "has_news": has_news}
        self._change(claim, again | nobody)

    def states(self) -> list[JobState]:
        """As in `DueJobs`, in the order of the file."""
        with asking():
            return read_states(self._jobs)

    def next_look(self) -> float:
        """As in `DueJobs`: any machine may change what is due."""
        seconds = min(SELDOM, self.life / 4) if self.role == "worker" else LOOK
        return seconds * random.uniform(0.8, 1.2)  # noqa: S311  no secret

    def close(self) -> None:
        """As in `DueJobs`."""
        if self._presence is not None:
            self._presence.release()
        self._schedulers.close()
        self._leases.close()
        if self._client is not None:
            self._client.close()
            self._client = None

    @property
    def _jobs(self) -> MongoCollection[Document]:
        return self._database["jobs"]

    @property
    def _database(self) -> Database[Document]:
        if self._client is None:
            patience = int(min(_PATIENCE, self.life / 4) * 1000)
            names = ("serverSelectionTimeoutMS", "connectTimeoutMS", "socketTimeoutMS")
            self._client = connect("writer", **dict.fromkeys(names, patience))
        return self._client[database_name()]

    def _now(self) -> datetime:
        """The server's time."""
        with asking():
            return server_time(self._database)

    def _about_now(self) -> datetime:
        """The server's time, from the last look if that was just now. The server checks again when a job is
        claimed."""
        passed = steady() - self._looked
        if self._seen is None or passed > 2 * LOOK:
            return self._now()
        return self._seen + timedelta(seconds=passed)

    def _document(self, name: str) -> Document:
        with asking():
            return find_job(self._jobs, name)

    # Claims

    def _due(self, now: datetime, only: str | None = None) -> Generator[Document]:
        """The due jobs, oldest first. Usually one of the first few can start."""
        wanted: Document = {"due": {"$lte": now}, "lease": None} | ({"_id": only} if only else {})
        order = [("due", 1), ("_id", 1)]
        first = self._jobs.find(wanted, sort=order, limit=_FIRST).to_list()
        yield from first
        if len(first) == _FIRST:
            names = {document["_id"] for document in first}
            with self._jobs.find(wanted, sort=order, batch_size=10 * _FIRST) as found:
                yield from (document for document in found if document["_id"] not in names)

    def _startable(self, due: Iterable[Document], busy: set[str], now: datetime) -> Iterator[Document]:
        """The due jobs whose spider is not crawled by hand. Adds the names of leases that are held, or needed
        by a running job, to `busy`."""
        for number, batch in enumerate(_batches(due)):
            if number == 0:
                for running in self._jobs.find({"lease.until": {"$gt": now}}, _NAMED):
                    busy.update(_names(running))
            held = self._leases.holders({name for document in batch for name in _names(document)} - busy)
            busy.update(held)
            for document in batch:
                key = spider_key(document["declared"]["spider"])
                if is_by_hand(holder := held.get(key)):
                    self._skip_by_hand(document, holder, now)
                else:
                    yield document

    def _take(self, document: Document, due: datetime | None, now: datetime) -> Claim | None:
        """Claims a job, unless it was claimed or changed meanwhile."""
        job, since = job_of(document), now
        same = {"_id": job.name, "lease": None, "due": due, "version": document.get("version")}
        holder = this_process()
        who = {"host": holder.host, "pid": holder.pid, "home": holder.home}
        token = {"$add": [{"$ifNull": ["$tokens", 0]}, 1]}
        lease = {
            "holder": {"$literal": who},
            "since": "$$NOW",
            "until": _later(self.life),
            "token": token,
            "due": {"$literal": due or now},
        }
        changed = {"lease": lease, "tokens": token, "has_news": False, **self._moved_on(document, now)}
        with asking():
            taken = self._jobs.find_one_and_update(
                same, [{"$set": changed}], return_document=ReturnDocument.AFTER
            )
        if taken is None:
            return None
        self.changes += 1
        has_news = bool(document.get("has_news"))
        claim = Claim(job=job, due=due or since, token=taken["lease"]["token"], has_news=has_news)
        if self._came_second(taken):
            self.put_back(claim, has_news=has_news)
            return None
        return claim

    def _came_second(self, taken: Document) -> bool:
        """Whether another scheduler, just before us, claimed a job that shares a spider or host with ours."""
        hosts = {"$in": _hosts(taken)}
        shared = [
            {"declared.spider": taken["declared"]["spider"]},
            {"declared.hosts": hosts},
            {"last_run.hosts": hosts},
        ]
        others = {
            "_id": {"$ne": taken["_id"]},
            "lease.until": {"$gt": taken["lease"]["since"]},
            "$or": shared,
        }
        ours = (taken["lease"]["since"], taken["_id"])
        with asking():
            return any((each["lease"]["since"], each["_id"]) < ours for each in self._jobs.find(others))

    def _renew(self, running: Collection[Claim]) -> None:
        asked = steady()
        later = [{"$set": {"lease.until": _later(self.life)}}]
        if self._presence is not None and not self._presence.renew():
            self.open()
        if running:
            with asking():
                done = self._jobs.bulk_write([UpdateOne(_ours(claim), later) for claim in running])
            if done.matched_count < len(running):
                _log.warning("this scheduler was suspended: another one has taken over some of its jobs")
        self._renewed = asked

    def _change(self, claim: Claim, fields: Document) -> None:
        self.changes += 1
        with asking():
            self._jobs.update_one(_ours(claim), {"$set": fields})

    # What is due

    def _moved_on(self, document: Document, now: datetime) -> Document:
        """A job's next-time fields."""
        job: Job = job_of(document)
        if document.get("paused") or not job.enabled:
            return {"due": None, "next_run": None}
        return _planned(job, following(job, document.get("next_run") or now, now))

    def _give_up_lost(self, now: datetime) -> None:
        """Records runs whose scheduler does not renew them as lost, and makes them due again."""
        with asking():
            lost = list(self._jobs.find({"lease.until": {"$lte": now}}))
        for document in lost:
            lease, state = document["lease"], state_of(document)
            words = f"the scheduler on {lease['holder']['host']} was killed or cut off during this run"
            began = state.running_since or lease["since"]
            host = lease["holder"]["host"]
            state.end(JobRun(started=began, finished=now, outcome="lost", error=words, host=host))
            _log.error("%s: lost, %s; it is due again", state.name, words)
            same = {"_id": document["_id"], "lease.token": lease["token"], "lease.until": lease["until"]}
            self._update(same, {**state_fields(state), "lease": None, "due": lease["due"]})

    def _skip_overlaps(self, now: datetime) -> None:
        """Records runs that came due while their job was still running."""
        with asking():
            late = list(self._jobs.find({"lease.until": {"$gt": now}, "due": {"$lte": now}}))
        for document in late:
            self._skip(document, overlap_reason(job_of(document)), self._moved_on(document, now))

    def _skip_by_hand(self, document: Document, holder: Holder | None, now: datetime) -> None:
        spider = document["declared"]["spider"]
        self._skip(document, f"{spider} is being crawled by {holder}", self._moved_on(document, now))

    def _skip(self, document: Document, reason: str, moved: Document) -> None:
        state = state_of(document)
        state.skip(self._now(), reason)
        kept = {name: getattr(state, name) for name in ("last_skip", "skip_reason", "skips")}
        if self._update({"_id": document["_id"], "due": document["due"]}, kept | moved):
            _log.warning("%s: skipped, %s", document["_id"], reason)

    def _replan(self, now: datetime) -> None:
        with asking():
            planned = list(self._jobs.find({"due": {"$gt": now}}))
        for document in planned:
            job = job_of(document)
            first = now if job.cron is None else next_time(job, now)
            self._update({"_id": document["_id"], "due": document["due"]}, _planned(job, first))

    def _update(self, same: Document, fields: Document) -> bool:
        self.changes += 1
        with asking():
            return self._jobs.update_one(same, {"$set": fields}).matched_count == 1


def _planned(job: Job, planned: datetime | None) -> Document:
    if planned is None:
        return {"due": None, "next_run": None}
    return {"due": moment(jittered(job, planned)), "next_run": moment(planned)}


def _names(document: Document) -> set[str]:
    """As newscrawl.jobs.due.names_of, but without parsing, because there are hundreds of documents."""
    return {spider_key(document["declared"]["spider"]), *map(host_key, _hosts(document))}


def _hosts(document: Document) -> list[str]:
    last = document.get("last_run") or {}
    return [*document["declared"].get("hosts", ()), *last.get("hosts", ())]


def _ours(claim: Claim) -> Document:
    return {"_id": claim.job.name, "lease.token": claim.token}


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """The documents in growing batches: usually one of the first can start."""
    source, size = iter(documents), _FIRST
    while batch := list(islice(source, size)):
        yield batch
        size = min(2 * size, _BATCH)


def _later(seconds: float) -> Document:
    return {"$add": ["$$NOW", int(timedelta(seconds=seconds).total_seconds() * 1000)]}
