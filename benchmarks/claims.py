"""What a claim of a job and a lease cost, with 10,000 jobs in the database.

    python -m benchmarks.claims [--jobs N] [--claims N]

On a MongoDB of its own, whose journal is on disk. Each claim moves the job on, and ends as in a scheduler.
`nothing due` is what each scheduler asks every second. Times are of the caller's clock, medians.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from newscrawl.jobs.config import Job, JobsFile
from newscrawl.jobs.load import load_jobs
from newscrawl.jobs.shared_jobs import SharedJobs
from newscrawl.jobs.state import JobRun
from newscrawl.locks import host_key
from newscrawl.paths import database_name
from newscrawl.store.client import connect
from newscrawl.store.leases import MongoLeases
from newscrawl.store.schema import make_schema
from newscrawl.store.server import embedded


def timed(times: list[float], call: Callable[[], object]) -> object:
    began = time.perf_counter()
    result = call()
    times.append(time.perf_counter() - began)
    return result


def line(name: str, times: list[float]) -> None:
    print(f"{name:28} {statistics.median(times) * 1000:7.2f} ms  ({len(times)} times)")


def measure(jobs: int, claims: int) -> None:
    hour = timedelta(hours=1)
    every = [
        Job(name=f"job{n}", spider=f"spider{n}", every=hour, zone=UTC, hosts=(f"h{n}.example",))
        for n in range(jobs)
    ]
    asyncio.run(make_schema(database_name()))
    began = time.perf_counter()
    load_jobs(JobsFile(every))
    print(f"{'load ' + format(jobs, ','):28} {time.perf_counter() - began:7.2f} s")
    shared = SharedJobs(leases=MongoLeases(60.0), life=60.0)
    claiming: list[float] = []
    ending: list[float] = []
    for _ in range(claims):
        claim = timed(claiming, shared.claim)
        now = datetime.now(UTC)
        run = JobRun(started=now, finished=now, outcome="ok", exit=0)
        timed(ending, lambda claim=claim, run=run: shared.end(claim, run))  # type: ignore[misc]
    with connect("writer") as client:
        client[database_name()]["jobs"].update_many({}, {"$set": {"due": datetime.now(UTC) + hour}})
    looking: list[float] = []
    for _ in range(claims):
        timed(looking, lambda: (shared.look([]), shared.claim()))
    line("claim, all due", claiming)
    line("end", ending)
    line("nothing due", looking)
    shared.close()


def measure_leases(count: int) -> None:
    leases = MongoLeases(60.0)
    taking: list[float] = []
    held = [timed(taking, lambda n=n: leases.take(host_key(f"l{n}.example"))) for n in range(count)]  # type: ignore[misc]
    checking: list[float] = []
    timed(checking, lambda: [held[0].is_ours() for _ in range(1000)])  # type: ignore[attr-defined]
    renewing: list[float] = []
    for _ in range(20):
        timed(renewing, lambda: leases.renew(held[:10]))  # type: ignore[arg-type]
    line("take a lease", taking)
    line("renew ten", renewing)
    print(f"{'check one':28} {checking[0] * 1000:7.2f} µs")
    leases.release(held)  # type: ignore[arg-type]
    leases.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description="Cost of claims and leases.")
    arguments.add_argument("--jobs", type=int, default=10_000)
    arguments.add_argument("--claims", type=int, default=200)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="newscrawl-claims-") as folder:
        os.environ["NEWSCRAWL_HOME"] = folder
        os.environ.pop("MONGODB_URI", None)
        embedded.ensure()
        try:
            measure(options.jobs, options.claims)
            measure_leases(options.claims)
        finally:
            embedded.stop()


if __name__ == "__main__":
    main()
