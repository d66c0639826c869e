"""Dates counted from the moment of reading: `3分钟前`, `昨天 12:30`, `2 hours ago`; and epochs."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from newscrawl.text.dates.day_periods import FREQUENT
from newscrawl.text.dates.parsed import Clock, Day, ParsedDate, moment, place
from newscrawl.text.dates.time_of_day import time_after
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
