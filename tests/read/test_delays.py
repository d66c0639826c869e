"""The delays of sources, from what their runs recorded."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.read import AsyncPosts, Posts
from newscrawl.read.delays import Delays, Quantiles, quantiles
from newscrawl.store import client

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ([], None),
        ([60], Quantiles(1, 60, 60)),
        ([300, 60], Quantiles(2, 60, 300)),
        ([900] * 90 + [60] * 10, Quantiles(100, 900, 900)),
        ([3600] * 10 + [60] * 89 + [120], Quantiles(100, 60, 120)),
    ],
)
def test_the_quantiles_of_delays(seconds: list[int], expected: Quantiles | None) -> None:
    assert quantiles(seconds) == expected


def test_the_last_day_and_week_by_source(database: str) -> None:
    now = datetime.now(UTC)
    runs = [
        ("eastmoney", {}, timedelta(hours=2), [58, 62, 600]),
        ("eastmoney", {}, timedelta(days=3), [1800]),
        ("eastmoney", {}, timedelta(days=8), [9]),
        ("site", {"url": "http://a/"}, timedelta(days=2), [120]),
        ("site", {"url": "http://b/"}, timedelta(hours=2), []),
    ]
    documents = [
        {
            "_id": str(number),
            "spider": spider,
            "arguments": arguments,
            "started": now - ago,
            "delays": delays,
        }
        for number, (spider, arguments, ago, delays) in enumerate(runs)
    ]
    with client.connect("writer") as writer:
        writer[database]["runs"].insert_many(documents)
    expected = {
        "eastmoney": Delays(Quantiles(3, 62, 600), Quantiles(4, 62, 1800)),
        "site url=http://a/": Delays(None, Quantiles(1, 120, 120)),
    }
    with Posts.connect() as posts:
        assert posts.delays() == expected
        assert posts.delays(timedelta(days=1)) == {"eastmoney": Delays(Quantiles(3, 62, 600), None)}

    async def ask() -> dict[str, Delays]:
        async with AsyncPosts.connect() as posts:
            return await posts.delays()

    assert asyncio.run(ask()) == expected
