"""Redirects without a Referer: no site learns where a link to it stood."""

from __future__ import annotations

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware


class SilentRedirect(RedirectMiddleware):
    """Scrapy's redirects without its warning, in every run, that they remove the Referer."""

    def _engine_started(self) -> None:
        """Scrapy looks for RefererMiddleware here, and warns if it is off; settings.py turns it off."""
