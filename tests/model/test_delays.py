"""Which posts of a run have a delay, and which."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newscrawl.model.delays import MOST, NewsDelays
from newscrawl.model.post import DateInfo
from tests.read.stored import post_of

BEGAN = datetime(2026, 3, 8, 4, 0, tzinfo=UTC)  # the last complete run
NOW = BEGAN + timedelta(minutes=10)


def delays_of(
    date: datetime, outcome: Any = "stored", since: datetime | None = BEGAN, **info: Any
) -> list[int]:
    dated: dict[str, Any] = {"precision": "minute", "origin": "page", **info}
    post = post_of(1, date=date, date_info=DateInfo("", "+08:00", **dated))
    delays = NewsDelays(since)
    delays.take(post, NOW)
    delays.end(post.id, outcome)
    return delays.seconds


def test_news_is_delayed_from_its_publication_to_the_store() -> None:
    assert delays_of(NOW - timedelta(minutes=4)) == [240]
    assert delays_of(BEGAN) == [600]
    assert delays_of(NOW - timedelta(minutes=4), precision="second") == [240]
    assert delays_of(NOW - timedelta(minutes=4), origin="list") == [240]


def test_a_date_to_the_minute_may_be_seconds_ahead() -> None:
    assert delays_of(NOW + timedelta(seconds=20)) == [0]
    assert delays_of(NOW + timedelta(hours=8)) == []


@pytest.mark.parametrize(
    "given",
    [
        {"date": BEGAN - timedelta(seconds=1)},  # backfill
        {"date": NOW, "since": None},  # of a source that never was read as a whole
        {"date": NOW, "precision": "day"},
        {"date": NOW, "origin": "header"},
        {"date": NOW, "outcome": "updated"},
        {"date": NOW, "outcome": "unchanged"},
        {"date": NOW, "outcome": "spooled"},
    ],
)
def test_all_else_is_left_out(given: dict[str, Any]) -> None:
    assert delays_of(**given) == []


def test_a_run_keeps_a_bounded_number() -> None:
    delays = NewsDelays(BEGAN)
    for number in range(MOST + 5):
        post = post_of(number, date=NOW)
        delays.take(post, NOW)
        delays.end(post.id, "stored")
    assert len(delays.seconds) == MOST
