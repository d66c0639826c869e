"""The short way for what nearly all sources print says what the cascade says."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from newscrawl.text.dates import parse_date
from newscrawl.text.dates.calendar_days import plain
from newscrawl.text.dates.parsed import Clock

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAYS = ("{y}年{m:02}月{d:02}日 ", "{y}年{m}月{d}日", "{y}-{m:02}-{d:02} ", "{y}-{m}-{d}T", "{y}/{m}/{d}  ")
YEARLESS = ("{m:02}月{d:02}日 ", "{m}月{d}日", "{m:02}-{d:02} ", "{m}-{d} ")
TIMES = ("{H:02}:{M:02}", "{H}:{M:02}", "{H:02}:{M:02}:{S:02}", "{H:02}:{M:02}:{S:02}.120")
ZONES = ("", "Z", "+08:00", "-0500", "+05:30")
FORMS = list(itertools.product(DAYS, TIMES, ZONES)) + list(itertools.product(YEARLESS, TIMES, ZONES[:1]))


@pytest.mark.parametrize("form", FORMS, ids="".join)
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_it_agrees_with_the_cascade(form: tuple[str, ...], zone: str) -> None:
    """A label sends the same date the long way."""
    chance = random.Random(repr(form))
    for _ in range(20):
        at = NOW + timedelta(minutes=60) - timedelta(seconds=chance.randrange(20 * 365 * 86_400))
        text = "".join(form).format(y=at.year, m=at.month, d=at.day, H=at.hour, M=at.minute, S=at.second)
        clock = Clock(ZoneInfo(zone), NOW, ("zh", "en"))
        assert plain(text, clock) == parse_date(f"时间 {text}", zone=zone, now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30 08:37",  # no such day
        "2026-03-08 24:00",  # the end of the day: the cascade's
        "2026-03-08 08:61",
        "2026-13-08 08:37",
        "1970-01-01 08:00",  # before any news
        "2027-03-08 08:37",  # to come
        "2026年03-08 08:37",  # of two minds
        "2026/03-08 08:37",
        "03/08 08:37",  # March or August
        "03-08日 08:37",
        "3-5",
        "2026-03-08",
        "2026-03-08 08:37 来源",
        "２０２６-03-08 08:37",
        "2026-03-08 08:37:00+25:00",
        "",
    ],
)
def test_what_is_not_plain_is_left_to_the_cascade(text: str) -> None:
    assert plain(text, Clock(ZoneInfo("Asia/Shanghai"), NOW, ("zh", "en"))) is None


def test_a_day_without_its_year_is_the_latest_that_was() -> None:
    def year(text: str, now: datetime) -> int:
        parsed = parse_date(text, zone="Asia/Shanghai", now=now)
        assert parsed
        assert parsed.assumed == ["zone", "year"]
        return parsed.at.astimezone(ZoneInfo("Asia/Shanghai")).year

    assert year("02月29日 08:37", NOW) == 2024
    assert year("11月20日 20:05", NOW) == 2026  # five minutes ahead of us: a clock's doubt
    assert year("11月20日 20:15", NOW) == 2025
    eve = datetime(2026, 12, 31, 15, 55, tzinfo=UTC)  # 23:55 in Beijing
    assert year("01-01 00:01", eve) == 2027
    assert year("01-01 00:09", eve) == 2026


def test_a_stated_zone_decides_which_year_it_is() -> None:
    now = datetime(2026, 12, 31, 20, tzinfo=UTC)  # 2027 in Beijing, 2026 in New York
    parsed = parse_date("01-01 03:30", zone="Asia/Shanghai", now=now)
    assert parsed
    assert parsed.at == datetime(2026, 12, 31, 19, 30, tzinfo=UTC)
    parsed = parse_date("01-01 03:30-0500", zone="Asia/Shanghai", now=now)
    assert parsed
    assert parsed.at == datetime(2026, 1, 1, 8, 30, tzinfo=UTC)
