"""Jobs in a real MongoDB, whose clock decides what is due: the tests move `due` and `until`, not the time."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from newscrawl.errors import DatabaseUnavailable, UsageError
from newscrawl.jobs.cadence import Bounds
from newscrawl.jobs.config import Job, JobsFile
from newscrawl.jobs.due import Claim
from newscrawl.jobs.job_document import declaration, job_of
from newscrawl.jobs.load import load_jobs, pause_job, resume_job, run_job, shared_jobs, shared_max_parallel
from newscrawl.jobs.run import RunOptions
from newscrawl.jobs.scheduler import Scheduler
from newscrawl.jobs.shared_jobs import SharedJobs, read_shared
from newscrawl.jobs.state import JobRun
from newscrawl.locks import FileLeases, Lease, spider_key
from newscrawl.model.crawl_settings import CrawlSettings
from newscrawl.store.client import connect
from newscrawl.store.leases import MongoLeases, server_time
from tests.jobs.test_supervisor import alive, until

pytestmark = pytest.mark.slow

HOUR = timedelta(hours=1)
LONG = 3600.0


@pytest.fixture
def shared(database: str) -> Iterator[Any]:
    """Makes the jobs as a scheduler of their own sees them."""
    made: list[SharedJobs] = []

    def make(life: float = LONG) -> SharedJobs:
        made.append(SharedJobs(leases=MongoLeases(life), life=life))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def by_hand(database: str) -> Iterator[Callable[[str], Lease]]:
    """Takes a name, as a crawl does that no scheduler started."""
    leases = MongoLeases(LONG)
    yield leases.take
    leases.close()


def job(name: str, spider: str | None = None, **options: Any) -> Job:
    options.setdefault("every", HOUR)
    return Job(name=name, spider=spider or name, zone=UTC, **options)


def load(*jobs: Job, **options: Any) -> list[tuple[str, str]]:
    return [(change.name, change.kind) for change in load_jobs(JobsFile(list(jobs)), **options)]


def set_fields(database: str, name: str, **fields: Any) -> None:
    """Fields by their path, `__` for the dot; timedeltas are from the server's time on."""
    with connect("writer") as client:
        now = server_time(client[database])
        values = {
            key.replace("__", "."): now + value if isinstance(value, timedelta) else value
            for key, value in fields.items()
        }
        client[database]["jobs"].update_one({"_id": name}, {"$set": values})


def stored(database: str, name: str) -> dict[str, Any]:
    with connect("reader") as client:
        found = client[database]["jobs"].find_one({"_id": name})
    assert found
    return found


def ended(outcome: Any = "ok", **options: Any) -> JobRun:
    now = datetime.now(UTC)
    return JobRun(started=now, finished=now, outcome=outcome, exit=0, **options)


def claimed(jobs: SharedJobs) -> list[str]:
    """The names of all that can be claimed now, in their order."""
    found = []
    while claim := jobs.claim():
        found.append(claim.job.name)
    return found


# Loading


def test_a_declaration_is_read_as_it_was_written() -> None:
    wanted = Job(
        name="news",
        spider="eastmoney",
        cron="30 3 * * *",
        zone=ZoneInfo("Asia/Shanghai"),
        jitter=timedelta(seconds=20),
        time_limit=timedelta(hours=2),
        args={"since": "7d"},
        enabled=False,
        hosts=("a.example", "b.example"),
    )
    document = {"_id": "news", "declared": json.loads(json.dumps(declaration(wanted)))}
    assert job_of(document) == wanted
    document["declared"]["something_newer"] = 1
    assert job_of(document) == wanted


def test_the_bounds_of_an_automatic_interval_are_read_as_they_were_written() -> None:
    bounds = Bounds(timedelta(minutes=3), timedelta(hours=4))
    wanted = Job(name="news", spider="site", auto=bounds, zone=ZoneInfo("UTC"))
    assert job_of({"_id": "news", "declared": declaration(wanted)}) == wanted


def test_a_zone_without_a_name_is_refused() -> None:
    class Nameless(ZoneInfo):
        def __str__(self) -> str:
            return "local"

    wanted = Job(name="a", spider="b", cron="0 3 * * *", zone=Nameless("Asia/Tokyo"))
    with pytest.raises(UsageError, match=r"\[jobs\.a\] zone: .* has no name known to others"):
        declaration(wanted)
    assert declaration(replace(wanted, cron=None, every=HOUR))["zone"] == "UTC"


def test_loading_says_what_changes_and_keeps_what_is_known(shared: Any, database: str) -> None:
    assert load(job("a"), job("b"), job("c"), dry=True) == [("a", "new"), ("b", "new"), ("c", "new")]
    assert shared().states() == []
    load(job("a"), job("b"), job("c"))
    jobs = shared()
    while claim := jobs.claim():
        jobs.end(claim, ended())
    [changed] = [
        change
        for change in load_jobs(JobsFile([job("b", every=2 * HOUR, args={"limit": "5"}), job("a")]))
        if change.kind == "changed"
    ]
    assert changed.words == "every: 1h -> 2h; args: none -> limit=5"
    assert load(job("d"), job("a"), job("b", every=2 * HOUR, args={"limit": "5"})) == [
        ("d", "new"),
        ("a", "unchanged"),
        ("b", "unchanged"),
    ]
    states = jobs.states()
    assert [(state.name, bool(state.last_run)) for state in states] == [
        ("d", False),
        ("a", True),
        ("b", True),
    ]
    assert states[2].last_run
    assert (
        states[2].next_run
        == states[2].last_run.started.replace(
            microsecond=states[2].last_run.started.microsecond // 1000 * 1000
        )
        + 2 * HOUR
    )
    assert load(job("a")) == [("a", "unchanged"), ("d", "removed"), ("b", "removed")]


def test_a_file_may_say_how_many_crawls_run(database: str) -> None:
    assert shared_max_parallel() is None
    load_jobs(JobsFile([job("a")], 7))
    assert shared_max_parallel() == 7
    load_jobs(JobsFile([job("a")]))
    assert shared_max_parallel() is None


def test_copies_of_a_home_folders_jobs_are_left_alone(shared: Any, database: str) -> None:
    with connect("writer") as client:
        copy = {"_id": "news1:/home/x:a", "host": "news1", "home": "/home/x", "name": "a", "spider": "a"}
        client[database]["jobs"].insert_one(copy)
    load(job("b"))
    assert [state.name for state in shared().states()] == ["b"]
    assert claimed(shared()) == ["b"]
    assert load() == [("b", "removed")]
    assert stored(database, "news1:/home/x:a") == copy


# Claims


def test_the_oldest_due_comes_first_and_once(shared: Any, database: str) -> None:
    load(job("a"), job("b"), job("c"), job("later"))
    for hours, name in enumerate(("b", "c", "a")):
        set_fields(database, name, due=-timedelta(hours=9 - hours))
    set_fields(database, "later", due=HOUR)
    first, second = shared(), shared()
    claims = [jobs.claim() for jobs in (first, second, first, second)]
    assert [claim and claim.job.name for claim in claims] == ["b", "c", "a", None]


def test_a_claim_moves_the_job_on_by_its_own_grid(shared: Any, database: str) -> None:
    load(job("a"))
    set_fields(database, "a", due=-timedelta(hours=5.5), next_run=-timedelta(hours=5.5))
    planned = stored(database, "a")["next_run"]
    claim = shared().claim()
    assert claim
    assert claim.due == planned
    found = stored(database, "a")
    assert found["next_run"] == planned + 6 * HOUR, "one run makes up for all that were missed"
    assert found["lease"]["holder"]["pid"] == os.getpid()
    assert found["lease"]["token"] == claim.token == 1


def test_an_end_is_recorded_and_frees_the_job(shared: Any, database: str) -> None:
    load(job("a"))
    jobs = shared()
    claim = jobs.claim()
    assert claim
    jobs.begin(claim, 4711, datetime.now(UTC))
    [state] = jobs.states()
    assert (state.running_pid, state.running_on, state.shared) == (4711, platform.node(), True)
    jobs.end(claim, ended("failed", error="no list", counts={"pages": 3}, hosts=["a.example"]))
    [state] = jobs.states()
    assert state.last_run
    assert (state.running_pid, state.failures, state.last_run.error) == (None, 1, "no list")
    assert state.last_run.hosts == ["a.example"]
    assert stored(database, "a")["lease"] is None
    set_fields(database, "a", due=-HOUR)
    again = jobs.claim()
    assert again
    assert again.token == claim.token + 1


def test_jobs_of_one_spider_or_host_take_turns(shared: Any, database: str) -> None:
    load(
        job("a", "town", hosts=("a.example",)),
        job("b", "town"),
        job("c", hosts=("a.example", "c.example")),
        job("d", hosts=("d.example",)),
    )
    for minutes, name in enumerate("abcd"):
        set_fields(database, name, due=-timedelta(minutes=9 - minutes))
    one, two = shared(), shared()
    first = one.claim()
    assert first
    assert first.job.name == "a"
    assert claimed(two) == ["d"], "of another host"
    one.end(first, ended())
    assert claimed(two) == ["b", "c"]


def test_what_a_run_asked_counts_for_the_next(shared: Any, database: str) -> None:
    load(job("a"), job("b"))
    jobs = shared()
    for _ in range(2):
        claim = jobs.claim()
        assert claim
        jobs.end(claim, ended(hosts=["cdn.example"]))
    set_fields(database, "a", due=-HOUR)
    set_fields(database, "b", due=-HOUR)
    assert claimed(jobs) == ["a"]


def test_a_job_that_needs_two_hosts_is_not_overtaken_for_ever(shared: Any, database: str) -> None:
    load(
        job("one", hosts=("x.example",)),
        job("both", hosts=("x.example", "y.example")),
        job("two", hosts=("y.example",)),
    )
    for minutes, name in enumerate(("one", "both", "two")):
        set_fields(database, name, due=-timedelta(minutes=9 - minutes))
    jobs = shared()
    first = jobs.claim()
    assert first
    assert jobs.claim() is None, "y.example is kept for the older one"
    jobs.end(first, ended())
    assert claimed(jobs) == ["both"]


def test_a_host_that_is_crawled_by_hand_is_waited_for(shared: Any, by_hand: Any) -> None:
    load(job("a", hosts=("a.example",)))
    lease = by_hand("host:a.example")
    jobs = shared()
    assert jobs.claim() is None
    assert jobs.states()[0].skips == 0
    lease.release()
    assert claimed(jobs) == ["a"]


def test_a_spider_that_is_crawled_by_hand_is_skipped(shared: Any, by_hand: Any) -> None:
    load(job("a", "town"), job("b"))
    by_hand(spider_key("town"))
    jobs = shared()
    assert claimed(jobs) == ["b"]
    state = jobs.states()[0]
    assert state.skips == 1
    assert f"town is being crawled by pid {os.getpid()}" in str(state.skip_reason)
    assert state.next_run
    assert state.next_run > datetime.now(UTC)


def test_a_spider_that_a_job_still_crawls_is_waited_for(
    shared: Any, by_hand: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scheduler was killed, its crawl is ending."""
    load(job("a", "town"))
    monkeypatch.setenv("NEWSCRAWL_JOB", "a")
    lease = by_hand(spider_key("town"))
    jobs = shared()
    assert jobs.claim() is None
    lease.release()
    assert claimed(jobs) == ["a"]
    assert jobs.states()[0].skips == 0


def test_a_run_that_found_its_spider_busy_is_due_again_unless_by_hand(
    shared: Any, by_hand: Any, database: str
) -> None:
    load(job("a", "town"))
    jobs = shared()
    claim = jobs.claim()
    assert claim
    planned = stored(database, "a")["next_run"]
    jobs.end(claim, ended("skipped", error="town is being crawled already"))
    again = jobs.claim()
    assert again
    assert again.due == claim.due
    assert stored(database, "a")["next_run"] == planned
    by_hand(spider_key("town"))
    jobs.end(again, ended("skipped", error="town is being crawled already"))
    assert jobs.claim() is None
    assert jobs.states()[0].skips == 1


def test_a_claim_that_came_second_is_put_back(
    shared: Any, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two schedulers that looked at the same moment; neither saw the other's claim."""
    load(job("a", hosts=("x.example",)), job("b", hosts=("x.example",)))
    set_fields(database, "a", due=-2 * HOUR)
    one, two = shared(), shared()
    taken: list[Claim | None] = []
    take = SharedJobs._take

    def first_the_other(self: SharedJobs, document: Any, due: Any, now: Any) -> Any:
        if document["_id"] == "a" and not taken:
            taken.append(None)
            taken.append(take(two, stored(database, "b"), stored(database, "b")["due"], now))
        return take(self, document, due, now)

    monkeypatch.setattr(SharedJobs, "_take", first_the_other)
    before = stored(database, "a")["due"]
    assert one.claim() is None
    assert taken[1]
    assert stored(database, "a")["due"] == before
    assert stored(database, "a")["lease"] is None


@pytest.mark.parametrize("change", ["load", "pause"])
def test_a_job_that_changed_meanwhile_is_not_claimed_as_it_was(
    shared: Any, database: str, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(job("a"))
    take = SharedJobs._take

    def changed_first(self: SharedJobs, document: Any, due: Any, now: Any) -> Any:
        if change == "load":
            load(job("a", args={"limit": "1"}))
        else:
            pause_job("a")
        return take(self, document, due, now)

    jobs = shared()
    with monkeypatch.context() as patch:
        patch.setattr(SharedJobs, "_take", changed_first)
        assert jobs.claim() is None
    assert claimed(jobs) == (["a"] if change == "load" else [])


def test_only_one_job_is_claimed_if_that_is_wanted(shared: Any, database: str) -> None:
    load(job("a"), job("b"))
    jobs = shared()
    claim = jobs.claim("b")
    assert claim
    assert claim.job.name == "b"
    assert jobs.claim("b") is None
    assert jobs.claim("nothing") is None


def test_what_could_be_claimed_is_said_without_claiming_it(shared: Any, database: str) -> None:
    load(job("a", hosts=("x.example",)), job("b", hosts=("x.example",)), job("c"), job("d"))
    for minutes, name in enumerate("abcd"):
        set_fields(database, name, due=-timedelta(minutes=9 - minutes))
    jobs = shared()
    assert jobs.claimable(10) == ["a", "c", "d"]
    assert jobs.claimable(2) == ["a", "c"]
    assert claimed(jobs) == ["a", "c", "d"]
    assert jobs.claimable(10) == []


# What happens meanwhile


def test_a_run_that_is_due_during_the_last_one_is_skipped_once(shared: Any, database: str) -> None:
    load(job("a"))
    jobs = shared()
    claim = jobs.claim()
    assert claim
    jobs.look([claim])
    assert jobs.states()[0].skips == 0
    set_fields(database, "a", due=-timedelta(seconds=1), next_run=-timedelta(seconds=1))
    jobs.look([claim])
    shared().look([])
    [state] = jobs.states()
    assert state.skips == 1
    assert "its last run has not ended; use a longer interval than 1h" in str(state.skip_reason)
    assert state.next_run
    assert state.next_run > datetime.now(UTC)
    jobs.end(claim, ended())
    assert jobs.states()[0].last_run


def test_a_claim_that_is_not_renewed_is_lost_and_due_again(shared: Any, database: str) -> None:
    load(job("a"))
    dead, living = shared(), shared()
    claim = dead.claim()
    assert claim
    planned = stored(database, "a")["next_run"]
    dead.begin(claim, 4711, datetime.now(UTC))
    living.look([])
    assert living.claim() is None
    set_fields(database, "a", lease__until=-timedelta(milliseconds=1))
    living.look([])
    [state] = living.states()
    assert state.last_run
    assert (state.last_run.outcome, state.failures, state.running_pid) == ("lost", 1, None)
    assert f"the scheduler on {platform.node()} was killed or cut off" in str(state.last_run.error)
    again = living.claim()
    assert again
    assert (again.due, again.token) == (claim.due, claim.token + 1)
    assert stored(database, "a")["next_run"] == planned, "the next one is still to come"
    dead.end(claim, ended("ok"))
    assert living.states()[0].last_run == state.last_run, "the end of a lost claim is nobody's business"
    assert stored(database, "a")["lease"]["token"] == again.token


def test_claims_are_renewed_every_quarter_of_their_life(
    shared: Any, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("newscrawl.jobs.shared_jobs.steady", lambda: now[0])
    load(job("a"))
    jobs = shared()
    claim = jobs.claim()
    assert claim
    set_fields(database, "a", lease__until=timedelta(seconds=30))
    short = stored(database, "a")["lease"]["until"]
    now[0] += LONG / 4 - 1
    jobs.look([claim])
    assert stored(database, "a")["lease"]["until"] == short
    now[0] += 2
    jobs.look([claim])
    assert stored(database, "a")["lease"]["until"] > short + HOUR / 2


def test_a_clock_that_is_set_back_does_not_stop_the_jobs(
    shared: Any, database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    load(job("a"), job("b", cron="0 0 1 1 *", every=None))
    jobs = shared()
    ahead = datetime.now(UTC) + timedelta(days=30)
    with monkeypatch.context() as patch:
        patch.setattr(SharedJobs, "_now", lambda self: ahead)
        jobs.look([])
        claim = jobs.claim()
        assert claim
        jobs.end(claim, ended())
    assert stored(database, "a")["due"] > ahead
    jobs.look([])
    assert "was set back" in caplog.text
    assert claimed(jobs) == ["a"]


# Pausing


def test_a_paused_job_is_not_due_until_it_is_resumed(shared: Any, database: str) -> None:
    load(job("a"), job("b"))
    assert pause_job("a")
    assert not pause_job("a")
    jobs = shared()
    assert claimed(jobs) == ["b"]
    state = jobs.states()[0]
    assert (state.name, state.paused, state.next_run) == ("a", True, None)
    assert load(job("a", every=2 * HOUR)) == [("a", "changed"), ("b", "removed")]
    assert jobs.claim() is None, "a changed schedule does not end a pause"
    assert resume_job("a")
    assert not resume_job("a")
    assert claimed(jobs) == ["a"]


def test_a_job_can_be_run_now_though_it_is_paused(shared: Any, database: str) -> None:
    load(job("a"), job("off", enabled=False))
    pause_job("a")
    jobs = shared()
    assert claimed(jobs) == []
    run_job("a")
    run_job("off")
    for _ in range(2):
        claim = jobs.claim()
        assert claim
        jobs.end(claim, ended())
    assert claimed(jobs) == []
    assert [state.next_run for state in jobs.states()] == [None, None]


@pytest.mark.parametrize("change", [pause_job, resume_job, run_job])
def test_an_unknown_job_is_said(database: str, change: Callable[[str], Any]) -> None:
    with pytest.raises(UsageError, match="no job 'x' in the database; load some: newscrawl jobs load"):
        change("x")
    load(job("a"), job("b"))
    with pytest.raises(UsageError, match="the jobs are: a, b"):
        change("x")


# The scheduler


def run_until(scheduler: Scheduler, enough: Callable[[], Any], seconds: float = 20.0) -> None:
    async def work() -> None:
        task = asyncio.create_task(scheduler.run())
        for _ in range(int(seconds / 0.05)):
            await asyncio.sleep(0.05)
            if task.done() or enough():
                break
        else:
            raise AssertionError(scheduler.jobs.states())
        scheduler.stop()
        await task

    asyncio.run(work())


def test_a_scheduler_runs_the_jobs_of_the_database_and_is_seen(
    shared: Any, make_job: Any, options: RunOptions
) -> None:
    load(make_job("ok", "a", spider="a", every=HOUR), make_job("fail", "b", spider="b", every=HOUR))
    seen = []

    def done() -> bool:
        states, schedulers = read_shared()
        seen.extend(schedulers)
        return all(state.last_run for state in states)

    run_until(Scheduler(shared(), options), done)
    assert {(role, holder.pid) for role, holder in seen} == {("scheduler", os.getpid())}
    states, schedulers = read_shared()
    assert schedulers == []
    assert [state.last_run.outcome for state in states if state.last_run] == ["ok", "failed"]
    assert states[0].last_run
    assert states[0].last_run.counts == {"pages": 3, "stored": 2}


def test_no_more_crawls_at_once_than_wanted(shared: Any, make_job: Any, options: RunOptions) -> None:
    load(*(make_job("brief", f"job{n}", spider=f"s{n}", every=HOUR) for n in range(6)))
    most = []

    def done() -> bool:
        states, _ = read_shared()
        most.append(sum(state.running_pid is not None for state in states))
        return all(state.last_run for state in states)

    run_until(Scheduler(shared(), options, max_parallel=2), done)
    assert max(most) == 2


def test_a_stop_gives_a_run_the_time_to_end(shared: Any, make_job: Any, options: RunOptions) -> None:
    load(make_job("graceful", "a", every=HOUR))
    log = options.folder / "logs" / "a.log"
    run_until(Scheduler(shared(), options), lambda: log.exists() and "\nready\n" in log.read_text())
    [state], _ = read_shared()
    assert state.last_run
    assert (state.last_run.outcome, state.running_pid) == ("stopped", None)
    assert state.next_run
    assert state.next_run > datetime.now(UTC)


def test_one_job_is_run_here_now(shared: Any, make_job: Any, options: RunOptions) -> None:
    load(make_job("ok", "a", every=HOUR), make_job("ok", "b", every=HOUR, spider="b"))
    run = asyncio.run(Scheduler(shared(), options).run_once("b"))
    assert run
    assert run.outcome == "ok"
    states, _ = read_shared()
    assert [state.last_run is None for state in states] == [True, False]


def test_while_mongodb_is_away_nothing_begins_and_what_runs_is_recorded_later(
    shared: Any, make_job: Any, options: RunOptions, monkeypatch: Any, caplog: Any
) -> None:
    load(make_job("ok", "a", every=HOUR))
    monkeypatch.setattr("newscrawl.jobs.scheduler.AWAY_PAUSE", 0.05)
    away = {"look": 3, "end": 2}

    def missing(name: str, method: Any) -> Any:
        def call(self: SharedJobs, *arguments: Any) -> Any:
            if away[name]:
                away[name] -= 1
                assert not any(state.last_run for state in self.states())
                raise DatabaseUnavailable("away")
            return method(self, *arguments)

        return call

    for name in away:
        monkeypatch.setattr(SharedJobs, name, missing(name, getattr(SharedJobs, name)))
    with caplog.at_level("WARNING"):
        run_until(Scheduler(shared(), options), lambda: all(s.last_run for s in read_shared()[0]))
    assert "nothing new is started for now: away" in caplog.text
    assert away == {"look": 0, "end": 0}


PROCESS = """
import asyncio, sys
from pathlib import Path
from newscrawl.jobs.run import RunOptions
from newscrawl.jobs.scheduler import Scheduler
from newscrawl.jobs.shared_jobs import SharedJobs
from newscrawl.locks import FileLeases
folder = Path(sys.argv[1])
command = [sys.executable, "-I", "-S", "-c", sys.argv[2]]
options = RunOptions(folder, command=lambda job: [*command, job.name], grace=0.3)
jobs = SharedJobs(leases=FileLeases(folder / "locks"), life=float(sys.argv[3]))
asyncio.run(Scheduler(jobs, options, max_parallel=3).run())
"""
WRITES = """
import os, sys
with open({path!r}, "a") as file:
    file.write(sys.argv[1] + "\\n")
"""


def scheduler_process(folder: Path, script: str, life: float) -> subprocess.Popen[str]:
    folder.mkdir()
    words = [sys.executable, "-c", PROCESS, str(folder), script, str(life)]
    return subprocess.Popen(words, text=True, stderr=subprocess.PIPE)


def test_three_schedulers_run_each_due_job_once(database: str, tmp_path: Path) -> None:
    names = [f"job{n:02}" for n in range(24)]
    load(*(job(name) for name in names))
    ran = tmp_path / "ran"
    script = WRITES.format(path=str(ran))
    processes = [scheduler_process(tmp_path / f"home{n}", script, 30.0) for n in range(3)]
    try:
        until(lambda: all(state.last_run for state in read_shared()[0]), 60)
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)
    assert sorted(ran.read_text().split()) == names
    assert [process.returncode for process in processes] == [0, 0, 0]


def test_the_runs_of_a_killed_scheduler_are_due_again_within_a_life_and_five_seconds(
    database: str, tmp_path: Path
) -> None:
    life = 3.0
    load(job("a"))
    first = scheduler_process(tmp_path / "one", "import time; time.sleep(60)", life)
    until(lambda: read_shared()[0][0].running_pid, 30)
    pid = read_shared()[0][0].running_pid
    second = scheduler_process(tmp_path / "two", WRITES.format(path=str(tmp_path / "ran")), life)
    until(lambda: len(read_shared()[1]) == 2, 30)
    first.kill()
    killed = time.monotonic()
    first.communicate()
    try:
        until((tmp_path / "ran").exists, 30)
        took = time.monotonic() - killed
        until(lambda: (last := read_shared()[0][0].last_run) and last.outcome == "ok", 30)
    finally:
        second.send_signal(signal.SIGTERM)
        second.communicate(timeout=30)
    assert took < life + 5
    assert pid
    until(lambda: not alive(pid))


def test_with_the_embedded_server_the_home_folders_locks_say_who_crawls(
    database: str, tmp_path: Path
) -> None:
    load(job("a", "town"))
    leases = FileLeases(tmp_path)
    jobs = SharedJobs(leases=leases)
    lease = leases.take(spider_key("town"))
    assert jobs.claim() is None
    assert jobs.states()[0].skips == 1
    lease.release()
    run_job("a")
    assert claimed(jobs) == ["a"]
    jobs.close()


def test_how_a_source_is_asked_is_kept_in_the_database(shared: Any) -> None:
    crawl = CrawlSettings(delay=2, headers={"X-Key": "${NEWS_KEY}", "X.$y": "${NEWS_KEY}"}, concurrency=2)
    load(job("news"))
    [change] = load_jobs(JobsFile([job("news", crawl=crawl, time_limit=timedelta(minutes=1))]))
    assert change.words == (
        "time_limit: none -> 1m; headers: none -> X-Key=${NEWS_KEY}, X.$y=${NEWS_KEY};"
        " delay: none -> 2; concurrency: none -> 2"
    )
    [kept] = shared_jobs()
    assert kept.crawl == crawl
    assert kept.run_settings.time_limit == timedelta(minutes=1)
    jobs = shared()
    claim = jobs.claim()
    assert claim
    assert claim.job.crawl == crawl
    [state] = jobs.states()
    assert state.crawl == ["headers X-Key=${NEWS_KEY}, X.$y=${NEWS_KEY}", "delay 2 s", "concurrency 2"]
    assert load(job("news", crawl=crawl, time_limit=timedelta(minutes=1))) == [("news", "unchanged")]


@pytest.mark.parametrize(
    "crawl",
    [
        {"headers": {"X-Key": "s3cret"}},
        {"cookies": {"session": "s3cret"}},
        {"proxy": "http://news:s3cret@proxy.example.com:3128"},
    ],
)
def test_secrets_are_not_written_where_every_reader_sees_them(database: str, crawl: dict[str, Any]) -> None:
    assert database
    with pytest.raises(UsageError, match="write it as a variable") as error:
        load(job("news", crawl=CrawlSettings(**crawl)))
    assert "s3cret" not in str(error.value)
    assert "[jobs.news]" in str(error.value)


def test_settings_that_only_a_newer_newscrawl_knows_do_not_stop_the_others(
    shared: Any, database: str
) -> None:
    load(job("news"), job("other"))
    set_fields(database, "news", declared__settings=[["OF_A_NEWER_ONE", 1]])
    assert sorted(state.name for state in shared().states()) == ["news", "other"]
    assert "OF_A_NEWER_ONE" in next(each for each in shared_jobs() if each.name == "news").crawl.to_json()
