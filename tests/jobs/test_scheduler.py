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

import pytest

from newscrawl.errors import SchedulerRunning
from newscrawl.jobs import scheduler
from newscrawl.jobs.config import Job
from newscrawl.jobs.due import first_run
from newscrawl.jobs.file_jobs import FileJobs
from newscrawl.jobs.run import RunOptions, SupervisedRun, crawl_command
from newscrawl.jobs.scheduler import Scheduler
from newscrawl.jobs.state import JobRun, JobStates
from newscrawl.locks import SchedulerLock, SpiderLock
from newscrawl.monitor.heartbeat import Heartbeat
from newscrawl.store.client import connect
from tests.jobs.test_supervisor import alive, until

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 8, 12, 2, tzinfo=UTC)


def scheduler_of(jobs: list[Job], options: RunOptions, **more: Any) -> Scheduler:
    return Scheduler(FileJobs(jobs, options.folder), options, **more)


def work(scheduler: Any, enough: Any, seconds: float = 8.0) -> Any:
    """Runs the scheduler until `enough(states by name)`; it must come about."""

    async def run() -> None:
        task = asyncio.create_task(scheduler.run())
        for _ in range(int(seconds / 0.02)):
            await asyncio.sleep(0.02)
            states = {state.name: state for state in scheduler.jobs.states()}  # none yet at the very start
            if task.done() or (states and enough(states)):
                break
        else:
            raise AssertionError(scheduler.jobs.states())
        scheduler.stop()
        await task

    asyncio.run(run())
    return {state.name: state for state in scheduler.jobs.states()}


def test_a_run_is_recorded(make_job: Callable[..., Job], options: RunOptions) -> None:
    states = work(scheduler_of([make_job("ok")], options), lambda s: s["news"].last_run)
    run = states["news"].last_run
    assert (run.outcome, run.exit, run.counts, run.error) == ("ok", 0, {"pages": 3, "stored": 2}, None)
    assert run.started <= run.finished
    assert states["news"].next_run > run.started
    assert states["news"].running_pid is None
    assert states["news"].last_ok == run.started
    assert (options.folder / "logs" / "news.log").exists()


def test_failures_in_a_row_are_counted_from_the_first(
    make_job: Callable[..., Job], options: RunOptions
) -> None:
    states = work(scheduler_of([make_job("fail")], options), lambda s: s["news"].failures == 2)
    state = states["news"]
    assert (state.last_run.outcome, state.last_run.exit, state.last_run.error) == ("failed", 1, "it broke")
    assert state.failing_since < state.last_run.started
    states = work(scheduler_of([make_job("ok")], options), lambda s: not s["news"].failures)
    assert states["news"].failing_since is None


def test_a_degraded_run_tells_its_problems(make_job: Callable[..., Job], options: RunOptions) -> None:
    states = work(scheduler_of([make_job("degraded")], options), lambda s: s["news"].last_run)
    assert states["news"].last_run.error == "no list; none stored"


def test_a_crawl_knows_the_name_of_its_job(make_job: Callable[..., Job], options: RunOptions) -> None:
    states = work(scheduler_of([make_job("named")], options), lambda s: s["news"].last_run)
    assert states["news"].last_run.error == "news"


def test_a_run_that_cannot_be_started_has_failed(
    make_job: Callable[..., Job], options: RunOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none_left(*_: Any, **__: Any) -> Any:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", none_left)
    states = work(scheduler_of([make_job("ok")], options), lambda s: s["news"].failures == 2)
    run = states["news"].last_run
    assert (run.outcome, run.exit) == ("failed", None)
    assert run.error == "no process could be started: Resource temporarily unavailable"


def test_no_more_crawls_at_once_than_wanted(make_job: Callable[..., Job], options: RunOptions) -> None:
    day, most = timedelta(days=1), []
    jobs = [make_job("brief", f"job{n}", spider=f"s{n}", every=day) for n in range(5)]

    def all_ran(states: Any) -> bool:
        most.append(sum(state.running_pid is not None for state in states.values()))
        return all(state.last_run for state in states.values())

    work(scheduler_of(jobs, options, max_parallel=2), all_ran)
    assert max(most) == 2


def test_an_overlapping_run_is_skipped(make_job: Callable[..., Job], options: RunOptions) -> None:
    states = work(scheduler_of([make_job("sleep")], options), lambda s: s["news"].skips >= 2)
    assert "last run has not ended" in states["news"].skip_reason or states["news"].last_run
    assert states["news"].last_run.outcome == "stopped"
    assert states["news"].failures == 0


def test_jobs_of_one_spider_take_turns(make_job: Callable[..., Job], options: RunOptions) -> None:
    day = timedelta(days=1)
    jobs = [make_job("brief", name, every=day) for name in ("a", "b", "c")]
    states = work(scheduler_of(jobs, options), lambda s: all(state.last_run for state in s.values()))
    runs = sorted((state.last_run for state in states.values()), key=lambda run: run.started)
    assert [run.outcome for run in runs] == ["ok"] * 3
    assert runs[0].finished <= runs[1].started
    assert runs[1].finished <= runs[2].started


def test_jobs_of_two_spiders_run_side_by_side(make_job: Callable[..., Job], options: RunOptions) -> None:
    day = timedelta(days=1)
    jobs = [make_job("sleep", name, spider=name, every=day) for name in ("a", "b")]
    work(scheduler_of(jobs, options), lambda s: all(state.running_pid for state in s.values()))


def test_a_crawl_by_hand_makes_the_job_skip(make_job: Callable[..., Job], options: RunOptions) -> None:
    with SpiderLock("eastmoney", folder=options.folder / "locks"):
        states = work(scheduler_of([make_job("ok")], options), lambda s: s["news"].skips)
    assert f"pid {os.getpid()}" in states["news"].skip_reason
    assert states["news"].last_run is None


def test_a_crawl_that_lost_the_race_for_its_spider_is_a_skip(
    make_job: Callable[..., Job], options: RunOptions
) -> None:
    states = work(scheduler_of([make_job("busy")], options), lambda s: s["news"].skips)
    assert states["news"].last_run is None
    assert states["news"].skip_reason == "eastmoney is being crawled already (pid 7)"


def test_a_run_that_only_logs_those_words_has_failed(make_job: Any, options: Any) -> None:
    states = work(scheduler_of([make_job("quoting")], options), lambda s: s["news"].last_run)
    assert (states["news"].skips, states["news"].last_run.outcome) == (0, "failed")


class Clock:
    """A machine's clock, which the test sets once the job has run."""

    def __init__(self, ahead: timedelta = timedelta(0)) -> None:
        self.ahead = ahead
        self.first: JobRun | None = None

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def has_run_again(self, states: Any, ahead: timedelta) -> bool:
        """Whether the job ran again after the clock was set."""
        last = states["news"].last_run
        if last and self.first is None:
            self.first, self.ahead = last, ahead
        return bool(last and last != self.first)


def test_what_fell_due_while_the_machine_slept_runs_at_the_next_look(
    make_job: Any, options: Any, monkeypatch: Any
) -> None:
    """The seconds that the loop waits for do not pass in a sleep."""
    monkeypatch.setattr(scheduler, "CLOCK_INTERVAL", 0.05)
    clock, night = Clock(), timedelta(hours=8)
    jobs = FileJobs([make_job("ok", every=timedelta(hours=1))], options.folder, clock=clock)
    states = work(Scheduler(jobs, options), lambda s: clock.has_run_again(s, night))
    assert states["news"].last_run.outcome == "ok"
    assert states["news"].next_run > datetime.now(UTC) + night


def test_a_clock_that_is_put_back_does_not_stop_the_jobs(
    make_job: Any, options: Any, monkeypatch: Any, caplog: Any
) -> None:
    monkeypatch.setattr(scheduler, "CLOCK_INTERVAL", 0.05)
    clock, day = Clock(ahead=timedelta(days=30)), timedelta(days=1)
    jobs = FileJobs([make_job("ok", every=day)], options.folder, clock=clock)
    states = work(Scheduler(jobs, options), lambda s: clock.has_run_again(s, timedelta(0)))
    assert datetime.now(UTC) + day / 2 < states["news"].next_run < datetime.now(UTC) + 2 * day
    assert "the clock was set back to" in caplog.text


def test_runs_missed_while_asleep_are_made_up_for_by_one(
    make_job: Callable[..., Job], options: RunOptions
) -> None:
    job = make_job("ok", every=timedelta(seconds=1))
    scheduler = scheduler_of([job], options)
    started: list[float] = []
    command = scheduler.options.command
    object.__setattr__(options, "command", lambda job: started.append(time.monotonic()) or command(job))

    async def run() -> None:
        task = asyncio.create_task(scheduler.run())
        while not started or scheduler._claims:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        before = len(started)
        time.sleep(3.2)  # noqa: ASYNC251  as a suspended machine does
        while len(started) == before:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        woken = len(started)
        while scheduler._claims:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert (before, woken) == (1, 2)
        late = scheduler.jobs.states()[0].next_run
        assert late
        assert late > datetime.now(UTC) - timedelta(seconds=1)
        scheduler.stop()
        await task

    asyncio.run(run())


def test_a_job_that_is_not_enabled_does_not_run(make_job: Callable[..., Job], options: RunOptions) -> None:
    jobs = [make_job("ok", "off", enabled=False), make_job("ok", "on", spider="other")]
    states = work(scheduler_of(jobs, options), lambda s: "on" in s and s["on"].last_run)
    assert states["off"].last_run is None
    assert states["off"].next_run is None


def test_the_time_limit_kills_a_stubborn_run(make_job: Callable[..., Job], options: RunOptions) -> None:
    job = make_job("stubborn", time_limit=timedelta(seconds=1), every=timedelta(days=1))
    states = work(scheduler_of([job], options), lambda s: s["news"].last_run)
    run = states["news"].last_run
    assert (run.outcome, run.exit) == ("timeout", -signal.SIGKILL)
    assert run.error == "it was stopped at its time limit"
    assert states["news"].failures == 1


def test_a_stop_lets_a_run_finish(make_job: Callable[..., Job], options: RunOptions) -> None:
    job = make_job("graceful", every=timedelta(days=1))
    log = options.log(job)
    states = work(scheduler_of([job], options), lambda s: log.exists() and "\nready\n" in log.read_text())
    run = states["news"].last_run
    assert (run.outcome, run.exit, run.counts) == ("stopped", 0, {"pages": 1})


def test_a_second_stop_kills(make_job: Callable[..., Job], options: RunOptions) -> None:
    object.__setattr__(options, "grace", 60.0)
    job = make_job("stubborn", every=timedelta(days=1))
    scheduler = scheduler_of([job], options)

    async def run() -> None:
        task = asyncio.create_task(scheduler.run())
        for _ in range(400):
            await asyncio.sleep(0.02)
            if options.log(job).exists() and "\nready\n" in options.log(job).read_text():
                break
        scheduler.stop()
        await asyncio.sleep(0.2)
        assert not task.done()
        scheduler.stop()
        await asyncio.wait_for(task, 5)

    asyncio.run(run())
    [state] = scheduler.jobs.states()
    assert state.last_run
    assert state.last_run.exit == -signal.SIGKILL


def test_a_killed_guard_takes_its_run_along(make_job: Callable[..., Job], options: RunOptions) -> None:
    async def run() -> Any:
        run = await SupervisedRun.start(make_job("stubborn"), options)
        os.kill(run._supervisor.pid, signal.SIGKILL)
        return run.pid, await run.wait()

    pid, ended = asyncio.run(run())
    assert (ended.outcome, ended.exit, ended.error) == ("failed", None, "the run's supervisor was killed")
    until(lambda: not alive(pid))


def test_jitter_waits_and_a_stop_ends_the_wait(make_job: Callable[..., Job], options: RunOptions) -> None:
    job = make_job("ok", every=timedelta(days=1), jitter=timedelta(hours=6))
    states = work(scheduler_of([job], options), lambda s: s["news"].next_run)
    assert states["news"].last_run is None


def test_a_second_scheduler_is_refused(make_job: Callable[..., Job], options: RunOptions) -> None:
    with (
        SchedulerLock(folder=options.folder / "locks"),
        pytest.raises(SchedulerRunning, match=f"kill {os.getpid()}"),
    ):
        asyncio.run(scheduler_of([make_job("ok")], options).run())


def test_once_runs_one_job_now(make_job: Callable[..., Job], options: RunOptions) -> None:
    job = make_job("ok", cron="0 0 1 1 *", every=None, enabled=False)
    run = asyncio.run(scheduler_of([job], options).run_once("news"))
    assert run.outcome == "ok"
    assert JobStates(options.folder).state("news").last_run == run
    with SpiderLock("eastmoney", folder=options.folder / "locks"):
        assert asyncio.run(scheduler_of([job], options).run_once("news")) is None


PROCESS = """
import asyncio, sys
from datetime import UTC, timedelta
from pathlib import Path
from newscrawl.jobs.config import Job
from newscrawl.jobs.run import RunOptions
from newscrawl.jobs.file_jobs import FileJobs
from newscrawl.jobs.scheduler import Scheduler
job = Job(name="news", spider="eastmoney", every=timedelta(days=1), zone=UTC)
command = [sys.executable, "-I", "-c", sys.argv[2]]
options = RunOptions(Path(sys.argv[1]), command=lambda job: command, grace=0.3)
asyncio.run(Scheduler(FileJobs([job], options.folder), options).run())
"""
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(30)"


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Any]:
    """A scheduler in a process of its own, with a run that ignores SIGTERM; and the run's pid."""
    book = JobStates(tmp_path)
    scheduler = subprocess.Popen([sys.executable, "-c", PROCESS, str(tmp_path), STUBBORN])
    until(lambda: (state := book.state("news")) and state.running_pid)
    pid = book.state("news").running_pid
    assert pid
    yield scheduler, pid
    scheduler.kill()
    scheduler.wait()
    until(lambda: not alive(pid))


def test_kill_9_of_the_scheduler_leaves_no_orphan(
    process: Any, tmp_path: Path, make_job: Callable[..., Job], options: RunOptions
) -> None:
    scheduler, pid = process
    scheduler.kill()
    scheduler.wait()
    until(lambda: not alive(pid))
    states = work(
        scheduler_of([make_job("ok", every=timedelta(days=1))], options), lambda s: s["news"].failures
    )
    assert states["news"].last_run.outcome == "lost"
    assert "scheduler was killed" in states["news"].last_run.error


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_the_scheduler_cleanly(process: Any, number: int) -> None:
    scheduler, pid = process
    scheduler.send_signal(number)
    assert scheduler.wait(10) == 0
    assert not alive(pid)


def test_the_first_run_after_a_start(make_job: Callable[..., Job]) -> None:
    every = make_job("ok", every=timedelta(minutes=5))
    cron = make_job("ok", every=None, cron="*/5 * * * *")
    recent = JobRun(started=NOW - timedelta(minutes=1), finished=NOW, outcome="ok")
    old = JobRun(started=NOW - timedelta(hours=1), finished=NOW, outcome="ok")
    assert first_run(every, None, NOW) == NOW
    assert first_run(every, recent, NOW) == NOW + timedelta(minutes=4)
    assert first_run(every, old, NOW) == NOW
    assert first_run(every, replace(recent, started=NOW + timedelta(days=400)), NOW) == NOW
    assert first_run(cron, None, NOW) == NOW + timedelta(minutes=3)
    assert first_run(cron, recent, NOW) == NOW + timedelta(minutes=3)
    assert first_run(cron, old, NOW) == NOW


def test_the_crawl_command(make_job: Callable[..., Job]) -> None:
    job = make_job("ok")
    assert crawl_command(job)[1:] == ["-m", "newscrawl", "crawl", "eastmoney", "-a", "script=ok", "--json"]


class Mirror:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.copies = []

    async def keep(self, states: Any, changed: Any) -> None:
        while True:
            await changed.wait()
            changed.clear()
            self.copies.append(states())


def test_the_mirror_gets_every_change(make_job: Callable[..., Job], options: RunOptions) -> None:
    mirror = Mirror()
    work(scheduler_of([make_job("ok")], options, state_copy=mirror), lambda s: s["news"].last_run)
    assert mirror.copies[-1][0].last_run.outcome == "ok"


class Broken:
    """What fails beside the jobs."""

    begun = 0

    async def keep(self, scheduler: Scheduler) -> None:
        self.begun += 1
        raise KeyError("a mistake")


def test_what_fails_beside_the_jobs_stops_none_and_begins_anew(
    make_job: Callable[..., Job], options: RunOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newscrawl.jobs.scheduler.BESIDE_PAUSE", 0.01)
    broken = Broken()
    states = work(
        scheduler_of([make_job("ok")], options, beside=[broken]),
        lambda s: s["news"].last_run and broken.begun > 2,
    )
    assert states["news"].last_run.outcome == "ok"


def test_a_heartbeat_beats_beside_the_jobs_and_says_when_it_ends(
    make_job: Callable[..., Job], options: RunOptions, database: str
) -> None:
    heartbeat = Heartbeat(options.folder, shared=False, life=0.4)

    with connect("reader") as client:
        kept = client[database]["heartbeats"]
        scheduler = scheduler_of([make_job("ok")], options, beside=[heartbeat], max_parallel=3)
        work(scheduler, lambda s: s["news"].last_run and kept.find_one())
        (beat,) = kept.find()
    assert beat["_id"] == f"{platform.node()}:{options.folder}"
    assert (beat["pid"], beat["max_parallel"], beat["shared"]) == (os.getpid(), 3, False)
    assert beat["at"] <= beat["ended"] <= datetime.now(UTC) + timedelta(seconds=1)


def test_a_full_disk_does_not_stop_the_runs(
    make_job: Callable[..., Job],
    options: RunOptions,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    jobs = FileJobs([make_job("ok")], options.folder)
    jobs.book.declare(list(jobs.jobs.values()))

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(jobs.book, "change", full)
    ended = asyncio.run(Scheduler(jobs, options).run_once("news"))
    assert ended
    assert ended.outcome == "ok"
    assert "No space left" in caplog.text


def test_the_state_is_plain_json(make_job: Callable[..., Job], options: RunOptions) -> None:
    work(scheduler_of([make_job("ok")], options), lambda s: s["news"].last_run)
    [entry] = json.loads((options.folder / "jobs.json").read_text())
    assert entry["last_run"]["exit"] == 0
    assert entry["last_run"]["seconds"] > 0
    assert datetime.fromisoformat(entry["last_run"]["started"]).tzinfo is not None
