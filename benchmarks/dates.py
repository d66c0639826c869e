"""What reading a date costs: `python -m benchmarks.dates [--instants 400]`.

Each form is printed for many instants, and `parse_date` reads them in turn, so that no text is met twice in
a round. Prints microseconds a call, the best of five rounds, the dearest form first; asserts nothing.
dateparser is beside it, on the forms that it reads.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import dateparser  # type: ignore[import-untyped]

from newscrawl.text.dates import parse_date

WANTED = 20.0  # microseconds
_ROUNDS = 5
_ASKED_OF_DATEPARSER = 20  # instants; it takes milliseconds
_BEIJING = timezone(timedelta(hours=8))
_NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
_STEP = timedelta(minutes=977)  # no divisor of a day: hours and minutes of all kinds

#: What the cascade knows, the instant on Beijing's clock.
FORMS: dict[str, Callable[[datetime], str]] = {
    "2026年03月08日 08:37": lambda at: f"{at:%Y年%m月%d日 %H:%M}",
    "2026-03-08 08:37:00": lambda at: f"{at:%Y-%m-%d %H:%M:%S}",
    "2026/3/8 08:37": lambda at: f"{at.year}/{at.month}/{at.day} {at:%H:%M}",
    "2026-03-08T08:37:00+08:00": lambda at: at.isoformat(),
    "2026-03-08T00:37:00.000Z": lambda at: f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
    "20260308083700": lambda at: f"{at:%Y%m%d%H%M%S}",
    "1772930220000": lambda at: f"{1000 * int(at.timestamp())}",
    "03月08日 08:37": lambda at: f"{at:%m月%d日 %H:%M}",
    "03-08 08:37": lambda at: f"{at:%m-%d %H:%M}",
    "时间：3月8日 08:37": lambda at: f"时间：{at.month}月{at.day}日 {at:%H:%M}",
    "03/08 08:37": lambda at: f"{at:%m/%d %H:%M}",
    "26-03-08 08:37": lambda at: f"{at:%y-%m-%d %H:%M}",
    "2026-03-08": lambda at: f"{at:%Y-%m-%d}",
    "2026年3月8日 星期日 08:37": lambda at: f"{at.year}年{at.month}月{at.day}日 星期日 {at:%H:%M}",
    "2026年3月8日上午8点37分": lambda at: f"{at.year}年{at.month}月{at.day}日上午{at.hour % 12}点{at:%M}分",
    "发布时间：2026-03-08 08:37:00 来源：新华网": lambda at: f"发布时间：{at:%Y-%m-%d %H:%M:%S} 来源：新华网",
    "发布：2026-03-08 08:37 更新：2026-03-09 09:00": (
        lambda at: f"发布：{at:%Y-%m-%d %H:%M} 更新：{at + timedelta(hours=25):%Y-%m-%d %H:%M}"
    ),
    "二〇二六年三月八日 08:37": lambda at: f"二〇二六年三月{'一二三四五六七八九'[at.day % 9]}日 {at:%H:%M}",
    "8小时前": lambda at: f"{at.hour + 1}小时前",
    "37分钟前": lambda at: f"{at.minute + 1}分钟前",
    "今天 08:37": lambda at: f"今天 {at.hour // 2:02}:{at:%M}",
    "昨天08:37": lambda at: f"昨天{at:%H:%M}",
    "Sun, 08 Mar 2026 08:37:00 +0800": format_datetime,
    "Sun, 08 Mar 2026 00:37:00 GMT": lambda at: f"{at.astimezone(UTC):%a, %d %b %Y %H:%M:%S} GMT",
    "Sun, 08 Mar 2026 08:37:00 CST": lambda at: f"{at:%a, %d %b %Y %H:%M:%S} CST",
    "March 8, 2026 08:37": lambda at: f"{at:%B} {at.day}, {at.year} {at:%H:%M}",
    "8 March 2026 at 8:37 am": lambda at: f"{at.day} {at:%B} {at.year} at {at.hour % 12 + 1}:{at:%M} am",
    "8 hours ago": lambda at: f"{at.hour + 2} hours ago",
    "08.03.2026 08:37": lambda at: f"{at:%d.%m.%Y %H:%M}",
    "8 de março de 2026 08:37": lambda at: f"{at.day} de março de {at.year - 1} {at:%H:%M}",
}


def microseconds(texts: list[str], read: Callable[[str], object], rounds: int = _ROUNDS) -> float:
    """A call's mean over the texts, in the best of the rounds. Raises ValueError where one is not read."""
    if unread := [text for text in texts if read(text) is None]:
        raise ValueError(f"{unread[0]!r} is read as no date")
    best = float("inf")
    for _ in range(rounds):
        began = time.perf_counter()
        for text in texts:
            read(text)
        best = min(best, time.perf_counter() - began)
    return best / len(texts) * 1e6


def ours(text: str) -> object:
    """parse_date as the pipelines ask it."""
    return parse_date(text, zone="Asia/Shanghai", now=_NOW)


def _theirs(texts: list[str]) -> str:
    asked = texts[:_ASKED_OF_DATEPARSER]
    try:
        return f"{microseconds(asked, lambda text: dateparser.parse(text, languages=['zh', 'en']), 1):,.0f}"
    except ValueError:
        return "—"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description="What reading a date costs.")
    parser.add_argument("--instants", type=int, default=400, help="of each form")
    instants = [
        (_NOW - _STEP * (number + 1)).astimezone(_BEIJING) for number in range(parser.parse_args().instants)
    ]
    rows = []
    for example, form in FORMS.items():
        texts = [form(at) for at in instants]
        rows.append((microseconds(texts, ours), example, _theirs(texts)))
    print("| form | µs a call | dateparser |\n|---|---|---|")
    for cost, example, theirs in sorted(rows, reverse=True):
        print(f"| {example} | {cost:.1f} | {theirs} |")
    dearest = max(rows)[0]
    verdict = "met" if dearest <= WANTED else "missed"
    print(f"\ndearest form: {dearest:.1f} µs a call, wanted at most {WANTED:.0f} ({verdict})")


if __name__ == "__main__":
    main()
