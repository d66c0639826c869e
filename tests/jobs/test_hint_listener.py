"""Workers for real: with Redis and RabbitMQ, whose hints are sent by a real dispatcher."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from benchmarks.brokers import Broker, rabbitmq, redis
from newscrawl.jobs.broker import Hints
from newscrawl.jobs.config import Job, JobsFile
from newscrawl.jobs.dispatcher import Dispatcher
from newscrawl.jobs.hint_listener import HintListener
from newscrawl.jobs.load import load_jobs, run_job
from newscrawl.jobs.shared_jobs import SharedJobs
from newscrawl.store.client import uri
from newscrawl.store.leases import MongoLeases
from tests.jobs.test_shared_jobs import stored
from tests.jobs.test_supervisor import alive, until

pytestmark = pytest.mark.slow
PATIENCE = 60.0


class Cluster:
    """A dispatcher in this process, and workers."""

    def __init__(self, folder: Path, broker: Broker, database: str) -> None:
        self.folder, self.broker, self.database = folder, broker, database
        self.jobs = SharedJobs(leases=MongoLeases(60.0), life=60.0)
        self.dispatcher = Dispatcher(self.jobs, Hints(broker.url))
        self.workers: list[subprocess.Popen[str]] = []

    def worker(self) -> subprocess.Popen[str]:
        """Starts one; with a connection string, so that leases are MongoDB's."""
        home = self.folder / f"home{len(self.workers)}"
        home.mkdir()
        own = {"MONGODB_URI": uri("writer"), "NEWSCRAWL_HOME": str(home)}
        log = (self.folder / f"worker{len(self.workers)}.log").open("w")
        words = [sys.executable, "-m", "tests.jobs.hint_worker", self.broker.url, str(home)]
        with log:
            process = subprocess.Popen(words, env={**os.environ, **own}, stderr=log, text=True)
        self.workers.append(process)
        until(lambda: "taking hints" in self.said(), PATIENCE)
        return process

    def said(self) -> str:
        """What all workers said."""
        return "".join(log.read_text() for log in self.folder.glob("worker*.log"))

    def load(self, *names: str, script: str = "ok") -> None:
        hour = timedelta(hours=1)
        load_jobs(
            JobsFile([Job(name=n, spider=n, every=hour, zone=UTC, args={"script": script}) for n in names])
        )

    def runs(self, name: str) -> Any:
        """The number of a job's claims, and how its last run ended; no end while it runs."""
        document = stored(self.database, name)
        last = document.get("last_run")
        return document["tokens"], last and not document["lease"] and last["outcome"]

    def is_at(self, name: str, runs: tuple[int, str]) -> bool:
        """Whether a job has these `runs`."""
        return bool(self.runs(name) == runs)

    def has_said(self, words: str, times: int) -> bool:
        """Whether the workers said something so often, at least."""
        return self.said().count(words) >= times

    def look_until(self, condition: Any) -> None:
        """Sends hints until something is so."""

        def looked() -> Any:
            self.dispatcher.look([])
            return condition()

        until(looked, PATIENCE)

    def close(self) -> None:
        for process in self.workers:
            if process.poll() is None:
                process.kill()
            process.wait()
        self.dispatcher.hints.close()
        self.jobs.close()


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="module")
def rabbitmq_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with rabbitmq(tmp_path_factory.mktemp("rabbitmq")) as server:
        yield server


@pytest.fixture(
    params=[
        pytest.param("redis_server", marks=pytest.mark.needs("redis-server")),
        pytest.param("rabbitmq_server", marks=pytest.mark.needs("rabbitmq-server")),
    ]
)
def cluster(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path, request.getfixturevalue(request.param), database)
    yield made
    made.close()


def test_each_due_job_is_run_once_however_many_hints_there_are(cluster: Cluster) -> None:
    cluster.load("a", "b", "c")
    cluster.dispatcher.hints.send(["a"] * 5)
    cluster.worker()
    cluster.look_until(lambda: all(cluster.runs(name) == (1, "ok") for name in "abc"))
    cluster.dispatcher.hints.send(["a", "nonsense"])
    run_job("b")
    cluster.look_until(lambda: cluster.runs("b") == (2, "ok"))
    until(lambda: cluster.dispatcher.hints.waiting() == 0, PATIENCE)
    assert [cluster.runs(name)[0] for name in "abc"] == [1, 2, 1]
    assert "ERROR" not in cluster.said()


def test_a_worker_that_is_stopped_stops_its_run(cluster: Cluster) -> None:
    cluster.load("a", script="graceful")
    worker = cluster.worker()
    log = cluster.folder / "home0" / "logs" / "a.log"
    cluster.look_until(lambda: log.exists() and "ready" in log.read_text())
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0
    assert cluster.runs("a") == (1, "stopped")


def test_a_second_signal_kills_the_run(cluster: Cluster) -> None:
    cluster.load("a", script="stubborn")
    worker = cluster.worker()
    log = cluster.folder / "home0" / "logs" / "a.log"
    cluster.look_until(lambda: log.exists() and "ready" in log.read_text())
    worker.send_signal(signal.SIGTERM)
    until(lambda: worker.poll() is not None or not worker.send_signal(signal.SIGTERM), PATIENCE)
    assert worker.wait(PATIENCE) == 0
    assert cluster.runs("a") == (1, "stopped")


def test_nothing_outlives_a_worker_that_is_killed(cluster: Cluster) -> None:
    cluster.load("a", script="sleep")
    worker = cluster.worker()
    cluster.look_until(lambda: stored(cluster.database, "a").get("running_pid"))
    document = stored(cluster.database, "a")
    worker.kill()
    until(lambda: not alive(document["running_pid"]), PATIENCE)
    until(lambda: not alive(document["lease"]["holder"]["pid"]), PATIENCE)


def test_runs_go_on_and_hints_are_taken_again_after_the_broker_was_killed(cluster: Cluster) -> None:
    cluster.load("a", "b", script="ok")
    worker = cluster.worker()
    cluster.look_until(lambda: cluster.runs("a") == (1, "ok") and cluster.runs("b") == (1, "ok"))
    for times in (1, 2):
        cluster.broker.kill()
        until(partial(cluster.has_said, "no hints are received for now", times), PATIENCE)
        cluster.broker.start()
        run_job("a")
        cluster.look_until(partial(cluster.is_at, "a", (1 + times, "ok")))
    assert worker.poll() is None
    assert "Traceback" not in cluster.said()


def test_a_worker_waits_for_a_broker(cluster: Cluster) -> None:
    cluster.load("a")
    cluster.broker.kill()
    home = cluster.folder / "home0"
    home.mkdir()
    words = [
        sys.executable,
        "-m",
        "newscrawl",
        "worker",
        "--broker",
        cluster.broker.url,
        "--concurrency",
        "1",
    ]
    own = {"MONGODB_URI": uri("writer"), "NEWSCRAWL_HOME": str(home)}
    with subprocess.Popen(words, env={**os.environ, **own}, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        with suppress(ProcessLookupError):
            try:
                assert "taking hints, 1 crawls at once" in process.stderr.readline()
                assert "no hints are received for now: the broker " in process.stderr.readline()
                cluster.broker.start()
                while "the broker is reachable again" not in (line := process.stderr.readline()):
                    assert line
            finally:
                process.send_signal(signal.SIGTERM)
    assert process.returncode == 0


@pytest.mark.needs("redis-server")
def test_no_hint_is_taken_without_room(redis_server: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCRAWL_DATABASE", "no_room")
    hints = Hints(redis_server.url)
    hints.send(["a"])

    class Full:
        """A scheduler that has room once, later."""

        max_parallel = 1

        def __init__(self) -> None:
            self.asked, self.room, self.looked = (asyncio.Event() for _ in range(3))

        async def has_room(self) -> None:
            self.asked.set()
            await self.room.wait()

        async def look_soon(self) -> None:
            self.room.clear()
            self.looked.set()

    async def run() -> None:
        scheduler: Any = Full()
        keeping = asyncio.create_task(HintListener(redis_server.url).keep(scheduler))
        await scheduler.asked.wait()
        assert hints.waiting() == 1
        scheduler.room.set()
        await asyncio.wait_for(scheduler.looked.wait(), PATIENCE)
        assert hints.waiting() == 0
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping

    asyncio.run(run())
    hints.close()
