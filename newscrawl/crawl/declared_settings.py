"""Makes Scrapy settings of what a source and a job declare.

Each has a priority between the project's settings and the command line: `-s` > job > source > project. Tables
(headers, cookies) of a job are added to those of the source, and replace entries of the same name.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scrapy.settings import SETTINGS_PRIORITIES

from newscrawl.errors import UsageError
from newscrawl.model.crawl_settings import JOB_SETTINGS, CrawlSettings, robots_token

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from newscrawl.model.source import Source

SOURCE = SETTINGS_PRIORITIES["spider"]
JOB = SOURCE + 5  #: below the command line's

#: Scrapy's middleware that keeps cookies is loaded only for crawls with cookies: it is slow to import.
COOKIES = "newscrawl.crawl.middlewares.own_cookies.SourceCookies"
_COOKIES_ORDER = 700


def declare(settings: BaseSettings, source: Source | None, job: CrawlSettings) -> None:
    """Adds what a source and a job declare. Raises UsageError for a variable that is not set."""
    if source is not None:
        _add(settings, source.crawl_settings.filled_in(), SOURCE)
    _add(settings, job.filled_in(), JOB)
    if settings.getbool("COOKIES_ENABLED"):
        middlewares = settings.getdict("DOWNLOADER_MIDDLEWARES") | {COOKIES: _COOKIES_ORDER}
        settings.set("DOWNLOADER_MIDDLEWARES", middlewares, SOURCE)
    named = settings.getpriority("USER_AGENT") or 0
    if named > (settings.getpriority("ROBOTSTXT_USER_AGENT") or 0):
        settings.set("ROBOTSTXT_USER_AGENT", robots_token(settings["USER_AGENT"] or "") or None, named)


def job_settings() -> CrawlSettings:
    """What the job declares whose run this process is. Raises UsageError."""
    return CrawlSettings.from_json(os.environ.get(JOB_SETTINGS, ""))


def check_given(settings: BaseSettings) -> None:
    """Raises UsageError for headers, cookies or a proxy of a command line that cannot be sent."""
    given: dict[str, Any] = {
        "headers": settings.getdict("NEWSCRAWL_HEADERS") or None,
        "cookies": settings.getdict("NEWSCRAWL_COOKIES") or None,
        "proxy": settings.get("NEWSCRAWL_PROXY") or None,
    }
    try:
        CrawlSettings(**{name: value for name, value in given.items() if value is not None})
    except UsageError as error:
        name = next(name for name in given if str(error).startswith(name))
        raise UsageError(f"NEWSCRAWL_{name.upper()}{str(error).removeprefix(name)}") from None


def _add(settings: BaseSettings, declared: CrawlSettings, priority: int) -> None:
    if declared.user_agent is not None:
        _put(settings, "USER_AGENT", declared.user_agent, priority)
    if declared.proxy is not None:
        _put(settings, "NEWSCRAWL_PROXY", declared.proxy, priority)
    if declared.headers:
        _extend(settings, "NEWSCRAWL_HEADERS", declared.headers, priority)
    if declared.cookies is not None:
        _put(settings, "COOKIES_ENABLED", bool(declared.cookies), priority)
    if isinstance(declared.cookies, Mapping):
        _extend(settings, "NEWSCRAWL_COOKIES", declared.cookies, priority)
    if (delay := declared.delay) is not None:
        most = max(settings.getfloat("AUTOTHROTTLE_MAX_DELAY"), delay)
        with_it = {
            "AUTOTHROTTLE_START_DELAY": delay,
            "AUTOTHROTTLE_MAX_DELAY": most,
            "DOWNLOAD_DELAY_JITTER": 0.0,  # the least, not the middle
        }
        _put(settings, "DOWNLOAD_DELAY", delay, priority, with_it)
    if (count := declared.concurrency) is not None:
        with_it = {"AUTOTHROTTLE_TARGET_CONCURRENCY": float(count)}
        _put(settings, "CONCURRENT_REQUESTS_PER_DOMAIN", count, priority, with_it)
    if declared.time_limit is not None:
        _put(settings, "CLOSESPIDER_TIMEOUT", declared.time_limit.total_seconds(), priority)
    for name, value in declared.settings.items():
        _put(settings, name, value, priority)


def _put(
    settings: BaseSettings, name: str, value: Any, priority: int, with_it: Mapping[str, Any] | None = None
) -> None:
    """Sets it, and what depends on it, unless it is set with a higher priority."""
    if (settings.getpriority(name) or 0) > priority:
        return
    for key, each in {name: value, **(with_it or {})}.items():
        settings.set(key, each, priority)


def _extend(settings: BaseSettings, name: str, table: Mapping[str, str], priority: int) -> None:
    """Adds to a table; names of headers are compared without regard to case."""
    is_headers = name == "NEWSCRAWL_HEADERS"
    added = {key.title() if is_headers else key: value for key, value in table.items()}
    _put(settings, name, settings.getdict(name) | added, priority)
