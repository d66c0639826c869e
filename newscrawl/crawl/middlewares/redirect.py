"""Redirects without a Referer: no site learns where it was linked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.http import Response


class SilentRedirect(RedirectMiddleware):
    """Scrapy's redirects without its warning in every run about removing the Referer."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """As in Scrapy, but raises IgnoreRequest, not ValueError, for an invalid `Location`: `javascript:…`,
        port 99999."""
        try:
            return super().process_response(request, response)
        except ValueError:
            raise IgnoreRequest(f"HTTP {response.status} to an invalid address") from None

    def _engine_started(self) -> None:
        """Here Scrapy warns if RefererMiddleware is off; settings.py turns it off."""
