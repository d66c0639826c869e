"""Which Scrapy and newscrawl settings a job or a source may change for its crawls, and within which bounds.

All others are the project's: they would break what newscrawl promises, or concern the whole process.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

_MB = 1024 * 1024
#: Numbers: least and most. Whole ones only, unless a bound is a float.
NUMBERS: dict[str, tuple[float, float]] = {
    "AUTOTHROTTLE_MAX_DELAY": (0.0, 600.0),  # seconds
    "CONCURRENT_REQUESTS": (1, 256),  # over all hosts
    "DOWNLOAD_DELAY_JITTER": (0.0, 1.0),
    "DOWNLOAD_MAXSIZE": (1024, 256 * _MB),  # bytes; 0 would be without bound
    "DOWNLOAD_TIMEOUT": (1.0, 3600.0),  # seconds
    "MEMUSAGE_LIMIT_MB": (128, 65_536),
    "NEWSCRAWL_HOST_WAIT": (0.0, 3600.0),  # seconds
    "NEWSCRAWL_LOOKS": (0, 10_000),
    "NEWSCRAWL_MAX_LIST_REQUESTS": (0, 1_000_000),
    "NEWSCRAWL_RENDER_MEMORY_MB": (128, 65_536),
    "NEWSCRAWL_RENDER_PAGES": (0, 100_000),
    "NEWSCRAWL_RENDER_REQUESTS": (0, 10_000),
    "NEWSCRAWL_RENDER_RESTART": (1, 100_000),
    "NEWSCRAWL_RENDER_SECONDS": (1.0, 600.0),
    "NEWSCRAWL_WATCHED_POLLS": (1, 100_000),
    "NEWSCRAWL_WATCHED_SECONDS": (0.0, 86_400.0),
    "REDIRECT_MAX_TIMES": (0, 20),
    "RETRY_BACKOFF": (0.0, 600.0),  # seconds
    "RETRY_BACKOFF_MAX": (0.0, 3600.0),  # seconds
    "RETRY_TIMES": (0, 20),
}
SWITCHES = ("DOWNLOAD_VERIFY_CERTIFICATES", "NEWSCRAWL_CONDITIONAL", "NEWSCRAWL_KEEP_LISTS")
CHOICES: dict[str, Sequence[str]] = {
    "NEWSCRAWL_READER": ("auto", "process", "here"),
    "NEWSCRAWL_RENDER": ("never", "empty", "always"),
}
TEXTS = ("NEWSCRAWL_UNWATCHED_FIELDS",)
STATUSES = ("RETRY_HTTP_CODES",)  #: lists of HTTP statuses

ALLOWED = tuple(sorted([*NUMBERS, *SWITCHES, *CHOICES, *TEXTS, *STATUSES]))

_CODE = (
    "the guard against private addresses, robots.txt, the leases and the store are parts that it could"
    " remove; change it in the project's settings"
)
_PROCESS = "it is of the whole process; give it with -s, or in the project's settings"
#: Settings that others would miss, or their beginnings (with *), and why they are refused.
_REFUSED = {
    "ROBOTSTXT_OBEY": "robots.txt is always obeyed",
    "ROBOTSTXT_USER_AGENT": "robots.txt is read for the name in user_agent; declare that",
    "ROBOTSTXT_*": "robots.txt is always obeyed",
    "AUTOTHROTTLE_ENABLED": "without it, Crawl-delay would not be obeyed; declare delay",
    "AUTOTHROTTLE_START_DELAY": "declare delay",
    "AUTOTHROTTLE_TARGET_CONCURRENCY": "declare concurrency",
    "CONCURRENT_REQUESTS_PER_*": "declare concurrency",
    "CLOSESPIDER_TIMEOUT": "declare time_limit",
    "COOKIES_ENABLED": "declare cookies",
    "COOKIES_DEBUG": "cookies would be in the log",
    "DEFAULT_REQUEST_HEADERS": "declare headers",
    "DOWNLOAD_DELAY": "declare delay",
    "DOWNLOAD_SLOTS": "the leases of hosts know one slot a host; declare delay and concurrency",
    "RANDOMIZE_DOWNLOAD_DELAY": "declare delay, and DOWNLOAD_DELAY_JITTER",
    "HTTPPROXY_*": "declare proxy",
    "NEWSCRAWL_COOKIES": "declare cookies",
    "NEWSCRAWL_HEADERS": "declare headers",
    "NEWSCRAWL_PROXY": "declare proxy",
    "USER_AGENT": "declare user_agent",
    "NEWSCRAWL_DRY_RUN": "its runs would store nothing; newscrawl crawl --dry-run does it once",
    "NEWSCRAWL_REPLACE": "walls and error pages would replace posts in every run; give it with -s, once",
    "NEWSCRAWL_PRIVATE_HOSTS": "it opens your own network; set it in the environment, for all crawls",
    "NEWSCRAWL_NEWSROOM": "every request would go elsewhere; set it in the environment, for all crawls",
    "NEWSCRAWL_KEEP_PAGES": "a source says it by keep_pages, the environment for all",
    "NEWSCRAWL_CHROMIUM": "it starts a program; set it in the environment",
    "RETRY_ENABLED": "set RETRY_TIMES = 0",
    "REDIRECT_ENABLED": "set REDIRECT_MAX_TIMES = 0",
    "METAREFRESH_ENABLED": "an article does not move by a tag",
    "HTTPCACHE_*": "answers of a cache would be taken for what the source says now",
    **dict.fromkeys(
        "ADDONS COMMANDS_MODULE DOWNLOADER DOWNLOADER_* DOWNLOAD_HANDLERS* DUPEFILTER_* EXTENSIONS* ITEM_*"
        " NEWSPIDER_MODULE SCHEDULER* SPIDER_* STATS_CLASS FEED*".split(),
        _CODE,
    ),
    **dict.fromkeys(
        "ASYNCIO_* BOT_NAME DNS* LOG_* REACTOR_* REMOTE_CONTROL_* TELNET* TWISTED_* NEWSCRAWL_COMMON_CRAWL"
        " NEWSCRAWL_PROGRESS".split(),
        _PROCESS,
    ),
}
_WHERE = "docs/settings.md lists those that a job or a source may change"


def setting_fault(name: str, value: Any) -> str | None:
    """Why a job or a source cannot set this, with the remedy; None if it can."""
    if name in NUMBERS:
        return _number_fault(value, *NUMBERS[name])
    if name in SWITCHES:
        return None if isinstance(value, bool) else "neither true nor false; write one of them without quotes"
    if name in CHOICES:
        return None if value in CHOICES[name] else f"use one of {', '.join(map(repr, CHOICES[name]))}"
    if name in TEXTS:
        return None if isinstance(value, str) else "not a text; write it in quotes"
    if name in STATUSES:
        are = isinstance(value, list | tuple) and all(type(one) is int and 400 <= one < 600 for one in value)
        return None if are else "not a list of HTTP statuses from 400 to 599; write e.g. [429, 503]"
    return _refusal(name)


def _number_fault(value: Any, least: float, most: float) -> str | None:
    whole = isinstance(least, int) and isinstance(most, int)
    is_number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if is_number and least <= value <= most:
        return None
    return f"not a {'whole ' if whole else ''}number from {least:g} to {most:.12g}; write one without quotes"


def _refusal(name: str) -> str:
    reason = _REFUSED.get(name) or next(
        (why for key, why in _REFUSED.items() if key.endswith("*") and name.startswith(key[:-1])), None
    )
    if reason:
        return f"not for a job or a source to change: {reason}"
    names = [*ALLOWED, *(key for key in _REFUSED if not key.endswith("*"))]
    near = difflib.get_close_matches(name.upper(), names, n=1)
    return f"unknown setting; {f'did you mean {near[0]}? ' if near else ''}{_WHERE}"
