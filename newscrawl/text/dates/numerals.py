"""Dates in Chinese numerals and in years of an era: `二〇二六年三月八日`, `令和8年`, `民國115年`."""

from __future__ import annotations

import re

from newscrawl.text.lazy_regex import lazy

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
_DAY = lazy(
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
    if "月" in text and (day := _DAY.search(text)):
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
