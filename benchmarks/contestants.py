"""Who takes part in benchmarks/speed.py, and how each is started."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent

#: Politeness off, as many requests at once as Scrapy is given elsewhere: the job's own speed counts.
OVERRIDES = {
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "DOWNLOAD_DELAY_JITTER": 0,
    "CONCURRENT_REQUESTS": 32,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 32,
}


@dataclass(frozen=True, slots=True)
class Contestant:
    """One way to crawl the site; `command` is given the site's address."""

    name: str
    title: str
    command: Callable[[str], list[str]]
    folder: Path = FOLDER.parent  #: the working folder
    stores: bool = False  #: whether every article must lie in the database's `posts` afterwards


def _newscrawl(site: str) -> list[str]:
    settings = [word for name, value in OVERRIDES.items() for word in ("-s", f"{name}={value}")]
    crawl = ["-m", "newscrawl", "crawl", "eastmoney", "-a", "columns=350", "--since", "7d"]
    return [sys.executable, *crawl, "--newsroom", site, *settings, "--json"]


def _afternoon(site: str) -> list[str]:
    return [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"site={site}"]


CONTESTANTS = (
    Contestant("newscrawl", "newscrawl, stored", _newscrawl, stores=True),
    Contestant(
        "afternoon", "the afternoon project, stored", _afternoon, folder=FOLDER / "afternoon", stores=True
    ),
    Contestant(
        "empty_ours",
        "an empty spider, newscrawl's settings",
        lambda site: [sys.executable, "-m", "benchmarks.empty", "ours", site],
    ),
    Contestant(
        "empty_default",
        "an empty spider, Scrapy's settings",
        lambda site: [sys.executable, "-m", "benchmarks.empty", "default", site],
    ),
)
