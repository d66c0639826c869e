"""newscrawl status: each spider's last run, for people and for a monitor."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newscrawl.cli.status import StatusRow, status_lines
from newscrawl.locks import SpiderLock
from newscrawl.store import client
from tests.crawl.crawls import crawl
from tests.in_process import run as newscrawl

pytestmark = pytest.mark.slow


def put(database: str, spider: str, ago: timedelta, **fields: Any) -> None:
    """A run in the database, of so long ago."""
    started = datetime.now(UTC) - ago
    document = {
        "_id": f"{spider}-{started:%Y%m%dT%H%M%S%f}",
        "spider": spider,
        "arguments": {},
        "started": started,
        "finished": started + timedelta(seconds=5),
        "complete": True,
        "problems": [],
        "counts": {"stored": 1_200, "failed": 0},
        **fields,
    }
    with client.connect("writer") as writer:
        writer[database]["runs"].insert_one(document)


def test_nothing_was_crawled_yet(database: str) -> None:
    shown = newscrawl("status", code=1)
    assert shown.stdout == ""
    assert shown.stderr == "no runs yet; start one with: newscrawl crawl eastmoney\n"
    assert json.loads(newscrawl("status", "--json", code=1).stdout) == {
        "newest": None,
        "posts_this_hour": 0,
        "posts_of_24_hours": 0,
        "spool": 0,
        "read_by_old_rules": 0,
        "spiders": [],
        "webhooks": [],
    }


def test_the_last_run_of_each_spider_is_what_counts(database: str) -> None:
    put(database, "eastmoney", timedelta(hours=2), problems=["no list could be read"])
    put(database, "eastmoney", timedelta(hours=1))
    put(database, "enorth", timedelta(hours=3))
    lines = newscrawl("status").stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["eastmoney", "enorth"]
    assert [line.split("\t")[2:] for line in lines] == [["good", "1,200 stored", "", "-", "-"]] * 2


def test_how_long_after_publication_news_is_stored(database: str) -> None:
    put(database, "eastmoney", timedelta(days=2), delays=[600, 620, 580])
    put(database, "eastmoney", timedelta(hours=1), delays=[80, 100])
    put(database, "enorth", timedelta(hours=3))
    lines = newscrawl("status").stdout.splitlines()
    assert [line.split("\t")[5] for line in lines] == ["1m20s / 9m40s", "-"]
    busy, quiet = json.loads(newscrawl("status", "--json").stdout)["spiders"]
    day, week = {"posts": 2, "median": 80, "p90": 100}, {"posts": 5, "median": 580, "p90": 620}
    assert busy["delay"] == {"24h": day, "7d": week}
    assert quiet["delay"] == {"24h": None, "7d": None}


@pytest.mark.parametrize(
    ("ago", "fields", "words", "ended", "code"),
    [
        (timedelta(hours=1), {"problems": ["no list could be read"]}, (), "bad", 1),
        (timedelta(days=8), {"problems": ["no list could be read"]}, (), "bad", 1),
        (timedelta(days=8), {}, (), "good", 0),
        (timedelta(hours=2), {"finished": None}, (), "not ended", 1),
        (timedelta(minutes=20), {"finished": None}, (), "running", 0),
        (timedelta(hours=2), {}, ("--stale", "3h"), "good", 0),
        (timedelta(hours=2), {}, ("--stale", "1h"), "late", 1),
        (timedelta(days=8), {}, ("--stale", "1h"), "late", 1),
        (timedelta(days=8), {"problems": ["no list"]}, ("--stale", "2h"), "bad", 1),
    ],
)
def test_what_a_monitor_is_told(
    database: str, ago: timedelta, fields: dict[str, Any], words: tuple[str, ...], ended: str, code: int
) -> None:
    put(database, "eastmoney", ago, **fields)
    (spider,) = json.loads(newscrawl("status", "--json", *words, code=code).stdout)["spiders"]
    assert (spider["spider"], spider["ended"]) == ("eastmoney", ended)
    assert spider["outcomes"] == {"stored": 1_200}


def test_a_run_of_a_clock_that_was_ahead_is_not_the_last(database: str) -> None:
    put(database, "eastmoney", timedelta(hours=1), problems=["no list could be read"])
    put(database, "eastmoney", timedelta(days=-365))
    [line] = newscrawl("status", code=1).stdout.splitlines()
    assert line.split("\t")[2:] == ["bad", "1,200 stored", "no list could be read", "-", "-"]


def test_each_site_of_a_spider_has_its_own_row(database: str) -> None:
    put(database, "site", timedelta(hours=2), arguments={"url": "http://dead/"}, problems=["no list"])
    put(database, "site", timedelta(hours=1), arguments={"url": "http://plain/"})
    put(database, "site", timedelta(minutes=9), arguments={"retry": "all"})
    shown = newscrawl("status", code=1)
    rows = [line.split("\t") for line in shown.stdout.splitlines()]
    assert [(row[0], row[2]) for row in rows] == [
        ("site url=http://dead/", "bad"),
        ("site url=http://plain/", "good"),
    ]


def test_what_is_wrong_is_on_standard_error_beside_json(database: str) -> None:
    put(database, "site", timedelta(hours=2), arguments={"url": "http://dead/"}, problems=["no list", "x"])
    shown = newscrawl("status", "--json", code=1)
    assert json.loads(shown.stdout)["spiders"][0]["arguments"] == {"url": "http://dead/"}
    assert shown.stderr.splitlines() == [
        "newscrawl: site url=http://dead/: no list",
        "newscrawl: site url=http://dead/: x",
    ]


def test_sources_that_are_no_longer_crawled_can_be_left_out(database: str) -> None:
    put(database, "enorth", timedelta(days=40), problems=["no list"])
    put(database, "eastmoney", timedelta(hours=1))
    assert len(newscrawl("status", code=1).stdout.splitlines()) == 2
    assert len(newscrawl("status", "--within", "30d").stdout.splitlines()) == 1
    assert "no runs within 5m" in newscrawl("status", "--within", "5m", code=1).stderr


def test_a_long_run_that_still_runs_is_no_fault(database: str) -> None:
    put(database, "eastmoney", timedelta(hours=5), finished=None)
    with SpiderLock("eastmoney"):
        assert "\trunning\t" in newscrawl("status").stdout
    assert "\tnot ended\t" in newscrawl("status", code=1).stdout


def test_a_poll_that_left_no_run_is_shown_as_a_look(database: str) -> None:
    put(database, "site", timedelta(hours=5), arguments={"a": "1", "b": "2"})
    put(database, "eastmoney", timedelta(hours=5))
    at = datetime(2026, 12, 1, 8, 41, tzinfo=UTC)
    runs = [
        {"finished": at - timedelta(hours=1), "host": "news1", "counts": {"stored": 1}},
        {"finished": at, "host": "news2", "counts": {"watched": 1}},
    ]
    declared = {"spider": "site", "args": {"b": "2", "a": "1"}}
    with client.connect("writer") as writer:
        jobs = writer[database]["jobs"]
        jobs.insert_many(
            {"_id": f"job{number}", "declared": declared, "last_run": run} for number, run in enumerate(runs)
        )
        jobs.insert_one(
            {"_id": "x:/home:news", "spider": "eastmoney", "host": "x", "last_run": runs[0] | {"host": None}}
        )
    east, site = json.loads(newscrawl("status", "--json").stdout)["spiders"]
    assert site["looked"] == {"at": "2026-12-01T08:41:00Z", "host": "news2", "watched": True}
    assert (east["looked"]["host"], east["looked"]["watched"]) == ("x", False)
    assert newscrawl("status").stdout.splitlines()[1].split("\t")[-1].endswith(" on news2")


def test_a_wrong_span_is_told(database: str) -> None:
    for option in ("--stale", "--within"):
        said = newscrawl("status", option, "2x", code=2).stderr
        assert said == f"newscrawl: invalid {option} '2x'; use 45m, 3h, 2d or 1w\n"


def test_after_a_crawl(database: str, quiet_newsroom: str) -> None:
    code, run = crawl("eastmoney", quiet_newsroom, "--limit", "5")
    assert code == 0
    told = json.loads(newscrawl("status", "--json").stdout)
    (spider,) = told["spiders"]
    assert spider["outcomes"] == {"stored": run["counts"]["stored"]}
    assert spider["ended"] == "good"
    assert told["newest"]


def test_the_table_has_the_problems_below_their_spider() -> None:
    rows = [
        StatusRow("eastmoney", "2026-11-28 19:05", "good", "12 stored", "", "1m20s / 2m"),
        StatusRow("enorth", "2026-11-28 19:00", "not ended", "-", "no list could be read"),
    ]
    assert status_lines(rows) == [
        "spider     last run          ended      delay 24h / 7d  pages",
        "eastmoney  2026-11-28 19:05  good       1m20s / 2m      12 stored",
        "enorth     2026-11-28 19:00  not ended  -               -",
        "  no list could be read",
    ]
    assert status_lines([]) == []
