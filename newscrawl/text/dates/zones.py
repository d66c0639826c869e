"""Zones as dates state them: `+0800`, `Z`, `GMT+8`, `CST`, `北京时间`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from newscrawl.text.dates.parsed import fixed_zone
from newscrawl.text.lazy_regex import lazy

# After a time of day. A bare sign needs two digits of hours, so that "08:37 +3 评论" is no offset.
ZONE_AFTER_TIME = lazy(
    r"\s?\(?(?:(?P<sign>(?:(?:GMT|UTC)\s?[+-]\d{1,2}|[+-]\d{2})(?::?\d{2})?)(?![\d:])"
    r"|(?P<name>[Zz]|[A-Z]{2,5})(?![A-Za-z\d])|(?P<beijing>北京时间|北京時間|中国标准时间))"
)
SHANGHAI = ZoneInfo("Asia/Shanghai")

_SIGNED = lazy(r"(?:GMT|UTC)?\s?([+-])(\d{1,2}):?(\d{2})?")
_LARGEST_OFFSET = 14 * 60
# Where CST means China Standard Time although the zone itself does not say so.
_CHINESE_ZONES = frozenset(
    f"Asia/{city}" for city in ("Shanghai", "Taipei", "Hong_Kong", "Macau", "Chongqing", "Harbin", "Urumqi")
)
_MINUTES = {
    "Z": 0, "UTC": 0, "GMT": 0, "UT": 0, "WET": 0, "WEST": 60, "BST": 60, "IST": 330,
    "CET": 60, "MEZ": 60, "CEST": 120, "MESZ": 120, "EET": 120, "EEST": 180, "MSK": 180,
    "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
    "AKST": -540, "AKDT": -480, "HST": -600, "BRT": -180, "ART": -180,
    "SGT": 480, "HKT": 480, "AWST": 480, "JST": 540, "KST": 540, "WIB": 420, "ICT": 420,
    "PHT": 480, "PKT": 300,
    "AEST": 600, "AEDT": 660, "ACST": 570, "ACDT": 630, "NZST": 720, "NZDT": 780,
}  # fmt: skip
# Names for "whichever of standard and summer time holds".
_PLACES = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}


def stated_zone(match: re.Match[str], source: ZoneInfo, now: datetime) -> tzinfo | None:
    """The zone of a ZONE_AFTER_TIME match; None where the letters name none that is known."""
    if match["beijing"]:
        return SHANGHAI
    if name := match["name"]:
        return _named(name.upper(), source, now)
    signed = _SIGNED.fullmatch(match["sign"])
    if signed is None:
        return None
    minutes = int(signed[2]) * 60 + int(signed[3] or 0)
    return fixed_zone(-minutes if signed[1] == "-" else minutes) if minutes <= _LARGEST_OFFSET else None


def _named(name: str, source: ZoneInfo, now: datetime) -> tzinfo | None:
    """What an abbreviation means to a source in its own zone: CST is +8 in China, IST +5:30 in India."""
    if name in ("Z", "UTC", "GMT"):
        return UTC
    if _is_own_name(name, source, now) or (name == "CST" and source.key in _CHINESE_ZONES):
        return source
    if name in _PLACES:
        return ZoneInfo(_PLACES[name])
    minutes = _MINUTES.get(name)
    return None if minutes is None else fixed_zone(minutes)


def _is_own_name(name: str, source: ZoneInfo, now: datetime) -> bool:
    """Whether the source's zone calls itself so, in winter or in summer."""
    local = now.astimezone(source)
    return name in (local.replace(month=1, day=1).tzname(), local.replace(month=7, day=1).tzname())
