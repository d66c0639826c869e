"""Metrics for Prometheus, made from MongoDB when they are asked for: no process counts anything itself.

So each process shows the same, and the counters are right after any kill. docs/monitoring.md lists them.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from pymongo.errors import PyMongoError

from newscrawl.errors import DatabaseUnavailable
from newscrawl.model.ledger import OUTCOMES
from newscrawl.monitor import run_totals
from newscrawl.monitor.heartbeat import COLLECTION as HEARTBEATS
from newscrawl.monitor.incident_book import COLLECTION as ALERTS
from newscrawl.monitor.webhooks.queue import states as webhook_states
from newscrawl.read.delays import quantiles, with_news
from newscrawl.store.leases import asking, server_time

if TYPE_CHECKING:
    from pymongo.database import Database

Document = dict[str, Any]

FRESH = 5.0  #: seconds that an answer is given again; ten times what it took to make, if that is more
DAY = timedelta(days=1)
_ALWAYS = ("stored", "failed")  # ends that are shown of each source; others once there are such pages


class Collector:
    """Collects all metrics of a database. `open_database` may raise DatabaseUnavailable."""

    def __init__(self, open_database: Callable[[], Database[Document]], *, folds: bool = False) -> None:
        self._open, self._folds = open_database, folds
        self._lock = threading.Lock()
        self._made: list[Metric] = []
        self._until = 0.0

    def describe(self) -> Iterable[Metric]:
        """Nothing: a registry would otherwise collect once at the start."""
        return []

    def collect(self) -> Iterable[Metric]:
        """All metrics, at most a few seconds old; while MongoDB is away, only that it is."""
        with self._lock:
            if time.monotonic() >= self._until:
                began = time.monotonic()
                self._made = list(self._collect())
                took = time.monotonic() - began
                self._until = began + took + max(FRESH, 10 * took)
            return self._made

    def _collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("newscrawl_mongodb_up", "Whether MongoDB answers.")
        found: list[Metric] = []
        try:
            with asking():
                found = list(self._of_database(self._open()))
        except (DatabaseUnavailable, PyMongoError):
            up.add_metric([], 0)
        else:
            up.add_metric([], 1)
        yield up
        yield from found

    def _of_database(self, database: Database[Document]) -> Iterator[Metric]:
        began = time.perf_counter()
        database.command("ping")
        yield _gauge("mongodb_ping_seconds", "How long MongoDB took to answer.", time.perf_counter() - began)
        now = server_time(database)
        if self._folds:
            run_totals.fold(database, now)
        yield from _runs(database, now)
        yield _delays(database, now)
        posts = database["posts"].estimated_document_count()
        yield _gauge("posts", "Posts that are stored.", posts)
        yield from _jobs(database, now)
        yield from _schedulers(database, now)
        yield _leases(database)
        yield from _webhooks(database, now)
        yield _incidents(database)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"newscrawl_{name}", text, value)


def _runs(database: Database[Document], now: datetime) -> Iterator[Metric]:
    totals = run_totals.run_totals(database)
    runs = CounterMetricFamily("newscrawl_runs", "Runs that ended.", labels=["source", "result"])
    pages = CounterMetricFamily("newscrawl_pages", "Pages of runs.", labels=["source", "end"])
    last = GaugeMetricFamily(
        "newscrawl_last_run_timestamp_seconds", "Start of the last run.", labels=["source"]
    )
    for source, counts in sorted(totals.counts.items()):
        for result in ("good", "bad"):
            runs.add_metric([source, result], counts.get(result, 0))
        for end in OUTCOMES:
            count = counts.get(f"page_{end}", 0)
            if count or end in _ALWAYS:
                pages.add_metric([source, end], count)
        last.add_metric([source], totals.last[source].timestamp())
    unfinished = {"started": {"$gte": now - DAY}, "finished": None}
    yield from (runs, pages, last)
    count = database["runs"].count_documents(unfinished)
    yield _gauge("runs_unfinished", "Runs of the last day without an end: under way, or killed.", count)


def _delays(database: Database[Document], now: datetime) -> Metric:
    metric = GaugeMetricFamily(
        "newscrawl_delay_seconds",
        "From an article's publication to its storing, of the last day's news.",
        labels=["source", "quantile"],
    )
    group: Document = {"_id": "$spider", "delays": {"$push": "$delays"}}
    for row in database["runs"].aggregate([{"$match": with_news(now - DAY)}, {"$group": group}]):
        seconds = [each for run in row["delays"] for each in run]
        if found := quantiles(seconds):
            metric.add_metric([row["_id"], "0.5"], found.median)
            metric.add_metric([row["_id"], "0.9"], found.p90)
    return metric


def _jobs(database: Database[Document], now: datetime) -> Iterator[Metric]:
    states = {"waiting": 0, "running": 0, "paused": 0, "disabled": 0}
    looked = GaugeMetricFamily(
        "newscrawl_job_last_run_timestamp_seconds", "Start of a job's last run or poll.", labels=["job"]
    )
    failures = GaugeMetricFamily("newscrawl_job_failures", "Bad runs in a row.", labels=["job"])
    fields = {"declared.enabled": 1, "enabled": 1, "paused": 1, "running_since": 1, "failures": 1, "name": 1}
    fields["last_run.started"] = 1
    for job in database["jobs"].find({}, fields):
        enabled = (job.get("declared") or job).get("enabled", True)
        state = "disabled" if not enabled else "paused" if job.get("paused") else "waiting"
        states["running" if job.get("running_since") else state] += 1
        name = job.get("name") or job["_id"]
        failures.add_metric([name], job.get("failures") or 0)
        if last := job.get("last_run"):
            looked.add_metric([name], last["started"].timestamp())
    jobs = GaugeMetricFamily("newscrawl_jobs", "Jobs, by what they do.", labels=["state"])
    for state, count in states.items():
        jobs.add_metric([state], count)
    yield from (jobs, failures, looked)
    due = {"due": {"$lte": now}, "lease": None}
    oldest = database["jobs"].find_one(due, {"due": 1}, sort=[("due", 1)])
    lag = (now - oldest["due"]).total_seconds() if oldest else 0.0
    count = database["jobs"].count_documents(due)
    yield _gauge("jobs_due", "Jobs of the database that are due and have not begun.", count)
    yield _gauge("due_lag_seconds", "How long the first of them has been due.", lag)


def _schedulers(database: Database[Document], now: datetime) -> Iterator[Metric]:
    labels = ["host", "home", "role"]
    up = GaugeMetricFamily(
        "newscrawl_scheduler_up", "Whether a scheduler or worker shows signs of life.", labels=labels
    )
    running = GaugeMetricFamily("newscrawl_crawls_running", "Crawls that run.", labels=labels)
    most = GaugeMetricFamily("newscrawl_crawls_max", "Crawls that may run at once.", labels=labels)
    files = GaugeMetricFamily("newscrawl_spool_files", "Files that wait for MongoDB.", labels=labels)
    age = GaugeMetricFamily("newscrawl_spool_age_seconds", "Age of the oldest of them.", labels=labels)
    for beat in database[HEARTBEATS].find({"ended": None, "at": {"$gt": now - DAY}}):
        who, spool = [beat["host"], beat["home"], beat.get("role", "scheduler")], beat.get("spool") or {}
        lives = beat["until"] > now
        up.add_metric(who, lives)
        running.add_metric(who, beat.get("running", 0) if lives else 0)
        most.add_metric(who, beat.get("max_parallel", 0))
        files.add_metric(who, spool.get("files", 0))
        age.add_metric(who, (now - spool["since"]).total_seconds() if spool.get("since") else 0)
    return iter((up, running, most, files, age))


def _leases(database: Database[Document]) -> Metric:
    metric = GaugeMetricFamily("newscrawl_leases", "Leases that are held.", labels=["kind"])
    held = database["leases"].find({"$expr": {"$gt": ["$until", "$$NOW"]}}, {"_id": 1})
    counts = Counter(str(each["_id"]).partition(":")[0] for each in held)
    for kind in ("spider", "host", "scheduler", "dispatcher", "worker", "webhook"):
        metric.add_metric([kind], counts[kind])
    return metric


def _webhooks(database: Database[Document], now: datetime) -> Iterator[Metric]:
    labels = ["webhook"]
    sent = CounterMetricFamily("newscrawl_webhook_events", "Events that the receiver took.", labels=labels)
    up = GaugeMetricFamily("newscrawl_webhook_up", "Whether the receiver takes events.", labels=labels)
    waiting = GaugeMetricFamily(
        "newscrawl_webhook_queue", "Events that wait for the receiver.", labels=labels
    )
    lag = GaugeMetricFamily("newscrawl_webhook_lag_seconds", "Age of the oldest of them.", labels=labels)
    dead = GaugeMetricFamily("newscrawl_webhook_dead_letters", "Events that were given up.", labels=labels)
    for each in webhook_states(database, now):
        sent.add_metric([each.name], each.delivered)
        up.add_metric([each.name], each.state == "delivering")
        waiting.add_metric([each.name], each.queued)
        lag.add_metric([each.name], each.lag)
        dead.add_metric([each.name], each.dead)
    return iter((sent, up, waiting, lag, dead))


def _incidents(database: Database[Document]) -> Metric:
    metric = GaugeMetricFamily("newscrawl_incidents", "Incidents of a shared database.", labels=["kind"])
    book = database[ALERTS].find_one({}, {"incidents.open.kind": 1, "incidents.open.gone": 1}) or {}
    listed = (book.get("incidents") or {}).get("open", [])
    counts = Counter(each["kind"] for each in listed if each.get("gone") is None)
    for kind in ("source", "scheduler", "worker", "spool", "late", "webhook"):
        metric.add_metric([kind], counts[kind])
    return metric
