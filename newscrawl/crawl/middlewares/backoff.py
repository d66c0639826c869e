"""Retries with a pause: exponential back-off, or the server's Retry-After."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import ResponseDataLossError
from scrapy.http import Request, Response

from newscrawl.crawl.middlewares.decompression import BROKEN_OFF
from newscrawl.crawl.middlewares.stopping import sleep

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


class BackoffRetry(RetryMiddleware):
    """Scrapy's retry middleware, with a pause before each retry.

    RETRY_BACKOFF seconds, doubled for each further retry, ± 25 %, at most RETRY_BACKOFF_MAX. A Retry-After up
    to that limit is used instead. A longer one ends the retries until the next run.
    """

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._first = settings.getfloat("RETRY_BACKOFF")
        self._most = settings.getfloat("RETRY_BACKOFF_MAX")

    async def process_response(  # type: ignore[override]  # Scrapy awaits what a middleware returns
        self, request: Request, response: Response
    ) -> Request | Response:
        if BROKEN_OFF in response.flags:
            error = ResponseDataLossError()
            if again := await self.process_exception(request, error):
                return again
            raise error
        requested = retry_after(response, datetime.now(UTC))
        if requested is not None and requested > self._most:
            return response
        result = super().process_response(request, response)
        if isinstance(result, Request):
            await sleep(requested if requested is not None else self.pause(result), self.crawler)
        return result

    async def process_exception(  # type: ignore[override]
        self, request: Request, exception: Exception
    ) -> Request | Response | None:
        result = super().process_exception(request, exception)
        if isinstance(result, Request):
            await sleep(self.pause(result), self.crawler)
        return result

    def pause(self, retry: Request) -> float:
        """Seconds to wait before `retry`; its meta has the number of tries."""
        tries: int = retry.meta.get("retry_times", 1)
        return min(self._most, self._first * 2.0 ** (tries - 1)) * random.uniform(0.75, 1.25)  # noqa: S311


def retry_after(response: Response, now: datetime) -> float | None:
    """Seconds from a Retry-After header, a number or an HTTP date; None without one."""
    raw = response.headers.get("Retry-After")
    if not raw:
        return None
    text = raw.decode("latin-1").strip()
    if text.isdecimal():  # excludes `²`, which float() refuses
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - now).total_seconds())
