"""newscrawl webhooks; and a scheduler that delivers what its jobs file declares."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.core import Metric

from newscrawl.cli.jobs import _scheduler, read_file
from newscrawl.jobs.webhook_settings import WebhookSettings
from newscrawl.monitor.metrics import Collector
from newscrawl.monitor.troubles import webhook_troubles
from newscrawl.monitor.webhooks import beside
from newscrawl.store import client
from tests.in_process import run
from tests.monitor.webhooks.receiver import SECRET, Receiver, receiving
from tests.read.stored import post_of, put

JOBS = """
[jobs.news]
spider = "enorth"
cron = "0 3 1 1 *"

[webhooks.desk]
url = "${{DESK_URL}}"
secret = "${{DESK_SECRET}}"
{more}
"""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiving() as found:
        monkeypatch.setenv("DESK_URL", found.address)
        monkeypatch.setenv("DESK_SECRET", SECRET)
        monkeypatch.setenv("NEWSCRAWL_PRIVATE_HOSTS", "127.0.0.1")
        yield found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.toml"
    path.write_text(JOBS.format(more=""), "utf-8")
    return path


def insert(database: str, collection: str, **fields: Any) -> None:
    with client.connect("writer") as writer:
        writer[database][collection].insert_one(fields)


def test_a_ping_is_signed_and_its_failure_told(receiver: Receiver, file: Path) -> None:
    assert run("webhooks", "test", "desk", str(file)).stdout == "desk: taken, HTTP 204\n"
    assert [said["type"] for said in receiver.taken] == ["ping"]
    receiver.down(500)
    done = run("webhooks", "test", "desk", str(file), code=1)
    assert done.stderr == "desk: the answer was 500 Internal Server Error\n"
    unknown = run("webhooks", "test", "dsk", str(file), code=2)
    assert "no [webhooks.dsk] in" in unknown.stderr
    assert "declared: desk" in unknown.stderr


def test_webhooks_are_loaded_with_the_jobs(receiver: Receiver, file: Path, database: str) -> None:
    run("jobs", "load", str(file))
    assert run("webhooks", "test", "desk").stdout.startswith("desk: taken")
    with client.connect("reader") as reader:
        [meta] = reader[database].meta.find({"_id": "jobs"})
    kept = json.dumps(meta["webhooks"])
    assert receiver.address not in kept
    assert SECRET not in kept


def test_a_missing_secret_and_a_wrong_filter_are_told_at_the_start(
    receiver: Receiver, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert receiver.address
    run("schedule", str(file), "--check")
    monkeypatch.delenv("DESK_SECRET")
    assert "variable DESK_SECRET is not set" in run("schedule", str(file), "--check", code=2).stderr
    file.write_text(JOBS.format(more='language = "!"'), "utf-8")
    assert "[webhooks.desk] invalid language '!'" in run("schedule", str(file), "--check", code=2).stderr


def test_secrets_differ() -> None:
    assert run("webhooks", "secret").stdout != run("webhooks", "secret").stdout


def test_the_listing_says_what_waits_and_why(database: str) -> None:
    assert "no webhook yet" in run("webhooks").stderr
    now = datetime.now(UTC)
    said = {"shown": {"host": "desk.example.org"}, "delivered": 1204, "at": now, "last_success": now}
    failing = {"failing_since": now - timedelta(minutes=20), "reason": "the answer was 500", "failures": 9}
    insert(database, "webhooks", _id="desk", read=now, **said, **failing)
    event = {"webhook": "desk", "post": "p", "event": "stored", "seq": 1, "made": now, "next": now}
    insert(database, "webhook_queue", _id="desk:1", at=now - timedelta(minutes=20), **event)
    insert(database, "dead_letters", _id="desk:2", at=now, moved=now, reason="r", **event)
    done = run("webhooks", code=1)
    for words in (
        "desk             failing     desk.example.org",
        "1,204 delivered, 1 waiting, 1 dead letter",
        "the oldest for 20m",
        "the answer was 500",
    ):
        assert words in done.stdout
    [row] = json.loads(run("webhooks", "--json", code=1).stdout)
    assert (row["state"], row["queued"], row["dead"]) == ("failing", 1, 1)
    status = run("status", code=1)
    assert "newscrawl: webhook desk: the answer was 500; 1 wait" in status.stderr
    with client.connect("reader") as reader:
        [trouble] = webhook_troubles(reader[database], now)
        found = {each.name: each for each in Collector(lambda: reader[database]).collect()}
    assert (trouble.key, trouble.kind, trouble.since) == ("webhook:desk", "webhook", trouble.since)
    assert trouble.words == "the answer was 500; 1 events wait, 1 are dead letters"
    assert value(found["newscrawl_webhook_up"]) == 0
    assert value(found["newscrawl_webhook_queue"]) == 1
    assert value(found["newscrawl_webhook_dead_letters"]) == 1
    assert value(found["newscrawl_webhook_events"]) == 1204
    assert value(found["newscrawl_webhook_lag_seconds"]) > 1000

    assert run("webhooks", "retry", "desk").stdout.startswith("desk: 1 dead letter will be sent again")
    [row] = json.loads(run("webhooks", "--json").stdout)
    assert (row["state"], row["queued"], row["dead"]) == ("delivering", 2, 0)
    assert run("webhooks", "retry", "desk", "--discard").stdout == "desk: 0 dead letters removed\n"
    assert "known: desk" in run("webhooks", "retry", "other", code=2).stderr


def value(metric: Metric) -> float:
    [sample] = [each for each in metric.samples if each.labels == {"webhook": "desk"}]
    return sample.value


@pytest.mark.slow
def test_a_scheduler_delivers(receiver: Receiver, file: Path, database: str) -> None:
    scheduler = _scheduler(read_file(file), 1, None, None)

    async def all_of_it() -> None:
        running = asyncio.create_task(scheduler.run())
        await asyncio.to_thread(_until_it_stands, database)
        await asyncio.to_thread(put, [post_of(1)])
        assert await asyncio.to_thread(receiver.came.wait, 60)
        scheduler.stop()
        await running

    asyncio.run(all_of_it())
    assert receiver.events == [("stored", "01", 1)]
    assert _state(database)["shown"]["host"] == "127.0.0.1"


@pytest.mark.slow
def test_of_two_machines_one_delivers_and_the_other_takes_over(
    receiver: Receiver, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONGODB_URI", client.uri("writer"))
    monkeypatch.setattr(beside, "AGAIN", 0.1)
    settings = WebhookSettings(name="desk", url="${DESK_URL}", secret="${DESK_SECRET}")
    machines = [beside.Webhooks([settings]) for _ in range(2)]
    threads = [threading.Thread(target=each.deliver, args=(settings,)) for each in machines]
    try:
        threads[0].start()
        _until_it_stands(database)
        claim = _state(database)["claim"]
        threads[1].start()
        for number in range(3):
            receiver.came.clear()
            put([post_of(number)])
            assert receiver.came.wait(60)
        assert _state(database)["claim"] == claim
        machines[0]._stopped.set()
        threads[0].join()
        receiver.came.clear()
        put([post_of(3)])
        assert receiver.came.wait(60)
        assert _state(database)["claim"] != claim
    finally:
        for each in machines:
            each._stopped.set()
        for thread in threads:
            if thread.ident:
                thread.join()
    came = dict.fromkeys(number for _, number, _ in receiver.events)  # the last one may come again
    assert list(came) == ["00", "01", "02", "03"]


def _until_it_stands(database: str) -> None:
    """Until the sender has a position, behind which nothing is missed."""
    until = time.monotonic() + 60
    while _state(database).get("token") is None:
        assert time.monotonic() < until
        time.sleep(0.05)


def _state(database: str) -> dict[str, Any]:
    with client.connect("reader") as reader:
        return reader[database]["webhooks"].find_one() or {}
