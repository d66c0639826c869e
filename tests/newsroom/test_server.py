"""What the newsroom serves, asked over its socket."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from newscrawl.newsroom.articles import ReplicaStory, latest
from tests import warm

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
LISTS = "/comm/web/getNewsByColumns?client=web&biz=web_news_col&order=1&needInteractData=0&req_trace=1"
FLASHES = "/comm/web/getFastNewsList?client=web&biz=web_724&fastColumn=102&req_trace=1"


@dataclass
class Room:
    """A newsroom to ask as a crawl does: the real host in `Host`."""

    base: str
    stories: list[ReplicaStory]

    def ask(self, host: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": host, **headers})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def json(self, host: str, path: str) -> Any:
        return json.loads(self.ask(host, path)[2])

    def page(self, story: ReplicaStory, **headers: str) -> tuple[int, dict[str, str], bytes]:
        return self.ask("finance.eastmoney.com", story.path, **headers)

    def with_fault(self, name: str) -> ReplicaStory:
        return next(story for story in self.stories if story.fault_name == name)


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    with warm.newsroom(["--articles", "210", "--now", NOW.isoformat()]) as base:
        yield Room(base, latest(NOW, 210, 7, faults=True))


def test_columns_have_the_real_answers_form(room: Room) -> None:
    answer = room.json("np-listapi.eastmoney.com", f"{LISTS}&column=350&page_index=1&page_size=20")
    assert set(answer) == {"req_trace", "code", "message", "data"}
    assert set(answer["data"]) == {"page_index", "page_size", "totle_hits", "list"}
    fields = "code np_dst showTime title mediaName summary image url uniqueUrl".split()
    assert all(set(item) == set(fields) for item in answer["data"]["list"])


def test_columns_page_without_gap_or_repeat(room: Room) -> None:
    found: list[str] = []
    for page in range(1, 30):
        path = f"{LISTS}&column=344&page_index={page}&page_size=7"
        items = room.json("np-listapi.eastmoney.com", path)["data"]["list"]
        found += [item["code"] for item in items]
        if not items:
            break
    assert found == [story.number for story in room.stories if "344" in story.columns]


def test_without_req_trace_an_error_and_with_a_callback_jsonp(room: Room) -> None:
    answer = room.json("np-listapi.eastmoney.com", "/comm/web/getNewsByColumns?column=350")
    assert answer == {"code": 0, "message": "Required String parameter 'req_trace' is not present"}
    body = room.ask("np-listapi.eastmoney.com", f"{LISTS}&column=350&callback=jQuery1_2")[2]
    assert body.startswith(b"jQuery1_2({")
    assert body.endswith(b");")
    evil = room.ask("np-listapi.eastmoney.com", f"{LISTS}&column=350&callback=alert(1)//")[2]
    assert evil.startswith(b"{")


@pytest.mark.parametrize(
    "words", ["page_index=abc", "page_index=-1", "page_size=0", "page_size=99999999999999999999999"]
)
def test_odd_numbers_get_the_default(room: Room, words: str) -> None:
    answer = room.json("np-listapi.eastmoney.com", f"{LISTS}&column=350&{words}")
    assert answer["data"]["page_index"] == 1
    assert len(answer["data"]["list"]) == 20


def test_flashes_page_by_sort_end(room: Room) -> None:
    found, end = [], ""
    for _ in range(20):
        path = f"{FLASHES}&pageSize=11&sortEnd={end}"
        items = room.json("np-weblist.eastmoney.com", path)["data"]["fastNewsList"]
        if not items:
            break
        found += [item["code"] for item in items]
        end = items[-1]["realSort"]
    assert found == [story.number for story in room.stories if story.is_flash]
    fields = "code title summary showTime stockList image realSort".split()
    first = room.json("np-weblist.eastmoney.com", f"{FLASHES}&pageSize=1&sortEnd=")["data"]["fastNewsList"][0]
    assert set(first) == set(fields)


def test_a_sort_end_that_is_no_number_is_told(room: Room) -> None:
    assert room.json("np-weblist.eastmoney.com", f"{FLASHES}&sortEnd=zzz")["code"] == "0"


def test_the_rolling_script(room: Room) -> None:
    body = room.ask("newsapi.eastmoney.com", "/kuaixun/v1/getlist_102_ajaxResult_50_1_.html")[2].decode()
    assert body.startswith("var ajaxResult={")
    answer = json.loads(body.removeprefix("var ajaxResult=").removesuffix(";"))
    assert {
        "id",
        "newsid",
        "title",
        "digest",
        "showtime",
        "ordertime",
        "url_w",
        "url_m",
        "url_unique",
    } <= set(answer["LivesList"][0])
    assert room.ask("newsapi.eastmoney.com", "/kuaixun/v1/getlist_102_ajaxResult_0_1_.html")[0] == 404


@pytest.mark.parametrize(
    ("path", "key", "fields"),
    [
        ("/web/webapi?type=102&count=100&newsid=1", "records", "id infoCode title digest showtime url_w"),
        (
            "/web/webapi?type=45&count=100&newsid=1",
            "nodeList",
            "infocode title showtime from simtitle simdigest",
        ),
        (
            "/information/newmarket/web/webapi?marketType=38&count=100",
            "record",
            "infoCode title datetime medianame",
        ),
    ],
)
def test_choice_feeds(room: Room, path: str, key: str, fields: str) -> None:
    for host in ("choicewzp1.eastmoney.com", "app.jg.eastmoney.com", "finews.zning.xyz"):
        found = room.json(host, path)[key]
        assert found
        assert all(set(item) == set(fields.split()) for item in found)


def test_news_text(room: Room) -> None:
    story = next(s for s in room.stories if "38" in s.feeds)
    answer = room.json("choicewzp1.eastmoney.com", f"/NewsData/GetNewsText.do?id={story.code}")
    assert answer["text"].startswith("<p>　　")
    assert answer["text"].endswith(f'<p class="em_media">（文章来源：{story.outlet}）</p>')
    rolling = next(s for s in room.stories if "102" in s.feeds)
    assert "content" in room.json("choicewzp1.eastmoney.com", f"/NewsData/GetNewsText.do?id={rolling.code}")
    assert (
        "no article NW1"
        in room.json("choicewzp1.eastmoney.com", "/NewsData/GetNewsText.do?id=NW1")["message"]
    )


def test_pages_are_of_a_real_pages_size_and_can_be_asked_conditionally(room: Room) -> None:
    story = next(s for s in room.stories if s.fault is None and s.columns)
    status, headers, body = room.page(story)
    assert status == 200
    assert 15_000 < len(body) < 60_000
    assert room.page(story, **{"If-None-Match": headers["ETag"]})[0] == 304
    assert room.page(story, **{"If-None-Match": f'"other", W/{headers["ETag"]}'})[0] == 304
    assert room.page(story, **{"If-None-Match": '"other"'})[0] == 200
    assert room.page(story, **{"If-Modified-Since": headers["Last-Modified"]})[0] == 304
    assert room.page(story, **{"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"})[0] == 200
    assert room.page(story, **{"If-Modified-Since": "yesterday"})[0] == 200


def test_robots_txt_slows_one_host_only(room: Room) -> None:
    delays = {
        host: b"Crawl-delay" in room.ask(host, "/robots.txt")[2]
        for host in ("finance.eastmoney.com", "np-listapi.eastmoney.com", "caifuhao.eastmoney.com")
    }
    assert [host for host, slow in delays.items() if slow] == ["caifuhao.eastmoney.com"]


def test_an_article_that_changes(room: Room) -> None:
    story = room.with_fault("changes")
    _, before, first = room.page(story)
    _, after, second = room.page(story)
    assert first != second
    assert before["ETag"] != after["ETag"]
    assert room.page(story, **{"If-None-Match": before["ETag"]})[0] == 200
    assert room.page(story, **{"If-None-Match": after["ETag"]})[0] == 304


def test_errors_that_pass(room: Room) -> None:
    assert [room.page(room.with_fault("error_once"))[0] for _ in range(2)] == [500, 200]
    assert [room.page(room.with_fault("busy_once"))[0] for _ in range(2)] == [503, 200]
    with pytest.raises(http.client.IncompleteRead):
        room.page(room.with_fault("cut_once"))
    assert room.page(room.with_fault("cut_once"))[0] == 200


def test_unknown_hosts_and_paths(room: Room) -> None:
    assert room.ask("www.example.com", "/")[0] == 502
    assert room.ask("finance.eastmoney.com", "/a/202001010000000000.html")[0] == 404
    assert room.ask("finance.eastmoney.com", "/nowhere")[0] == 404
    assert room.ask("np-listapi.eastmoney.com", "/nowhere")[0] == 404


def test_its_own_address_shows_people_what_it_is(room: Room) -> None:
    status, _, body = room.ask(urlsplit(room.base).netloc, "/")
    assert status == 200
    assert "do\nnot exist" in body.decode()
    assert room.stories[0].title in body.decode()
    path = f"/__host__/finance.eastmoney.com{room.stories[0].path}"
    assert room.ask("127.0.0.1", path)[0] in (200, 302, 404)
    assert room.json("127.0.0.1", "/__log__")
    assert room.json("127.0.0.1", "/__stats__")["finance.eastmoney.com"] > 0


def test_it_ends_with_its_caller(tmp_path: Path) -> None:
    script = (
        "import time; from newscrawl.newsroom import running\n"
        "with running(['--articles', '5']) as base: print(base, flush=True); time.sleep(60)"
    )
    caller = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert caller.stdout
    port = urlsplit(caller.stdout.readline().strip()).port
    assert port
    caller.kill()
    caller.communicate()
    for _ in range(100):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            return
        finally:
            connection.close()
        time.sleep(0.05)
    raise AssertionError(f"still there on port {port}")


def test_a_taken_port_is_told(room: Room) -> None:
    port = str(urlsplit(room.base).port)
    done = subprocess.run(
        [sys.executable, "-m", "newscrawl", "newsroom", "--port", port],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert f"port {port} is already in use" in done.stderr
