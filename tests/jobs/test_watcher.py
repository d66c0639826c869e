"""What the scheduler does with a watcher's word."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newscrawl.errors import UsageError
from newscrawl.jobs import scheduler as scheduler_module
from newscrawl.jobs.config import Job
from newscrawl.jobs.due import Claim
from newscrawl.jobs.run import RunOptions
from newscrawl.jobs.scheduler import Scheduler
from newscrawl.jobs.shared_jobs import SharedJobs
from newscrawl.jobs.state import JobRun
from newscrawl.jobs.watcher import Watcher, watcher
from newscrawl.store.leases import MongoLeases
from tests.jobs.test_scheduler import scheduler_of, work
from tests.jobs.test_shared_jobs import load, run_until, stored

pytestmark = pytest.mark.slow


@dataclass
class Word:
    """A watcher that gives its word at once, or when it is killed."""

    quiet: bool
    waits: bool = False
    asked: list[str] = field(default_factory=list)
    most: int = 0
    asking: int = 0
    killed: asyncio.Event = field(default_factory=asyncio.Event)

    async def prepare(self) -> None:
        return

    async def poll(self, job: Job) -> JobRun | None:
        self.asked.append(job.name)
        self.asking += 1
        self.most = max(self.most, self.asking)
        if self.waits:
            await self.killed.wait()
        self.asking -= 1
        now = datetime.now(UTC)
        counts = {"lists": 1, "unchanged_lists": 1, "watched": 1}
        return JobRun(started=now, finished=now, outcome="ok", exit=0, counts=counts) if self.quiet else None

    def kill(self) -> None:
        self.killed.set()

    async def close(self) -> None:
        self.kill()


def watched(options: RunOptions, word: Word) -> Any:
    return replace(options, watcher=word)  # type: ignore[arg-type]


def test_a_quiet_source_is_recorded_as_run_and_not_crawled(
    make_job: Callable[..., Job], options: RunOptions
) -> None:
    word = Word(quiet=True)
    states = work(scheduler_of([make_job("fail")], watched(options, word)), lambda s: s["news"].last_run)
    run = states["news"].last_run
    assert (run.outcome, run.exit, run.counts) == ("ok", 0, {"lists": 1, "unchanged_lists": 1, "watched": 1})
    assert states["news"].last_ok == run.started
    assert not (options.folder / "logs").exists()


def test_a_source_with_news_is_crawled(make_job: Callable[..., Job], options: RunOptions) -> None:
    word = Word(quiet=False)
    states = work(scheduler_of([make_job("ok")], watched(options, word)), lambda s: s["news"].last_run)
    assert states["news"].last_run.counts == {"pages": 3, "stored": 2}
    assert word.asked


def test_a_job_with_settings_of_its_own_is_crawled(make_job: Callable[..., Job], options: RunOptions) -> None:
    word = Word(quiet=True)
    own = replace(options, command=lambda job: [*options.command(job), "-s", "LOG_LEVEL=INFO"])
    states = work(scheduler_of([make_job("ok")], watched(own, word)), lambda s: s["news"].last_run)
    assert states["news"].last_run.counts["stored"] == 2
    assert word.asked == []


def test_polls_run_beside_crawls_up_to_a_cap(
    make_job: Callable[..., Job], options: RunOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler_module, "MOST_POLLS", 4)
    word = Word(quiet=False, waits=True)
    jobs = [make_job("ok", name=f"n{number}", spider=f"s{number}") for number in range(6)]
    scheduler = scheduler_of(jobs, watched(options, word), max_parallel=1)

    async def run() -> None:
        task = asyncio.create_task(scheduler.run())
        while len(word.asked) < 4:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        for _ in range(10):
            await asyncio.sleep(0)
        scheduler.stop()
        await task

    asyncio.run(run())
    assert word.most == 4


def test_crawls_keep_to_max_parallel_however_many_polls_find_news(
    make_job: Callable[..., Job], options: RunOptions
) -> None:
    jobs = [
        make_job("brief", name=f"n{number}", spider=f"s{number}", every=timedelta(hours=1))
        for number in range(6)
    ]
    scheduler = scheduler_of(jobs, watched(options, Word(quiet=False)), max_parallel=2)
    most = 0

    def done(states: Any) -> bool:
        nonlocal most
        most = max(most, len(scheduler._running))
        return all(state.last_run for state in states.values())

    states = work(scheduler, done, 20)
    assert {state.last_run.outcome for state in states.values()} == {"ok"}
    assert most == 2


def test_a_stop_ends_polls_and_nothing_begins(make_job: Callable[..., Job], options: RunOptions) -> None:
    word = Word(quiet=False, waits=True)
    scheduler = scheduler_of([make_job("ok")], watched(options, word))

    async def run() -> None:
        task = asyncio.create_task(scheduler.run())
        while not word.asked:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        scheduler.stop()
        await task

    asyncio.run(run())
    assert scheduler.jobs.states()[0].last_run is None


def test_once_is_a_crawl(make_job: Callable[..., Job], options: RunOptions) -> None:
    word = Word(quiet=True)
    run = asyncio.run(scheduler_of([make_job("ok")], watched(options, word)).run_once("news"))
    assert run is not None
    assert run.counts["stored"] == 2
    assert word.asked == []


def script(folder: Path, name: str, code: str, monkeypatch: pytest.MonkeyPatch) -> str:
    (folder / f"{name}.py").write_text(code, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return name


@pytest.mark.parametrize(
    "code", ["import sys; sys.exit(1)", "import sys; sys.stdin.readline()", "import time; time.sleep(60)"]
)
def test_without_a_watcher_everything_is_crawled(
    tmp_path: Path, make_job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch, code: str, caplog: Any
) -> None:
    broken = Watcher(tmp_path, module=script(tmp_path, "broken_watcher", code, monkeypatch), patience=1.0)

    async def run() -> list[Any]:
        found = [await broken.poll(make_job("ok")) for _ in range(3)]
        await broken.close()
        return found

    assert asyncio.run(run()) == [None] * 3
    assert caplog.text.count("the watcher failed") == 1


def test_its_answers_are_matched_by_number(
    tmp_path: Path, make_job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "import json, sys\n"
        "orders = [json.loads(sys.stdin.readline()) for _ in range(2)]\n"
        "for order in reversed(orders):\n"
        "    words = {'id': order['id'], 'counts': {'for': order['spider']}, 'hosts': []}\n"
        "    print(json.dumps(words), flush=True)\n"
        "sys.stdin.readline()"
    )
    process = Watcher(tmp_path, module=script(tmp_path, "swapping_watcher", code, monkeypatch))

    async def run() -> list[Any]:
        jobs = [make_job("ok", spider=name) for name in ("one", "two")]
        found = await asyncio.gather(*map(process.poll, jobs))
        await process.close()
        return [one.counts["for"] for one in found if one]

    assert asyncio.run(run()) == ["one", "two"]


def test_the_switch(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert isinstance(watcher(tmp_path), Watcher)
    monkeypatch.setenv("NEWSCRAWL_WATCH", "0")
    assert watcher(tmp_path) is None
    monkeypatch.setenv("NEWSCRAWL_WATCH", "no")
    with pytest.raises(UsageError, match="NEWSCRAWL_WATCH is 'no'"):
        watcher(tmp_path)


def test_news_for_which_there_is_no_room_is_left_to_another_machine(
    database: str, make_job: Callable[..., Job], options: RunOptions, tmp_path: Path
) -> None:
    """Else a machine that polls quickly would keep waiting what others could crawl."""
    names = [f"n{number}" for number in range(6)]
    hour = timedelta(hours=1)
    load(*(make_job("sleep", name, spider=name, every=hour) for name in names))
    word = Word(quiet=False)
    jobs = SharedJobs(leases=MongoLeases(60.0), life=60.0)
    busy = Scheduler(jobs, watched(options, word), max_parallel=1)
    elsewhere = SharedJobs(leases=MongoLeases(60.0), life=60.0)
    taken: list[Claim] = []

    def others_took_the_rest() -> bool:
        if busy.running and (claim := elsewhere.claim()):
            taken.append(claim)
        return len(taken) == 5

    run_until(busy, others_took_the_rest)
    assert set(busy_once := [claim.job.name for claim in taken]) < set(names)
    assert len(busy_once) == len(set(busy_once))
    known = [claim.job.name for claim in taken if claim.has_news]
    assert set(known) <= set(word.asked)
    assert len(word.asked) == len(set(word.asked)), "nothing is asked twice"
    elsewhere.close()


def test_what_was_polled_elsewhere_is_crawled_at_once(
    database: str, make_job: Callable[..., Job], options: RunOptions
) -> None:
    load(make_job("ok", "a", spider="a", every=timedelta(hours=1)))
    jobs = SharedJobs(leases=MongoLeases(60.0), life=60.0)
    claim = jobs.claim()
    assert claim
    assert not claim.has_news
    jobs.put_back(claim, has_news=True)
    word = Word(quiet=True)
    run_until(Scheduler(jobs, watched(options, word)), lambda: stored(database, "a").get("last_run"))
    assert word.asked == []
    assert stored(database, "a")["last_run"]["counts"]["stored"] == 2
    assert not stored(database, "a")["has_news"]
