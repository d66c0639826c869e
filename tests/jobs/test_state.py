import json
import multiprocessing
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newscrawl.jobs.config import Job
from newscrawl.jobs.state import JobRun, JobState, JobStates, count_text, to_plain
from newscrawl.model.ledger import Ledger

START = datetime(2026, 3, 8, 12, tzinfo=UTC)


def run(outcome: Any, minute: int = 0) -> Any:
    started = START + timedelta(minutes=minute)
    return JobRun(started=started, finished=started + timedelta(seconds=3), outcome=outcome, exit=1)


@pytest.fixture
def state() -> Any:
    return JobState(name="news", spider="eastmoney", schedule="every 5m")


def test_failing_since_the_first_failure_in_a_row(state: Any) -> None:
    for minute, outcome in enumerate(("ok", "failed", "timeout", "stopped", "lost")):
        state.end(run(outcome, minute))
    assert (state.failures, state.failing_since) == (3, START + timedelta(minutes=1))
    assert state.last_ok == START
    state.end(run("ok", 9))
    assert (state.failures, state.failing_since) == (0, None)


def test_counts_are_those_that_people_know() -> None:
    ledger = Ledger()
    ledger.take("a")
    ledger.end("a", "failed", "HTTP 500")
    ledger.bad_again = ledger.old = 1
    assert count_text(ledger.counts()) == "1 too old, 1 pages, 1 failed"


@pytest.mark.parametrize(
    ("error", "counts", "remark"),
    [
        (None, {}, ""),
        (None, {"pages": 3, "stored": 2, "bad_again": 1, "reasons": {"x": 1}}, "3 pages, 2 stored"),
        ("away", {"pages": 3}, "away"),
    ],
)
def test_the_remark_of_a_run(error: Any, counts: Any, remark: str) -> None:
    assert (
        JobRun(started=START, finished=START, outcome="stopped", error=error, counts=counts).remark == remark
    )


def test_a_run_ends_the_skips(state: Any) -> None:
    state.skip(START, "busy")
    state.skip(START, "busy")
    assert state.skips == 2
    state.end(run("ok"))
    assert (state.skips, state.skip_reason) == (0, "busy")


def test_what_is_written_is_read(tmp_path: Path, make_job: Callable[..., Job]) -> None:
    book, job = JobStates(tmp_path), make_job("ok")
    written = book.change(job, lambda state: state.end(run("failed")))
    assert book.read() == [written]
    assert book.state("news") == written
    assert book.state("other") is None


def test_declare_keeps_what_is_known_and_drops_what_is_gone(
    tmp_path: Path, make_job: Callable[..., Job]
) -> None:
    book = JobStates(tmp_path)
    book.change(make_job("ok"), lambda state: state.end(run("ok")))
    book.change(make_job("ok", "gone"), lambda state: state.end(run("ok")))
    new, news = book.declare([make_job("ok", "new"), make_job("ok", every=timedelta(hours=1))])
    assert (new.name, new.last_run) == ("new", None)
    assert (news.schedule, news.last_run) == ("every 1h", run("ok"))
    assert [state.name for state in book.read()] == ["new", "news"]


def test_a_run_of_a_killed_scheduler_is_lost(tmp_path: Path, make_job: Callable[..., Job]) -> None:
    book, job = JobStates(tmp_path), make_job("ok")
    book.change(job, lambda state: state.begin(7, START))
    [state] = book.declare([job])
    assert (state.last_run.outcome, state.last_run.started, state.running_pid) == ("lost", START, None)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"5", b'["x"]', b'[{"name": 3}]', b"\xff", b'[{"name":"a","last_run":5}]', b"null"]
)
def test_a_broken_file_is_written_anew(
    tmp_path: Path, make_job: Callable[..., Job], caplog: pytest.LogCaptureFixture, text: bytes
) -> None:
    book = JobStates(tmp_path)
    book.path.write_bytes(text)
    assert book.read() == []
    assert "cannot be read" in caplog.text
    book.declare([make_job("ok")])
    assert [state.name for state in book.read()] == ["news"]


def test_fields_of_a_newer_version_are_left_aside(tmp_path: Path, state: Any) -> None:
    state.end(run("ok"))
    entry = to_plain(state) | {"mood": "good"}
    entry["last_run"]["weather"] = "rain"
    JobStates(tmp_path).path.write_text(json.dumps([entry]), "utf-8")
    assert JobStates(tmp_path).read() == [state]


def _skip_often(folder: Path, job: Job) -> None:
    for _ in range(20):
        JobStates(folder).change(job, lambda state: state.skip(START, "x"))


def test_two_processes_lose_nothing(tmp_path: Path, make_job: Callable[..., Job]) -> None:
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_skip_often, args=(tmp_path, make_job("ok"))) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert JobStates(tmp_path).state("news").skips == 40
