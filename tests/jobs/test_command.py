import json
import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from newscrawl.cli import jobs as command
from newscrawl.cli.jobs import JobRow, job_lines
from newscrawl.errors import UsageError
from newscrawl.jobs.config import Job, JobsFile
from newscrawl.jobs.file_jobs import FileJobs
from newscrawl.jobs.run import RunOptions
from newscrawl.jobs.scheduler import Scheduler
from newscrawl.jobs.state import JobRun, JobStates
from newscrawl.locks import SchedulerLock

START = datetime(2026, 3, 8, 12, tzinfo=UTC)

JOBS = """
[jobs.news]
spider = "eastmoney"
cron = "*/5 * * * *"
zone = "Asia/Shanghai"
[jobs.flash]
spider = "eastmoney_flash"
every = "1m"
enabled = false
"""


@pytest.fixture
def invoke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("NEWSCRAWL_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    app = typer.Typer()
    command.register(app)
    return lambda *words: CliRunner().invoke(app, words)


@pytest.fixture
def jobs_toml(tmp_path: Path) -> Any:
    path = tmp_path / "jobs.toml"
    path.write_text(JOBS, "utf-8")
    return str(path)


@pytest.fixture
def book(tmp_path: Path, make_job: Callable[..., Job]) -> Any:
    book = JobStates(tmp_path)
    book.declare([make_job("ok"), make_job("ok", "flash")])
    return book


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch, make_job: Callable[..., Job], options: RunOptions) -> Any:
    """Puts a job that runs a script in place of whatever jobs.toml declares."""

    def put(script: str) -> None:
        job = make_job(script)
        monkeypatch.setattr("newscrawl.jobs.config.read_jobs_file", lambda *_: JobsFile([job]))
        jobs = FileJobs([job], options.folder)
        monkeypatch.setattr(command, "_scheduler", lambda *_, **__: Scheduler(jobs, options))

    return put


def ended(outcome: Any, exit_code: Any, minute: int, error: Any = None) -> Any:
    started = START + timedelta(minutes=minute)
    counts = {"pages": 3, "stored": 2, "failed": 0, "reasons": {}}
    finished = started + timedelta(seconds=12.34)
    run = JobRun(
        started=started, finished=finished, outcome=outcome, exit=exit_code, counts=counts, error=error
    )
    return lambda state: state.end(run)


def test_check_lists_the_next_runs(invoke: Any, jobs_toml: Path) -> None:
    result = invoke("schedule", jobs_toml, "--check")
    assert result.exit_code == 0, result.output
    news, flash = result.output.splitlines()
    assert re.fullmatch(
        r"news: eastmoney, \*/5 .*: (\d{4}-\d\d-\d\d \d\d:\d[05]:00(, )?){3} \(Asia/Shanghai\)", news
    )
    assert flash.endswith("every 1m, not enabled")


def test_check_shows_moments_that_the_clock_shows(
    invoke: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class InMarch(datetime):
        @classmethod
        def now(cls, zone: tzinfo | None = None) -> Any:
            return datetime(2027, 3, 27, 12, tzinfo=zone)

    monkeypatch.setattr(command, "datetime", InMarch)
    line = '[jobs.a]\nspider = "eastmoney"\ncron = "30 2 * * *"\nzone = "Europe/Berlin"\n'
    (tmp_path / "jobs.toml").write_text(line, "utf-8")
    shown = invoke("schedule", str(tmp_path / "jobs.toml"), "--check").output
    assert "2027-03-28 03:30:00, 2027-03-29 02:30:00" in shown


def test_a_bad_file_is_wrong_usage(invoke: Any, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('[jobs.a]\nspider = "12345"\nevery = "5"\n', "utf-8")
    result = invoke("schedule", str(tmp_path / "bad.toml"), "--check")
    assert isinstance(result.exception, UsageError)
    assert "no such spider; newscrawl sources lists all" in str(result.exception)


def test_once_wants_a_job_that_exists(invoke: Any, jobs_toml: Path) -> None:
    result = invoke("schedule", jobs_toml, "--once", "newz")
    assert isinstance(result.exception, UsageError)
    assert "the jobs are: news, flash" in str(result.exception)


@pytest.mark.parametrize(("script", "exit_code"), [("ok", 0), ("fail", 1), ("busy", 1)])
def test_once_exits_as_its_run(
    invoke: Any, scripted: Any, jobs_toml: Path, script: str, exit_code: Any
) -> None:
    scripted(script)
    assert invoke("schedule", jobs_toml, "--once", "news").exit_code == exit_code


def test_jobs_before_any_scheduler(invoke: Any) -> None:
    result = invoke("jobs")
    assert (result.exit_code, result.output) == (0, "scheduler: not running\n")
    assert json.loads(invoke("jobs", "--json").output) == []


def test_jobs_shows_runs(invoke: Any, book: Any, make_job: Callable[..., Job]) -> None:
    book.change(make_job("ok"), ended("ok", 0, 0))
    shown = invoke("jobs").output
    assert "12.3 s" in shown
    assert "3 pages, 2 stored" in shown
    assert "failing" not in shown


def test_jobs_says_since_when_a_job_fails(invoke: Any, book: Any, make_job: Callable[..., Job]) -> None:
    for minute in (0, 5, 10):
        book.change(make_job("ok"), ended("failed", 1, minute, "Traceback\nthe lists held no article"))
    since = START.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    assert f"news: failing since {since} (3 times): the lists held no article" in invoke("jobs").output


def test_jobs_does_not_take_a_run_that_was_killed_for_running(
    invoke: Any, book: Any, make_job: Callable[..., Job]
) -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    book.change(make_job("ok"), lambda state: state.begin(gone.pid, START))
    assert "running, pid" not in invoke("jobs").output
    book.change(make_job("ok"), lambda state: state.begin(os.getpid(), START))
    assert f"running, pid {os.getpid()}" in invoke("jobs").output


def test_jobs_says_that_a_job_is_skipped(invoke: Any, book: Any, make_job: Callable[..., Job]) -> None:
    book.change(make_job("ok"), lambda state: state.skip(START, "eastmoney is being crawled by pid 7"))
    assert "skipped once, last" in invoke("jobs").output
    assert "pid 7" in invoke("jobs").output


def test_jobs_in_a_pipe_are_lines_of_fields(invoke: Any, book: Any, make_job: Callable[..., Job]) -> None:
    book.change(make_job("ok"), ended("ok", 0, 0))
    job, *_ = invoke("jobs").output.splitlines()
    fields = job.split("\t")
    assert (fields[0], len(fields)) == ("news", 9)
    assert fields[4] == START.astimezone().strftime("%Y-%m-%d %H:%M:%S")


ROWS = [
    JobRow(
        "news",
        "eastmoney",
        "every 5m",
        "2026-03-08 12:05:00",
        "2026-03-08 12:00:00",
        "61.2 s",
        "0",
        "ok",
        "3 pages",
    ),
    JobRow("a-longer-name", "enorth", "*/5 * * * * (Asia/Shanghai)", "-", "-", "-", "-", "-", "-"),
]


def test_a_terminal_of_80_columns_shows_moments_whole() -> None:
    lines = job_lines(ROWS, 80)
    assert max(map(len, lines)) <= 80
    assert lines[0].split() == ["job", "outcome", "last", "run", "took", "next", "run"]
    assert "ok (0)" in lines[1]
    assert "2026-03-08 12:00:00  61.2 s  2026-03-08 12:05:00" in lines[1]
    assert lines[2] == "  eastmoney: 3 pages"
    assert lines[3].split() == ["a-longer-name", "-", "-", "-", "-"]


def test_a_wide_terminal_shows_schedules_too() -> None:
    assert job_lines(ROWS, 120)[-1].endswith("*/5 * * * * (Asia/Shanghai)")
    assert job_lines([], 120) == []


def test_a_job_that_is_not_enabled_is_no_alarm(
    invoke: Any, book: Any, make_job: Callable[..., Job], tmp_path: Path
) -> None:
    with SchedulerLock(folder=tmp_path / "locks"):
        job = replace(make_job("ok"), enabled=False)
        book.declare([job])
        book.change(job, ended("failed", 1, 0))
        assert invoke("jobs", "--failing", "1").exit_code == 0


def test_jobs_for_a_monitor(invoke: Any, book: Any, make_job: Callable[..., Job], tmp_path: Path) -> None:
    assert invoke("jobs", "--failing", "2").exit_code == 1  # no scheduler
    with SchedulerLock(folder=tmp_path / "locks"):
        book.change(make_job("ok"), ended("failed", 1, 0))
        assert invoke("jobs", "--failing", "2").exit_code == 0
        book.change(make_job("ok"), ended("timeout", -9, 5))
        assert invoke("jobs", "--failing", "2").exit_code == 1


def test_jobs_as_json(invoke: Any, book: Any, make_job: Callable[..., Job], tmp_path: Path) -> None:
    book.change(make_job("ok"), ended("ok", 0, 0))
    with SchedulerLock(folder=tmp_path / "locks"):
        news, flash = json.loads(invoke("jobs", "--json").output)
    assert news["last_run"]["seconds"] == 12.34
    assert news["last_run"]["started"] == "2026-03-08T12:00:00+00:00"
    assert news["scheduler_pid"] == os.getpid()
    assert flash["last_run"] is None
