"""The jobs of a file, by a clock that the test moves: what is claimed when, without any process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.errors import DatabaseUnavailable, UsageError
from newscrawl.jobs.config import Job
from newscrawl.jobs.due import Claim, first_run, following, in_turn, jittered
from newscrawl.jobs.file_jobs import FileJobs
from newscrawl.jobs.state import JobRun
from newscrawl.locks import FileLeases, host_key, spider_key

START = datetime(2026, 3, 8, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(tmp_path: Path, clock: Clock) -> Iterator[Any]:
    made: list[FileJobs] = []

    def make(*jobs: Job) -> FileJobs:
        made.append(FileJobs(jobs, tmp_path, clock=clock))
        made[-1].open()
        return made[-1]

    yield make
    for each in made:
        each.close()


def job(name: str, spider: str | None = None, **options: Any) -> Job:
    options.setdefault("every", HOUR)
    return Job(name=name, spider=spider or name, **{"zone": UTC, **options})


def end(jobs: FileJobs, claim: Claim | None, clock: Clock, **options: Any) -> None:
    assert claim
    options.setdefault("outcome", "ok")
    jobs.end(claim, JobRun(started=clock.now, finished=clock.now, **options))


def claimed(jobs: FileJobs) -> list[str]:
    found = []
    while claim := jobs.claim():
        found.append(claim.job.name)
    return found


def test_the_oldest_due_comes_first(opened: Any, clock: Clock) -> None:
    jobs = opened(job("slow", every=3 * HOUR), job("fast"), job("other", cron="30 * * * *", every=None))
    for claim in [jobs.claim(), jobs.claim()]:
        end(jobs, claim, clock)
    clock.now = START + timedelta(hours=3)
    assert claimed(jobs) == ["other", "fast", "slow"]


def test_what_is_due_waits_until_it_is_claimed_and_runs_once(opened: Any, clock: Clock) -> None:
    """As with `max_parallel`: the scheduler does not ask while it is full."""
    jobs = opened(job("a"))
    clock.now = START + 5 * HOUR + MINUTE
    jobs.look([])
    assert claimed(jobs) == ["a"]
    [state] = jobs.states()
    assert (state.skips, state.next_run) == (0, START + 6 * HOUR)


def test_jobs_that_share_a_spider_or_a_host_take_turns(opened: Any, clock: Clock) -> None:
    jobs = opened(
        job("a", "town", hosts=("x.example",)),
        job("b", "town"),
        job("c", hosts=("X.example",)),
        job("d", hosts=("d.example",)),
    )
    first = jobs.claim()
    assert first.job.name == "a"
    assert claimed(jobs) == ["d"]
    end(jobs, first, clock)
    assert claimed(jobs) == ["b", "c"]


def test_what_a_run_asked_counts_for_the_next(opened: Any, clock: Clock) -> None:
    jobs = opened(job("a"), job("b"))
    for claim in [jobs.claim(), jobs.claim()]:
        end(jobs, claim, clock, hosts=["cdn.example"])
    clock.now += HOUR
    assert claimed(jobs) == ["a"]


def test_a_job_that_needs_two_hosts_is_not_overtaken_for_ever(opened: Any, clock: Clock) -> None:
    jobs = opened(
        job("one", hosts=("x.example",)),
        job("both", hosts=("x.example", "y.example")),
        job("two", hosts=("y.example",)),
    )
    first = jobs.claim()
    assert jobs.claim() is None
    end(jobs, first, clock)
    assert claimed(jobs) == ["both"]


def test_a_spider_that_is_crawled_by_hand_is_skipped(opened: Any, clock: Clock, tmp_path: Path) -> None:
    jobs = opened(job("a", "town"), job("b"))
    lease = FileLeases(tmp_path / "locks").take(spider_key("town"))
    assert claimed(jobs) == ["b"]
    state = jobs.states()[0]
    assert (state.skips, state.next_run) == (1, START + HOUR)
    assert state.skip_reason.startswith("town is being crawled by pid ")
    lease.release()
    assert jobs.claim() is None


def test_a_spider_that_a_killed_schedulers_crawl_still_holds_is_waited_for(
    opened: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = opened(job("a", "town"))
    monkeypatch.setenv("NEWSCRAWL_JOB", "a")
    lease = FileLeases(tmp_path / "locks").take(spider_key("town"))
    assert jobs.claim() is None
    lease.release()
    assert claimed(jobs) == ["a"]
    assert jobs.states()[0].skips == 0


def test_a_host_that_is_crawled_by_hand_is_waited_for(opened: Any, tmp_path: Path) -> None:
    jobs = opened(job("a", hosts=("a.example",)))
    lease = FileLeases(tmp_path / "locks").take(host_key("a.example"))
    assert jobs.claim() is None
    assert jobs.next_look() == 1.0, "it is looked at again soon"
    lease.release()
    assert claimed(jobs) == ["a"]


def test_a_run_that_is_due_during_the_last_one_is_skipped_once(opened: Any, clock: Clock) -> None:
    jobs = opened(job("a"))
    claim = jobs.claim()
    for minutes, skips in ((59, 0), (60, 1), (61, 1), (120, 2), (240, 3)):
        clock.now = START + minutes * MINUTE
        jobs.look([claim])
        assert jobs.states()[0].skips == skips
    assert jobs.claim() is None
    end(jobs, claim, clock)
    assert jobs.states()[0].next_run == START + 5 * HOUR


def test_a_run_is_due_up_to_the_jitter_later_and_keeps_its_grid(opened: Any, clock: Clock) -> None:
    jobs = opened(job("a", jitter=30 * MINUTE))
    due = []
    for hour in range(1, 20):
        clock.now = START + hour * HOUR - MINUTE / 60
        end(jobs, jobs.claim(), clock)
        [state] = jobs.states()
        assert state.next_run == START + hour * HOUR
        due.append(timedelta(seconds=jobs.next_look()) - MINUTE / 60)
    assert all(timedelta(0) <= each <= 30 * MINUTE for each in due)
    assert len(set(due)) > 10


def test_the_next_look_is_when_something_is_due(opened: Any, clock: Clock) -> None:
    jobs = opened(job("a"), job("off", enabled=False))
    assert jobs.next_look() == 1.0
    jobs.claim()
    assert jobs.next_look() == 3600.0
    assert opened(job("off", enabled=False)).next_look() == float("inf")


def test_a_clock_that_is_set_back_restarts_intervals(opened: Any, clock: Clock) -> None:
    jobs = opened(job("a"), job("cron", cron="0 0 * * *", every=None))
    clock.now = START + timedelta(days=30)
    jobs.look([])
    for claim in [jobs.claim(), jobs.claim()]:
        end(jobs, claim, clock)
    clock.now = START
    jobs.look([])
    assert [state.next_run for state in jobs.states()] == [START, START + 12 * HOUR]
    clock.now = START - timedelta(seconds=50)
    jobs.look([])
    assert jobs.states()[0].next_run == START, "a clock that is corrected changes nothing"


def test_once_needs_no_scheduler_and_leaves_the_plan_alone(opened: Any, clock: Clock, tmp_path: Path) -> None:
    jobs = opened(job("a"))
    end(jobs, jobs.claim(), clock)
    beside = FileJobs([job("a")], tmp_path, clock=clock)
    claim = beside.claim_now("a")
    beside.look([])
    end(beside, claim, clock)
    assert jobs.states()[0].next_run == START + HOUR
    with pytest.raises(UsageError, match="no job 'x'; the jobs are: a"):
        beside.claim_now("x")


def test_jobs_run_though_nobody_can_say_who_crawls_elsewhere(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    class Away(FileLeases):
        def holders(self, names: Any) -> Any:
            raise DatabaseUnavailable("away")

    jobs = FileJobs([job("a"), job("b")], tmp_path, leases=Away(tmp_path), clock=clock)
    jobs.open()
    assert claimed(jobs) == ["a", "b"]
    assert caplog.text.count("crawls on other machines are unknown for now: away") == 1


@pytest.mark.parametrize(
    ("line", "planned", "now", "wanted"),
    [
        # Clocks go forward at 02:00 on 2027-03-28, and back at 03:00 on 2027-10-31.
        ("30 2 * * *", "2027-03-27 01:30", "2027-03-27 01:30", "2027-03-28 01:30"),
        ("30 2 * * *", "2027-03-28 01:30", "2027-03-28 01:31", "2027-03-29 00:30"),
        ("30 2 * * *", "2027-10-31 00:30", "2027-10-31 00:30", "2027-11-01 01:30"),
        ("30 * * * *", "2027-10-31 00:30", "2027-10-31 00:30", "2027-10-31 01:30"),
        ("30 2 * * *", "2027-10-20 00:30", "2027-10-31 00:29", "2027-10-31 00:30"),
    ],
)
def test_the_next_time_of_a_cron_line_where_clocks_change(
    line: str, planned: str, now: str, wanted: str
) -> None:
    berlin = job("a", cron=line, every=None, zone=ZoneInfo("Europe/Berlin"))
    moments = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (planned, now, wanted)]
    assert following(berlin, moments[0], moments[1]) == moments[2]


@pytest.mark.parametrize("now", ["2027-10-30 20:00", "2027-03-27 20:00"])
def test_the_jitter_counts_hours_that_pass_where_clocks_change(now: str) -> None:
    zone = ZoneInfo("Europe/Berlin")
    berlin = job("a", cron="30 1 * * *", every=None, zone=zone, jitter=4 * HOUR)
    planned = first_run(berlin, None, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert planned
    later = [jittered(berlin, planned).astimezone(UTC) - planned.astimezone(UTC) for _ in range(200)]
    assert timedelta(0) <= min(later) < HOUR
    assert 3 * HOUR < max(later) <= 4 * HOUR


@given(st.integers(1, 10**6), st.integers(-(10**7), 10**7))
def test_the_next_time_of_an_interval_is_after_now_and_on_its_grid(every: int, later: int) -> None:
    length, now = timedelta(seconds=every), START + timedelta(seconds=later)
    found = following(job("a", every=length), START, now)
    assert found
    assert found > now
    assert (found - START) % length == timedelta(0)
    assert found - length <= now or found == START


@given(
    st.lists(st.frozensets(st.sampled_from("abcde"), min_size=1), max_size=12),
    st.frozensets(st.sampled_from("abcde"), max_size=2),
)
def test_those_that_begin_share_nothing_and_overtake_nobody(
    needs: list[frozenset[str]], busy: frozenset[str]
) -> None:
    taken = set(busy)
    begun = []
    for number in in_turn(range(len(needs)), lambda number: set(needs[number]), taken):
        assert needs[number].isdisjoint(taken)
        for older in set(range(number)) - set(begun):
            assert needs[number].isdisjoint(needs[older]), "it waits for what an older one waits for"
        taken |= needs[number]
        begun.append(number)
    if needs and not busy:
        assert begun[0] == 0
