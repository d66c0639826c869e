"""parse_date: a cascade of regexes for what news sites print, dateparser only after all of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from newscrawl.dates import days, relative
from newscrawl.dates.in_words import in_words
from newscrawl.dates.parsed import Clock, ParsedDate

#: Of a longer text only the beginning is read: a date stands in a short line.
TEXT_LIMIT = 200

_Form = Callable[[str, Clock], ParsedDate | None]
# In this order: the form of nearly all sources first; a span (1年2个月前) before a day without a year.
_FORMS: tuple[_Form, ...] = (
    relative.epoch,
    days.compact,
    days.month_named,
    days.day_first,
    days.short_year,
    relative.relative,
    days.yearless,
    in_words,
)
_DIGIT_OR_WORD = re.compile(r"\d|[刚剛今昨前半]|just|ago|yesterday|today", re.IGNORECASE)
_PUBLISHED = re.compile(r"发布|發布|发表|首发|刊发|Published", re.IGNORECASE)
_UPDATED = re.compile(r"更新|修改|Updated|Modified", re.IGNORECASE)


def parse_date(
    text: str, *, zone: str, now: datetime, languages: tuple[str, ...] = ("zh", "en")
) -> ParsedDate | None:
    """The moment that a source printed, or None.

    text: one line of a page or a field of an API; labels and prose around the date do no harm.
    zone: IANA name of the source's clock, for what states none (then `zone` is in `assumed`).
    now: aware; relative dates count from it, dates without a year are the latest before it, and
        later dates than it (by more than CLOCK_DOUBT) are not accepted.
    languages: BCP 47, the likeliest first. They say what 03/04/2026 means: `en-US` March, `en-GB` and
        most others April; `en` and `zh` do not, so that it is None.
    Never raises for a text; raises zoneinfo.ZoneInfoNotFoundError for a zone that does not exist.

    >>> from datetime import UTC
    >>> now = datetime(2026, 3, 9, tzinfo=UTC)
    >>> read = parse_date("发布时间：2026年03月08日 08:37", zone="Asia/Shanghai", now=now)
    >>> read.at.isoformat(), read.offset, read.precision, read.assumed
    ('2026-03-08T00:37:00+00:00', '+08:00', 'minute', ['zone'])
    """
    text = text[:TEXT_LIMIT]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    clock = Clock(_zone(zone), now, languages)
    if found := days.year_first(text, clock):
        if not text.isascii() and _UPDATED.search(text):
            return _published(text, clock) or found
        return found
    if _DIGIT_OR_WORD.search(text) is None:
        return None
    text = text.strip()
    return next((found for form in _FORMS if (found := form(text, clock))), None)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _published(text: str, clock: Clock) -> ParsedDate | None:
    """The date after the word for publication, in a line that also names the update."""
    label = _PUBLISHED.search(text)
    return days.year_first(text[label.end() :], clock) if label else None
