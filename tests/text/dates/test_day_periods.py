# ruff: noqa: E501
"""Clocks of twelve hours in every language of the cascade, and years of two figures."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.text.dates import parse_date

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = "29/11/2026"

HOURS = [
    ("el", "3:05 μ.μ.", 15), ("el", "3:05 ΜΜ", 15), ("el", "12:05 π.μ.", 0),
    ("vi", "3:05 CH", 15), ("vi", "3:05 SA", 3), ("vi", "3:05 chiều", 15), ("vi", "8:05 tối", 20),
    ("tr", "3:05 ÖS", 15), ("tr", "12:05 ÖÖ", 0),
    ("ms", "3:05 PTG", 15), ("ms", "3:05 PG", 3), ("id", "7:05 malam", 19), ("id", "3:05 sore", 15),
    ("ar", "3:05 م", 15), ("ar", "12:05 ص", 0), ("ar", "3:05 مساءً", 3), ("ar", "8:05 مساءً", 20),
    ("he", "3:05 אחה״צ", 15), ("he", "3:05 לפנה״צ", 3), ("fa", "3:05 ب.ظ.", 15),
    ("hi", "3:05 अपराह्न", 15), ("hi", "अपराह्न 3:05", 15), ("bn", "3:05 বিকাল", 15), ("th", "3:05 หลังเที่ยง", 15),
    ("hu", "3:05 du.", 15), ("hu", "de. 3:05", 3), ("cs", "3:05 odp.", 15), ("sk", "3:05 popoludní", 15),
    ("sv", "3:05 em", 15), ("sv", "3:05 fm", 3), ("da", "3:05 eftermiddag", 15), ("nb", "3:05 ettermiddag", 15),
    ("fi", "3:05 ip.", 15), ("fi", "12:05 ap.", 0), ("lt", "3:05 popiet", 15), ("lv", "3:05 pēcp.", 15),
    ("hr", "3:05 pop.", 15), ("bg", "3:05 сл.об.", 15), ("uk", "3:05 пп", 15), ("ru", "3:05 дня", 15),
    ("ru", "8:05 вечера", 20), ("es", "3:05 p. m.", 15), ("es", "3:05 de la tarde", 15), ("pt", "3:05 da tarde", 15),
    ("fr", "8:05 du soir", 20), ("it", "3:05 del pomeriggio", 15), ("de", "3:05 nachmittags", 15),
    ("nl", "3:05 's middags", 15), ("pl", "3:05 po południu", 15), ("ro", "3:05 p.m.", 15), ("en", "3:05 P.M.", 15),
    ("ko", "오후 3:05", 15), ("ja", "午後3:05", 15), ("zh-TW", "上午 12:05:00", 0), ("zh", "上午12:05", 0),
    ("zh", "下午12:05", 12), ("zh", "中午12:05", 12), ("zh", "晚上8:05", 20),
]  # fmt: skip


@pytest.mark.parametrize(("language", "time", "hour"), HOURS)
def test_halves_of_the_day(language: str, time: str, hour: int) -> None:
    day = "2026年11月29日" if language[:2] in ("zh", "ja", "ko") else DAY
    found = parse_date(f"{day} {time}", zone="UTC", now=NOW, languages=(language,))
    assert found is not None
    assert (found.at.hour, found.at.minute) == (hour, 5)


@pytest.mark.parametrize(
    ("language", "text"),
    [("pt", "3:05 em São Paulo"), ("fr", "3:05 du 29 novembre"), ("en", "3:05 CH"), ("ar", "3:05 محمد")],
)
def test_words_of_another_language_are_no_halves(language: str, text: str) -> None:
    found = parse_date(f"{DAY} {text}", zone="UTC", now=NOW, languages=(language,))
    assert found is not None
    assert found.at.hour == 3


SHORT = {
    "05-Dec-23": "2023-12-05", "5 Dec 23": "2023-12-05", "Dec 5 '23": "2023-12-05", "Dec 5, ’23": "2023-12-05",
    "5-Dec-'23": "2023-12-05", "05/Dec/23": "2023-12-05", "Tuesday 5 Dec 23": "2023-12-05", "5 Dec 99": "1999-12-05",
    "29-Nov-24 10.05.00.000000 AM": "2024-11-29", "5. Dez. 23": "2023-12-05", "5 déc. 23": "2023-12-05",
    "5 декабря 23": "2023-12-05", "05.12.23": "2023-12-05", "13/12/23": "2023-12-13",
    "5 Dec 23, 10:15": "2023-12-05", "2023 Dec 5": "2023-12-05", "2023. december 5.": "2023-12-05",
}  # fmt: skip


@pytest.mark.parametrize(("text", "day"), SHORT.items())
def test_years_of_two_figures_and_years_that_lead(text: str, day: str) -> None:
    found = parse_date(text, zone="UTC", now=NOW, languages=("en",))
    assert found is not None
    assert found.at.date().isoformat() == day
    assert "year" not in found.assumed


@pytest.mark.parametrize("text", ["Version 1.2.23", "05/12/23"])  # the latter is of no language
def test_what_may_be_no_date_stays_unread(text: str) -> None:
    assert parse_date(text, zone="UTC", now=NOW, languages=("en",)) is None
