"""Zones as dates state them: `+0800`, `Z`, `GMT+8`, `(GMT+05:30)`, `CST`, `北京时间`, `hora de Madrid`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newscrawl.text.lazy_regex import lazy

SHANGHAI = ZoneInfo("Asia/Shanghai")

# Clocks that are called by their place or in words; lower-case, the longest first in the pattern.
_WORDS = {
    "Asia/Shanghai": "北京时间|北京時間|中国标准时间|中國標準時間|china standard time|beijing time",
    "Asia/Taipei": "台北时间|台北時間|臺北時間|taipei time",
    "Asia/Hong_Kong": "香港时间|香港時間|hong kong time",
    "Asia/Tokyo": "日本時間|东京时间|東京時間|japan standard time|japan time|tokyo time|日本标准时间",
    "Asia/Seoul": "한국시간|한국 시간|首尔时间|korea standard time|korean time|seoul time",
    "Asia/Singapore": "新加坡时间|singapore time",
    "Asia/Kolkata": "india standard time|indian standard time|भारतीय समय",
    "Asia/Ho_Chi_Minh": "giờ việt nam|giờ hà nội|vietnam time|hanoi time",
    "Asia/Jakarta": "waktu indonesia barat|jakarta time",
    "Asia/Bangkok": "เวลาประเทศไทย|bangkok time",
    "America/New_York": "eastern standard time|eastern daylight time|eastern time|new york time"
    "|美东时间|美東時間",
    "America/Chicago": "central standard time|central daylight time|central time",
    "America/Denver": "mountain standard time|mountain daylight time|mountain time",
    "America/Los_Angeles": "pacific standard time|pacific daylight time|pacific time",
    "America/Sao_Paulo": "horário de brasília|hora de brasília|brasilia time",
    "America/Mexico_City": "hora del centro de méxico|hora de méxico|tiempo del centro",
    "America/Bogota": "hora de colombia",
    "America/Argentina/Buenos_Aires": "hora de argentina|hora argentina",
    "Europe/London": "british summer time|london time|uk time|伦敦时间",
    "Europe/Lisbon": "hora de lisboa",
    "Europe/Paris": "heure de paris|paris time",
    "Europe/Madrid": "hora peninsular|hora de madrid|hora española|hora de españa",
    "Europe/Rome": "ora italiana|ora di roma",
    "Europe/Berlin": "central european summer time|central european time"
    "|mitteleuropäische sommerzeit|mitteleuropäische zeit|berlin time",
    "Europe/Moscow": "по московскому времени|московского времени|по москве|мск"
    "|moscow standard time|moscow time",
    "Europe/Kyiv": "за київським часом|за києвом|kyiv time|kiev time",
    "Europe/Istanbul": "türkiye saati|istanbul time|tsi̇|tsi|trt",
    "Europe/Athens": "ώρα ελλάδος|ώρα ελλάδας",
    "Asia/Jerusalem": "שעון ישראל|israel time",
    "Asia/Riyadh": "بتوقيت مكة المكرمة|بتوقيت السعودية",
    "Africa/Cairo": "بتوقيت القاهرة",
    "Asia/Tehran": "به وقت تهران",
    "Australia/Sydney": "sydney time",
    "UTC": "coordinated universal time|greenwich mean time|temps universel|بتوقيت غرينتش|по гринвичу",
}
_PLACED = "|".join(
    sorted((one for words in _WORDS.values() for one in words.split("|")), key=len, reverse=True)
)
_FIRST = "".join(sorted({case for one in _PLACED.split("|") for case in (one[0], one[0].upper())}))
_UNIT = r"(?:\s?(?:[Uu]hr|giờ|[Hh]rs?\b\.?|h\b|น\.|ч\.?))?"  # of hours, between the time and its zone
_SIGN = "[+\\-−‐‑–＋－]"  # as pages print it; parse_date has them in ASCII
_UTC = (  # GMT+7, UTC-03:30, GMT + 2)
    rf"(?P<utc>(?:GMT|UTC?|gmt|utc|Gmt|Utc)\s?{_SIGN}"
    r"(?:\d{1,2}(?::?[0-5]\d|\.5)?|\s\d{1,2}(?:(?=\s?[)\]）]|$)|:[0-5]\d))(?![\d:]))"
)


@lru_cache(maxsize=512)
def fixed_zone(minutes: int) -> timezone:
    """A zone so many minutes east of UTC."""
    return timezone(timedelta(minutes=minutes))


_IANA = (  # Europe/Paris, America/Argentina/Buenos_Aires
    r"(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific|US)/[A-Z][A-Za-z_-]{1,20}"
    r"(?:/[A-Z][A-Za-z_]{1,20})?"
)


def _pattern(names: str) -> str:
    """What stands behind a time. A bare sign needs two digits of hours, or minutes as offsets have them,
    so that `08:37 +3 评论` is no offset and `10:00-11:20` a span."""
    return (
        rf"{_UNIT}(?:\s?[(\[（]?\s?|[\s,|·–-]{{1,3}}(?=[GUgu])"
        rf"|\s(?:[^\W\d_]{{2,12}}\s){{1,3}}[(\[（]?(?=(?:GMT|UTC)\s?{_SIGN}\d))"
        rf"(?:(?=[GUgu]){_UTC}"
        rf"|(?P<name>{names})(?![A-Za-z\d]|\s?{_SIGN}\d)"
        rf"|(?P<sign>{_SIGN}(?:\d{{2}}(?::?(?:00|15|30|45))?|\d:(?:00|15|30|45)))(?![\d:])"
        rf"|(?=[{_FIRST}])(?P<placed>(?i:{_PLACED}))(?![A-Za-z])"
        rf"|(?P<iana>{_IANA})(?![A-Za-z/]))"
    )


_SIGNED = lazy(rf"[A-Za-z]*\s?({_SIGN})\s?(\d{{1,2}}?):?(\d{{2}}|\.5)?")
_LARGEST_OFFSET = 14 * 60
# Where CST means China Standard Time although the zone itself does not say so.
_CHINESE_ZONES = frozenset(
    f"Asia/{city}" for city in ("Shanghai", "Taipei", "Hong_Kong", "Macau", "Chongqing", "Harbin", "Urumqi")
)
_MINUTES = {
    "Z": 0, "UTC": 0, "GMT": 0, "UT": 0, "WET": 0, "WEZ": 0, "WEST": 60, "BST": 60, "IST": 330, "WAT": 60,
    "CET": 60, "MEZ": 60, "CEST": 120, "MESZ": 120, "CAT": 120, "SAST": 120, "IDT": 180,
    "EET": 120, "OEZ": 120, "EEST": 180, "OESZ": 180, "EAT": 180, "MSK": 180, "TRT": 180, "IRST": 210,
    "GST": 240, "AFT": 270, "PKT": 300, "YEKT": 300, "NPT": 345, "MMT": 390, "NOVT": 420, "VLAT": 600,
    "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
    "AKST": -540, "AKDT": -480, "HST": -600, "ADT": -180, "NST": -210, "NDT": -150,
    "BRT": -180, "ART": -180, "UYT": -180, "CLST": -180, "CLT": -240, "BOT": -240, "VET": -240,
    "COT": -300, "PET": -300,
    "SGT": 480, "MYT": 480, "HKT": 480, "AWST": 480, "JST": 540, "KST": 540, "ICT": 420, "PHT": 480,
    "WIB": 420, "WITA": 480, "WIT": 540,
    "AEST": 600, "AEDT": 660, "ACST": 570, "ACDT": 630, "NZST": 720, "NZDT": 780,
}  # fmt: skip
# Names for "whichever of standard and summer time holds".
_PLACES = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}


_NAMES = "|".join(sorted((*_MINUTES, *_PLACES, "gmt", "utc", "AST", "SST", "ChST"), key=len, reverse=True))

#: The zone behind a time. Letters that may be one count, since a source's own zone may be called so.
ZONE_AFTER_TIME = lazy(_pattern("[Zz]|[A-Z]{2,5}|gmt|utc|ChST"))
#: The same as a pattern for prose, where only known names are zones; case matters. Groups as above.
ZONE_IN_PROSE = _pattern(_NAMES)


def stated_zone(match: re.Match[str], source: ZoneInfo, now: datetime) -> tzinfo | None:
    """The zone of a ZONE_AFTER_TIME match; None where the letters name none that is known."""
    if placed := match["placed"]:
        return ZoneInfo(_places()[placed.casefold()])
    if name := match["name"]:
        return _named(name.upper(), source, now)
    if key := match["iana"]:
        return _of_database(key)
    signed = _SIGNED.fullmatch(match["utc"] or match["sign"])
    if signed is None:
        return None
    minutes = int(signed[2]) * 60 + (30 if signed[3] == ".5" else int(signed[3] or 0))
    return fixed_zone(minutes if signed[1] in "+＋" else -minutes) if minutes <= _LARGEST_OFFSET else None


@cache
def _of_database(key: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError):
        return None


@cache
def _places() -> dict[str, str]:
    return {word.casefold(): zone for zone, words in _WORDS.items() for word in words.split("|")}


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
