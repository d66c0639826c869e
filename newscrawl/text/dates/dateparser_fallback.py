"""The last resort: dateparser, for languages that the cascade does not read."""

from __future__ import annotations

import re
from datetime import UTC, tzinfo
from typing import Any

from newscrawl.model.post import Precision
from newscrawl.text.dates.parsed import Clock, ParsedDate, moment, place
from newscrawl.text.dates.zones import ZONE_AFTER_TIME, stated_zone
from newscrawl.text.lazy_regex import lazy

#: dateparser takes milliseconds and more with the length; no date in words is longer.
LENGTH_LIMIT = 60

_LETTERS = lazy(r"[^\W\d_]{3}")
# `8 de marzo de 2025` out of a line with labels and names around it.
_CORE = lazy(r"\d{1,2}\b\D{3,25}(?:19|20)\d\d(?:\D{1,8}\d{1,2}[:h.]\d\d)?")
_TIME = lazy(r"\d[:.h]\d\d(?::\d\d)?(?!\d)(?:\s?[AaPp]\.?\s?[Mm]\b\.?)?")
_YEAR = lazy(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def in_words(text: str, clock: Clock) -> ParsedDate | None:
    """`13. Mai 2026, 15:44 Uhr`, `8 mars 2026`: a text with a year in figures and a month's name.

    Costs milliseconds, so it is asked only where a date can be in the text at all: FACTS of the
    library are that it guesses the month and the year that are not there.
    """
    if len(text) > LENGTH_LIMIT or _YEAR.search(text) is None or _LETTERS.search(text) is None:
        return None
    parsed = _ask(text, clock)
    if parsed is None and (core := _CORE.search(text)) and core.group() != text:
        parsed = _ask(core.group(), clock)
    if parsed is None:
        return None
    when, period = parsed
    if period not in ("day", "time"):
        return None
    if period == "day":
        return place(clock, (when.year, when.month, when.day))
    zone = _stated_zone(text, clock) or when.tzinfo
    local = when.astimezone(zone) if when.tzinfo else when.replace(tzinfo=zone or clock.zone)
    precision: Precision = "second" if re.search(r"\d:\d\d:\d\d", text) else "minute"
    return moment(clock, local.replace(microsecond=0), precision, [] if zone else ["zone"])


def _stated_zone(text: str, clock: Clock) -> tzinfo | None:
    """The zone behind the text's time, which dateparser does not know in all its forms."""
    time = _TIME.search(text)
    stated = ZONE_AFTER_TIME.match(text, time.end()) if time else None
    return stated_zone(stated, clock.zone, clock.now) if stated else None


def _ask(text: str, clock: Clock) -> Any:
    """dateparser's answer as (datetime, period); None where it finds nothing or breaks."""
    from dateparser.date import DateDataParser  # type: ignore[import-untyped]  # 90 ms, rarely needed

    bases = [language.split("-")[0] for language in clock.languages]
    try:
        parser = DateDataParser(
            languages=list(dict.fromkeys(bases)),
            settings={
                "TIMEZONE": "UTC",
                "RELATIVE_BASE": clock.now.astimezone(UTC).replace(tzinfo=None),
                "RETURN_TIME_AS_PERIOD": True,
                "REQUIRE_PARTS": ["day", "month", "year"],
                "PREFER_DATES_FROM": "past",
                "PARSERS": ["absolute-time"],
            },
        )
        data = parser.get_date_data(text)
    except (ValueError, OverflowError, TypeError, AttributeError, KeyError, IndexError):
        return None  # an unknown language, or a text on which dateparser itself stumbles
    return None if data.date_obj is None else (data.date_obj, data.period)
