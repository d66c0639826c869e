"""calendars.py: dates in other numerals, orders and calendars; whole pages with them; what stays None."""

from __future__ import annotations

import pytest

from newscrawl.extract import Article, extract_article
from newscrawl.page.date.calendars import year_first
from tests.page.test_cms import PROSE

ZH = "三条地铁线路将于年底开通"
DATES = [
    ("zh-CN", "二〇二六年五月四日", "2026-05-04 00:00"),
    ("zh-CN", "２０２６年５月４日　１０：３０", "2026-05-04 10:30"),
    ("zh-CN", "26-05-04 10:30", "2026-05-04 10:30"),
    ("zh-CN", "26/05/04 10:30", "2026-05-04 10:30"),
    ("zh-CN", "发布时间：26-05-04 来源：新华网", "2026-05-04 00:00"),
    ("zh-TW", "民國115年5月4日", "2026-05-04 00:00"),
    ("zh-TW", "發布日期：115-05-04", "2026-05-04 00:00"),
    ("ja", "令和8年5月4日", "2026-05-04 00:00"),
    ("hu", "2026. május 4., hétfő", "2026-05-04 00:00"),
    ("hu", "2026. május 4. 10:30", "2026-05-04 10:30"),
    ("vi", "Ngày 4 tháng 5 năm 2026", "2026-05-04 00:00"),
    ("th", "4 พ.ค. 2569 10:30 น.", "2026-05-04 10:30"),
    ("th", "วันที่ 4 พฤษภาคม พ.ศ. 2569", "2026-05-04 00:00"),
    ("th", "04/05/2569 10:30", "2026-05-04 10:30"),
    ("ar", "٤ مايو ٢٠٢٦", "2026-05-04 00:00"),
    ("ar", "04 أيار 2026", "2026-05-04 00:00"),
    ("hi", "4 मई 2026, 10:30", "2026-05-04 10:30"),
    ("he", "4 במאי 2026", "2026-05-04 00:00"),
    ("lt", "2026 m. gegužės 4 d. 10:30", "2026-05-04 10:30"),
    ("lv", "2026. gada 4. maijs", "2026-05-04 00:00"),
]
TITLES = {
    "zh": ZH,
    "ja": "三つの路線が年末に開業",
    "th": "เปิดสามเส้นทางใหม่",
    "ar": "افتتاح ثلاثة خطوط جديدة",
}


def read(info: str, language: str, url: str = "https://news.example.com/a/123.html") -> Article:
    base = language.partition("-")[0]
    title = TITLES.get(base, "Three new lines will open")
    prose = PROSE["zh" if base == "zh" else "en"]
    return extract_article(
        f"<html lang={language}><head><title>{title}</title></head><body><h1>{title}</h1>"
        f"<div class=info>{info}</div><div class=content>{prose}</div></body></html>",
        url=url,
    )


@pytest.mark.parametrize(("language", "printed", "wanted"), DATES)
def test_the_only_date_of_a_page(language: str, printed: str, wanted: str) -> None:
    published = read(printed, language).published_at
    assert published is not None
    assert f"{published:%Y-%m-%d %H:%M}" == wanted


@pytest.mark.parametrize(
    ("language", "printed"),
    [
        ("en", "26-05-04 10:30"),  # elsewhere the day or the month may lead
        ("zh-CN", "5月4日 10:30"),  # of which year?
        ("zh-CN", "更新时间：26-05-04"),
        ("zh-CN", "电话：115-05-04-22"),
        ("zh-CN", "Copyright © 26-05-04"),
        ("zh-CN", "26-15-04"),
    ],
)
def test_what_is_no_date_of_publication(language: str, printed: str) -> None:
    assert read(printed, language).published_at is None


@pytest.mark.parametrize("printed", ["5月4日 10:30", "05-04 10:30"])
@pytest.mark.parametrize("folder", ["2026", "2026/05", "202605"])
def test_the_year_of_the_address(printed: str, folder: str) -> None:
    published = read(printed, "zh-CN", f"https://news.example.com/{folder}/a/123.html").published_at
    assert published is not None
    assert f"{published:%Y-%m-%d %H:%M}" == "2026-05-04 10:30"


def test_an_address_of_another_month_gives_no_year() -> None:
    assert read("5月4日 10:30", "zh-CN", "https://news.example.com/202611/a/1.html").published_at is None


@pytest.mark.parametrize(
    ("language", "info", "author"),
    [
        ("ru", "04.05.2026 Автор: Иван Петров", "Иван Петров"),
        ("ko", "입력 2026.05.04 10:30 | 김철수 기자", "김철수"),
        ("id", "Penulis: Budi Santoso | 04/05/2026", "Budi Santoso"),
        ("vi", "Tác giả: Nguyễn Văn An - 04/05/2026", "Nguyễn Văn An"),
    ],
)
def test_bylines_abroad(language: str, info: str, author: str) -> None:
    assert read(info, language).authors == [author]


def test_broken_dates_are_left_as_they_are() -> None:
    assert year_first("4 tháng 55 năm 2026", "vi") == "2026-55-04"
    assert read("4 tháng 55 năm 2026", "vi").published_at is None
    assert year_first("115-05-04", "en") == "115-05-04"
    assert year_first("²⑤ ٣", None)


@pytest.mark.parametrize(
    ("printed", "outlet"),
    [
        ("示例在线-社会频道", "示例在线"),
        ("人民网安徽频道", "人民网"),
        ("人民网-文化频道", "人民网"),
        ("央视财经频道", "央视财经频道"),
    ],
)
def test_a_channel_is_no_part_of_the_outlet(printed: str, outlet: str) -> None:
    source = read(f"2026-05-04 10:30 来源：{printed}", "zh-CN").source
    assert source is not None
    assert source.name == outlet


def test_who_oversees_and_plans_neither_edits_nor_writes() -> None:
    article = read(
        "2026-05-04 来源：新华网 监制：王小明 策划：李大鹏 统筹：张三 出品：赵四 编辑：钱小五", "zh-CN"
    )
    assert (article.authors, article.editors) == ([], ["钱小五"])
