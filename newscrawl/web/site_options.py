"""Site: what this copy of the reader's pages is called, and the clock it lives by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

DEFAULT_TITLE = "新闻簿"
DEFAULT_ZONE = "Asia/Shanghai"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteOptions:
    """What differs from one copy of the pages to another."""

    title: str = DEFAULT_TITLE  #: in the masthead and behind each page's title
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(DEFAULT_ZONE))  #: whose midnights part the days
    address: str = (
        ""  #: where readers find the pages, for feeds: `https://news.example.org`; empty: as served
    )
    patience: float = 4.0  #: seconds that the database has for one page
    fresh: float = 2.0  #: seconds that a page is given again without asking; counts ten times as long
    now: Callable[[], datetime] = _now  #: aware
