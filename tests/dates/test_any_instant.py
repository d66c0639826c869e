"""Any instant, printed in any of 40 forms, comes back."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from newscrawl.dates import parse_date

BEIJING = timezone(timedelta(hours=8))
INDIA = timezone(timedelta(hours=5, minutes=30))
WIDE = str.maketrans("0123456789-:", "０１２３４５６７８９－：")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAYS = "一二三四五六日"
MONTHS = "January February March April May June July August September October November December".split()


def twelve(at: datetime) -> str:
    return f"{(at.hour - 1) % 12 + 1}:{at:%M} {'am' if at.hour < 12 else 'pm'}"


def half(at: datetime) -> str:
    word = "凌晨" if at.hour < 6 else "上午" if at.hour < 12 else "中午" if at.hour < 13 else "下午"
    return f"{word}{at.hour % 12 or at.hour}:{at:%M}"


#: form, and how exact it is; `at` is on Beijing's clock.
FORMS: dict[str, tuple[Callable[[datetime], str], str]] = {
    "iso": (lambda at: at.isoformat(), "second"),
    "iso utc": (lambda at: f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "second"),
    "iso millis": (lambda at: f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z", "second"),
    "iso no colon": (lambda at: f"{at:%Y-%m-%dT%H:%M:%S%z}", "second"),
    "iso other zone": (lambda at: at.astimezone(timezone(timedelta(hours=-5))).isoformat(), "second"),
    "iso half zone": (
        lambda at: at.astimezone(timezone(timedelta(hours=5, minutes=30))).isoformat(),
        "second",
    ),
    "iso minute": (lambda at: f"{at:%Y-%m-%dT%H:%M+08:00}", "minute"),
    "iso naive": (lambda at: f"{at:%Y-%m-%dT%H:%M:%S}", "second"),
    "rfc 822": (format_datetime, "second"),
    "rfc 822 gmt": (lambda at: f"{at.astimezone(UTC):%a, %d %b %Y %H:%M:%S GMT}", "second"),
    "rfc 822 est": (
        lambda at: f"{at.astimezone(timezone(timedelta(hours=-5))):%a, %d %b %Y %H:%M:%S EST}",
        "second",
    ),
    "epoch": (lambda at: str(int(at.timestamp())), "second"),
    "epoch ms": (lambda at: str(int(at.timestamp() * 1000)), "second"),
    "dashes": (lambda at: f"{at:%Y-%m-%d %H:%M:%S}", "second"),
    "dashes minute": (lambda at: f"{at:%Y-%m-%d %H:%M}", "minute"),
    "dashes two blanks": (lambda at: f"{at:%Y-%m-%d  %H:%M}", "minute"),
    "slashes": (lambda at: f"{at:%Y/%m/%d %H:%M:%S}", "second"),
    "slashes short": (lambda at: f"{at.year}/{at.month}/{at.day} {at.hour}:{at:%M:%S}", "second"),
    "dots": (lambda at: f"{at:%Y.%m.%d %H:%M}", "minute"),
    "compact": (lambda at: f"{at:%Y%m%d%H%M%S}", "second"),
    "compact T Z": (lambda at: f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}", "second"),
    "chinese": (lambda at: f"{at:%Y年%m月%d日 %H:%M}", "minute"),
    "chinese glued": (lambda at: f"{at:%Y年%m月%d日%H:%M}", "minute"),
    "chinese seconds": (lambda at: f"{at:%Y年%m月%d日 %H:%M:%S}", "second"),
    "chinese words": (lambda at: f"{at.year}年{at.month}月{at.day}日 {at.hour}时{at:%M}分", "minute"),
    "chinese half": (lambda at: f"{at.year}年{at.month}月{at.day}日 {half(at)}", "minute"),
    "chinese labelled": (lambda at: f"发布时间：{at:%Y-%m-%d %H:%M:%S} 来源：新华网", "second"),
    "chinese in prose": (lambda at: f"本报讯 发表于{at:%Y-%m-%d %H:%M}　字号", "minute"),
    "chinese wide": (
        lambda at: f"{at:%Y-%m-%d %H:%M}".translate(
            str.maketrans("0123456789-:", "０１２３４５６７８９－：")
        ),
        "minute",
    ),
    "chinese weekday": (
        lambda at: f"{at:%Y年%m月%d日} 星期{'一二三四五六日'[at.weekday()]} {at:%H:%M}",
        "minute",
    ),
    "beijing time": (lambda at: f"北京时间{at:%Y年%m月%d日 %H:%M}", "minute"),
    "korean": (lambda at: f"{at:%Y}년 {at.month}월 {at.day}일 {at:%H:%M}", "minute"),
    "month named": (lambda at: f"{MONTHS[at.month - 1]} {at.day}, {at.year} {at:%H:%M}", "minute"),
    "month named am pm": (lambda at: f"{MONTHS[at.month - 1]} {at.day}, {at.year} at {twelve(at)}", "minute"),
    "month short": (lambda at: f"{at:%b %d, %Y %H:%M}", "minute"),
    "day month named": (lambda at: f"{at.day} {MONTHS[at.month - 1]} {at.year} {at:%H:%M}", "minute"),
    "day chinese": (lambda at: f"{at.year}年{at.month}月{at.day}日", "day"),
    "day dashes": (lambda at: f"{at:%Y-%m-%d}", "day"),
    "day compact": (lambda at: f"{at:%Y%m%d}", "day"),
    "day month named only": (lambda at: f"{at.day} {MONTHS[at.month - 1]} {at.year}", "day"),
}


def instants(seed: str, count: int = 60) -> list[datetime]:
    chance = random.Random(seed)
    first, last = datetime(2001, 9, 10, tzinfo=BEIJING), NOW.astimezone(BEIJING)
    seconds = int((last - first).total_seconds())
    return [first + timedelta(seconds=chance.randrange(seconds)) for _ in range(count)]


def test_there_are_forty() -> None:
    assert len(FORMS) == 40


@pytest.mark.parametrize("name", FORMS)
def test_comes_back(name: str) -> None:
    form, precision = FORMS[name]
    for at in instants(name):
        found = parse_date(form(at), zone="Asia/Shanghai", now=NOW)
        assert found is not None, form(at)
        cut = {"second": at, "minute": at.replace(second=0)}
        expected = cut.get(precision, at.replace(hour=0, minute=0, second=0)).astimezone(UTC)
        assert (found.at, found.precision) == (expected, precision), form(at)
