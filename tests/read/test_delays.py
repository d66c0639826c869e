"""The delays of sources, from what their runs recorded."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newscrawl.read import AsyncPosts, Posts
from newscrawl.read.delays import Delays, Quantiles, quantiles
from newscrawl.store import client

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("counted", "expected"),
    [
        ([], None),
        ([(60, 0)], None),
        ([(60, 1)], Quantiles(1, 60, 60)),
        ([(60, 1), (300, 1)], Quantiles(2, 60, 300)),
        ([(300, 2), (60, 8), (900, 90)], Quantiles(100, 900, 900)),
        ([(60, 89), (120, 1), (3600, 10)], Quantiles(100, 60, 120)),
    ],
)
def test_quantiles_of_counted_values(counted: Any, expected: Quantiles | None) -> None:
    assert quantiles(counted) == expected


def test_the_last_day_and_week_by_source(database: str) -> None:
    now = datetime.now(UTC)
    runs = [
        ("eastmoney", {}, timedelta(hours=2), [58, 62, 600]),
        ("eastmoney", {}, timedelta(days=3), [1800]),
        ("eastmoney", {}, timedelta(days=8), [9]),
        ("site", {"url": "http://a/"}, timedelta(days=2), [120]),
        ("site", {"url": "http://b/"}, timedelta(hours=2), None),
    ]
    documents = [
        {"_id": str(number), "spider": spider, "arguments": arguments, "started": now - ago}
        | ({"delays": delays} if delays else {})
        for number, (spider, arguments, ago, delays) in enumerate(runs)
    ]
    with client.connect("writer") as writer:
        writer[database]["runs"].insert_many(documents)
    expected = {
        "eastmoney": Delays(Quantiles(3, 60, 600), Quantiles(4, 60, 1800)),
        "site url=http://a/": Delays(None, Quantiles(1, 120, 120)),
    }
    with Posts.connect() as posts:
        assert posts.delays() == expected

    async def ask() -> dict[str, Delays]:
        async with AsyncPosts.connect() as posts:
            return await posts.delays()

    assert asyncio.run(ask()) == expected
