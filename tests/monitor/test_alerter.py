from __future__ import annotations

import asyncio
import json
import platform
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newscrawl.jobs.alert_settings import AlertSettings
from newscrawl.jobs.config import Job
from newscrawl.jobs.file_jobs import FileJobs
from newscrawl.jobs.run import RunOptions
from newscrawl.jobs.scheduler import Scheduler
from newscrawl.jobs.shared_jobs import Role
from newscrawl.jobs.state import JobRun, JobStates
from newscrawl.monitor.alerter import GIVEN_UP, Alerter
from newscrawl.monitor.heartbeat import Heartbeat, waiting
from newscrawl.store import client
from tests.monitor.receivers import Webhook, webhook

pytestmark = pytest.mark.slow

MINUTE = timedelta(minutes=1)
START = datetime(2026, 3, 8, 12, tzinfo=UTC)


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as receiver:
        yield receiver


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


class Bench:
    """A home folder with jobs, and an alerter that looks once a minute of an injected clock."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder, self.clock = folder, Clock()
        self.jobs = [
            Job(name=f"job{number}", spider=f"spider{number}", every=timedelta(minutes=5), zone=UTC)
            for number in range(30)
        ]
        self.states = JobStates(folder)
        self.states.declare(self.jobs)
        self.alerter = self.make(**settings)

    def make(self, **settings: Any) -> Alerter:
        return Alerter(AlertSettings(**settings), self.folder, shared_jobs=False, clock=self.clock)

    def ends(self, job: Job, outcome: Any, error: str | None = None, times: int = 1) -> None:
        for _ in range(times):
            now = self.clock.now
            run = JobRun(started=now, finished=now, outcome=outcome, error=error)
            self.states.change(job, lambda state, run=run: state.end(run))  # type: ignore[misc]

    def look(self, minutes: int = 1) -> None:
        for _ in range(minutes):
            self.clock.now += MINUTE
            self.alerter.look()

    def kept(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.folder / "alerts.json").read_text())
        return document


@pytest.fixture
def bench(database: str, tmp_path: Path, hook: Webhook) -> Iterator[Bench]:
    made = Bench(tmp_path, to=(hook.address,))
    yield made
    made.alerter.close()


def test_a_failing_job_begins_one_message_and_ends_with_one(bench: Bench, hook: Webhook) -> None:
    bench.ends(bench.jobs[0], "failed", "list: HTTP 503\nno list could be read: the site is away", 2)
    bench.look(5)
    assert hook.got == []  # not yet three times
    bench.ends(bench.jobs[0], "failed", "no list could be read: the site is away")
    bench.look(20)
    bench.ends(bench.jobs[0], "ok")
    bench.look(20)
    assert [each["event"] for each in hook.got] == ["begin", "mended"]
    begin, end = hook.got
    assert begin["title"] == "newscrawl: job0 (spider0) is failing"
    assert begin["text"] == "Since 2026-03-08 12:00 UTC: no list could be read: the site is away"
    assert begin["machine"] == platform.node()
    assert begin["incidents"] == [
        {
            "id": "job:job0",
            "kind": "source",
            "name": "job0 (spider0)",
            "problem": "no list could be read: the site is away",
            "since": "2026-03-08T12:00:00+00:00",
        }
    ]
    assert end["title"] == "newscrawl: job0 (spider0) works again"
    assert end["text"].startswith("It lasted 26 min, since 2026-03-08 12:00 UTC: no list")


def test_thirty_at_once_are_one_message(bench: Bench, hook: Webhook) -> None:
    for job in bench.jobs:
        bench.ends(job, "failed", "no list could be read: the site is away", 3)
    bench.look(30)
    assert hook.titles == ["newscrawl: 30 sources are failing"]
    assert hook.got[0]["text"].endswith("and 20 more. Most often: no list could be read: the site is away")
    assert len(hook.got[0]["incidents"]) == 30


def test_a_channel_that_fails_is_tried_again_and_the_others_are_not(
    bench: Bench, hook: Webhook, caplog: pytest.LogCaptureFixture
) -> None:
    with webhook() as other:
        bench.alerter = bench.make(to=(hook.address, other.address))
        hook.status = 500
        bench.ends(bench.jobs[0], "failed", "it broke", 3)
        bench.look(20)
        assert (len(hook.got), len(other.got)) == (0, 1)
        assert 3 < len(hook.asked) < 8  # with growing pauses
        hook.status = 200
        bench.look(20)
        assert (len(hook.got), len(other.got)) == (1, 1)
        assert bench.kept()["unsent"] == []
    assert "could not be sent to http://127.0.0.1/…: the answer was 500" in caplog.text
    assert "s3cret-token" not in caplog.text + str(bench.kept())


def test_a_message_that_nobody_takes_is_given_up(bench: Bench, hook: Webhook, caplog: Any) -> None:
    hook.status = 500
    bench.ends(bench.jobs[0], "failed", "it broke", 3)
    bench.look(3)
    bench.clock.now += GIVEN_UP
    bench.alerter.look()
    assert "is given up after a day: newscrawl: job0 (spider0) is failing" in caplog.text


def test_two_looks_at_once_send_once(bench: Bench, hook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another alerter writes between this one's reading and writing."""
    other = bench.make(to=(hook.address,))
    bench.ends(bench.jobs[0], "failed", "it broke", 3)
    bench.look(2)
    bench.clock.now += 2 * MINUTE
    read = bench.alerter._own.read
    seen: list[Any] = []

    def read_and_be_overtaken() -> Any:
        document = read()
        if not seen:
            seen.append(document)
            other.look()
        return document

    monkeypatch.setattr(bench.alerter._own, "read", read_and_be_overtaken)
    bench.alerter.look()
    other.close()
    assert seen
    assert len(hook.got) == 1


def test_a_shared_database_two_schedulers_send_once(
    database: str, mongo_home: Path, tmp_path: Path, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONGODB_URI", client.uri("writer"))
    settings = AlertSettings(to=(hook.address,), gather=timedelta(seconds=0))
    with client.connect("writer") as writer:
        jobs = writer[database]["jobs"]
        now = datetime.now(UTC)
        run = {"started": now, "finished": now, "outcome": "failed", "error": "it broke", "exit": 1}
        declared = {
            "spider": "eastmoney",
            "every": 300,
            "zone": "UTC",
            "cron": None,
            "jitter": 0,
            "time_limit": None,
        }
        failing = {"last_run": run, "failures": 3, "failing_since": now, "lease": None, "due": None}
        jobs.insert_one({"_id": "news", "declared": declared, "paused": False, **failing})
        alerters = [Alerter(settings, tmp_path / name, shared_jobs=True) for name in ("one", "two")]
        for _ in range(3):
            for alerter in alerters:
                alerter.look()
        assert hook.titles == ["newscrawl: news (eastmoney) is failing"]
        jobs.update_one({"_id": "news"}, {"$set": {"paused": True}})
        for alerter in alerters:
            alerter.look()
            alerter.close()
    assert len(hook.got) == 1  # paused: nothing more to say


@pytest.mark.parametrize("role", ["scheduler", "worker"])
@pytest.mark.usefixtures("mongo_home")
def test_a_dead_one_is_seen_by_another_machine(
    database: str, tmp_path: Path, hook: Webhook, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    monkeypatch.setenv("MONGODB_URI", client.uri("writer"))
    dead = Heartbeat(tmp_path / "dead", shared=True, role=role)
    stopped = Heartbeat(tmp_path / "stopped", shared=True, role=role)
    dead.beat(1, 4)
    stopped.beat(0, 4)
    stopped.end()
    settings = AlertSettings(to=(hook.address,), gather=timedelta(seconds=0))
    alerter = Alerter(settings, tmp_path / "watching", shared_jobs=True)
    alerter.look()
    assert hook.got == []
    with client.connect("writer") as writer:
        ago = [{"$set": {name: {"$subtract": [f"${name}", 180_000]} for name in ("at", "until")}}]
        writer[database]["heartbeats"].update_many({}, ago)
        alerter.look()
        assert hook.titles == [f"newscrawl: the {role} on {platform.node()} is dead"]
        assert f"({tmp_path}/dead); was it killed?" in hook.got[0]["text"]
        dead.beat(1, 4)
        alerter.look()
    assert hook.titles[1:] == [f"newscrawl: the {role} on {platform.node()} is back"]
    alerter.close()
    dead.end()


def test_a_full_spool_is_reported(bench: Bench, hook: Webhook, database: str) -> None:
    heartbeat = Heartbeat(bench.folder, shared=False, life=3600)
    spool = bench.folder / "spool"
    spool.mkdir()
    bench.clock.now = datetime.now(UTC)
    waits = spool / f"{database}@20260308T120000000000-7-abc.spool"
    waits.touch()
    (spool / "another@20200308T120000000000-7-abc.spool").touch()
    assert waiting(spool, database) == (START, 1)
    heartbeat.beat(0, 4)
    bench.look(5)
    waits.unlink()
    heartbeat.beat(0, 4)
    bench.look(5)
    heartbeat.end()
    name = platform.node()
    assert hook.titles == [
        f"newscrawl: posts wait in the spool on {name}",
        f"newscrawl: the spool on {name} is empty again",
    ]


def test_a_webhook_that_delivers_nothing_is_reported(bench: Bench, hook: Webhook, database: str) -> None:
    failing = {"failures": 9, "failing_since": START - 20 * MINUTE, "reason": "the answer was 500"}
    desk = {"_id": "desk", "delivered": 3, "read": START + 5 * MINUTE}
    with client.connect("writer") as writer:
        writer[database]["webhooks"].insert_one({**desk, **failing})
        bench.look(5)
        mended = {"failures": 0, "failing_since": None, "reason": None}
        writer[database]["webhooks"].update_one({"_id": "desk"}, {"$set": mended})
        bench.look(5)
    assert hook.titles == [
        "newscrawl: the webhook desk delivers nothing",
        "newscrawl: the webhook desk delivers again",
    ]


def test_sources_that_no_job_crawls_are_watched_by_their_runs(
    bench: Bench, hook: Webhook, database: str
) -> None:
    runs = [
        {"spider": "cron", "problems": ["no list could be read"], "arguments": {}},
        {"spider": "cron", "problems": [], "arguments": {"retry": "all"}},  # says nothing of the source
        {"spider": "mended", "problems": ["no list could be read"], "arguments": {}},
        {"spider": "spider0", "problems": ["no list could be read"], "arguments": {}},  # a job's
    ]
    with client.connect("writer") as writer:
        for number in range(3):
            started = START - (3 - number) * MINUTE
            times = {"started": started, "finished": started}
            writer[database]["runs"].insert_many({**run, **times} for run in runs)
        good = {"spider": "mended", "problems": [], "arguments": {}, "started": START, "finished": START}
        writer[database]["runs"].insert_one(good)
    bench.look(10)
    assert hook.titles == ["newscrawl: cron is failing"]


def test_mongodb_away_is_one_message_and_no_source_is_named(
    bench: Bench, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://user:p4ssword@127.0.0.1:1/?serverSelectionTimeoutMS=100")
    bench.alerter = bench.make(to=(hook.address,))
    monkeypatch.setattr("newscrawl.monitor.alerter._PATIENCE", 100)
    for job in bench.jobs:
        bench.ends(job, "failed", "MongoDB cannot be used", 3)
    bench.look(6)
    assert hook.titles == ["newscrawl: MongoDB is away"]
    assert "127.0.0.1:1" in hook.got[0]["text"]
    assert "p4ssword" not in str(hook.got)


def test_the_ping_is_asked_once_a_minute(bench: Bench, hook: Webhook) -> None:
    alerter = bench.make(to=(hook.address,), ping=hook.address)
    alerter.ping()
    alerter.ping()
    assert len(hook.asked) == 1


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"version": 3}', '{"a": 1}'])
def test_a_broken_book_is_replaced(bench: Bench, hook: Webhook, broken: str) -> None:
    (bench.folder / "alerts.json").write_text(broken)
    bench.ends(bench.jobs[0], "failed", "it broke", 3)
    bench.look(5)
    assert hook.titles == ["newscrawl: job0 (spider0) is failing"]


def test_another_machines_addresses_are_left_to_it(bench: Bench, hook: Webhook) -> None:
    """Two machines with files of their own: each sends to the addresses that it knows."""
    with webhook() as theirs:
        other = bench.make(to=(theirs.address,))
        theirs.status = 500
        bench.ends(bench.jobs[0], "failed", "it broke", 3)
        for _ in range(3):
            bench.clock.now += MINUTE
            other.look()  # cannot send it now
        theirs.status = 200
        bench.look(10)
        assert (hook.got, theirs.got) == ([], [])
        other.look()
        other.close()
        assert len(theirs.got) == 1
    assert bench.kept()["unsent"] == []


def test_a_scheduler_sends_and_ends_at_once(bench: Bench, hook: Webhook, database: str) -> None:
    bench.ends(bench.jobs[0], "failed", "it broke", 3)
    settings = AlertSettings(to=(hook.address,), gather=timedelta(0), ping=hook.address)
    alerter = Alerter(settings, bench.folder, shared_jobs=False)
    job = Job(name="job0", spider="spider0", every=timedelta(days=1), zone=UTC)
    scheduler = Scheduler(FileJobs([job], bench.folder), RunOptions(bench.folder), beside=[alerter])

    async def run() -> None:
        task = asyncio.create_task(scheduler.run())
        while not (hook.got and len(hook.asked) > 1) and not task.done():  # noqa: ASYNC110  the receiver is no coroutine
            await asyncio.sleep(0.02)
        scheduler.stop()
        await asyncio.wait_for(task, 30)

    asyncio.run(run())
    assert hook.titles == ["newscrawl: job0 (spider0) is failing"]
    assert len(hook.asked) == 2  # the message, and the ping
