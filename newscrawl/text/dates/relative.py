"""Dates counted from the moment of reading: `3分钟前`, `昨天 12:30`, `2 hours ago`; and epochs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from newscrawl.text.dates.day_periods import FREQUENT
from newscrawl.text.dates.month_names import months
from newscrawl.text.dates.parsed import Clock, Day, ParsedDate, moment, place, time_after, time_before
from newscrawl.text.lazy_regex import lazy

# 今日要闻 and 刚刚！ are headings, so that what follows these words counts.
_ENDED = r"(?=$|[^\u3400-\u9fff!?a-z]|发布|更新|发表|發布)"
_NOW = lazy(rf"(?:刚刚|剛剛|刚才|剛才|\bjust now){_ENDED}", re.IGNORECASE)
_DAYS_AGO = {
    "今天": 0, "今日": 0, "今": 0, "昨天": 1, "昨日": 1, "昨": 1, "前天": 2, "前日": 2, "大前天": 3,
    "today": 0, "yesterday": 1,
}  # fmt: skip
_NAMED_DAY = lazy(
    rf"(大前天|[今昨前][天日]|[今昨](?=[早晚晨])|\b(?:today|yesterday)\b)(?={FREQUENT}|{_ENDED})",
    re.IGNORECASE,
)

_NUMBER = r"\d{1,3}|[一二两兩三四五六七八九十]{1,3}|半"
_UNIT = r"年|个?月|個月|个?星期|個?星期|周|週|天|个?小时|個?小時|小時|時間|个?钟头|分钟|分鐘|分|秒钟?|秒鐘"
_PART = lazy(rf"({_NUMBER})\s?(?:多|([个個]半))?({_UNIT})")
_SPAN = rf"(?:(?:{_NUMBER})\s?(?:多|[个個]半)?(?:{_UNIT})[\s,、]{{0,3}}){{1,7}}"
_AGO = lazy(rf"(?<![\d.])({_SPAN})(?:之|以)?前")
# Without 前 only a whole text of unmistakable units counts: 12月 and 2026年 are no spans.
_BARE_SPAN = lazy(
    r"(?:约|大约)?\s?(?:\d{1,2}\s?年)?[\s,、]{0,2}(?:\d{1,2}\s?(?:个月|個月|周|週|天|小时|小時|分钟|分鐘)[\s,、]{0,3}){1,6}"
)
_ENGLISH_AGO = lazy(
    r"\b(?:(\d{1,2})\s?h(?:(?:ou)?rs?)?,?\s(?:and\s)?(?=\d{1,2}\s?m))?(\d{1,3}|an?|half an)\s?"
    r"(sec(?:ond)?s?|min(?:ute)?s?|hours?|hrs?|days?|weeks?|months?|years?|[hmdw])\s+ago\b",
    re.IGNORECASE,
)
# One of these is in every text that the patterns above and below find anything in.
_ENGLISH = lazy(r"ago\b|today|yesterday|just now", re.IGNORECASE)
_CHINESE = lazy("[今昨前刚剛]")
_DAYS_ONLY = lazy(r"\s?[\d一二两兩三四五六七八九十]{1,3}\s?天(?:之|以)?前")
_EPOCH = lazy(r"(?:/Date\()?(\d{10})(?:\.\d{1,9}|\d{3})?(?:(?:[+-]\d{4})?\)/)?")

_DIGITS = {"一": 1, "二": 2, "两": 2, "兩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_MINUTES = {
    "秒": 1 / 60,
    "分": 1,
    "小": 60,
    "時": 60,
    "钟": 60,
    "天": 1440,
    "周": 10080,
    "週": 10080,
    "星": 10080,
}
_ENGLISH_MINUTES = {"s": 1 / 60, "m": 1, "h": 60, "d": 1440, "w": 10080}


def relative(text: str, clock: Clock) -> ParsedDate | None:
    """A span back from now, or a named day with its time.

    The precision of minutes and seconds is `minute`; of hours and above `day`, for the page rounded.
    Months count as calendar months.
    """
    if match := ("前" in text and _AGO.search(text)) or _BARE_SPAN.fullmatch(text.strip()):
        return _with_time(text, match, _back(match.group(), clock), clock)
    if _ENGLISH.search(text) is None and _CHINESE.search(text) is None:
        return None
    if match := _ENGLISH_AGO.search(text):
        return _back_in_english(match, clock)
    if match := _NAMED_DAY.search(text):
        day = days_before(clock, _DAYS_AGO[match.group().lower()])
        return place(clock, day, time_after(text, match.end(), clock))
    if _NOW.search(text):
        return moment(clock, clock.local_now(), "minute", [])
    return None


def epoch(text: str, clock: Clock) -> ParsedDate | None:
    """Seconds or milliseconds since 1970, alone in the text."""
    match = _EPOCH.fullmatch(text)
    if match is None:
        return None
    return moment(clock, datetime.fromtimestamp(int(match[1]), tz=clock.zone), "second", [])


def _with_time(text: str, span: re.Match[str], found: ParsedDate | None, clock: Clock) -> ParsedDate | None:
    """`2天前 12:30` is that day's half past twelve."""
    if found is None or not _DAYS_ONLY.fullmatch(span.group()):
        return found
    local = found.at.astimezone(clock.zone)
    time = time_after(text, span.end(), clock)
    return place(clock, (local.year, local.month, local.day), time) if time else found


def days_before(clock: Clock, number: int) -> Day:
    """The day so many days before the source's today."""
    day = clock.local_now().date() - timedelta(days=number)
    return day.year, day.month, day.day


def _back(span: str, clock: Clock) -> ParsedDate | None:
    months, minutes, finest = 0, 0.0, 10**6
    for figure, half, unit in _PART.findall(span):
        unit = unit.lstrip("个個")  # noqa: PLW2901
        if unit[0] in "年月":
            months += round(_number(figure) * (12 if unit[0] == "年" else 1))
            finest = min(finest, 43200)
        else:
            minutes += (_number(figure) + (0.5 if half else 0)) * _MINUTES[unit[0]]
            finest = min(finest, 1 if half else round(_MINUTES[unit[0]]))
    if span.strip().startswith("半") and minutes == 30:
        finest = 1  # half an hour is said where minutes are counted
    return before_now(clock, months, minutes, finest)


def _back_in_english(match: re.Match[str], clock: Clock) -> ParsedDate | None:
    figure, unit = match[2].lower(), match[3].lower()
    if match[1]:
        return before_now(clock, 0, 60 * int(match[1]) + int(figure), 1)
    number = 0.5 if figure.startswith("half") else 1 if figure.startswith("a") else int(figure)
    if unit[0] == "y" or unit.startswith("mo"):
        return before_now(clock, round(number * (12 if unit[0] == "y" else 1)), 0, 43200)
    minutes = _ENGLISH_MINUTES[unit[0]]
    return before_now(clock, 0, number * minutes, 1 if number == 0.5 else round(minutes))


def before_now(clock: Clock, months: int, minutes: float, finest: int) -> ParsedDate | None:
    """The moment so long ago; `finest` is how many minutes the finest unit has in which it was told."""
    local = clock.local_now()
    day = _months_before(local.date(), months)
    if day is None:
        return None
    then = local.replace(year=day.year, month=day.month, day=day.day)
    if finest >= 1440:
        day = then.date() - timedelta(minutes=minutes)
        return place(clock, (day.year, day.month, day.day))
    # minutes pass in UTC, whatever the zone's clock did meanwhile
    at = (then.astimezone(UTC) - timedelta(minutes=minutes)).astimezone(clock.zone)
    return moment(clock, at, "minute" if finest <= 1 else "day", [])


def _months_before(day: date, months: int) -> date | None:
    index = day.year * 12 + day.month - 1 - months
    if index < 12:
        return None
    year, month = divmod(index, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))


def _number(figure: str) -> float:
    if figure == "半":
        return 0.5
    if figure.isdecimal():
        return int(figure)
    tens, ten, ones = figure.rpartition("十")
    return (10 * _DIGITS.get(tens, 1) if ten else 0) + _DIGITS.get(ones, 0)


# --- dates in other languages: names of months, `vor 3 Stunden`, `hier à 12h30`, `3시간 전`.

_DAY = lazy(
    r"(?<![\d.:])(?P<day>\d{1,2})(?:º|ª|er|st|nd|rd|th|\.)?[\s-]{0,3}(?:de\s|of\s|d['’])?"
    r"(?P<month>[^\W\d_]{3,14})\.?,?[\s-]{0,3}(?:del?\s)?(?P<year>(?:19|20)\d\d)(?!\d)(?:\s?(?:г\.|р\.|г\b))?"
)
_YEAR = lazy(r"(?:19|20)\d\d")
_DOTTED = lazy(r"(?<![\d.:])(?P<day>\d{1,2})\.(?P<month>[^\W\d_]{3,14})\.(?P<year>(?:19|20)\d\d)(?!\d)")
_YEAR_LEADS = lazy(  # 2026. május 4., 2026 m. kovo 4 d.
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?:[.,]|\s?m\.)?\s{0,3}(?P<month>[^\W\d_]{3,14})\.?\s{1,3}(?P<day>\d{1,2})(?!\d)"
    r"(?:\.|\s?d\.)?"
)
_ONE = frozenset(("ein", "eine", "einer", "einem", "un", "une", "una", "um", "uma", "een", "an", "a", "한"))


@dataclass(frozen=True, slots=True)
class _Language:
    """How a language counts back: the pattern of a span, its units, and its names of days."""

    span: str  #: with `{n}` for the number and `{u}` for the unit
    units: dict[str, str]  #: s, m, h, d, w, o (month) or y -> the words for it, as a pattern
    days: dict[str, int]


_LANGUAGES = {
    "de": _Language(
        r"\bvor\s{n}\s{u}",
        {
            "s": "Sekunden?",
            "m": "Minuten?|Min",
            "h": "Stunden?|Std",
            "d": "Tage?n?",
            "w": "Wochen?",
            "o": "Monate?n?",
            "y": "Jahre?n?",
        },
        {"heute": 0, "gestern": 1, "vorgestern": 2},
    ),
    "fr": _Language(
        r"\bil y a\s(?:environ\s)?{n}\s?{u}",
        {
            "s": "secondes?",
            "m": "minutes?|min|mn",
            "h": "heures?|h",
            "d": "jours?|j",
            "w": "semaines?",
            "o": "mois",
            "y": "ans?",
        },
        {"aujourd'hui": 0, "aujourd’hui": 0, "hier": 1, "avant-hier": 2},
    ),
    "es": _Language(
        r"\bhace\s{n}\s?{u}",
        {
            "s": "segundos?",
            "m": "minutos?|min",
            "h": "horas?|h",
            "d": "d[ií]as?",
            "w": "semanas?",
            "o": "mes(?:es)?",
            "y": "años?",
        },
        {"hoy": 0, "ayer": 1, "anteayer": 2},
    ),
    "pt": _Language(
        r"\bh[áa]\s{n}\s?{u}",
        {
            "s": "segundos?",
            "m": "minutos?|min",
            "h": "horas?|h",
            "d": "dias?",
            "w": "semanas?",
            "o": "m[êe]s(?:es)?",
            "y": "anos?",
        },
        {"hoje": 0, "ontem": 1, "anteontem": 2},
    ),
    "it": _Language(
        r"\b{n}\s?{u}\sfa\b",
        {
            "s": "second[oi]",
            "m": "minut[oi]|min",
            "h": "or[ae]",
            "d": "giorn[oi]",
            "w": "settiman[ae]",
            "o": "mes[ei]",
            "y": "ann[oi]",
        },
        {"oggi": 0, "ieri": 1, "l'altro ieri": 2},
    ),
    "nl": _Language(
        r"\b{n}\s?{u}\sgeleden\b",
        {
            "s": "seconden?",
            "m": "minuu?t(?:en)?|min",
            "h": "uur",
            "d": "dag(?:en)?",
            "w": "we?eke?n?",
            "o": "maand(?:en)?",
            "y": "jaar",
        },
        {"vandaag": 0, "gisteren": 1, "eergisteren": 2},
    ),
    "ja": _Language(
        r"(?<![月\d]){n}\s?{u}前",
        {"s": "秒", "m": "分", "h": "時間", "d": "日", "w": "週間", "o": "[かカヶケ箇]月", "y": "年"},
        {"今日": 0, "本日": 0, "昨日": 1, "一昨日": 2},
    ),
    "ko": _Language(
        r"{n}\s?{u}\s?전",
        {"s": "초", "m": "분", "h": "시간", "d": "일", "w": "주일?", "o": "개월|달", "y": "년"},
        {"오늘": 0, "어제": 1, "그제": 2, "그저께": 2},
    ),
}


def month_abroad(text: str, clock: Clock) -> ParsedDate | None:
    """`8 de março de 2026 às 08h37`, `8 Μαρτίου 2026`: the month by its name, in any language."""
    if _YEAR.search(text) is None:
        return None
    for form in (_DAY, _DOTTED, _YEAR_LEADS):
        for match in form.finditer(text):
            month = months().get(match["month"].casefold())
            if month is None:
                continue
            day: Day = (int(match["year"]), month, int(match["day"]))
            time = time_after(text, match.end(), clock) or time_before(text, match.start(), clock)
            if found := place(clock, day, time):
                return found
    return None


def ago_abroad(text: str, clock: Clock) -> ParsedDate | None:
    """A span back from now, or a named day with its time, in the clock's first language."""
    language = clock.languages[0][:2] if clock.languages else ""
    if language not in _LANGUAGES:
        return None
    spans, days = _patterns(language)
    if match := spans.search(text):
        figure = match["n"].lower()
        number = 1 if figure in _ONE else int(figure)
        unit = next(name for name in "smhdwoy" if match[name] is not None)
        if unit in "oy":
            return before_now(clock, number * (12 if unit == "y" else 1), 0, 43200)
        return before_now(clock, 0, number * _ENGLISH_MINUTES[unit], round(_ENGLISH_MINUTES[unit]))
    if match := days.search(text):
        day = days_before(clock, _LANGUAGES[language].days[match[1].lower()])
        return place(clock, day, time_after(text, match.end(), clock))
    return None


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    how = _LANGUAGES[language]
    number = rf"(?P<n>\d{{1,3}}|{'|'.join(sorted(_ONE, key=len, reverse=True))})"
    units = "|".join(f"(?P<{name}>{words})" for name, words in how.units.items())
    span = how.span.replace("{n}", number).replace("{u}", rf"(?:{units})(?![^\W\d_]{{2}})")
    if language in ("ja", "ko"):
        span = how.span.replace("{n}", number).replace("{u}", f"(?:{units})")
    names = "|".join(sorted(map(re.escape, how.days), key=len, reverse=True))
    edge = "" if language in ("ja", "ko") else r"\b"
    return re.compile(span, re.IGNORECASE), re.compile(f"{edge}({names}){edge}", re.IGNORECASE)
