"""newscrawl schedule and newscrawl worker with --metrics and --log-format json, as processes."""

from __future__ import annotations

import json
import platform
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.brokers import Broker, redis
from newscrawl.jobs.shared_jobs import read_shared
from newscrawl.store import client
from tests.jobs.test_supervisor import until

pytestmark = pytest.mark.slow

JOBS = '[jobs.news]\nspider = "eastmoney"\ncron = "0 0 1 1 *"\nzone = "UTC"\n'


ROLES = [
    "scheduler",
    *(pytest.param(role, marks=pytest.mark.needs("redis-server")) for role in ("dispatcher", "worker")),
]


def started(folder: Path, jobs: str, *words: str, role: str = "scheduler") -> subprocess.Popen[str]:
    path = folder / "jobs.toml"
    path.write_text(jobs, "utf-8")
    command = {"scheduler": ["schedule", str(path)], "dispatcher": ["schedule"], "worker": ["worker"]}[role]
    return subprocess.Popen(
        [sys.executable, "-m", "newscrawl", *command, *words], stderr=subprocess.PIPE, text=True
    )


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.usefixtures("mongo_home")
def test_each_of_them_shows_its_metrics_and_lives_for_others(
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    role: str,
    end: signal.Signals,
) -> None:
    monkeypatch.setenv("MONGODB_URI", client.uri("writer"))
    monkeypatch.setenv("NEWSCRAWL_HOME", str(tmp_path))
    words = ["--metrics", "127.0.0.1:0", "--log-format", "json"]
    if role != "scheduler":
        words += ["--broker", request.getfixturevalue("broker").url]
    process = started(tmp_path, JOBS, *words, role=role)
    try:
        assert process.stderr
        line = next(
            line for line in map(json.loads, process.stderr) if line["message"].startswith("metrics: ")
        )
        address = line["message"].removeprefix("metrics: ")
        with client.connect("reader") as reader:
            until(reader[database]["heartbeats"].find_one)
        with urllib.request.urlopen(address, timeout=30) as answer:
            text = answer.read().decode()
        with urllib.request.urlopen(address.replace("/metrics", "/readyz"), timeout=30) as answer:
            assert answer.read() == b"ok\n"
        if role != "scheduler":  # whose jobs are those of a file
            until(lambda: [(role, process.pid)] == [(who, by.pid) for who, by in read_shared()[1]])
        process.send_signal(end)
        process.communicate(timeout=30)
    finally:
        process.kill()
    assert "newscrawl_mongodb_up 1.0" in text
    assert f'newscrawl_scheduler_up{{home="{tmp_path}",host="{platform.node()}",role="{role}"}} 1.0' in text
    assert process.returncode == (0 if end == signal.SIGTERM else -signal.SIGKILL)
    with client.connect("reader") as reader:
        (beat,) = reader[database]["heartbeats"].find()
    assert (beat["pid"], beat["role"]) == (process.pid, role)
    assert (beat["ended"] is None) == (end == signal.SIGKILL)


def test_an_address_that_cannot_work_is_refused_at_the_start(tmp_path: Path) -> None:
    jobs = f'[alerts]\nto = "nonsense://s3cret"\n{JOBS}'
    process = started(tmp_path, jobs)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2, errors
    assert "[alerts] nonsense://…: Apprise knows no such address" in errors
    assert "s3cret" not in errors
