"""Queries on the collection of rejects."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newscrawl.read.rejects import RejectFilter, Rejects
from newscrawl.store import client

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def reject(number: int, spider: str, *reasons: str, hours: int = 0, article: str = "") -> dict[str, Any]:
    at = NOW - timedelta(hours=hours)
    return {
        "_id": f"{spider}:{number}#{hours:012}",
        "post": article or f"{spider}:{number}",
        "url": f"https://example.org/{number}",
        "reasons": list(reasons),
        "spider": spider,
        "run": "r",
        "fetched": at,
        "page": "<html>",
        "values": {},
        "seen": 1,
        "first_seen": at,
        "last_seen": at,
    }


@pytest.fixture
def rejects(database: str) -> Iterator[Rejects]:
    with client.connect("writer") as writer:
        writer[database]["rejects"].insert_many(
            [
                reject(1, "a", "no title", "no date", hours=3),
                reject(1, "a", "failed: HTTP 500", hours=1),
                reject(2, "a", "no date", hours=2),
                reject(3, "b", "no date (yet)", hours=0),
            ]
        )
        writer[database]["posts"].insert_one(
            {"_id": "a:2", "language": "en"}, bypass_document_validation=True
        )
        yield Rejects(writer[database])


@pytest.mark.parametrize(
    ("criteria", "articles"),
    [
        (RejectFilter(), ["b:3", "a:1", "a:2"]),
        (RejectFilter("a"), ["a:1", "a:2"]),
        (RejectFilter(since=NOW - timedelta(hours=1)), ["b:3", "a:1"]),
        (RejectFilter(reason="NO DATE"), ["b:3", "a:2", "a:1"]),
        (RejectFilter(reason="date ("), ["b:3"]),
        (RejectFilter(articles=["a:2", "c:1"]), ["a:2"]),
        (RejectFilter(articles=[]), []),
    ],
)
def test_articles_come_once_and_the_last_seen_first(
    rejects: Rejects, criteria: RejectFilter, articles: list[str]
) -> None:
    assert list(rejects.articles(criteria)) == articles
    assert rejects.any(criteria) is bool(articles)


def test_the_newest_are_listed_without_their_pages(rejects: Rejects) -> None:
    found = list(rejects.newest(RejectFilter("a"), 2))
    assert [one["reasons"] for one in found] == [["failed: HTTP 500"], ["no date"]]
    assert not any("page" in one for one in found)


def test_counts_are_by_spider_and_reason(rejects: Rejects) -> None:
    assert list(rejects.counts(RejectFilter("a"))) == [
        {"spider": "a", "reason": "no date", "articles": 2},
        {"spider": "a", "reason": "failed: HTTP 500", "articles": 1},
        {"spider": "a", "reason": "no title", "articles": 1},
    ]


def test_the_rejects_of_each_article_are_those_of_one_spider(rejects: Rejects) -> None:
    found = rejects.of_articles("a", ["a:1", "b:3"])
    assert [one["last_seen"] for one in found["a:1"]] == [NOW - timedelta(hours=h) for h in (1, 3)]
    assert found["b:3"] == []


def test_which_spider_rejected_an_article_and_which_are_posts(rejects: Rejects) -> None:
    assert rejects.spiders_of(["a:1", "b:3", "c:9"]) == {"a:1": "a", "b:3": "b"}
    assert rejects.stored(["a:1", "a:2"]) == {"a:2"}
