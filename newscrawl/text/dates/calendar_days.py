"""Days in figures and in month names, with their times: the forms that state a calendar day."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, tzinfo
from functools import partial

from newscrawl.text.dates.month_names import months
from newscrawl.text.dates.parsed import (
    Clock,
    Day,
    ParsedDate,
    TimeOfDay,
    latest,
    place,
    time_after,
    time_before,
    time_right_before,
)
from newscrawl.text.dates.zones import SHANGHAI, ZONE_AFTER_TIME, fixed_zone, stated_zone
from newscrawl.text.lazy_regex import lazy

_MONTH = r"(1[0-2]|0?[1-9])"
_DAY = r"(3[01]|[12]\d|0?[1-9])"
# 2023 11/ 17 20:52:15 is how 新华网 sets it in the corner of a page.
# 2016年6月2911:30 has lost its 日: two more digits may follow if they begin a time.
_YEAR_FIRST = lazy(
    rf"(?<!\d)(?<!\d[./-])((?:19|20)\d\d)(?:\s?[-/.年년]\s?|\s(?=\d\d\s?/\s?\d\d\s\d\d:)){_MONTH}\s?[-/.月월]\s?{_DAY}"
    r"(?:\s?[日号號일]|(?!\d)|(?=\d{1,2}[:时時点點]))"
)
_COMPACT = lazy(
    r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"
    r"(?:T?([01]\d|2[0-3])([0-5]\d)([0-5]\d)?(?:\.?\d{3})?)?(Z|[+-]\d\d:?(?:00|15|30|45))?(?!\d)"
)
_SHORT_YEAR = lazy(rf"(?<!\d)(\d\d)年\s?{_MONTH}月\s?{_DAY}[日号號]")
_SHORT_FIGURES = lazy(r"(?<![\d.:/-])(\d{1,2})([-./])(\d{1,2})\2(\d\d)(?=,?\s+\d{1,2}[:h]\d\d)")
_ONLY_SHORT_FIGURES = lazy(r"\s*(\d{1,2})([-./])(\d{1,2})\2['’]?(\d\d)\s*")  # 1.2.23 in prose is a version
# 08-Mar-26, 8 Mar 26, Mar 8 '26 and 8. Dez. 23: at the end of a text, or before a time or a mark.
_SHORT_END = r"(?=\s*(?:$|[,;)\]])|,?\s+(?:at\s)?\d{1,2}[:.h]\d\d)"
_SHORT_NAMED = lazy(
    rf"(?<![\d.:/-])(\d{{1,2}})\.?[\s/-]{{1,2}}([^\W\d_]{{3,14}})\.?,?[\s/-]{{0,2}}['’]?(\d\d){_SHORT_END}"
)
_YEARLESS_ZH = lazy(rf"(?<![\d年]){_MONTH}\s?[月월]\s?{_DAY}(?:\s?[日号號일]|(?!\d))")
_YEARLESS_FIGURES = lazy(rf"(?<![\d.:/-]){_MONTH}([-/]){_DAY}(?![\d./-])")
_YEARLESS_DOTTED = lazy(r"(?<![\d.:/-])(1[0-2]|0[1-9])(\.)(3[01]|[12]\d|0[1-9])(?=\s+\d\d:\d\d)")
_DAY_FIRST = lazy(r"(?<![\d.])(\d{1,2})([./-])\s?(\d{1,2})\2\s?((?:19|20)\d\d)(?!\d)")

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = (
    r"(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_MONTH_NAMED = lazy(
    rf"(?=[\djfmasond])\b(?:{_NAME}\s{{0,3}}(\d{{1,2}})(?:st|nd|rd|th)?(?!\d)"
    rf"|(\d{{1,2}})(?:st|nd|rd|th)?[\s-]{{0,3}}(?:of\s)?{_NAME})",
    re.IGNORECASE,
)
_YEAR_AFTER = lazy(r"[\s,-]{0,4}((?:19|20)\d\d)(?![\d:])")
_SHORT_YEAR_AFTER = lazy(rf"(?:,?[\s/-]?['’]|[\s/-]|,\s)(\d\d)(?![\d:]){_SHORT_END}")
_YEAR_BEFORE = lazy(r"(?<!\d)((?:19|20)\d\d)[.,]?\s{0,3}$")  # 2026 Mar 8, 2026. március 8.
# Day first unless the language or the country says otherwise; plain `en` says nothing.
_MONTH_FIRST_TAGS = frozenset(("en-us", "en-ph"))


def year_first(text: str, clock: Clock) -> ParsedDate | None:
    """`2026年03月08日 08:37`, `2026-03-08T08:37:00Z`, `2026/3/8`."""
    for match in _YEAR_FIRST.finditer(text):
        year, month, day = match.groups()
        if found := _with_time(text, match.end(), (int(year), int(month), int(day)), clock, match.start()):
            return found
    return None


def compact(text: str, clock: Clock) -> ParsedDate | None:
    """`20220226163418`, `20260308T083700Z`, `20260308`."""
    for match in _COMPACT.finditer(text):
        year, month, day, hour, minute, second, zone = match.groups()
        time = None
        if hour:
            stated = ZONE_AFTER_TIME.match(zone) if zone else None
            tz = stated_zone(stated, clock.zone, clock.now) if stated else None
            time = TimeOfDay(int(hour), int(minute), int(second) if second else None, tz, match.end())
        else:
            time = time_after(text, match.end(), clock)
        if found := place(clock, (int(year), int(month), int(day)), time):
            return found
    return None


def month_named(text: str, clock: Clock) -> ParsedDate | None:
    """`March 8, 2026 8:37 AM EST`, `Sun, 08 Mar 2026 08:37:00 GMT`, `Sun Mar 08 08:37:00 CST 2026`."""
    for match in _MONTH_NAMED.finditer(text):
        month = _NAMES.index((match[1] or match[4])[:3].lower()) + 1
        if found := _month_named_day(text, match, (month, int(match[2] or match[3])), clock):
            return found
    return None


def _month_named_day(
    text: str, match: re.Match[str], month_day: tuple[int, int], clock: Clock
) -> ParsedDate | None:
    end = match.end()
    if year := _YEAR_AFTER.match(text, end):
        time = time_after(text, year.end(), clock) or time_before(text, match.start(), clock)
        return place(clock, (int(year[1]), *month_day), time)
    if year := _SHORT_YEAR_AFTER.match(text, end):
        return place(clock, (_century(int(year[1]), clock), *month_day), time_after(text, year.end(), clock))
    time = time_after(text, end, clock)
    if year := _YEAR_BEFORE.search(text, max(0, match.start() - 8), match.start()):
        return place(clock, (int(year[1]), *month_day), time)
    if time and (year := _YEAR_AFTER.match(text, time.end)):  # as Java and C print it
        return place(clock, (int(year[1]), *month_day), time)
    return latest(month_day, time, clock)


def _century(year: int, clock: Clock) -> int:
    """The latest year that ends with the two figures and has been."""
    this_year = clock.local_now().year
    return this_year - (this_year - year) % 100


def short_year(text: str, clock: Clock) -> ParsedDate | None:
    """`26年3月8日`, `8 déc 23`; `26-03-08 08:37` where years are written first, elsewhere `8.3.26 08:37`.

    Figures alone need a time, or to be the whole text.
    """
    if match := _SHORT_YEAR.search(text):
        year, month, day = map(int, match.groups())
        return _with_time(text, match.end(), (2000 + year, month, day), clock)
    if match := _SHORT_NAMED.search(text):
        return _short_named(text, match, clock)
    match = _SHORT_FIGURES.search(text) or _ONLY_SHORT_FIGURES.fullmatch(text)
    if match is None:
        return None
    first, separator, second, third = int(match[1]), match[2], int(match[3]), int(match[4])
    if _is_year_first_script(clock):
        return _with_time(text, match.end(), (2000 + first, second, third), clock)
    order = _day_and_month(first, second, separator, clock)
    if order is None or separator == "-":
        return None
    return _with_time(text, match.end(), (_century(third, clock), order[1], order[0]), clock)


def _short_named(text: str, match: re.Match[str], clock: Clock) -> ParsedDate | None:
    month = months().get(match[2].casefold())
    if month is None:
        return None
    return _with_time(text, match.end(), (_century(int(match[3]), clock), month, int(match[1])), clock)


def day_first(text: str, clock: Clock) -> ParsedDate | None:
    """`08.03.2026 08:37`, and `03/04/2026` where the language or a number above 12 tells the month."""
    for match in _DAY_FIRST.finditer(text):
        first, separator, second, year = match.groups()
        order = _day_and_month(int(first), int(second), separator, clock)
        if order is None:
            continue
        day = (int(year), order[1], order[0])
        if found := _with_time(text, match.end(), day, clock, match.start()):
            return found
    return None


def yearless(text: str, clock: Clock) -> ParsedDate | None:
    """`02月26日 16:34`, `02-26 16:34`: the latest such moment that is not in the future."""
    if match := _YEARLESS_ZH.search(text):
        return latest((int(match[1]), int(match[2])), time_after(text, match.end(), clock), clock)
    match = _YEARLESS_FIGURES.search(text) or _YEARLESS_DOTTED.search(text)
    if match is None:
        return None
    time = time_after(text, match.end(), clock)
    if time is None and not (len(text) == 5 and match.group() == text):
        return None  # 3-5 and 1/2, and 03-08 in prose, are scores and fractions
    order = (int(match[3]), int(match[1]))
    if match[2] == "." and not _is_year_first_script(clock):
        return None
    if match[2] == "/" and not _is_year_first_script(clock):
        known = _day_and_month(int(match[1]), int(match[3]), "/", clock)
        if known is None:
            return None
        order = known
    return latest((order[1], order[0]), time, clock)


def _with_time(text: str, end: int, day: Day, clock: Clock, start: int | None = None) -> ParsedDate | None:
    time = time_after(text, end, clock)
    if time is None and start is not None:
        time = time_right_before(text, start, clock)
    if time is not None and time.zone is None and "北京时" in text:
        time = replace(time, zone=SHANGHAI)
    return place(clock, day, time)


def _day_and_month(first: int, second: int, separator: str, clock: Clock) -> tuple[int, int] | None:
    """Which is which of two numbers; None where neither they nor the language tell."""
    if first > 12 or separator == ".":
        return first, second
    if second > 12:
        return second, first
    is_month_first = next(map(partial(_month_leads, clock=clock), clock.languages), None)
    if is_month_first is None:
        return None
    return (second, first) if is_month_first else (first, second)


def _month_leads(language: str, clock: Clock) -> bool | None:
    """Whether a language writes the month before the day; None where it writes neither, or both."""
    if language[:2] in ("zh", "ja", "ko"):
        return None
    if language == "en":
        place_of_clock = clock.zone.key.partition("/")[0]
        return {"America": True, "Europe": False, "Australia": False}.get(place_of_clock)
    return language.lower() in _MONTH_FIRST_TAGS


def _is_year_first_script(clock: Clock) -> bool:
    return bool(clock.languages) and clock.languages[0][:2] in ("zh", "ja", "ko")


# --- figures alone, in calendar order, with a time: what nearly all sources print, read in one match

_PLAIN = lazy(
    rf"\s*(?:((?:19|20)\d\d)([年/-]))?{_MONTH}([月/-]){_DAY}(?:日\s{{0,2}}|T|\s{{1,2}})"
    r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d{1,9})?)?(?:(Z)|([+-])(0\d|1[0-3]):?(00|15|30|45))?\s*",
    re.ASCII,
)
_SEPARATORS = frozenset((("年", "月"), ("-", "-"), ("/", "/"), (None, "月"), (None, "-")))


def plain(text: str, clock: Clock) -> ParsedDate | None:
    """`2026年03月08日 08:37`, `2026-03-08T08:37:00+08:00`, `03-08 08:37`, and nothing beside.

    One match in place of the cascade's many, which say the same of them.
    """
    match = _PLAIN.fullmatch(text)
    if match is None:
        return None
    year, first, month, second, day, hour, minute, seconds, utc, sign, hours, minutes = match.groups()
    if (first, second) not in _SEPARATORS or (first is None and second == "-" and "日" in text):
        return None
    zone: tzinfo | None = UTC if utc else None
    if sign:
        east = 60 * int(hours) + int(minutes)
        zone = fixed_zone(-east if sign == "-" else east)
    time = TimeOfDay(int(hour), int(minute), int(seconds) if seconds else None, zone, match.end())
    if year:
        return place(clock, (int(year), int(month), int(day)), time)
    return latest((int(month), int(day)), time, clock)


# --- dates in Chinese numerals and in years of an era: `二〇二六年三月八日`, `令和8年`, `民國115年`.

_DIGITS = {
    "〇": 0,
    "○": 0,
    "零": 0,
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_ONE_TO_TEN = "一二三四五六七八九十"
_WRITTEN_DAY = lazy(
    rf"(?:[〇○零一二三四五六七八九]{{4}}年|(?<=年))?[{_ONE_TO_TEN}]{{1,2}}月[{_ONE_TO_TEN}]{{1,3}}[日号號]"
)
_TIME = lazy(rf"[{_ONE_TO_TEN}零〇]{{1,3}}(?=[时時点點]|分(?!钟|鐘)|秒)")
_NUMBER = lazy("[〇○零一二三四五六七八九十]+")
_ERA = lazy(r"(令和|平成|昭和|中華民國|民國|民国)\s?(\d{1,3}|元)\s?年")
#: The year before the era's first.
_BEGINNINGS = {"令和": 2018, "平成": 1988, "昭和": 1925, "中華民國": 1911, "民國": 1911, "民国": 1911}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")


def in_figures(text: str) -> str:
    """The text with its day, and the time behind it, in figures of our calendar; all dashes as hyphens.

    >>> in_figures("二〇二六年三月八日上午八时三十七分"), in_figures("令和8年3月8日")
    ('2026年3月8日上午8时37分', '2026年3月8日')
    """
    text = text.translate(_DASHES)
    if "年" in text and (era := _ERA.search(text)):
        year = _BEGINNINGS[era[1]] + (1 if era[2] == "元" else int(era[2]))
        text = f"{text[: era.start()]}{year}年{text[era.end() :]}"
    if "月" in text and (day := _WRITTEN_DAY.search(text)):
        rest = _TIME.sub(_figures, text[day.end() :])
        text = text[: day.start()] + _NUMBER.sub(_figures, day.group()) + rest
    return text


def _figures(match: re.Match[str]) -> str:
    written = match.group()
    if len(written) == 4 and "十" not in written:  # 二〇二六: digit by digit
        return "".join(str(_DIGITS[digit]) for digit in written)
    tens, ten, ones = written.rpartition("十")
    number = (10 * _DIGITS.get(tens, 1) if ten else 0) + (_DIGITS.get(ones[-1:], 0) if ones else 0)
    return str(number)
