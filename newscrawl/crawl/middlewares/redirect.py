"""Redirects without a Referer: no site learns where a link to it stood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.http import Response


class SilentRedirect(RedirectMiddleware):
    """Scrapy's redirects without its warning, in every run, that they remove the Referer."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """As Scrapy does. Raises IgnoreRequest, not Scrapy's ValueError, for a `Location` that is not an
        address: `javascript:…`, a port of 99999."""
        try:
            return super().process_response(request, response)
        except ValueError:
            raise IgnoreRequest(f"HTTP {response.status} to an invalid address") from None

    def _engine_started(self) -> None:
        """Scrapy looks for RefererMiddleware here, and warns if it is off; settings.py turns it off."""
