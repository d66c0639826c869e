"""Each fault as a client meets it on the wire; tests/crawl has what a crawl makes of it."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from newscrawl.newsroom.articles import ARCHIVE, COLUMNS, SLOT, ReplicaStory, latest
from newscrawl.newsroom.faults import CYCLE, FAULTS
from newscrawl.newsroom.list_responses import blog_url
from tests import warm

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
NEWS = "finance.eastmoney.com"
CHOICE = "choicewzp1.eastmoney.com"


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


def ask(base: str, host: str, path: str, **headers: str) -> Reply:
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": host, **headers})
        answer = connection.getresponse()
        return Reply(answer.status, dict(answer.getheaders()), answer.read())
    finally:
        connection.close()


OPTIONS = ("--articles", str(CYCLE), "--now", NOW.isoformat())


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """For what is the same however often it is asked."""
    with warm.newsroom(OPTIONS) as address:
        yield address


@pytest.fixture
def fresh() -> Iterator[str]:
    """For what depends on who asked before."""
    with warm.newsroom(OPTIONS) as address:
        yield address


STORIES = {story.fault_name: story for story in latest(NOW, CYCLE, 7, faults=True)}


def item_of(base: str, story: ReplicaStory) -> dict[str, str]:
    """What its column's list says of an article."""
    path = f"/comm/web/getNewsByColumns?req_trace=1&page_size=200&column={story.columns[0]}"
    listed = json.loads(ask(base, "np-listapi.eastmoney.com", path).body)["data"]["list"]
    item: dict[str, str] = next(item for item in listed if item["code"] == story.number)
    return item


def page(base: str, name: str, **headers: str) -> Reply:
    return ask(base, NEWS, STORIES[name].path, **headers)


def test_one_article_of_each_fault_in_a_cycle() -> None:
    assert STORIES.keys() - {""} == {fault.name for fault in FAULTS}
    found = [story.fault_name for story in latest(NOW, CYCLE, 7, faults=True) if story.fault]
    assert len(found) == len(FAULTS)


@pytest.mark.parametrize("hours", range(0, 72, 7))
def test_each_fault_is_younger_than_a_day_whenever_it_starts(hours: int) -> None:
    now = NOW + timedelta(hours=hours, minutes=hours)
    young = {
        story.fault_name for story in latest(now, CYCLE, 7, faults=True) if now - story.at < timedelta(days=1)
    }
    assert young >= {fault.name for fault in FAULTS}
    assert SLOT * CYCLE <= 86_400


@pytest.mark.parametrize("faults", [True, False])
def test_no_list_is_empty(faults: bool) -> None:
    stories = latest(NOW, 420, 7, faults=faults)
    lists = [place for story in stories for place in (*story.columns, *story.feeds)]
    assert set(lists) == {ARCHIVE, *COLUMNS, "37", "38", "39", "45", "102"}
    assert min(lists.count(place) for place in set(lists)) >= 5


@pytest.mark.slow
def test_list_items_without_title_or_date(base: str) -> None:
    shown = {name: item_of(base, STORIES[name]) for name in ("no_list_title", "no_list_date", "no_list_both")}
    given = {name: (bool(item["title"]), bool(item["showTime"])) for name, item in shown.items()}
    assert given == {
        "no_list_title": (False, True),
        "no_list_date": (True, False),
        "no_list_both": (False, False),
    }
    for name in shown:
        assert STORIES[name].title in page(base, name).text


def test_an_empty_feed_item(base: str) -> None:
    answer = ask(base, CHOICE, "/information/newmarket/web/webapi?marketType=37&count=200")
    item = next(i for i in json.loads(answer.body)["record"] if i["infoCode"] == STORIES["empty_item"].code)
    assert (item["title"], item["datetime"]) == ("", "")


def test_an_awkward_title(base: str) -> None:
    title = item_of(base, STORIES["awkward_title"])["title"]
    assert all(sign in title for sign in ('"', "\\", ":", "---"))


def test_a_date_ahead(base: str) -> None:
    shown = item_of(base, STORIES["future"])["showTime"]
    assert shown > f"{NOW + timedelta(days=2):%Y-%m-%d}"
    assert f"{STORIES['future'].at:%Y年%m月%d日 %H:%M}" in page(base, "future").text


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("hidden_paragraph", "font-size:1px"),
        ("chart_image", "webquotepic.eastmoney.com"),
        ("advert", "acttg.eastmoney.com"),
        ("split_outlet", '（文章来源：上海<span id="bk_90.BK0473"><a '),
        ("upper_case", "（文章来源：TechWeb）"),
        ("lower_case", "（文章来源：Techweb）"),
        ("long_name", "（文章来源：21世纪经济报道 21财经APP）"),
        ("bracketed", "（文章来源：安信国际证券(香港)）"),
        ("hostile", "<script>document.location="),
        ("hostile", "onerror="),
        ("hostile", "javascript:"),
        ("error_page", "您访问的页面不存在"),
        ("no_body", "<video "),
    ],
)
def test_a_pages_fault_is_in_its_body_and_in_no_other(base: str, name: str, sign: str) -> None:
    assert sign in page(base, name).text
    assert sign not in page(base, "no_list_title").text


def test_statuses_that_stay(base: str) -> None:
    assert [page(base, "gone").status for _ in range(2)] == [404, 404]
    assert [page(base, "no_page").status for _ in range(2)] == [404, 404]


def test_a_redirect_inward_and_one_to_an_older_address(base: str) -> None:
    inward = page(base, "inward")
    assert (inward.status, urlsplit(inward.headers["Location"]).hostname) == (302, "127.0.0.1")
    moved = page(base, "moved")
    assert moved.status == 302
    assert ask(base, NEWS, moved.headers["Location"]).status == 200


def test_errors_name_when_to_come_back(fresh: str) -> None:
    assert page(fresh, "busy_once").headers["Retry-After"] == "1"


@pytest.mark.parametrize("name", ["gbk_as_utf8", "gbk_undeclared"])
def test_a_gbk_page(base: str, name: str) -> None:
    answer = page(base, name)
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode("utf-8")
    assert STORIES[name].title in answer.body.decode("gb18030")
    declared = b"utf-8" in answer.body[:2000].lower() or "utf-8" in answer.headers["Content-Type"].lower()
    assert declared == (name == "gbk_as_utf8")


def test_a_page_larger_than_a_crawl_takes(base: str) -> None:
    assert len(page(base, "too_big").body) > 10 * 1024 * 1024


def test_a_flash_whose_outlet_stands_at_its_end_only(base: str) -> None:
    path = "/comm/web/getFastNewsList?req_trace=1&pageSize=200"
    listed = json.loads(ask(base, "np-weblist.eastmoney.com", path).body)["data"]["fastNewsList"]
    item = next(item for item in listed if item["code"] == STORIES["tail_outlet"].number)
    assert re.fullmatch(r"【.+】.+（央视新闻客户端）", item["summary"])
    assert "em_media" not in page(base, "tail_outlet").text


@pytest.mark.parametrize("name", ["blog", "forbidden"])
def test_a_blog_post_is_on_its_own_host(base: str, name: str) -> None:
    item = item_of(base, STORIES[name])
    assert (item["np_dst"], item["uniqueUrl"], item["url"]) == ("CFH", "", blog_url(STORIES[name]))
    place = urlsplit(item["url"])
    assert ask(base, place.netloc, place.path).status == 200
    robots = ask(base, place.netloc, "/robots.txt").text
    forbidden = [line.split(": ")[1] for line in robots.splitlines() if line.startswith("Disallow")]
    assert any(place.path.startswith(folder) for folder in forbidden) == (name == "forbidden")


def test_a_news_text_that_is_cut_once(fresh: str) -> None:
    path = f"/NewsData/GetNewsText.do?id={STORIES['bad_json'].code}"
    with pytest.raises(json.JSONDecodeError):
        json.loads(ask(fresh, CHOICE, path).body.decode("utf-8", "replace"))
    assert json.loads(ask(fresh, CHOICE, path).body)["text"]


def test_a_list_page_that_is_cut_once_and_those_that_stay_broken(fresh: str) -> None:
    def column(number: str, index: int = 1) -> Reply:
        path = f"/comm/web/getNewsByColumns?req_trace=1&column={number}&page_index={index}&page_size=5"
        return ask(fresh, "np-listapi.eastmoney.com", path)

    cut, whole = column("351", 2), column("351", 2)
    assert whole.body.startswith(cut.body)
    assert len(cut.body) < len(whole.body)
    assert json.loads(whole.body)["data"]["page_index"] == 2
    for _ in range(2):
        assert json.loads(column("1297").body)["code"] == 0
        assert column("1298").text.startswith("<html>")
        with pytest.raises(json.JSONDecodeError):
            json.loads(column("1299").body.decode("utf-8", "replace"))


@pytest.mark.parametrize("name", ["changes", "feed_changes"])
def test_a_change_shows_to_both_kinds_of_condition(fresh: str, name: str) -> None:
    story = STORIES[name]
    host, path = (
        (NEWS, story.path) if name == "changes" else (CHOICE, f"/NewsData/GetNewsText.do?id={story.code}")
    )
    first = ask(fresh, host, path)
    by_tag = ask(fresh, host, path, **{"If-None-Match": first.headers["ETag"]})
    by_date = ask(fresh, host, path, **{"If-Modified-Since": first.headers["Last-Modified"]})
    assert (by_tag.status, by_date.status) == (200, 200)
    assert "修订后的口径" in by_date.text
    assert "修订后的口径" not in first.text
    again = ask(fresh, host, path, **{"If-Modified-Since": by_date.headers["Last-Modified"]})
    assert (again.status, again.body) == (304, b"")
    assert ask(fresh, host, path, **{"If-None-Match": "*"}).status == 304


def test_looking_changes_nothing_for_the_crawl(fresh: str) -> None:
    own = urlsplit(fresh).netloc
    for name in ("changes", "error_once", "cut_once"):
        for _ in range(2):
            try:
                ask(fresh, own, f"/__host__/{NEWS}{STORIES[name].path}")
            except http.client.IncompleteRead:
                assert name == "cut_once"
    assert "修订后的口径" not in page(fresh, "changes").text
    assert page(fresh, "error_once").status == 500
    with pytest.raises(http.client.IncompleteRead):
        page(fresh, "cut_once")
    assert ask(fresh, own, "/nowhere").status == 404


@pytest.mark.slow
def test_the_log_tells_what_was_asked(fresh: str) -> None:
    own = urlsplit(fresh).netloc
    page(fresh, "slow", **{"User-Agent": "reader/1", "X-Forwarded-Proto": "https", "If-None-Match": '"x"'})
    (entry,) = [e for e in json.loads(ask(fresh, own, "/__log__").body) if e["host"] == NEWS]
    assert entry["path"] == STORIES["slow"].path
    assert (entry["status"], entry["agent"], entry["scheme"]) == (200, "reader/1", "https")
    assert entry["if_none_match"] == '"x"'
    assert parse_qs(urlsplit(entry["path"]).query) == {}
    assert json.loads(ask(fresh, own, "/__stats__").body)[NEWS] == 1


def test_the_front_page_leads_to_pages_that_are_there(base: str) -> None:
    own = urlsplit(base).netloc
    links = re.findall(r'href="(/__host__/[^"]+)"', ask(base, own, "/").text)
    assert len(links) > 20
    by_number = {story.number: story for story in STORIES.values()}
    for link in links:
        number = link.rsplit("/", 1)[1].removesuffix(".html")
        if number not in by_number or by_number[number].fault_name in ("", "blog", "forbidden"):
            assert ask(base, own, link).status == 200, link
