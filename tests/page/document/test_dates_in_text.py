from datetime import date

import pytest

from newscrawl.page.document.dates_in_text import find, in_url


@pytest.mark.parametrize(
    ("text", "day", "minute"),
    [
        ("2026年03月08日 08:37", date(2026, 3, 8), (8, 37)),
        ("发布时间：2019-09-07 09:59:22 来源：新京报", date(2019, 9, 7), (9, 59)),
        ("2016年6月2911:30", date(2016, 6, 29), (11, 30)),
        ("2024-05-16T10:11:12+08:00", date(2024, 5, 16), (10, 11)),
        ("March 12, 2024 at 10:30 AM EST", date(2024, 3, 12), (10, 30)),
        ("12th of March 2024", date(2024, 3, 12), None),
        ("12. März 2024, 14:30 Uhr", date(2024, 3, 12), (14, 30)),
        ("le 12 mars 2024 à 10h30", date(2024, 3, 12), (10, 30)),
        ("12 de marzo de 2024", date(2024, 3, 12), None),
        ("12 марта 2024", date(2024, 3, 12), None),
        ("12.03.24", date(2024, 3, 12), None),
        ("10:30 PM, 12 March 2024", date(2024, 3, 12), (22, 30)),
        ("12:05 am May 16, 2024", date(2024, 5, 16), (0, 5)),
        ("2026年3月8日 下午3:05", date(2026, 3, 8), (15, 5)),
        ("2026年3月8日（星期日）晚上8点05分", date(2026, 3, 8), (20, 5)),
        ("2026年3月8日 星期日 上午 10:30", date(2026, 3, 8), (10, 30)),
        ("2026年3月8日 凌晨12:10", date(2026, 3, 8), (0, 10)),
        ("2026年03月08日(日) 午後3:05", date(2026, 3, 8), (15, 5)),
        ("2026년 3월 8일 오후 3:05", date(2026, 3, 8), (15, 5)),
        ("4 Mart 2026 Çarşamba 15:05", date(2026, 3, 4), (15, 5)),
        ("04/03/2026 quarta-feira 15:05", date(2026, 3, 4), (15, 5)),
        ("2026年3月4日 水曜日 15:05", date(2026, 3, 4), (15, 5)),
        ("2026년 3월 4일 수요일 15:05", date(2026, 3, 4), (15, 5)),
        ("04.03.2026, среда, 15:05", date(2026, 3, 4), (15, 5)),
        ("15:05 | 04/03/2026", date(2026, 3, 4), (15, 5)),
    ],
)
def test_dates_as_pages_print_them(text: str, day: date, minute: tuple[int, int] | None) -> None:
    stamp = find(text)[0]
    assert (stamp.day, stamp.minute) == (day, minute)


def test_the_order_of_day_and_month() -> None:
    assert find("03/04/2024")[0].day == date(2024, 4, 3)
    assert find("03/04/2024", month_first=True)[0].day == date(2024, 3, 4)
    assert find("03.04.2024", month_first=True)[0].day == date(2024, 4, 3)
    assert find("25/12/2024", month_first=True)[0].day == date(2024, 12, 25)


@pytest.mark.parametrize(
    "text", ["", "2024", "31.02.2024", "1.2.3.2024x", "99/99/2024", "May the 2024 be good", "版本 3.14.15"]
)
def test_what_is_no_date(text: str) -> None:
    assert find(text) == []


def test_a_stamp_in_plain_form() -> None:
    assert find("12. März 2024, 14:30 Uhr")[0].plain() == "2024-03-12 14:30"
    assert find("12. März 2024")[0].plain() == "2024-03-12"


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://x.cn/2024/05/16/a.html", date(2024, 5, 16)),
        ("https://x.cn/n1/2024/0424/c1001-1.html", date(2024, 4, 24)),
        ("https://x.cn/20240424/n123.shtml", date(2024, 4, 24)),
        ("https://x.cn/system/2022/02/26/052.shtml", date(2022, 2, 26)),
        ("https://x.cn/a/202603083665282988.html", date(2026, 3, 8)),
    ],
)
def test_the_day_in_an_address(url: str, day: date) -> None:
    stamp = in_url(url)
    assert stamp is not None
    assert stamp.day == day


@pytest.mark.parametrize(
    "url", ["https://x.cn/a/1.html", "https://x.cn/2024/99/99/", "https://x.cn/news/1234567890"]
)
def test_addresses_without_a_day(url: str) -> None:
    assert in_url(url) is None


def test_a_time_belongs_to_one_date() -> None:
    first, second = find("입력 2026.05.04. 오전 10:30 수정 2026.05.05. 오후 1:20")
    assert (str(first.day), first.minute) == ("2026-05-04", (10, 30))
    assert (str(second.day), second.minute) == ("2026-05-05", (13, 20))
    first, second = find("4 May 2026, 10:30 5 May 2026")
    assert (first.minute, second.minute) == ((10, 30), None)
