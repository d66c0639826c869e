"""SiteOptions: the title, language, time zone, address and clock of a site."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from newscrawl.web.languages import DEFAULT, msgid

DEFAULT_TITLE = msgid("Newsbook")
DEFAULT_ZONE = "Asia/Shanghai"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteOptions:
    """What differs between two sites."""

    title: str = DEFAULT_TITLE  #: in the masthead and in each page's title
    language: str | None = None  #: BCP 47; None: each reader's
    default_language: str = DEFAULT  #: for readers who state none
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(DEFAULT_ZONE))  #: used to group posts by day
    address: str = ""  #: public address: `https://news.example.org`; empty: as served
    patience: float = 4.0  #: seconds that the database may take for one page
    fresh: float = 2.0  #: seconds that a page is cached; pages of counts, ten times as long
    now: Callable[[], datetime] = _now  #: aware
