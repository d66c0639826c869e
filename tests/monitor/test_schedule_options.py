"""newscrawl schedule with --metrics and --log-format json, as a process."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from newscrawl.store import client
from tests.jobs.test_supervisor import until

pytestmark = pytest.mark.slow

JOBS = '[jobs.news]\nspider = "eastmoney"\ncron = "0 0 1 1 *"\nzone = "UTC"\n'


def started(folder: Path, jobs: str, *words: str) -> subprocess.Popen[str]:
    path = folder / "jobs.toml"
    path.write_text(jobs, "utf-8")
    command = [sys.executable, "-m", "newscrawl", "schedule", str(path), *words]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_scheduler_shows_its_metrics(
    database: str, mongo_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: signal.Signals
) -> None:
    monkeypatch.setenv("MONGODB_URI", client.uri("writer"))
    monkeypatch.setenv("NEWSCRAWL_HOME", str(tmp_path))
    process = started(tmp_path, JOBS, "--metrics", "127.0.0.1:0", "--log-format", "json")
    try:
        assert process.stderr
        line = next(
            line for line in map(json.loads, process.stderr) if line["message"].startswith("metrics: ")
        )
        address = line["message"].removeprefix("metrics: ")
        with urllib.request.urlopen(address, timeout=30) as answer:
            text = answer.read().decode()
        with urllib.request.urlopen(address.replace("/metrics", "/readyz"), timeout=30) as answer:
            assert answer.read() == b"ok\n"
        with client.connect("reader") as reader:
            until(reader[database]["heartbeats"].find_one)
        process.send_signal(end)
        process.communicate(timeout=30)
    finally:
        process.kill()
    assert "newscrawl_mongodb_up 1.0" in text
    assert process.returncode == (0 if end == signal.SIGTERM else -signal.SIGKILL)
    with client.connect("reader") as reader:
        (beat,) = reader[database]["heartbeats"].find()
    assert beat["pid"] == process.pid
    assert (beat["ended"] is None) == (end == signal.SIGKILL)


def test_an_address_that_cannot_work_is_refused_at_the_start(tmp_path: Path) -> None:
    jobs = f'[alerts]\nto = "nonsense://s3cret"\n{JOBS}'
    process = started(tmp_path, jobs)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2, errors
    assert "[alerts] nonsense://…: Apprise knows no such address" in errors
    assert "s3cret" not in errors
