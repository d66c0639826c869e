"""The table `[alerts]` of a jobs file: where alerts go, and when."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tzlocal import get_localzone

from newscrawl.errors import UsageError
from newscrawl.jobs.triggers import parse_duration

EXAMPLES: Mapping[str, str] = {
    "to": 'to = ["${ALERTS_MAIL}", "https://hooks.example.org/newscrawl"]',
    "after": "after = 3",
    "remind": 'remind = "1d"',
    "gather": 'gather = "2m"',
    "quiet": 'quiet = "22:00-07:00"',
    "zone": 'zone = "Asia/Shanghai"',
    "late": 'late = "30m"',
    "spool": 'spool = "15m"',
    "ping": 'ping = "${PING_URL}"',
}
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*-\s*([01]\d|2[0-3]):([0-5]\d)")
_DURATIONS = ("remind", "gather", "late", "spool")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """Where alerts go, and when. Addresses are as written: `${NAME}` stands for a variable."""

    to: tuple[str, ...]
    after: int = 3  #: bad runs in a row
    remind: timedelta = timedelta(days=1)  #: between messages while a problem lasts
    gather: timedelta = timedelta(minutes=2)  #: how long a problem lasts, or is over, before it is reported
    quiet: tuple[time, time] | None = None  #: start and end of the hours without messages
    zone: tzinfo | None = None  #: of `quiet`; None: the machine's
    late: timedelta = timedelta(minutes=30)  #: how long a job may be due without starting
    spool: timedelta = timedelta(minutes=15)  #: how long posts may wait in the spool
    ping: str | None = None  #: address requested every minute while the scheduler works

    def is_quiet(self, now: datetime) -> bool:
        """Whether `now` is within the quiet hours."""
        if self.quiet is None:
            return False
        begin, end = self.quiet
        clock = now.astimezone(self.zone or get_localzone()).time()
        return begin <= clock < end if begin < end else clock >= begin or clock < end


def read_alerts(table: object) -> tuple[AlertSettings | None, list[str]]:
    """A table's settings, and its errors; None for an invalid table."""
    if not isinstance(table, dict):
        return None, [
            f"[alerts] = {table!r} is not a table; write e.g. [alerts] and below it {EXAMPLES['to']}"
        ]
    errors = [
        f"[alerts] {key}: unknown key; the keys are {', '.join(EXAMPLES)}"
        for key in table
        if key not in EXAMPLES
    ]
    if "to" not in table:
        errors.append(f"[alerts] to: missing; write e.g. {EXAMPLES['to']}")
    values: dict[str, Any] = {}
    for key in EXAMPLES.keys() & table.keys():
        try:
            values[key] = _read(key, table[key])
        except ValueError as error:
            shown = "…" if key in ("to", "ping") else repr(table[key])  # holds passwords
            errors.append(f"[alerts] {key} = {shown}: {error}; write e.g. {EXAMPLES[key]}")
    return (None, sorted(errors)) if errors else (AlertSettings(**values), [])


def alerts_document(settings: AlertSettings) -> dict[str, Any]:
    """As stored in the database. Raises UsageError for an address that is not a variable: every reader of the
    database could see it."""
    for address in [*settings.to, *([settings.ping] if settings.ping else [])]:
        if not _VARIABLE.fullmatch(address):
            raise UsageError(
                "[alerts]: an address may contain a password, and every reader of the database sees it; write"
                ' it as a variable, as in to = ["${ALERTS_MAIL}"], and set that on each machine'
            )
    values: dict[str, Any] = {each.name: getattr(settings, each.name) for each in fields(settings)}
    values |= {key: values[key].total_seconds() for key in _DURATIONS}
    values["to"] = list(settings.to)
    values["quiet"] = settings.quiet and "-".join(f"{each:%H:%M}" for each in settings.quiet)
    values["zone"] = settings.zone and str(settings.zone)
    return values


def alerts_of(document: Mapping[str, Any] | None) -> AlertSettings | None:
    """From `alerts_document`; ignores keys of a newer newscrawl."""
    if not document:
        return None
    known = {key: value for key, value in document.items() if key in EXAMPLES and value is not None}
    known |= {key: timedelta(seconds=known[key]) for key in _DURATIONS if key in known}
    for key in ("to", "quiet", "zone"):
        if key in known:
            known[key] = _read(key, known[key])
    return AlertSettings(**known)


def filled_in(address: str, where: str = "[alerts]") -> str:
    """The address with its variables. Raises UsageError, which names the table, if one is not set."""

    def value(match: re.Match[str]) -> str:
        if not (found := os.environ.get(match[1])):
            raise UsageError(f"{where}: the variable {match[1]} is not set")
        return found

    return _VARIABLE.sub(value, address)


def _read(key: str, value: object) -> Any:
    """One value. Raises ValueError with the reason."""
    if key == "to":
        return _addresses(value)
    if key == "after":
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 1000:
            raise ValueError("not a number from 1 to 1000")
        return value
    if not isinstance(value, str) or not value.strip():
        raise ValueError("not a string in quotes")
    if key in _DURATIONS:
        return _duration(value)
    if key == "quiet":
        return _quiet(value)
    if key == "zone":
        return _zone(value)
    if not _VARIABLE.search(value) and not value.startswith(("https://", "http://")):
        raise ValueError("not an http address")
    return value


def _duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError:
        raise ValueError("not a duration such as 30s, 5m, 2h, 1d") from None


def _addresses(value: object) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not listed:
        raise ValueError("not a list of addresses")
    for address in listed:
        if not isinstance(address, str) or not ("://" in address or _VARIABLE.search(address)):
            raise ValueError("an address begins with its kind, as mailto:// or https://")
    return tuple(listed)


def _quiet(text: str) -> tuple[time, time]:
    found = _QUIET.fullmatch(text.strip())
    if not found:
        raise ValueError("not two times of day")
    begin, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    if begin == end:
        raise ValueError("start and end are the same")
    return begin, end


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("no such time zone") from None
