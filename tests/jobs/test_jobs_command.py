"""newscrawl jobs load, pause, resume, run, and schedule without a file."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from newscrawl.cli import jobs as command
from newscrawl.crawl.runner import list_hosts, spider_names
from newscrawl.errors import UsageError
from newscrawl.jobs.config import read_jobs_file
from newscrawl.jobs.file_jobs import FileJobs
from newscrawl.jobs.shared_jobs import SharedJobs
from newscrawl.locks import SchedulerLock
from newscrawl.store.server import embedded

pytestmark = pytest.mark.slow

JOBS = """
max_parallel = 3
[jobs.news]
spider = "eastmoney"
every = "5m"
[jobs.archive]
spider = "eastmoney"
cron = "30 3 * * *"
zone = "Asia/Shanghai"
args = { since = "7d" }
"""


@pytest.fixture
def invoke(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command on a machine of its own: another home folder, the same database."""
    monkeypatch.setenv("MONGODB_URI", embedded.ensure().uri("writer"))
    monkeypatch.setenv("NEWSCRAWL_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    app = typer.Typer()
    command.register(app)
    return lambda *words: CliRunner().invoke(app, words)


@pytest.fixture
def jobs_toml(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.toml"
    path.write_text(JOBS, "utf-8")
    return path


def said(result: Any) -> list[str]:
    assert result.exit_code == 0, result.output + repr(result.exception)
    lines: list[str] = result.output.splitlines()
    return lines


def test_loading_lists_what_changes(invoke: Any, jobs_toml: Path) -> None:
    new = ["news: new, every 5m", "archive: new, 30 3 * * * (Asia/Shanghai)"]
    assert said(invoke("jobs", "load", str(jobs_toml), "--dry-run")) == new
    assert said(invoke("jobs", "load", str(jobs_toml))) == new
    jobs_toml.write_text(JOBS.replace("5m", "10m").split("[jobs.archive]")[0], "utf-8")
    changes = ["news: changed, every: 5m -> 10m", "archive: removed"]
    assert said(invoke("jobs", "load", str(jobs_toml), "--dry-run")) == changes
    assert said(invoke("jobs", "load", str(jobs_toml))) == changes
    assert said(invoke("jobs", "load", str(jobs_toml))) == ["news: unchanged"]


def test_a_bad_file_changes_nothing(invoke: Any, jobs_toml: Path) -> None:
    invoke("jobs", "load", str(jobs_toml))
    jobs_toml.write_text('[jobs.a]\nspider = "eastmoney"\nevery = "5"\n', "utf-8")
    assert isinstance(invoke("jobs", "load", str(jobs_toml)).exception, UsageError)
    assert [each["name"] for each in json.loads(invoke("jobs", "--json").output)] == ["news", "archive"]


def test_pausing_and_running(invoke: Any, jobs_toml: Path) -> None:
    invoke("jobs", "load", str(jobs_toml))
    assert said(invoke("jobs", "pause", "news", "archive")) == ["news: paused", "archive: paused"]
    assert said(invoke("jobs", "pause", "news")) == ["news: already paused"]
    assert said(invoke("jobs"))[0].split("\t")[3] == "paused"
    assert said(invoke("jobs", "run", "archive")) == ["archive: due now"]
    assert said(invoke("jobs", "resume", "news")) == ["news: resumed"]
    assert said(invoke("jobs", "resume", "news")) == ["news: was not paused"]
    unknown = invoke("jobs", "pause", "newz")
    assert isinstance(unknown.exception, UsageError)
    assert "the jobs are: archive, news" in str(unknown.exception)


def test_any_machine_shows_who_runs_what_where(invoke: Any, jobs_toml: Path) -> None:
    invoke("jobs", "load", str(jobs_toml))
    assert said(invoke("jobs"))[-1] == "scheduler: not running"
    assert invoke("jobs", "--failing", "3").exit_code == 1, "nobody runs the jobs"
    elsewhere = SharedJobs()
    elsewhere.open()
    claim = elsewhere.claim()
    assert claim
    elsewhere.begin(claim, 4711, datetime.now(UTC))
    news, archive, scheduler = said(invoke("jobs"))
    assert news.split("\t")[3] == f"running, pid 4711 on {platform.node()}"
    assert archive.split("\t")[3] != "-"
    assert scheduler.startswith(f"scheduler: pid {os.getpid()}, since ")
    shown = json.loads(invoke("jobs", "--json").output)
    assert [(each["shared"], each["running_on"]) for each in shown] == [(True, platform.node()), (True, None)]
    assert invoke("jobs", "--failing", "3").exit_code == 0
    elsewhere.close()


def test_the_jobs_of_a_file_and_those_of_the_database_are_shown_together(
    invoke: Any, jobs_toml: Path, tmp_path: Path
) -> None:
    invoke("jobs", "load", str(jobs_toml))
    with SchedulerLock(folder=tmp_path / "locks"):
        FileJobs(read_jobs_file(jobs_toml, ["eastmoney"]).jobs[:1], tmp_path).open()
        shown = json.loads(invoke("jobs", "--json").output)
        assert [(each["name"], each["shared"]) for each in shown] == [
            ("news", False),
            ("news", True),
            ("archive", True),
        ]
        assert invoke("jobs", "--failing", "1").exit_code == 1, "nobody runs those of the database"


def test_without_mongodb_the_jobs_of_the_file_are_shown(invoke: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=100")
    shown = invoke("jobs")
    assert shown.exit_code == 0
    assert "scheduler: not running" in shown.output
    assert "jobs in the database are not shown: MongoDB at mongodb://127.0.0.1:9/" in shown.output


def test_check_without_a_file_lists_the_jobs_of_the_database(invoke: Any, jobs_toml: Path) -> None:
    invoke("jobs", "load", str(jobs_toml))
    news, archive = said(invoke("schedule", "--check"))
    assert news.startswith("news: eastmoney, every 5m: ")
    assert archive.endswith("(Asia/Shanghai)")


def test_once_without_a_file_wants_a_job_that_exists(invoke: Any, jobs_toml: Path) -> None:
    missing = invoke("schedule", "--once", "news")
    assert isinstance(missing.exception, UsageError)
    assert "load some: newscrawl jobs load JOBS.TOML" in str(missing.exception)


@pytest.mark.parametrize(
    ("given", "wanted"), [(("--max-parallel", "7"), 7), ((), 3)], ids=["the option", "the file"]
)
@pytest.mark.parametrize("shared", [True, False])
def test_how_many_crawls_run(
    invoke: Any, jobs_toml: Path, monkeypatch: Any, given: tuple[str, ...], wanted: int, shared: bool
) -> None:
    invoke("jobs", "load", str(jobs_toml))
    seen = []
    monkeypatch.setattr(command, "_work", lambda make, once: seen.append(make().max_parallel))
    said(invoke("schedule", *([] if shared else [str(jobs_toml)]), *given))
    assert seen == [wanted]


@pytest.mark.parametrize("value", ["0", "-1", "1001", "true", '"6"', "2.5"])
def test_a_wrong_max_parallel_is_said(value: str, tmp_path: Path) -> None:
    path = tmp_path / "jobs.toml"
    path.write_text(f'max_parallel = {value}\n[jobs.a]\nspider = "x"\nevery = "5m"\n', "utf-8")
    with pytest.raises(UsageError, match=r"max_parallel = .*: not a number from 1 to 1000"):
        read_jobs_file(path, ["x"])


def test_the_hosts_of_a_job_are_those_of_its_spiders_lists(tmp_path: Path) -> None:
    path = tmp_path / "jobs.toml"
    path.write_text('[jobs.a]\nspider = "ce"\nevery = "5m"\n', "utf-8")
    [job] = read_jobs_file(path, spider_names(), hosts_of=list_hosts).jobs
    assert job.every == timedelta(minutes=5)
    assert job.hosts == ("finance.ce.cn", "www.ce.cn")
    assert list_hosts("site") == frozenset(), "what it crawls, it is given"


def test_how_a_jobs_source_is_asked_is_shown_without_secrets(invoke: Any, jobs_toml: Path) -> None:
    own = 'delay = 2\nheaders = { X-Key = "${NEWS_KEY}" }\n'
    jobs_toml.write_text(JOBS.replace('every = "5m"\n', f'every = "5m"\n{own}'), "utf-8")
    words = "news: headers X-Key=${NEWS_KEY}; delay 2 s"
    assert words in said(invoke("schedule", str(jobs_toml), "--check"))
    assert said(invoke("jobs", "load", str(jobs_toml)))[0].startswith("news: new")
    assert words in said(invoke("jobs"))
    [news] = [each for each in json.loads(invoke("jobs", "--json").output) if each["name"] == "news"]
    assert news["crawl"] == ["headers X-Key=${NEWS_KEY}", "delay 2 s"]
    jobs_toml.write_text(
        JOBS.replace('every = "5m"\n', 'every = "5m"\ncookies = { a = "s3cret" }\n'), "utf-8"
    )
    assert "news: cookies a=***" in said(invoke("schedule", str(jobs_toml), "--check"))
    refused = invoke("jobs", "load", str(jobs_toml))
    assert isinstance(refused.exception, UsageError)
    assert "s3cret" not in str(refused.exception)
