"""Dates in other languages: names of months, `vor 3 Stunden`, `hier à 12h30`, `3시간 전`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from newscrawl.text.dates.month_names import months
from newscrawl.text.dates.parsed import Clock, Day, ParsedDate, place
from newscrawl.text.dates.relative import before_now, days_before
from newscrawl.text.dates.time_of_day import time_after, time_before
from newscrawl.text.lazy_regex import lazy

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
_MINUTES = {"s": 1 / 60, "m": 1, "h": 60, "d": 1440, "w": 10080}


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
        return before_now(clock, 0, number * _MINUTES[unit], round(_MINUTES[unit]))
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
