"""Moments as people write them on a command line: `2d`, `2026-03-08`, `2026-03-08 12:00`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from newscrawl.errors import UsageError

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGO = re.compile(r"(\d{1,9})\s*([mhdw])", re.IGNORECASE | re.ASCII)
_STATED = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
    r"\s*(?:(Z)|([+-])(\d{2}):?(\d{2}))?",
    re.IGNORECASE | re.ASCII,
)
_EXAMPLES = "45m, 3h, 2d, 1w, 2026-03-08, '2026-03-08 12:00' or 2026-03-08T12:00+08:00"


def parse_moment(text: str, now: datetime, zone: tzinfo | None = None) -> datetime:
    """The moment that a person means, aware, in UTC.

    text: so long before `now` (`45m` minutes, `3h` hours, `2d` days, `1w` weeks), or a date, with or
        without a time, with or without an offset. A date alone is the beginning of that day.
    now: aware.
    zone: of what states no offset; None is this machine's local zone.
    Raises UsageError, with the text and examples, where it is none of these or no such day exists.

    >>> now = datetime(2026, 3, 8, 12, tzinfo=UTC)
    >>> parse_moment("2d", now).isoformat(), parse_moment("2026-03-08T12:00+08:00", now).isoformat()
    ('2026-03-06T12:00:00+00:00', '2026-03-08T04:00:00+00:00')
    """
    words = text.strip()
    try:
        if ago := _AGO.fullmatch(words):
            return now.astimezone(UTC) - timedelta(**{_UNITS[ago[2].lower()]: int(ago[1])})
        if stated := _STATED.fullmatch(words):
            return _stated(stated, zone)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"Invalid time {text!r} ({error}). Use {_EXAMPLES}") from None
    raise UsageError(f"Invalid time {text!r}. Use {_EXAMPLES}")


def parse_span(name: str, text: str) -> timedelta:
    """How long `45m`, `3h`, `2d` or `1w` is. Raises UsageError, which names the option, for anything else."""
    try:
        if span := _AGO.fullmatch(text.strip()):
            return timedelta(**{_UNITS[span[2].lower()]: int(span[1])})
    except OverflowError:
        pass
    raise UsageError(f"invalid {name} {text!r}; use 45m, 3h, 2d or 1w")


def parse_past(text: str, now: datetime) -> datetime:
    """As `parse_moment`; raises UsageError for a moment after `now`, too: nothing was published since."""
    moment = parse_moment(text, now)
    if moment > now:
        raise UsageError(
            f"{text!r} is {moment:%Y-%m-%d %H:%M} UTC, which is in the future. Use a time in the past"
        )
    return moment


def _stated(match: re.Match[str], zone: tzinfo | None) -> datetime:
    numbers = [int(part or 0) for part in match.groups()[:6]]
    there = datetime(*numbers, tzinfo=_offset(match) or zone)  # type: ignore[arg-type,misc]
    return there.astimezone(UTC)  # a naive time is taken as the machine's


def _offset(match: re.Match[str]) -> tzinfo | None:
    if match[7]:
        return UTC
    if not match[8]:
        return None
    if int(match[10]) > 59:
        raise ValueError(f"{match[8]}{match[9]}:{match[10]} is not a valid offset")
    offset = timedelta(hours=int(match[9]), minutes=int(match[10]))
    return timezone(-offset if match[8] == "-" else offset)
