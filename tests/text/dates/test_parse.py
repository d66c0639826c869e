"""What sources print, and the moment it means; times in the tables are Beijing's unless they say more."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from newscrawl.text.dates import CLOCK_DOUBT, ParsedDate, parse_date
from newscrawl.text.dates.parse import TEXT_LIMIT

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 3, 9, 2, 0, 30, tzinfo=UTC)  # 10:00:30 in Beijing
BEIJING = timezone(timedelta(hours=8))


def read(text: str, zone: str = ZONE, now: datetime = NOW, **more: tuple[str, ...]) -> ParsedDate | None:
    return parse_date(text, zone=zone, now=now, **more)


def local(parsed: ParsedDate | None, zone: str = ZONE) -> str:
    assert parsed is not None
    shown = parsed.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat(sep=" ")
    return shown[: {"day": 10, "minute": 16, "second": 19}[parsed.precision]]


ABSOLUTE = {
    "2026-03-08 08:37:00": "2026-03-08 08:37:00",
    "2026-03-08 08:37": "2026-03-08 08:37",
    "2026-03-08": "2026-03-08",
    "2026/3/8 8:37": "2026-03-08 08:37",
    "2026.03.08": "2026-03-08",
    "2026-03-08T08:37:00": "2026-03-08 08:37:00",
    "2026-03-08T08:37:00.123456": "2026-03-08 08:37:00",
    "2026-03-08 07:53:06:817": "2026-03-08 07:53:06",
    "2026-03-08, 08:37": "2026-03-08 08:37",
    "Mo., 08.03.2026 - 08.37 Uhr": "2026-03-08 08:37",
    "8 de marzo de 2026, 8:37 p. m.": "2026-03-08 20:37",
    "2026 03/ 08 08:37:15": "2026-03-08 08:37:15",
    "2026-03-08 | 08:37": "2026-03-08 08:37",
    "2026-03-07 24:00": "2026-03-08 00:00",
    "2026年03月08日 08:37": "2026-03-08 08:37",
    "2026年3月8日08:37": "2026-03-08 08:37",
    "2026年3月8日8时37分5秒": "2026-03-08 08:37:05",
    "2016年3月20日(日) 21時40分": "2016-03-20 21:40",
    "2016年3月20日 21時40分": "2016-03-20 21:40",
    "2026年3月8日（星期日）08:37": "2026-03-08 08:37",
    "2026年3月8日 周日 08:37": "2026-03-08 08:37",
    "2016年6月2911:30": "2016-06-29 11:30",
    "2016年6月29": "2016-06-29",
    "2016年 2月 5日": "2016-02-05",
    "2016年06月30日09时30分": "2016-06-30 09:30",
    "2012年12月20日10:35": "2012-12-20 10:35",
    "2016年9月14日晚8:00": "2016-09-14 20:00",
    "2026年3月8日下午3:05": "2026-03-08 15:05",
    "2026年3月8日上午12:05": "2026-03-08 00:05",
    "2026年3月8日凌晨2点": "2026-03-08 02:00",
    "2026年3月8日凌晨12:10": "2026-03-08 00:10",
    "2026年3月8日中午12:30": "2026-03-08 12:30",
    "2026年3月8日中午1点": "2026-03-08 13:00",
    "2026年3月8日下午3点半": "2026-03-08 15:30",
    "2026年3月7日晚12:00": "2026-03-08 00:00",
    "2026年3月8日下午16:34": "2026-03-08 16:34",
    "26年3月8日 08:37": "2026-03-08 08:37",
    "２０２６年０３月０８日　０８：３７": "2026-03-08 08:37",
    "发布时间：2026-03-08 08:37": "2026-03-08 08:37",
    "发布时间:2026年03月08日 08:37:12": "2026-03-08 08:37:12",
    "2026-03-08 08:37 来源：新华网": "2026-03-08 08:37",
    "2026年03月08日 08:37 来源：新华网 阅读 12": "2026-03-08 08:37",
    "时间：2026-03-08 浏览：2037": "2026-03-08",
    "新华网　2026年3月8日 08:37": "2026-03-08 08:37",
    "更新时间：2026-03-08 09:00 发布时间：2026-03-07 07:00": "2026-03-07 07:00",
    "20220226163418": "2022-02-26 16:34:18",
    "202202261634": "2022-02-26 16:34",
    "20220226163418123": "2022-02-26 16:34:18",
    "20220226": "2022-02-26",
    "/2022/02/26/": "2022-02-26",
    "Sunday, March 8, 2026": "2026-03-08",
    "March 8, 2026 8:37 AM": "2026-03-08 08:37",
    "Mar. 8, 2026 at 8:37 p.m.": "2026-03-08 20:37",
    "8th March 2026": "2026-03-08",
    "08-Mar-2026 08:37:01": "2026-03-08 08:37:01",
    "8:37 AM, March 8, 2026": "2026-03-08 08:37",
    "Sun Mar  8 08:37:00 2026": "2026-03-08 08:37:00",
    "2025年6月4日 오전 2:37": "2025-06-04 02:37",
    "2025년 6월 4일 오후 2:37": "2025-06-04 14:37",
    "13/02/2026 10:00": "2026-02-13 10:00",
    "02/13/2026": "2026-02-13",
    "8.3.2026 08:37": "2026-03-08 08:37",
}


@pytest.mark.parametrize(("text", "expected"), ABSOLUTE.items())
def test_absolute_dates_are_read_on_the_sources_clock(text: str, expected: str) -> None:
    parsed = read(text)
    assert local(parsed) == expected
    assert parsed is not None
    assert parsed.assumed == ["zone"]
    assert parsed.offset == "+08:00"
    assert parsed.at.tzinfo is UTC


STATED = {
    "2026-03-08T08:37:00+08:00": ("2026-03-08T00:37:00+00:00", "+08:00"),
    "2026-03-08T08:37:00+0800": ("2026-03-08T00:37:00+00:00", "+08:00"),
    "2022-02-26 16:34:18 +0800": ("2022-02-26T08:34:18+00:00", "+08:00"),
    "2026-03-08T00:37:00Z": ("2026-03-08T00:37:00+00:00", "+00:00"),
    "2026-03-08T00:37:00.123Z": ("2026-03-08T00:37:00+00:00", "+00:00"),
    "20260308T003700Z": ("2026-03-08T00:37:00+00:00", "+00:00"),
    "2026-03-07T19:37-05:00": ("2026-03-08T00:37:00+00:00", "-05:00"),
    "2026-03-08T06:07:00+05:30": ("2026-03-08T00:37:00+00:00", "+05:30"),
    "2026-03-08 08:37:00 CST": ("2026-03-08T00:37:00+00:00", "+08:00"),
    "Sun Mar 08 08:37:00 CST 2026": ("2026-03-08T00:37:00+00:00", "+08:00"),
    "Sun Mar 08 2026 08:37:00 GMT+0800 (China Standard Time)": ("2026-03-08T00:37:00+00:00", "+08:00"),
    "Sun, 08 Mar 2026 00:37:00 GMT": ("2026-03-08T00:37:00+00:00", "+00:00"),
    "Sun, 08 Mar 2026 08:37:00 +0800": ("2026-03-08T00:37:00+00:00", "+08:00"),
    "Sat, 07 Mar 2026 19:37:00 EST": ("2026-03-08T00:37:00+00:00", "-05:00"),
    "March 7, 2026 7:37 PM EST": ("2026-03-08T00:37:00+00:00", "-05:00"),
    "March 7, 2026 7:37 PM ET": ("2026-03-08T00:37:00+00:00", "-05:00"),
    "2026-03-08 08:37 UTC+8": ("2026-03-08T00:37:00+00:00", "+08:00"),
    "2026-03-08 08:37 (北京时间)": ("2026-03-08T00:37:00+00:00", "+08:00"),
    "北京时间2026年3月8日 08:37": ("2026-03-08T00:37:00+00:00", "+08:00"),
    "00:37 GMT, 8 March 2026": ("2026-03-08T00:37:00+00:00", "+00:00"),
    "1772930220": ("2026-03-08T00:37:00+00:00", "+08:00"),
    "1772930220123": ("2026-03-08T00:37:00+00:00", "+08:00"),
    "1772930220.5": ("2026-03-08T00:37:00+00:00", "+08:00"),
}


@pytest.mark.parametrize(("text", "expected"), STATED.items())
def test_a_stated_zone_is_taken_and_not_assumed(text: str, expected: tuple[str, str]) -> None:
    parsed = read(text)
    assert parsed is not None
    assert (parsed.at.isoformat(), parsed.offset) == expected
    assert parsed.assumed == []


def test_cst_is_chinas_only_where_the_source_is_chinese() -> None:
    text = "2026-03-08 08:37:00 CST"
    for zone in ("Asia/Shanghai", "Asia/Taipei", "Asia/Hong_Kong"):
        parsed = read(text, zone)
        assert parsed is not None
        assert parsed.offset == "+08:00"
    american = read(text, "America/New_York")
    assert american is not None
    assert american.offset == "-06:00"


def test_an_abbreviation_means_what_it_means_at_the_source() -> None:
    indian, irish = (
        read("2026-03-08 08:37 IST", "Asia/Kolkata"),
        read("2025-07-08 08:37 IST", "Europe/Dublin"),
    )
    assert indian is not None
    assert irish is not None
    assert (indian.offset, irish.offset) == ("+05:30", "+01:00")


@pytest.mark.parametrize(
    "text", ["2026-03-08 08:37 +3 评论", "2026-03-08 08:37 NBD", "2026-03-08 08:37+99:00"]
)
def test_what_is_no_zone_is_not_taken_for_one(text: str) -> None:
    parsed = read(text)
    assert local(parsed) == "2026-03-08 08:37"
    assert parsed is not None
    assert parsed.assumed == ["zone"]


YEARLESS = {
    "02月26日 16:34": "2026-02-26 16:34",
    "02-26 16:34": "2026-02-26 16:34",
    "02/26 16:34": "2026-02-26 16:34",
    "2月26日": "2026-02-26",
    "03-09 10:05": "2026-03-09 10:05",  # five minutes ahead: the source's clock
    "03-09 10:30": "2025-03-09 10:30",
    "12月31日 23:50": "2025-12-31 23:50",
    "12-31 23:50": "2025-12-31 23:50",
    "03-09": "2026-03-09",
    "03-10": "2025-03-10",
    "02月29日 08:00": "2024-02-29 08:00",
    "发布于 02-26 16:34 来源：新华网": "2026-02-26 16:34",
    "Mar 8, 8:37 AM": "2026-03-08 08:37",
}


@pytest.mark.parametrize(("text", "expected"), YEARLESS.items())
def test_a_date_without_year_is_the_latest_that_has_been(text: str, expected: str) -> None:
    parsed = read(text)
    assert local(parsed) == expected
    assert parsed is not None
    assert parsed.assumed == ["zone", "year"]


def test_the_year_turns_between_printing_and_reading() -> None:
    after = datetime(2025, 12, 31, 16, 5, tzinfo=UTC)  # 00:05 on 1 January 2026 in Beijing
    assert local(read("12月31日 23:50", now=after)) == "2025-12-31 23:50"
    assert local(read("01-01 00:03", now=after)) == "2026-01-01 00:03"
    before = datetime(2025, 12, 31, 15, 58, tzinfo=UTC)  # 23:58, and the source's clock is four minutes ahead
    assert local(read("01-01 00:02", now=before)) == "2026-01-01 00:02"


RELATIVE = {
    "5分钟前": ("2026-03-09 09:55", "minute"),
    "5 分鐘前": ("2026-03-09 09:55", "minute"),
    "半小时前": ("2026-03-09 09:30", "minute"),
    "2小时前": ("2026-03-09 08:00", "day"),
    "2个小时前": ("2026-03-09 08:00", "day"),
    "约23小时前": ("2026-03-08 11:00", "day"),
    "两小时前": ("2026-03-09 08:00", "day"),
    "十二小时前": ("2026-03-08 22:00", "day"),
    "3天前": ("2026-03-06 00:00", "day"),
    "3天以前": ("2026-03-06 00:00", "day"),
    "3周前": ("2026-02-16 00:00", "day"),
    "1个月前": ("2026-02-09 00:00", "day"),
    "2 年前": ("2024-03-09 00:00", "day"),
    "1年，1月，1周，1天，1小时，1分钟前": ("2025-02-01 08:59", "minute"),
    "1年2个月": ("2025-01-09 00:00", "day"),
    "1年11個月": ("2024-04-09 00:00", "day"),
    "刚刚": ("2026-03-09 10:00", "minute"),
    "剛剛": ("2026-03-09 10:00", "minute"),
    "昨天上午8点": ("2026-03-08 08:00", "minute"),
    "今天 来源：新华网": ("2026-03-09 00:00", "day"),
    "昨天": ("2026-03-08 00:00", "day"),
    "昨天 12:30": ("2026-03-08 12:30", "minute"),
    "昨日12:30": ("2026-03-08 12:30", "minute"),
    "昨晚8点": ("2026-03-08 20:00", "minute"),
    "前天": ("2026-03-07 00:00", "day"),
    "前天 08:15": ("2026-03-07 08:15", "minute"),
    "今天 08:00": ("2026-03-09 08:00", "minute"),
    "今天08:00:12": ("2026-03-09 08:00", "second"),
    "发布时间：3分钟前": ("2026-03-09 09:57", "minute"),
    "2 hours ago": ("2026-03-09 08:00", "day"),
    "15 mins ago": ("2026-03-09 09:45", "minute"),
    "an hour ago": ("2026-03-09 09:00", "day"),
    "3 days ago": ("2026-03-06 00:00", "day"),
    "Yesterday 12:30": ("2026-03-08 12:30", "minute"),
    "just now": ("2026-03-09 10:00", "minute"),
}


@pytest.mark.parametrize(("text", "expected"), RELATIVE.items())
def test_relative_dates_count_from_the_moment_of_reading(text: str, expected: tuple[str, str]) -> None:
    parsed = read(text)
    assert parsed is not None
    assert parsed.at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") == expected[0]
    assert parsed.precision == expected[1]


def test_months_back_end_on_the_months_last_day() -> None:
    assert local(read("1个月前", now=datetime(2026, 3, 31, 2, tzinfo=UTC))) == "2026-02-28"
    assert local(read("1年前", now=datetime(2024, 2, 29, 2, tzinfo=UTC))) == "2023-02-28"


NOTHING = [
    "昨日重现", "今日要闻", "刚刚！重磅消息", "今天天气",
    "", " ", "宋亚芬", "来源：新华网", "阅读 2037", "12评论", "3-5", "1/2", "晚8:00", "07:53:06:817",
    "2026", "2026年3月", "12月", "3月", "03/04/2026", "3 個星期後", "5个月后", "2 分鐘後",
    "明天 08:00", "2026-13-40", "2025-02-29", "99999999999999", "1970-01-01", "1970-01-01T00:00:00Z",
    "1989-12-31", "0000-00-00 00:00:00", "2026-03-10", "2026-03-09 10:30", "2030年1月1日",
    "2000000000", "0", "600519", "202603083665282988", "v2.10.3", "http://a.com/b", "Invalid Date",
    "null", "13:61",
]  # fmt: skip


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_no_date_or_cannot_be_one_is_none(text: str) -> None:
    assert read(text) is None


def test_the_future_begins_after_the_clocks_doubt() -> None:
    edge = (NOW + CLOCK_DOUBT).astimezone(BEIJING)
    assert read(edge.strftime("%Y-%m-%d %H:%M:%S")) is not None
    assert read((edge + timedelta(seconds=1)).strftime("%Y-%m-%d %H:%M:%S")) is None


def test_a_day_is_no_future_until_it_ends_at_the_source() -> None:
    at_utc_evening = datetime(2026, 3, 8, 17, tzinfo=UTC)  # the 9th in Beijing
    assert local(read("2026-03-09", now=at_utc_evening)) == "2026-03-09"
    assert read("2026-03-09", zone="America/New_York", now=at_utc_evening) is None


@pytest.mark.parametrize(
    ("languages", "zone", "expected"),
    [
        (("en-US",), "Asia/Shanghai", "2026-03-04"),
        (("en",), "America/New_York", "2026-03-04"),
        (("en-GB", "en"), "America/New_York", "2026-04-03"),
        (("en",), "Europe/London", "2026-04-03"),
        (("fr",), "Europe/Paris", "2026-04-03"),
        (("en",), "Asia/Shanghai", None),
        (("zh", "en"), "Asia/Shanghai", None),
    ],
)
def test_which_number_is_the_month(languages: tuple[str, ...], zone: str, expected: str | None) -> None:
    parsed = read("03/04/2026", zone, datetime(2026, 6, 1, tzinfo=UTC), languages=languages)
    assert (parsed and local(parsed, zone)) == expected


def test_summer_time_gap_and_fold() -> None:
    now = datetime(2026, 12, 1, tzinfo=UTC)
    gap = read("2026-03-08 02:30", "America/New_York", now)
    fold = read("2026-11-01 01:30", "America/New_York", now)
    summer = read("2026-07-01 12:00", "America/New_York", now)
    assert gap is not None
    assert fold is not None
    assert summer is not None
    assert gap.at == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert fold.at == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert (summer.at, summer.offset) == (datetime(2026, 7, 1, 16, tzinfo=UTC), "-04:00")


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("13. Mai 2025, 15:44 Uhr", "de", "2025-05-13 15:44"),
        ("8 février 2026", "fr", "2026-02-08"),
        ("8 de marzo de 2025", "es", "2025-03-08"),
        ("Publicado el 8 de marzo de 2025", "es", "2025-03-08"),
    ],
)
def test_other_languages_are_the_last_resort(text: str, language: str, expected: str) -> None:
    assert local(read(text, languages=(language, "en"))) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("4 Mart 2026 Çarşamba 15:05", "tr"),
        ("04 Mart 2026, Çarşamba - 15:05", "tr"),
        ("2026. március 4., szerda, 15:05", "hu"),
        ("04/03/2026 quarta-feira 15:05", "pt"),
        ("2026年3月4日 水曜日 15:05", "ja"),
        ("2026年3月4日水曜 15:05", "ja"),
        ("2026년 3월 4일 수요일 15:05", "ko"),
        ("04.03.2026 среда 15:05", "ru"),
        ("4 марта 2026, Среда, 15:05", "ru"),
        ("4 marca 2026 (środa) 15:05", "pl"),
        ("4. března 2026 středa 15:05", "cs"),
        ("04/03/2026, Thứ Tư 15:05", "vi"),
        ("4 Μαρτίου 2026, Τετάρτη 15:05", "el"),
        ("04.03.2026 (Mittwoch), 15:05 Uhr", "de"),
        ("4 مارس 2026 الأربعاء 15:05", "ar"),
        ("4 Maret 2026 Rabu 15:05", "id"),
        ("15:05 | 04/03/2026", "vi"),
        ("15:05, ngày 04/03/2026", "vi"),
        ("15:05 04.03.2026", "ru"),
        ("15:05 Mercoledì 04/03/2026", "it"),
        ("15:05 2026-03-04", "en"),
        ("mercoledì 4 marzo 2026, 15.05", "it"),
        ("15:05 Uhr | 04.03.2026", "de"),
    ],
)
def test_a_weekday_or_a_time_that_leads_costs_no_time(text: str, language: str) -> None:
    assert local(read(text, languages=(language,))) == "2026-03-04 15:05"


@pytest.mark.parametrize(
    "text", ["Version 12.05 04/03/2026", "No 8:05 of 3 04/03/2026", "4 Mart 2026 Cumhuriyet 12:00"]
)
def test_what_is_not_the_time_of_a_day(text: str) -> None:
    assert local(read(text, languages=("tr",))) == "2026-03-04"


def test_an_unknown_language_is_no_error() -> None:
    assert read("13 blub 2025 xyz", languages=("xx-unknown",)) is None


def test_an_unknown_zone_is() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        parse_date("2026-03-08", zone="Asia/Nowhere", now=NOW)


HOSTILE = [
    "9" * 100_000,
    "2026-" * 50_000,
    "2026年3月" * 50_000,
    " " * 100_000 + "2026-03-08",
    "1年" * 100_000,
    "1年，" * 60 + "x",
    "1 " * 100,
    "12:" * 10_000,
    "\x00\x01\x02\ud800\udfff\ufffe",
    "Mar " * 50,
    "((((((((((" * 20,
    "半" * 200,
    "十" * 200 + "前",
    "٢٠٢٦-٠٣-٠٨",
    "²⁰²⁶-03-08",
    "2026-03-08T" + "0" * 150,
    "𝟚𝟘𝟚𝟞-𝟘𝟛-𝟘𝟠",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_neither_breaks_nor_hangs(text: str) -> None:
    read(text)


def test_random_text_never_raises() -> None:
    chance = random.Random(20260308)
    alphabet = "0123456789年月日时分秒前天昨今半:-/. ,TZ+点上下午晚ap mMarchJn星期()（）：　\n\x00é한کٓ²"
    for _ in range(4000):
        text = "".join(chance.choice(alphabet) for _ in range(chance.randrange(40)))
        parsed = read(text)
        if parsed is not None:
            assert parsed.at.utcoffset() == timedelta()
            assert parsed.at <= NOW + CLOCK_DOUBT
            assert parsed.at.year >= 1989


def test_a_random_moment_survives_printing_and_reading() -> None:
    chance = random.Random(1)
    first = datetime(1991, 1, 1, tzinfo=UTC)
    forms = (
        "%Y-%m-%d %H:%M:%S",
        "%Y年%m月%d日 %H:%M:%S",
        "%Y/%m/%dT%H:%M:%S",
        "%Y%m%d%H%M%S",
        "%b %d, %Y %H:%M:%S",
    )
    for _ in range(1000):
        at = first + timedelta(seconds=chance.randrange(int((NOW - first).total_seconds())))
        parsed = read(at.astimezone(BEIJING).strftime(chance.choice(forms)), zone="Asia/Singapore")
        assert parsed is not None
        assert parsed.at == at
        assert parsed.precision == "second"


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    assert read("x" * TEXT_LIMIT + " 2026-03-08") is None
