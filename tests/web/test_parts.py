"""The pure parts: times, addresses, bodies, charts, parameters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from newscrawl.errors import UsageError
from newscrawl.model.post import Image
from newscrawl.search import words_of
from newscrawl.web import display_times
from newscrawl.web.api_params import FILTERS, PAGING, WORDS, read_params
from newscrawl.web.bodies import show_body
from newscrawl.web.chart import chart_of
from newscrawl.web.filters import marked, shortened
from newscrawl.web.languages import language
from newscrawl.web.links import HOSTS_LIMIT, picture_address, post_path, web_address

BEIJING = ZoneInfo("Asia/Shanghai")
CHINESE = language("zh-Hans")
AT = datetime(2022, 2, 26, 8, 34, 18, tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("offset", "precision", "whole", "machine", "in_day"),
    [
        ("+08:00", "second", "2022年2月26日 16:34:18", "2022-02-26T16:34:18+08:00", "16:34"),
        ("+08:00", "minute", "2022年2月26日 16:34", "2022-02-26T16:34+08:00", "16:34"),
        ("+08:00", "day", "2022年2月26日", "2022-02-26", "当日"),
        ("+00:00", "minute", "2022年2月26日 08:34（UTC+0）", "2022-02-26T08:34+00:00", "16:34"),
        (
            "+05:30",
            "minute",
            "2022年2月26日 14:04（UTC+5:30）",
            "2022-02-26T14:04+05:30",
            "16:34",
        ),
        (
            "-09:30",
            "minute",
            "2022年2月25日 23:04（UTC-9:30）",
            "2022-02-25T23:04-09:30",
            "16:34",
        ),
    ],
)
def test_a_post_has_its_sources_clock_and_a_list_the_sites(
    offset: str, precision: str, whole: str, machine: str, in_day: str
) -> None:
    assert display_times.whole(AT, offset, precision, BEIJING, CHINESE) == whole  # type: ignore[arg-type]
    assert display_times.machine(AT, offset, precision) == machine  # type: ignore[arg-type]
    assert display_times.in_day(AT, offset, precision, BEIJING, CHINESE) == in_day  # type: ignore[arg-type]


def test_times_of_lists_say_what_is_needed() -> None:
    brief = [
        display_times.brief(AT, "+00:00", "minute", AT + timedelta(days=days), BEIJING, CHINESE)
        for days in (0, 1, 400)
    ]
    assert brief == ["16:34", "2月26日", "2022年2月26日"]
    assert display_times.brief(AT, "+08:00", "day", AT, BEIJING, CHINESE) == "2月26日"
    assert display_times.day_heading(AT, BEIJING, CHINESE) == "2022年2月26日星期六"
    assert display_times.whole(LAST, "+08:00", "minute", BEIJING, CHINESE).startswith("9999年12月31日 23:00")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JavaScript:alert(1)", " \x01javascript:alert(1)", "java\nscript:alert(1)",
        "data:text/html,x", "vbscript:x", "//evil.test/x", "/x", "", "http://", "https:///x",
        "http://a b/",
        'http://x.com/"onload=', "http://x.com/<", "https://[::1", "ftp://x.com",
        "http://x.com\\@y.com", None,
        "https://x.com/" + "a" * 2000,
    ],
)  # fmt: skip
def test_links_lead_only_to_the_web(url: str | None) -> None:
    assert web_address(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x.png", "http://[::1]/x.png", "http://localhost/x", "http://router/x", "http://2130706433/",
        "http://0x7f.1/", "https://nas.local/x", "https://a.internal/", "http://user@x.com/", "http://x.com:8080/",
        "https://10.0.0.1/", "https://x.com:22/", "javascript:alert(1)", "https://例え.jp/x", "https://x_y.com/",
    ],
)  # fmt: skip
def test_pictures_come_only_from_public_names(url: str) -> None:
    assert picture_address(url) is None


def test_pictures_come_over_https() -> None:
    assert picture_address("http://a.example.com/x.png?a=1&b=2") == "https://a.example.com/x.png?a=1&b=2"
    assert picture_address("https://x.com:443/") == "https://x.com:443/"


def test_paths_hold_any_id() -> None:
    assert post_path("url:a/b?c#d%20\ud800") == "/post/url:a%2Fb%3Fc%23d%2520%3F"


def test_a_body_keeps_the_rules() -> None:
    html = (
        '<h4>一</h4><h2>二</h2><p onclick="x">甲<a href="javascript:x">乙</a><a href="/in">丙</a>'
        '<a href="https://x.com/"></a></p><p></p><script>x</script><style>x</style><h3> </h3>'
        "<table><tr><td><table><tr><td>丁</td></tr></table></td></tr></table>"
    )
    body = show_body(html, [], CHINESE, pictures=False)
    assert body.html.startswith("<h2>一</h2><h2>二</h2><p>甲<a ")
    for gone in ("onclick", "javascript", "/in", "x.com", "script", "style", "<h3", "<p></p>"):
        assert gone not in body.html
    assert body.html.count('class="wide"') == 1


def test_captions_stand_in_for_pictures() -> None:
    html = (
        '<p><img src="https://x.com/1.png"><a href="https://x.com/"><img src="https://x.com/2.png"></a></p>'
    )
    images = [Image("https://x.com/1.png", '港口" onload="x')]
    off, on = (show_body(html, images, CHINESE, pictures=shown) for shown in (False, True))
    assert (off.pictures, off.hosts) == (2, ())
    assert '<a class="picture" href="?images=1"' in off.html
    assert '图片：港口" onload="x</a>' in off.html
    assert off.html.count("?images=1") == 1, "no link inside of a link"
    assert 'alt="港口&quot; onload=&quot;x"' in on.html
    assert on.hosts == ("x.com",)


def test_a_page_asks_a_bounded_number_of_hosts() -> None:
    html = "".join(f'<p><img src="https://h{number}.example.com/x.png"></p>' for number in range(40))
    body = show_body(html, [], CHINESE, pictures=True)
    assert len(body.hosts) == HOSTS_LIMIT
    assert body.html.count("<img") == HOSTS_LIMIT


def test_what_looks_like_a_tag_in_an_attribute_is_none() -> None:
    html = '<p><a href="https://x.com/<img src=x>">甲</a>'
    html += '<img src="https://x.com/1" alt="<img src=x>"></p>'
    for pictures in (False, True):
        assert "<img src=x" not in show_body(html, [], CHINESE, pictures=pictures).html


def test_a_chart_has_a_bar_for_each_hour() -> None:
    hours = [(AT + timedelta(hours=number), number) for number in range(48)]
    chart = chart_of(hours, BEIJING, CHINESE)
    assert len(chart.bars) == 48
    assert chart.posts == sum(range(48))
    assert max(bar.height for bar in chart.bars) <= chart.floor
    assert {level.text for level in chart.levels} == {"30", "60"}
    assert chart_of([], BEIJING, CHINESE).bars == ()
    assert all(bar.height == 0 for bar in chart_of([(AT, 0)], BEIJING, CHINESE).bars)


def test_texts_are_cut_and_marked() -> None:
    assert shortened("一\u202e二\n三四五。六七", 6) == "一 二 三…"
    assert shortened("一二", 2) == "一二"
    assert marked("<b>银行</b>", words_of("银行")) == "&lt;b&gt;<mark>银行</mark>&lt;/b&gt;"


class Asked(dict[str, str]):
    """A query with each name once."""

    def multi_items(self) -> list[tuple[str, str]]:
        return list(self.items())


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": "0"}, {"size": "101"}, {"size": "1.5"}, {"size": "+1"}, {"size": "１"}, {"limit": "3"},
        {"category": "A"}, {"category": ""}, {"category": "x" * 101}, {"tag": " x"}, {"tag": "a\x00"},
        {"security": "1.2.3 4"}, {"language": "z"}, {"since": "2026-03-08"},
        {"since": "2026-02-30T00:00:00Z"},
        {"since": "2026-03-08T00:00:00"}, {"until": "x"}, {"after": "a b"}, {"q": "x", "outlet": "北方网"},
    ],
)  # fmt: skip
def test_wrong_parameters_are_named(wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=list(wrong)[-1]):
        read_params(Asked(wrong), (WORDS, *FILTERS, *PAGING))  # type: ignore[arg-type]


def test_right_parameters_are_read() -> None:
    said = Asked(
        q="央行 降准", size="7", since="2026-03-08T12:00:60.5+08:00", until="0001-01-01T00:00:00+08:00"
    )
    values = read_params(said, (WORDS, *FILTERS, *PAGING))  # type: ignore[arg-type]
    assert values["size"] == 7
    assert values["since"] == datetime(2026, 3, 8, 4, 0, 59, tzinfo=UTC)
    assert values["until"] == datetime(1, 1, 1, tzinfo=UTC)
    with pytest.raises(UsageError, match="q is missing"):
        read_params(Asked(), (WORDS,))  # type: ignore[arg-type]
