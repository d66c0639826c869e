"""The languages of the pages: messages, dates and numbers, and which one a reader wants.

The templates and the code hold the English messages. Every other language is one file, locale/<code>.po;
docs/serving.md explains how to add one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Final

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, format_percent

if TYPE_CHECKING:
    from datetime import date
    from gettext import NullTranslations

ENGLISH: Final = "en"
#: The language of a site without one of its own, for readers who state none.
DEFAULT: Final = "zh-Hans"

_RANGE = re.compile(r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?")
_MOST_RANGES = 20  # of an Accept-Language header
_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7af]")


def msgid(text: str) -> str:
    """Marks a message for translation where it is written; `Language.gettext` translates it where it is
    used."""
    return text


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the pages."""

    code: str  #: BCP 47: `zh-Hans`
    locale: Locale
    translations: NullTranslations

    def gettext(self, text: str) -> str:
        """The message in this language; in English if it is not translated."""
        return self.translations.gettext(text)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The message for a number of things."""
        return self.translations.ngettext(one, many, count)

    def long_date(self, day: date) -> str:
        """`2026年3月8日`, `March 8, 2026`"""
        return _date(day, "long", self.locale)

    def full_date(self, day: date) -> str:
        """With the weekday: `2026年3月8日星期日`, `Sunday, March 8, 2026`"""
        return _date(day, "full", self.locale)

    def short_date(self, day: date, *, year: bool = False) -> str:
        """`3月8日`, `Mar 8`; `2026年3月8日`, `Mar 8, 2026` with the year"""
        return _skeleton(day, "yMMMd" if year else "MMMd", self.locale)

    def month(self, day: date) -> str:
        """`2026年3月`, `March 2026`"""
        return _skeleton(day, "yMMMM", self.locale)

    def day_of_month(self, day: date) -> str:
        """`8日`, `8`"""
        return _skeleton(day, "d", self.locale)

    def number(self, value: int) -> str:
        """`12,345`"""
        return str(format_decimal(value, locale=self.locale))

    def percent(self, share: float) -> str:
        """`98.5%`; 0 and 1 without a fraction"""
        pattern = "#,##0%" if share in (0, 1) else "#,##0.0%"
        return str(format_percent(share, pattern, locale=self.locale))

    def is_same(self, code: str) -> bool:
        """Whether a text's language is the page's, so that it needs no `lang` of its own."""
        return resolve(code, (self.code,)) is not None

    def of_name(self, text: str) -> str | None:
        """The language of a name by its script, if it is not the page's: `zh`, `ja`, `ko`."""
        if _KANA.search(text):
            found = "ja"
        elif _HANGUL.search(text):
            found = "ko"
        elif _HAN.search(text):
            found = "zh"
        else:
            return None
        return None if found == self.code.partition("-")[0] else found


def available() -> tuple[str, ...]:
    """The codes of all languages, English first."""
    places = (each.name for each in files("newscrawl.web").joinpath("locale").iterdir())
    return (ENGLISH, *sorted(name.removesuffix(".po") for name in places if name.endswith(".po")))


@cache
def language(code: str) -> Language:
    """A language by its code. Raises FileNotFoundError for one that is not available."""
    locale = Locale.parse(code, sep="-")
    return Language(code, locale, _translations(code, locale))


def resolve(wanted: str, codes: Collection[str]) -> str | None:
    """The code that a BCP 47 tag means: `zh-TW` is `zh-Hant`, `en-GB` is `en`; None if there is none."""
    by_name = {code.lower(): code for code in codes}
    name, *rest = wanted.lower().split("-")
    if name == "zh":
        return by_name.get("zh-hant" if _TRADITIONAL.intersection(rest) else "zh-hans")
    for length in range(len(rest) + 1, 0, -1):
        if found := by_name.get("-".join([name, *rest][:length])):
            return found
    return None


def negotiate(accept: str, codes: Collection[str], default: str) -> str:
    """The language for an Accept-Language header (RFC 9110, 12.5.4); without one, the default.

    English if the header names none of the languages.

    >>> negotiate("fr;q=0.9, zh-TW;q=0.8, en;q=0.5", ["en", "zh-Hans", "zh-Hant"], "zh-Hans")
    'zh-Hant'
    """
    ranges: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept.split(",")[:_MOST_RANGES]):
        if match := _RANGE.fullmatch(part):
            ranges.append((-float(match[2] or 1), place, match[1]))
    for weight, _, wanted in sorted(ranges):
        if weight == 0:
            break
        if wanted == "*":
            return default
        if found := resolve(wanted, codes):
            return found
    return ENGLISH if ranges else default


def _translations(code: str, locale: Locale) -> NullTranslations:
    from gettext import GNUTranslations, NullTranslations

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    if code == ENGLISH:
        return NullTranslations()
    source = files("newscrawl.web").joinpath("locale", f"{code}.po")
    catalogue = read_po(BytesIO(source.read_bytes()), locale=locale)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _date(day: date, width: str, locale: Locale) -> str:
    return str(format_date(day, width, locale=locale))


def _skeleton(day: date, skeleton: str, locale: Locale) -> str:
    return str(format_skeleton(skeleton, day, locale=locale))


def languages(codes: Collection[str]) -> Mapping[str, Language]:
    """Languages by their codes."""
    return {code: language(code) for code in codes}
