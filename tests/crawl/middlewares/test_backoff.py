"""Retries: how long they wait."""

from datetime import UTC, datetime

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.settings import Settings

from newscrawl.crawl.middlewares.backoff import BackoffRetry, retry_after

NOW = datetime(2026, 3, 8, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sun, 08 Mar 2026 12:00:30 GMT", 30.0),
        ("Sun, 08 Mar 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        (b"\xb2", None),
    ],
)
def test_retry_after(header: str | bytes, seconds: float | None) -> None:
    response = Response("https://example.com/", status=503, headers={"Retry-After": header})
    assert retry_after(response, NOW) == seconds


def test_without_the_header() -> None:
    assert retry_after(Response("https://example.com/", status=503), NOW) is None


def test_the_pause_doubles_up_to_its_bound() -> None:
    retry = BackoffRetry(Settings({"RETRY_BACKOFF": 1.0, "RETRY_BACKOFF_MAX": 10.0}))
    pauses = [retry.pause(Request("https://example.com/", meta={"retry_times": n})) for n in (1, 2, 3, 9)]
    for pause, expected in zip(pauses, (1.0, 2.0, 4.0, 10.0), strict=True):
        assert expected * 0.75 <= pause <= expected * 1.25
