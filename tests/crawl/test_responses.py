"""Why an answer with an error status is not an article."""

from __future__ import annotations

import pytest
from scrapy.http import Response

from newscrawl.crawl.responses import status_reason


@pytest.mark.parametrize(
    ("status", "headers", "reason"),
    [
        (404, {}, "HTTP 404"),
        (500, {}, "HTTP 500"),
        (403, {}, "blocked (HTTP 403)"),
        (451, {}, "blocked (HTTP 451)"),
        (403, {"cf-mitigated": "challenge"}, "challenge page (HTTP 403)"),
        (403, {"cf-mitigated": "other"}, "blocked (HTTP 403)"),
        (202, {"x-amzn-waf-action": "challenge"}, "challenge page (HTTP 202)"),
        (405, {"x-amzn-waf-action": "captcha"}, "challenge page (HTTP 405)"),
    ],
)
def test_the_reason_names_walls(status: int, headers: dict[str, str], reason: str) -> None:
    assert status_reason(Response("https://example.org/a", status=status, headers=headers)) == reason
