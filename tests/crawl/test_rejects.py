"""newscrawl rejects: what could not become a post, and why."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.store import client
from tests.crawl.crawls import Crawled
from tests.in_process import run as newscrawl

pytestmark = pytest.mark.slow


def put(database: str, number: int, spider: str, *reasons: str, ago: timedelta = timedelta()) -> None:
    at = datetime.now(UTC).replace(microsecond=0) - ago
    reject = {
        "_id": f"{spider}:{number}#0",
        "post": f"{spider}:{number}",
        "url": f"https://example.org/{number}",
        "reasons": list(reasons),
        "spider": spider,
        "run": "r",
        "fetched": at,
        "page": "<html>",
        "values": {"title": "a\tb"},
        "seen": 1,
        "first_seen": at,
        "last_seen": at,
    }
    with client.connect("writer") as writer:
        writer[database]["rejects"].insert_one(reject)


def ids(*words: str) -> list[str]:
    return [line.split("\t")[3] for line in newscrawl("rejects", *words).stdout.splitlines()]


def test_they_come_the_latest_first_and_by_what_is_asked(database: str) -> None:
    put(database, 1, "enorth", "no title", "no date", ago=timedelta(hours=30))
    put(database, 2, "eastmoney", "failed: HTTP 404", ago=timedelta(hours=1))
    put(database, 3, "eastmoney", "no date", ago=timedelta(hours=2))
    assert ids() == ["eastmoney:2", "eastmoney:3", "enorth:1"]
    assert ids("eastmoney") == ["eastmoney:2", "eastmoney:3"]
    assert ids("--reason", "NO DATE") == ["eastmoney:3", "enorth:1"]
    assert ids("--reason", ".") == []
    assert ids("--since", "1d") == ["eastmoney:2", "eastmoney:3"]
    assert ids("--limit", "1") == ["eastmoney:2"]
    (first, *_) = newscrawl("rejects", "enorth").stdout.splitlines()
    assert first.split("\t")[1:] == ["enorth", "no title; no date", "enorth:1", "https://example.org/1"]


def test_they_are_counted_by_spider_and_reason(database: str) -> None:
    put(database, 1, "enorth", "no title", "no date")
    put(database, 2, "eastmoney", "no date")
    put(database, 3, "eastmoney", "no date")
    assert newscrawl("rejects", "--counts").stdout == (
        "2\teastmoney\tno date\n1\tenorth\tno date\n1\tenorth\tno title\n"
    )
    assert json.loads(newscrawl("rejects", "eastmoney", "--counts", "--json").stdout) == [
        {"spider": "eastmoney", "reason": "no date", "articles": 2}
    ]


def test_without_any_it_says_so(database: str) -> None:
    assert newscrawl("rejects").stderr == "no rejects\n"
    assert newscrawl("rejects", "eastmoney", "--reason", "no").stderr == "no matching rejects\n"
    assert json.loads(newscrawl("rejects", "--json").stdout) == []
    assert "no spider 'eastmony'" in newscrawl("rejects", "eastmony", code=2).stderr
    assert "soon" in newscrawl("rejects", "--since", "soon", code=2).stderr


def test_those_of_a_spider_that_is_no_more_are_shown(database: str) -> None:
    put(database, 1, "gone", "no title")
    assert ids("gone") == ["gone:1"]


def test_after_a_crawl_each_reject_is_there_without_its_page(crawled: Crawled) -> None:
    words = ("rejects", "--json", "--limit", "10000")
    told = json.loads(newscrawl(*words, NEWSCRAWL_DATABASE=crawled.database).stdout)
    assert sorted(one["_id"] for one in told) == sorted(reject["_id"] for reject in crawled.rejects)
    assert told
    assert not any("page" in one for one in told)
