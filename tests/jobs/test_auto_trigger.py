"""`every = "auto"` in the scheduler: due by what the database knows of the source."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.errors import DatabaseUnavailable
from newscrawl.jobs.auto_trigger import AutoTrigger
from newscrawl.jobs.cadence import Bounds
from newscrawl.jobs.config import Job
from newscrawl.jobs.due import first_run
from newscrawl.jobs.state import JobRun
from newscrawl.jobs.triggers import next_due
from newscrawl.model.list_history import ListHistory
from newscrawl.store import client
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
