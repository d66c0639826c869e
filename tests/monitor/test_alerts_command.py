"""newscrawl alerts, and alerts of jobs that are in the database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import typer
from typer.testing import CliRunner

from newscrawl.cli import alerts as command
from newscrawl.errors import UsageError
from newscrawl.jobs.alert_settings import AlertSettings, alerts_document, alerts_of
from newscrawl.jobs.config import read_jobs_file
from newscrawl.jobs.load import load_jobs, shared_alerts
from newscrawl.monitor.incident_book import FileBook
from newscrawl.monitor.incidents import Incidents, Trouble
from tests.monitor.receivers import Webhook, webhook


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as receiver:
        yield receiver


@pytest.fixture
def invoke(database: str) -> Any:
    app = typer.Typer()
    command.register(app)
    app.callback()(lambda: None)
    return lambda *words: CliRunner().invoke(app, ["alerts", *words])


def write(folder: Path, *lines: str) -> Path:
    path = folder / "jobs.toml"
    path.write_text("\n".join([*lines, "[jobs.news]", 'spider = "eastmoney"', 'every = "5m"']), "utf-8")
    return path


def test_a_test_message_reaches_every_address(invoke: Any, tmp_path: Path, hook: Webhook) -> None:
    path = write(tmp_path, "[alerts]", f'to = ["{hook.address}", "http://127.0.0.1:1/s3cret"]')
    result = invoke("test", str(path))
    assert result.exit_code == 1
    assert "http://127.0.0.1/…: sent" in result.output
    assert "http://127.0.0.1/…: [Errno 111] Connection refused" in result.output
    assert "s3cret" not in result.output
    assert hook.titles == ["newscrawl: this is a test"]


def test_the_json_can_be_piped_into_curl(invoke: Any, tmp_path: Path) -> None:
    shown = json.loads(invoke("test", "--json").output)
    assert shown["event"] == "test"
    assert shown.keys() == {"version", "event", "title", "text", "time", "machine", "database", "incidents"}


def test_a_check_looks_once(
    invoke: Any, tmp_path: Path, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newscrawl.monitor.alerter.Alerter.look", lambda self: hook.asked.append("looked"))
    path = write(tmp_path, "[alerts]", f'to = "{hook.address}"', f'ping = "{hook.address}"')
    assert invoke("check", str(path)).exit_code == 0
    assert hook.asked == ["looked", "/hook/s3cret-token"]


def test_without_alerts_the_way_to_them_is_said(invoke: Any, tmp_path: Path) -> None:
    for words in (["test", str(write(tmp_path))], ["test"]):
        result = invoke(*words)
        assert isinstance(result.exception, UsageError)
        assert "no [alerts] in" in str(result.exception)


def test_the_databases_alerts_name_variables_only(database: str, tmp_path: Path) -> None:
    plain = read_jobs_file(
        write(tmp_path, "[alerts]", 'to = "mailto://user:pass@example.org"'), ["eastmoney"]
    )
    with pytest.raises(UsageError, match="every reader of the database sees it"):
        load_jobs(plain)
    lines = ("[alerts]", 'to = "${ALERTS_MAIL}"', 'quiet = "22:00-07:00"', 'zone = "Asia/Shanghai"')
    load_jobs(read_jobs_file(write(tmp_path, *lines), ["eastmoney"]))
    zone = ZoneInfo("Asia/Shanghai")
    assert shared_alerts() == AlertSettings(to=("${ALERTS_MAIL}",), quiet=(time(22), time(7)), zone=zone)
    load_jobs(read_jobs_file(write(tmp_path), ["eastmoney"]))
    assert shared_alerts() is None


def test_settings_are_read_from_the_database_as_they_were() -> None:
    settings = AlertSettings(to=("${A}", "${B}"), after=7, late=timedelta(hours=2), ping="${P}")
    assert alerts_of({**alerts_document(settings), "of a newer newscrawl": 1}) == settings


def test_incidents_are_listed(invoke: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCRAWL_HOME", str(tmp_path))
    assert (invoke("list").exit_code, invoke("list").output) == (0, "")
    now = datetime.now(UTC)
    trouble = Trouble(key="job:news", kind="source", name="news", words="it broke", since=now, seen=now)
    incidents = Incidents()
    incidents.look([trouble], now, AlertSettings(to=("mailto://x",)))
    FileBook(tmp_path).write({"incidents": incidents.to_plain(), "unsent": []}, 0)
    result = invoke("list")
    assert result.exit_code == 1
    assert result.output.split("\t")[:3] == ["news", "source", "noticed"]
