"""Zones behind a time: what is stated is kept, and what is not known is assumed and said so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.text.dates import parse_date

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def read(text: str, language: str = "en") -> tuple[str, str, list[str]]:
    found = parse_date(text, zone="Asia/Kolkata", now=NOW, languages=(language, "en"))
    assert found is not None
    return f"{found.at:%m-%d %H:%M}", found.offset, list(found.assumed)


STATED = {
    "29/11/2026 15:05 (GMT+7)": ("vi", "08:05", "+07:00"),
    "29/11/2026 15:05 GMT+7": ("vi", "08:05", "+07:00"),
    "29/11/2026 3:05 CH (GMT+7)": ("vi", "08:05", "+07:00"),
    "2026年11月29日 15:05 (GMT+8)": ("zh", "07:05", "+08:00"),
    "2026年11月29日 15:05（GMT＋８）": ("zh", "07:05", "+08:00"),
    "2026-11-29 15:05 GMT+08:00": ("zh", "07:05", "+08:00"),
    "2026-11-29 15:05:00 UTC+8": ("en", "07:05", "+08:00"),
    "2026-11-29 15:05 UTC-3": ("en", "18:05", "-03:00"),
    "2026-11-29 15:05 UTC−3": ("en", "18:05", "-03:00"),
    "2026-11-29 15:05 GMT+05:30": ("en", "09:35", "+05:30"),
    "2026-11-29 15:05 GMT+0530": ("en", "09:35", "+05:30"),
    "2026-11-29 15:05 UTC+5.5": ("en", "09:35", "+05:30"),
    "2026-11-29 15:05 (GMT + 2)": ("en", "13:05", "+02:00"),
    "2026-11-29 15:05, GMT+2": ("en", "13:05", "+02:00"),
    "2026-11-29 15:05 local time (GMT+2)": ("en", "13:05", "+02:00"),
    "2026-11-29 15:05 +5:45": ("en", "09:20", "+05:45"),
    "29. November 2026, 15:05 Uhr MEZ": ("de", "14:05", "+01:00"),
    "29. November 2026, 15:05 Uhr (GMT+1)": ("de", "14:05", "+01:00"),
    "November 29, 2026 3:05 p.m. ET": ("en", "20:05", "-05:00"),
    "November 29, 2026 3:05 PM Eastern Time": ("en", "20:05", "-05:00"),
    "29 ноября 2026, 15:05 МСК": ("ru", "12:05", "+03:00"),
    "29 ноября 2026, 15:05 (по московскому времени)": ("ru", "12:05", "+03:00"),
    "29/11/2026 às 15h05 (horário de Brasília)": ("pt-BR", "18:05", "-03:00"),
    "29/11/2026 15.05 WIB": ("id", "08:05", "+07:00"),
    "29/11/2026 15:05 WITA": ("id", "07:05", "+08:00"),
    "2026年11月29日 15:05 日本時間": ("ja", "06:05", "+09:00"),
    "Sun Nov 29 15:05:00 GMT+08:00 2026": ("en", "07:05", "+08:00"),
    "Sun, 29 Nov 2026 15:05:00 America/Los_Angeles": ("en", "23:05", "-08:00"),
    "2026-11-29T15:05:00 Europe/Paris": ("en", "14:05", "+01:00"),
    "2026-11-29T15:05:00[Europe/Paris]": ("en", "14:05", "+01:00"),
    "2026-11-29T15:05:00+01:00[Europe/Paris]": ("en", "14:05", "+01:00"),
    "2026-11-29 15:05 (America/Argentina/Buenos_Aires)": ("en", "18:05", "-03:00"),
    "29 Nov 2026 15.05 EST": ("en", "20:05", "-05:00"),
    "15:05 (GMT+7) | 29/11/2026": ("vi", "08:05", "+07:00"),
    "2026-11-29T15:05:00+14:00": ("en", "01:05", "+14:00"),
    "29 नवंबर 2026 15:05 (GMT+5:30)": ("hi", "09:35", "+05:30"),
}


@pytest.mark.parametrize(("text", "expected"), STATED.items())
def test_a_stated_zone_is_read(text: str, expected: tuple[str, str, str]) -> None:
    language, time, offset = expected
    assert read(text, language) == (f"11-29 {time}", offset, [])


@pytest.mark.parametrize("text", ["11-29 15:05 GMT+8", "Nov 29 15:05 GMT+8"])
def test_a_zone_beside_a_day_without_a_year(text: str) -> None:
    assert read(text) == ("11-29 07:05", "+08:00", ["year"])


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-29 15:05 GMT+25",  # no such zone: not GMT either
        "2026-11-29 15:05-16:20",  # a span
        "2026-11-29 15:05 +3 comments",
        "2026-11-29 15:05 NASA says",
        "2026-11-29 15:05",
    ],
)
def test_what_states_no_zone_is_the_sources_and_said_so(text: str) -> None:
    assert read(text) == ("11-29 09:35", "+05:30", ["zone"])


def test_a_span_of_reading_is_no_offset() -> None:
    assert read("2026-11-29 15:05 GMT - 3 min read")[1:] == ("+00:00", [])
