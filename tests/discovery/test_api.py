"""APIs: their requests, and answers good and bad."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from newscrawl.discovery.api import ask_api, read_api
from newscrawl.discovery.list_page import ListResponse, ListResult
from newscrawl.errors import PageError
from newscrawl.model.source import Api

NOW = datetime(2026, 11, 19, 23, 30, 0, 500_000, tzinfo=UTC)
URL = "https://example.org/api?page={page}"


def read(api: Api, text: str, number: int = 1) -> ListResult:
    ask = partial(_ask, api)
    return read_api(api, ListResponse(URL, text.encode(), "application/json"), number, ask)


def _ask(api: Api, number: int, cursor: str) -> Any:
    return ask_api(api, number, cursor, NOW, "Asia/Shanghai")


def test_places_are_filled() -> None:
    api = Api(
        "https://e.org/{day}?p={page:02d}&o={offset}&n={size}&t={now}&ms={now_ms}",
        items="d",
        link="u",
        size=30,
    )
    step = ask_api(api, 2, "", NOW, "Asia/Shanghai")
    assert step.url == "https://e.org/20261120?p=02&o=30&n=30&t=1795131000&ms=1795131000500"


def test_a_post_with_a_body_and_a_cursor() -> None:
    api = Api(
        "https://e.org/list",
        items="data",
        link="url",
        method="POST",
        body='{"max":"{cursor}","n":{size},"x":{}}',
        cursor="data[-1].time",
        headers={"Referer": "https://e.org/"},
    )
    step = ask_api(api, 1, api.start, NOW, "UTC")
    assert step.body == '{"max":"","n":20,"x":{}}'
    assert step.headers == {"Referer": "https://e.org/", "Content-Type": "application/json"}
    listed = read(api, '{"data":[{"url":"/1","title":"a","time":5},{"url":"/2","title":"b","time":4}]}')
    assert listed.next
    assert listed.next.body == '{"max":"4","n":20,"x":{}}'
    assert read(api, '{"data":[]}').next is None


def test_fields() -> None:
    api = Api(
        URL,
        items="result.rows[].data",
        link="https://e.org/{channel.path}/{id}.html",
        date="ctime",
        outlet="media.name",
        digest="brief",
        columns="tags[].name",
        authors="author",
        text="body",
        only="type == 'news'",
        ok="code == `0`",
    )
    answer = """cb({"code":0,"result":{"rows":[
      {"data":{"type":"news","id":7,"channel":{"path":"a"},"title":" 标题 ","ctime":1795131000.0,
               "media":{"name":"新华社"},
               "brief":"","tags":[{"name":"甲"},{"name":"甲"},{"x":1}],"author":"王小明","body":"正文"}},
      {"data":{"type":"ad","id":8}}, {"data":{"type":"news","id":9,"title":"no channel"}}, {"x":1}]}});"""
    listed = read(api, answer)
    first, second = listed.items
    assert first.url == "https://e.org/a/7.html"
    assert (first.title, first.date, first.outlet) == ("标题", "1795131000", "新华社")
    assert first.digest is None
    assert (first.columns, first.authors, first.text) == (("甲",), ("王小明",), "正文")
    assert second.url is None
    assert listed.skipped == {"not wanted": 1}


def test_json_in_a_page_and_in_a_script() -> None:
    page = '<html><script>var a=1; var allData = {"list":[{"u":"/1"}]};\nvar b={};</script></html>'
    assert (
        read(Api("https://e.org/", items="list", link="u", after=r"var allData\s*="), page).items[0].url
        == "/1"
    )
    script = 'var MI4 = [{"u":"/2"}];'
    assert read(Api("https://e.org/x.js", items="@", link="u"), script).items[0].url == "/2"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty answer"),
        ("<html>", "HTML instead of JSON"),
        ('{"code":1,"msg":"busy"}', 'says that it is an error .* "busy"'),
        ('{"code":0}', "answer without data"),
        ('{"code":0,"data":{"a":1}}', "data is dict, not a list"),
        ('{"code":0,"data":[', "truncated JSON"),
        ("[" * 100_000, "deep|truncated|JSON"),
    ],
)
def test_a_bad_answer_is_named(text: str, told: str) -> None:
    with pytest.raises(PageError, match=told):
        read(Api("https://e.org/", items="data", link="u", ok="code == `0`"), text)


def test_no_json_in_the_page() -> None:
    with pytest.raises(PageError, match="no JSON after"):
        read(Api("https://e.org/", items="x", link="u", after="allData ="), "<html>challenge</html>")
    with pytest.raises(PageError, match="no JSON after"):
        read(Api("https://e.org/", items="x", link="u", after="allData ="), "allData = oops")
