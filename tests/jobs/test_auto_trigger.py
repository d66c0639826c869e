"""`every = "auto"` in the scheduler: due by what the database knows of the source."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newscrawl.errors import DatabaseUnavailable
from newscrawl.jobs.auto_trigger import AutoTrigger
from newscrawl.jobs.cadence import Bounds
from newscrawl.jobs.config import Job, JobsFile
from newscrawl.jobs.due import first_run
from newscrawl.jobs.file_jobs import FileJobs
from newscrawl.jobs.load import load_jobs, pause_job
from newscrawl.jobs.shared_jobs import SharedJobs
from newscrawl.jobs.state import JobRun
from newscrawl.jobs.triggers import next_due
from newscrawl.model.list_history import ListHistory
from newscrawl.store import client
from newscrawl.store.leases import server_time
from newscrawl.store.list_histories import source_history

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def keep(database: str, arguments: dict[str, str], an_hour: int) -> None:
    """The history of a source with so many articles an hour."""
    history = ListHistory(NOW - 28 * DAY, NOW, arrivals=bytes([an_hour] * 672), arrived=NOW - 60 * MINUTE)
    document = {"spider": "site", "arguments": arguments, "newsroom": False, "list": None}
    with client.connect("writer") as writer:
        writer[database]["lists"].insert_one({"_id": str(arguments), **document, **history.to_document()})


def trigger(**arguments: str) -> AutoTrigger:
    return AutoTrigger("site", arguments, Bounds())


def test_each_source_by_its_own_history(database: str) -> None:
    keep(database, {"url": "http://busy/"}, 100)
    keep(database, {"url": "http://quiet/"}, 0)
    assert trigger(url="http://busy/").get_next_fire_time(NOW, NOW) - NOW < 2.5 * MINUTE
    quiet = trigger(url="http://quiet/", since="2d").get_next_fire_time(NOW, NOW) - NOW
    assert 59 * MINUTE < quiet <= 60 * MINUTE
    unknown = trigger(url="http://new/").get_next_fire_time(NOW, NOW) - NOW
    assert 10 * MINUTE < unknown < 12 * MINUTE


def test_the_whole_source_counts_not_one_of_its_lists(database: str) -> None:
    keep(database, {}, 3)
    with client.connect("writer") as writer:
        writer[database]["lists"].update_one({}, {"$set": {"list": "http://a/feed"}})
        assert source_history(writer[database], "site", {}) is None


def test_a_job_is_never_due_at_once_but_soon_and_a_missed_run_is_due_now(database: str) -> None:
    job = Job(name="news", spider="site", auto=Bounds(), zone=UTC)
    due = next_due(job.trigger(NOW), NOW)
    assert due is not None
    assert NOW + 2 * MINUTE <= due < NOW + 12 * MINUTE
    last = JobRun(started=NOW - 60 * MINUTE, finished=NOW - 59 * MINUTE, outcome="ok")
    assert first_run(job, last, NOW) == NOW


def test_after_a_sleep_it_is_due_now(database: str) -> None:
    late = NOW + timedelta(hours=9)
    assert trigger().get_next_fire_time(NOW, late) == late


def test_while_the_database_is_away_the_last_history_counts(
    database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    keep(database, {}, 100)
    auto = trigger()
    before = auto.get_next_fire_time(NOW, NOW)

    def away(role: str) -> None:
        raise DatabaseUnavailable("it is away")

    with monkeypatch.context() as patch:
        patch.setattr(client, "connect", away)
        after = auto.get_next_fire_time(NOW, NOW)
    assert abs(after - before) < timedelta(seconds=30)
    assert "site: the rhythm of its lists cannot be read (it is away)" in caplog.text


def test_the_end_of_a_run_sets_the_next_one(database: str, tmp_path: Path) -> None:
    now = NOW
    job = Job(name="news", spider="site", auto=Bounds(), zone=UTC)
    jobs = FileJobs([job], tmp_path, clock=lambda: now)
    jobs.open()
    claim = jobs.claim()
    assert claim is not None, "a job that never ran is due at once"
    now += 5 * MINUTE
    jobs.look([claim])
    assert jobs.states()[0].skips == 0, "it is not due while it runs"
    keep(database, {}, 100)  # the run has read its lists
    jobs.end(claim, JobRun(started=NOW, finished=now, outcome="ok", exit=0))
    assert jobs.states()[0].next_run == now, "more than two minutes after the run's begin are over"
    jobs.close()


def test_the_end_of_a_run_sets_the_next_one_in_the_database_too(database: str) -> None:
    job = Job(name="news", spider="site", auto=Bounds(), zone=UTC)
    load_jobs(JobsFile([job]))
    jobs = SharedJobs()
    jobs.open()
    with client.connect("writer") as writer:
        began = server_time(writer[database])
        collection = writer[database]["jobs"]
        for paused in (False, True):
            claim = jobs.claim_now("news")
            assert claim is not None
            if paused:
                pause_job("news")
            jobs.end(claim, JobRun(started=began, finished=began, outcome="ok", exit=0))
            due = collection.find_one({"_id": "news"})["due"]  # type: ignore[index]
            assert (due is None) if paused else (began + 10 * MINUTE < due < began + 12 * MINUTE)
    jobs.close()
