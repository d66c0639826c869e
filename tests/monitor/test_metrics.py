from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from newscrawl.errors import UsageError
from newscrawl.jobs.config import Job, JobsFile
from newscrawl.jobs.load import load_jobs
from newscrawl.locks import spider_key, steady
from newscrawl.monitor import metrics, run_totals
from newscrawl.monitor.heartbeat import STANDSTILL, Heartbeat
from newscrawl.monitor.http_metrics import HttpMetrics
from newscrawl.monitor.server import MonitorServer, parse_place
from newscrawl.store import client
from newscrawl.store.leases import MongoLeases
from newscrawl.store.server import embedded

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 8, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DASHBOARD = Path(__file__).parents[2] / "docs" / "grafana.json"


def run(number: int, started: datetime, *, ended: bool = True, **fields: Any) -> dict[str, Any]:
    return {
        "_id": f"run-{number}",
        "spider": "eastmoney",
        "arguments": {},
        "started": started,
        "finished": started + timedelta(seconds=30) if ended else None,
        "problems": [],
        "counts": {"pages": 3, "stored": 2, "failed": 1},
        **fields,
    }


@pytest.fixture
def store(database: str) -> Iterator[Any]:
    with client.connect("writer") as writer:
        yield writer[database]


@pytest.fixture
def server(database: str) -> Iterator[MonitorServer]:
    http = HttpMetrics()
    http.observe(200, 0.01)
    made = MonitorServer(("127.0.0.1", 0), "writer", http)
    made.start()
    yield made
    made.close()


def get(server: MonitorServer, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(server.address + path, timeout=20) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def scrape(server: MonitorServer) -> dict[tuple[str, ...], float]:
    """Name, and values of labels in the order of their names -> value."""
    status, text = get(server, "/metrics")
    assert status == 200
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def counted(store: Any) -> dict[str, dict[str, int]]:
    totals = run_totals.run_totals(store).counts
    return {source: {name: count for name, count in each.items() if count} for source, each in totals.items()}


def test_totals_are_those_of_the_runs_and_never_fall(store: Any) -> None:
    runs = [run(number, NOW - number * HOUR) for number in range(30)]
    runs.append(run(50, NOW - 8 * HOUR, ended=False))  # killed, or still under way
    runs.append(run(51, NOW - HOUR, problems=["no list"], counts={"failed": 4}))
    runs.append(
        run(52, NOW - 20 * HOUR, spider="site", arguments={"url": "https://example.org", "limit": "3"})
    )
    store["runs"].insert_many(runs)
    expected = {
        "eastmoney": {"good": 30, "bad": 1, "page_stored": 62, "page_failed": 35},
        "site url=https://example.org": {"good": 1, "page_stored": 2, "page_failed": 1},
    }
    assert counted(store) == expected
    assert run_totals.fold(store, NOW)
    assert counted(store) == expected
    assert not run_totals.fold(store, NOW)
    store["runs"].delete_many({"started": {"$lt": NOW - 9 * HOUR}})  # as MongoDB does with old ones
    assert counted(store) == expected
    store["runs"].update_one({"_id": "run-50"}, {"$set": {"finished": NOW}})  # it ended at last
    expected["eastmoney"]["good"] += 1
    assert counted(store) == expected
    assert run_totals.fold(store, NOW + 3 * HOUR)
    assert counted(store) == expected


def test_a_killed_run_holds_up_the_adding_for_two_days_at_most(store: Any) -> None:
    store["runs"].insert_many([run(0, NOW, ended=False), run(1, NOW + HOUR)])
    assert run_totals.fold(store, NOW + 12 * HOUR)
    assert store["meta"].find_one({"_id": "totals"})["until"] == NOW
    assert run_totals.fold(store, NOW + 60 * HOUR)
    assert store["meta"].find_one({"_id": "totals"})["until"] == NOW + 54 * HOUR
    assert counted(store) == {"eastmoney": {"good": 1, "page_stored": 4, "page_failed": 2}}


def test_of_two_who_add_up_at_once_one_does(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    store["runs"].insert_many(run(number, NOW - number * HOUR) for number in range(30))
    run_totals.fold(store, NOW - 12 * HOUR)
    before = counted(store)
    count, done = run_totals._count, []

    def overtaken(*arguments: Any) -> None:
        count(*arguments)
        if not done:
            done.append(True)
            assert run_totals.fold(store, NOW)

    monkeypatch.setattr(run_totals, "_count", overtaken)
    assert not run_totals.fold(store, NOW)
    assert counted(store) == before


def test_metrics_show_what_is_in_mongodb(
    store: Any, server: MonitorServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    store["runs"].insert_many(
        [
            run(1, now - HOUR, delays=[10, 20, 300]),
            run(2, now - 2 * HOUR, problems=["no list"]),
            run(3, now, ended=False),
        ]
    )
    job = Job(name="news", spider="eastmoney", every=timedelta(minutes=5), zone=UTC)
    load_jobs(JobsFile([job]))
    store["jobs"].update_one({"_id": "news"}, {"$set": {"due": now - HOUR, "failures": 4}})
    heartbeat = Heartbeat(tmp_path, shared=True)
    heartbeat.beat(2, 6)
    monkeypatch.setenv("MONGODB_URI", client.uri("writer"))
    leases = MongoLeases(60)
    leases.take(spider_key("eastmoney"))
    found = scrape(server)
    heartbeat.end()
    leases.close()
    who = next(key for key in found if key[0] == "newscrawl_scheduler_up")[1:]
    assert found[("newscrawl_mongodb_up",)] == 1
    assert found[("newscrawl_runs_total", "good", "eastmoney")] == 1
    assert found[("newscrawl_runs_total", "bad", "eastmoney")] == 1
    assert found[("newscrawl_runs_unfinished",)] == 1
    assert found[("newscrawl_pages_total", "stored", "eastmoney")] == 6
    assert found[("newscrawl_delay_seconds", "0.5", "eastmoney")] == 20
    assert found[("newscrawl_last_run_timestamp_seconds", "eastmoney")] == pytest.approx(
        now.timestamp(), abs=1
    )
    assert found[("newscrawl_jobs", "waiting")] == 1
    assert found[("newscrawl_job_failures", "news")] == 4
    assert found[("newscrawl_jobs_due",)] == 1
    assert 3600 <= found[("newscrawl_due_lag_seconds",)] < 3700
    assert found[("newscrawl_scheduler_up", *who)] == 1
    assert found[("newscrawl_crawls_running", *who)] == 2
    assert found[("newscrawl_leases", "spider")] == 1


def test_an_answer_is_kept_for_some_seconds(store: Any, server: MonitorServer) -> None:
    assert scrape(server).get(("newscrawl_runs_total", "good", "eastmoney")) is None
    store["runs"].insert_one(run(1, datetime.now(UTC)))
    assert scrape(server).get(("newscrawl_runs_total", "good", "eastmoney")) is None


def test_health_and_readiness(server: MonitorServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert get(server, "/healthz") == (200, "ok\n")
    assert get(server, "/readyz") == (200, "ok\n")
    assert get(server, "/")[0] == 404
    turned = steady() - STANDSTILL - 1
    server._ready.append(lambda: None if metrics.FRESH < 0 else f"stands still since {turned:.0f}")
    assert get(server, "/readyz")[0] == 503


def test_while_mongodb_is_away_that_is_shown(monkeypatch: pytest.MonkeyPatch, mongo_home: Path) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://user:p4ssword@127.0.0.1:1/?serverSelectionTimeoutMS=100")
    server = MonitorServer(("127.0.0.1", 0), "reader")
    server.start()
    try:
        assert get(server, "/healthz")[0] == 200
        status, text = get(server, "/readyz")
        assert scrape(server)[("newscrawl_mongodb_up",)] == 0
    finally:
        server.close()
    assert status == 503
    assert "127.0.0.1:1" in text
    assert "p4ssword" not in text


def test_a_scrape_starts_no_embedded_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCRAWL_HOME", str(tmp_path))
    server = MonitorServer(("127.0.0.1", 0), "writer")
    server.start()
    try:
        assert scrape(server)[("newscrawl_mongodb_up",)] == 0
        assert not embedded.status().running
    finally:
        server.close()


@pytest.mark.parametrize("text", ["", "localhost", "127.0.0.1:http", "127.0.0.1:70000", "9464 "])
def test_a_place_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not HOST:PORT"):
        parse_place(text)


def test_a_port_in_use_is_said(server: MonitorServer) -> None:
    port = int(server.address.rpartition(":")[2])
    with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1 port {port}: Address already in use"):
        MonitorServer(("127.0.0.1", port), "reader")


def test_each_query_of_the_dashboard_names_a_metric(
    store: Any, server: MonitorServer, tmp_path: Path
) -> None:
    store["runs"].insert_one(run(1, datetime.now(UTC), delays=[5]))
    load_jobs(JobsFile([Job(name="news", spider="eastmoney", every=HOUR, zone=UTC)]))
    heartbeat = Heartbeat(tmp_path, shared=True)
    heartbeat.beat(0, 2)
    store["jobs"].update_one({"_id": "news"}, {"$set": {"last_run": {"started": NOW}}})
    store["webhooks"].insert_one({"_id": "desk", "delivered": 3, "failures": 0})
    shown = {name for name, *_ in scrape(server)}
    heartbeat.end()
    table = (DASHBOARD.parent / "monitoring.md").read_text("utf-8").partition("\n## Metrics\n")[2]
    documented = set(re.findall(r"`(newscrawl_[a-z_]+)`", table.partition("\n## Logs\n")[0]))
    assert documented - shown == {"newscrawl_http_request_seconds"}  # shown as _bucket, _sum and _count
    families = {re.sub("_(bucket|sum|count)$", "", name) for name in shown if not name.endswith("_created")}
    assert {name for name in families if name.startswith("newscrawl_")} <= documented
    dashboard = json.loads(DASHBOARD.read_text("utf-8"))
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    assert len(queries) >= 10
    for query in queries:
        named = set(re.findall(r"\b(?:newscrawl|process)_[a-z_]+", query))
        assert named, query
        assert named <= shown, query
