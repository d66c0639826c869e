"""A withdrawn post is marked on its page, in lists, in its history and in the API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from newscrawl.store import client
from tests.web.newsstand import RICH_ID
from tests.web.serving import ask

SINCE, UNTIL = datetime(2026, 3, 8, 4, tzinfo=UTC), datetime(2026, 3, 8, 6, tzinfo=UTC)


def withdraw(database: str, until: datetime | None) -> None:
    gone = {"since": SINCE, "status": 410, "seen": SINCE, "until": until}
    change: dict[str, Any] = {"$set": {"withdrawn": gone}, "$inc": {"revision": 1}}
    with client.connect("writer") as writer:
        writer[database].posts.update_one({"_id": RICH_ID}, change)


@pytest.fixture(autouse=True)
def _put_back(stocked: str) -> Iterator[None]:
    yield
    with client.connect("writer") as writer:
        writer[stocked].posts.update_one({"_id": RICH_ID}, {"$set": {"withdrawn": None}})


def test_it_is_marked_while_it_is_gone(pages: str, stocked: str) -> None:
    assert "撤下" not in ask(pages, f"/post/{RICH_ID}").text
    withdraw(stocked, None)
    page = ask(pages, f"/post/{RICH_ID}").text
    assert "原网站已撤下本文" in page
    assert "HTTP 410" in page
    assert "原网站已撤下" in ask(pages, "/archive/2026-03-08").text
    answered = ask(pages, f"/api/v1/posts/{RICH_ID}").json["withdrawn"]
    assert answered == {
        "since": "2026-03-08T04:00:00Z",
        "status": 410,
        "seen": "2026-03-08T04:00:00Z",
        "until": None,
    }
    listed = ask(pages, "/api/v1/posts?size=100").json["posts"]
    assert {post["id"] for post in listed if post["withdrawn"]} == {RICH_ID}


def test_one_that_is_back_says_until_when(pages: str, stocked: str) -> None:
    withdraw(stocked, UNTIL)
    page = ask(pages, f"/post/{RICH_ID}").text
    assert "原网站已撤下" not in page
    assert "起恢复" in page
    listed = ask(pages, "/api/v1/posts?size=100").json["posts"]
    assert not any(post["withdrawn"] for post in listed)
