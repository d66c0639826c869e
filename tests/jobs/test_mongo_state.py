import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from newscrawl.jobs import mongo_state
from newscrawl.jobs.config import Job
from newscrawl.jobs.run import RunOptions
from newscrawl.jobs.state import JobRun, JobState
from newscrawl.store.client import connect
from tests.jobs.test_scheduler import scheduler_of, work

pytestmark = pytest.mark.slow

START = datetime(2026, 3, 8, 12, tzinfo=UTC)


@pytest.fixture
def states() -> Any:
    run = JobRun(
        started=START,
        finished=START + timedelta(seconds=3),
        outcome="ok",
        exit=0,
        counts={"stored": 2, "reasons": {"no title": 1, "a.b $c": 2}},
    )
    news = JobState(name="news", spider="eastmoney", schedule="every 5m", next_run=START)
    news.end(run)
    return [news, JobState(name="flash", spider="eastmoney_flash", schedule="every 1m")]


class Counting(mongo_state.MongoStateCopy):
    """Counts the copies that came to their end; the first `failing` find the database away."""

    failing = 0
    done = 0

    def _copy(self, states: Any) -> None:
        if self.failing:
            self.failing -= 1
            raise AutoReconnect("away")
        super()._copy(states)
        self.done += 1


def copy(folder: Path, *versions: Any, failing: Any = 0) -> None:
    """Gives the mirror one version of the states after the other, each when the last is copied."""

    async def run() -> None:
        copier, changed = Counting(folder), asyncio.Event()
        copier.failing = failing
        task = asyncio.create_task(copier.keep(lambda: versions[copier.done], changed))
        for number in range(len(versions)):
            changed.set()
            for _ in range(500):
                await asyncio.sleep(0.02)
                if copier.done > number:
                    break
        assert copier.done == len(versions)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())


def stored(database: str) -> Any:
    with connect("reader") as client:
        return {document["name"]: document for document in client[database]["jobs"].find()}


def test_one_document_a_job(database: str, states: Any, tmp_path: Path) -> None:
    copy(tmp_path, states)
    documents = stored(database)
    assert documents.keys() == {"news", "flash"}
    news = documents["news"]
    assert news["_id"] == f"{news['host']}:{tmp_path}:news"
    assert news["next_run"] == START
    assert news["last_run"]["seconds"] == 3.0
    assert news["last_run"]["counts"]["reasons"] == {"no title": 1, "a.b $c": 2}
    assert documents["flash"]["last_run"] is None


def test_a_job_that_is_gone_goes_here_too_and_nobody_elses(
    database: str, states: Any, tmp_path: Path
) -> None:
    copy(Path("/another/home"), states)
    copy(tmp_path, states, states[1:])
    with connect("reader") as client:
        found = client[database]["jobs"].find()
        assert sorted((d["home"] == str(tmp_path), d["name"]) for d in found) == [
            (False, "flash"),
            (False, "news"),
            (True, "flash"),
        ]


def test_jobs_run_while_the_database_is_away(
    make_job: Callable[..., Job],
    options: RunOptions,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=100")
    monkeypatch.setattr("newscrawl.store.client._OPTIONS", {"serverSelectionTimeoutMS": 100})
    scheduler = scheduler_of([make_job("ok")], options, state_copy=mongo_state.MongoStateCopy(options.folder))
    with caplog.at_level(logging.WARNING):
        states = work(scheduler, lambda s: s["news"].last_run and "not copied" in caplog.text)
    assert states["news"].last_run.outcome == "ok"


def test_the_copy_is_made_up_for_when_the_database_is_back(
    database: Any, states: Any, tmp_path: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(mongo_state, "RETRY_PAUSE", 0.05)
    copy(tmp_path, states, failing=2)
    assert stored(database).keys() == {"news", "flash"}
