from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.extract import extract_article
from newscrawl.model.draft import Candidate
from newscrawl.page.context import context_from
from newscrawl.page.date.choose import choose_dates, page_clock

URL = "https://www.example.de/news/a.html"


def dates(page: str, url: str = URL) -> list[tuple[str, str]]:
    return [(said.value, said.rule) for said in choose_dates(context_from(page, url=url))]


def test_the_date_near_the_title_is_chosen() -> None:
    page = """<html lang=de><div class=ticker>1.1.2020 <a>other</a></div><h1>Regen in der Stadt</h1>
    <div class=meta><span class=date>5. Mai 2024, 10:30 Uhr</span></div><p>Am 3.3.2021 regnete es auch.</p>
    <aside class=related><i class=date>6. Mai 2024</i></aside><footer>© Stand 1.2.2023</footer></html>"""
    assert dates(page)[:2] == [("5. Mai 2024, 10:30 Uhr", "text date"), ("2024-05-05 10:30", "text date")]


def test_a_date_of_change_comes_after_that_of_publication() -> None:
    page = "<h1>Rain in the city</h1><p>Updated: 6 May 2024</p><p>Published: 5 May 2024</p>"
    assert dates(page)[0][0] == "5 May 2024"


def test_structured_dates_come_before_printed_ones() -> None:
    page = '<meta property="article:published_time" content="2024-05-05T08:30:00Z">'
    page += "<h1>Rain</h1><time>6 May 2024</time>"
    assert dates(page)[0] == ("2024-05-05T08:30:00Z", "meta article:published_time")


def test_on_chinese_pages_the_printed_minute_comes_first() -> None:
    page = """<html lang=zh><meta property="article:published_time" content="2024-05-05T11:30:00+08:00">
    <h1>本市新增地铁线路</h1><p class=date>2024年05月05日 08:30</p><p>三条线路将于年底开通。</p></html>"""
    assert dates(page)[0][0] == "2024年05月05日 08:30"
    assert dates(page.replace("2024年05月05日", "2021年05月05日"))[0][1] == "meta article:published_time"


def test_nothing_but_guesses_gives_nothing() -> None:
    assert dates("<h1>Rain</h1><footer>All rights reserved. Copyright 1 May 2020</footer>") == []
    assert dates("<p>x</p>") == []


def test_the_url_is_better_than_nothing() -> None:
    assert dates("<h1>x</h1>", "https://x.cn/2024/05/16/a.html") == [("2024-05-16", "url")]


def test_the_page_shows_its_clock() -> None:
    at = datetime(2023, 11, 9, 5, 30, 59, tzinfo=UTC)
    printed = Candidate("November 8, 2023 at 11:30 p.m.", "page", "text date")
    assert page_clock([printed], at, month_first=True) == timedelta(hours=-6)
    stated = Candidate("2023-11-08T21:30:59-08:00", "structured", "itemprop datePublished")
    assert page_clock([stated], at, month_first=True) == timedelta(hours=-8)
    other = Candidate("November 8, 2023 at 11:34 p.m.", "page", "text date")
    assert page_clock([other], at, month_first=True) is None
    assert page_clock([], at, month_first=True) is None


def _day(page: str, url: str = "https://news.example.org/a") -> str | None:
    found = extract_article(page, url=url, fetched_at=datetime(2026, 11, 1, tzinfo=UTC)).published_at
    return found.date().isoformat() if found else None


LD = """<script type="application/ld+json">
{"@type": "NewsArticle", "datePublished": "2026-02-01T08:00:00Z"}</script>"""
LONG = "<p>" + "The council met again, and again it did not agree on what the bridge may cost. " * 3 + "</p>"


def test_the_address_decides_between_dates_that_stand_alike() -> None:
    page = f"<html lang=de><h1>Ergebnisse</h1><p>19.05.2026</p><p>20.05.2026</p>{LONG}"
    assert _day(page, "https://news.example.org/2026/05/20/a") == "2026-05-20"
    assert _day(page) == "2026-05-19"


def test_an_update_is_not_the_publication() -> None:
    page = "<html lang=zh><h1>本市新增三条地铁线路</h1><div><span>更新时间：2026-03-09 10:00</span> "
    page += "<span>发布时间：2026-03-08 09:15</span></div><p>示例日报讯，年底前将有三条地铁线路开通运营。</p>"
    assert _day(page, "https://news.example.cn/a") == "2026-03-08"


def test_a_date_among_related_links_is_a_decoy() -> None:
    related = "<div class=related><ul><li><a href=/b>Other bridge</a> <i>4 May 2026</i></li></ul></div>"
    page = f"<html lang=en><h1>The bridge</h1>{related}<p class=date>5 May 2026</p>{LONG}"
    assert _day(page) == "2026-05-05"


def test_labelled_dates_far_from_the_title_count_where_no_other_is_shown() -> None:
    top = f"<html lang=en><h1>The bridge</h1>{LONG * 9}" + "<p>On the bridge.</p>" * 80
    assert dates(f"{top}<p>Posted on 4 May 2026</p><p>1 May 2026</p>")[0] == ("4 May 2026", "labelled date")
    assert dates(f"{top}<p>4 May 2026</p>")[0] == ("4 May 2026", "only date")
    assert dates(f"{top}<p>4 May 2026</p><p>1 May 2026</p>") == []
    assert dates(f"{top}<p>Last updated on 4 May 2026</p>") == []
    assert dates(f"{top}<div class=comments><p>Posted on 4 May 2026</p></div>") == []


def test_the_order_of_figures_is_that_of_a_date_without_doubt() -> None:
    page = "<html lang=en><h1>The bridge</h1><p>Published on 06/01/2026</p>" + LONG
    assert _day(page) == "2026-06-01"
    assert _day(page, "https://news.example.org/2026/01/06/a") == "2026-01-06"
    time = '<time datetime="2026-01-06 13:55:27 +01:00">06/01/2026 - 13:55 GMT</time>'
    page = page.replace("06/01/2026", time)
    found = extract_article(page, url=URL, fetched_at=datetime(2026, 11, 1, tzinfo=UTC)).published_at
    assert found == datetime.fromisoformat("2026-01-06T13:55:27+01:00")


def test_the_day_of_an_archive_s_capture_is_none_of_the_page() -> None:
    page = f"<html lang=de><h1>Kai im Herbst fertig</h1>{LONG}"
    archive = "https://web.archive.org/web/20160218174457/"
    assert _day(page, f"{archive}http://example.de/2010/05/kai/") is None
    assert _day(page, f"{archive}http://example.de/2010/05/17/kai/") == "2010-05-17"


def test_midnight_on_the_page_s_clock() -> None:
    page = """<html lang=de><meta property="article:published_time" content="2022-11-06T23:00:00+00:00">
    <h1>Kai im Herbst fertig</h1><div class="datum">7. November 2022</div>"""
    found = extract_article(page, url=URL, fetched_at=datetime(2026, 11, 1, tzinfo=UTC)).published_at
    assert found is not None
    assert found.isoformat() == "2022-11-07T00:00:00+01:00"
    late = Candidate("7. November 2022", "page", "text date")
    assert page_clock([late], datetime(2022, 11, 6, 23, 0, 55, tzinfo=UTC), month_first=False) is None


def test_a_class_of_spacing_is_no_header() -> None:
    date = "<div class=published-date>4 September 2025</div>"
    assert _day(f"<html lang=en><div class=padding-section-top>{date}</div><h1>The bridge</h1>{LONG}")
    assert _day(f"<html lang=en><div class=topbar>{date}</div><h1>The bridge</h1>{LONG}") is None


def counted(line: str) -> str:
    return f"""<html lang=zh><title>本市新增地铁线路</title><h1>本市新增地铁线路</h1><div>{line}</div>
    <p>三条线路将于年底开通，市交通部门昨天公布了时间表，居民出行将更加方便。</p></html>"""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("<i>发布时间：09-30</i><i>22:46</i><i>示例科技有限公司</i>", "2026-09-30T22:46:00+08:00"),
        ("发表于 3小时前", "2026-10-02T09:00:00+08:00"),
        ("时间：昨天 12:30", "2026-10-01T12:30:00+08:00"),
        ("发布时间：12月30日 08:05", "2025-12-30T08:05:00+08:00"),
        ("<span>09-30 22:46</span> <span>来源：新华网</span>", "2026-09-30T22:46:00+08:00"),
        ("<span>3小时前</span><span>新华网</span>", "2026-10-02T09:00:00+08:00"),
    ],
)
def test_a_date_that_counts_from_the_day_of_reading(line: str, expected: str) -> None:
    noon = datetime(2026, 10, 2, 4, tzinfo=UTC)
    read = extract_article(counted(line), url="https://news.example.cn/a", fetched_at=noon)
    assert read.published_at is not None
    assert read.published_at.isoformat() == expected
    assert read.origins["date"] == "date without year"
    unknown = extract_article(counted(line), url="https://news.example.cn/a")
    assert unknown.published_at is None  # read from an archive it would be years off


NO_DATES = [
    "更新时间：09-30 22:46",
    "浏览：09-30",
    "比分 3-12",
    "3小时前 张三评论",
    "<aside><i>3小时前</i></aside>",
    "<ul class=latest><li>10-01 12:30</li></ul>",
    "<a href=/b>2小时前</a>",
]


@pytest.mark.parametrize("line", NO_DATES)
def test_other_figures_are_no_dates_without_year(line: str) -> None:
    noon = datetime(2026, 10, 2, 4, tzinfo=UTC)
    assert (
        extract_article(counted(line), url="https://news.example.cn/a", fetched_at=noon).published_at is None
    )


@pytest.mark.parametrize(
    ("language", "line"), [("de", "vor 3 Stunden"), ("fr", "il y a 3 heures"), ("en", "3 hours ago")]
)
def test_hours_ago_in_other_languages(language: str, line: str) -> None:
    page = f"<html lang={language}><h1>The bridge opens again</h1><div class=date>{line}</div>{LONG}</html>"
    noon = datetime(2026, 10, 2, 12, tzinfo=UTC)
    read = extract_article(page, url="https://news.example.com/a", fetched_at=noon)
    assert read.published_at is not None
    assert read.published_at.date().isoformat() == "2026-10-02"


def test_the_only_date_is_that_of_a_change() -> None:
    read = extract_article(counted("更新时间：2026-05-04 10:30"), url="https://news.example.cn/a")
    assert read.origins["date"] == "text date of a change"
    read = extract_article(counted("发布时间：2026-05-04 10:30"), url="https://news.example.cn/a")
    assert read.origins["date"] == "text date"


def test_the_corner_of_a_page_of_xinhua() -> None:
    line = "<span><em> 2026</em></span><span><em> 05</em>/<em> 04</em></span><span> 10:30:15</span>"
    read = extract_article(counted(line), url="https://news.example.cn/a")
    assert read.published_at is not None
    assert read.published_at.isoformat() == "2026-05-04T10:30:15+08:00"


SCRIPTS = {
    "Nuxt": 'window.__NUXT__={data:[{title:"本市新增地铁线路",publishTime:"2026-05-04 10:30:00"}]}',
    "a state": '{"detail":{"pubTime":"2026-05-04 10:30","updateTime":"2026-05-06 10:30"}}',
    "milliseconds": '__INITIAL_STATE__={"publishTime":1777861800000}',
    "a data layer": "dataLayer=[{'publishDate':'2026-05-04T10:30:00+08:00'}]",
    "Fusion": '{"first_publish_date":"2026-05-04T02:30:00Z","publish_date":"2026-05-09T02:30:00Z"}',
    "a string in a string": r'self.__next_f.push([1,"{\"publishedAt\":\"2026-05-04T02:30:00.000Z\"}"])',
    "many": '[{"title":"另一条新闻的标题","pubTime":"2026-05-07 08:00"},'
    + '{"title":"本市新增地铁线路年底开通","pubTime":"2026-05-04 10:30"}]',
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_a_date_in_a_script(script: str) -> None:
    title = "本市新增地铁线路年底开通"
    page = f"<html lang=zh><title>{title}</title><h1>{title}</h1>{LONG}<script>{script}</script></html>"
    read = extract_article(page, url="https://news.example.cn/a")
    assert read.published_at is not None
    assert f"{read.published_at:%Y-%m-%d %H:%M}" in ("2026-05-04 10:30", "2026-05-04 02:30")
    assert read.origins["date"] == "script json"


def test_of_several_dates_in_a_script_none_is_taken_blindly() -> None:
    script = '[{"pubTime":"2026-05-07 08:00"},{"pubTime":"2026-05-04 10:30"}]'
    page = f"<html lang=zh><h1>本市新增地铁线路年底开通</h1>{LONG}<script>{script}</script></html>"
    assert extract_article(page, url="https://news.example.cn/a").published_at is None


def test_a_date_that_the_text_begins_with() -> None:
    start = "<html lang=de><h1>Die neue Brücke</h1><p>{}Bei der Eröffnung " + "der Brücke kamen viele. " * 20
    read = extract_article(start.format("27.1.2022 – "), url="https://news.example.de/a")
    assert read.published_at is not None
    assert read.published_at.date().isoformat() == "2022-01-27"
    read = extract_article(
        start.format("Schon am 27.1.2022 war es so weit. "), url="https://news.example.de/a"
    )
    assert read.published_at is None
