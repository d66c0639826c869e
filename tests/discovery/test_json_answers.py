"""Answers of APIs: the wrappings that are taken, and the names that the broken ones get."""

import pytest

from newscrawl.discovery.json_answers import at, json_answer, records, text_of
from newscrawl.errors import PageError


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1]}',
        '\ufeff{"a": [1]}',
        'jQuery1830_16({"a": [1]});',
        'cb({"a": [1]})',
        '/**/ cb({"a": [1]});',
        'var ajaxResult={"a": [1]};',
        'var ajaxResult = {"a": [1]}',
        'window.__DATA__ = {"a": [1]};',
        '  \r\n{"a": [1]}\n',
    ],
)
def test_wrappings(text: str) -> None:
    assert json_answer(text) == {"a": [1]}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty answer"),
        (" \n\ufeff", "empty answer"),
        ("<html><body>502 Bad Gateway</body></html>", "HTML instead of JSON"),
        ("<!DOCTYPE html>", "HTML instead of JSON"),
        ('{"data": {"list": [{"title": "半', "truncated JSON"),
        ('var ajaxResult={"LivesList":[{"id":"1"}', "truncated JSON"),
        ('cb({"a": [1, 2', "truncated JSON"),
        ("系统繁忙", "not JSON"),
        ("{'a': 1}", "not JSON"),
        ("var x = document.cookie;", "not JSON"),
        ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
    ],
)
def test_broken_answers_are_named(text: str, told: str) -> None:
    with pytest.raises(PageError, match=told):
        json_answer(text)


def test_a_long_answer_is_no_trap() -> None:
    with pytest.raises(PageError, match="JSON"):
        json_answer("a" * 200_000 + "(")
    with pytest.raises(PageError, match="JSON"):
        json_answer("var x={" + " " * 200_000 + "x")


def test_missing_path_tells_the_answers_own_message() -> None:
    answer = {"code": 0, "message": "Required String parameter 'req_trace' is not present"}
    with pytest.raises(PageError, match=r"answer without data: Required String parameter 'req_trace'"):
        records(answer, "data", "list")


def test_records() -> None:
    assert records({"data": {"list": None}}, "data", "list") == []
    assert records({"data": {"list": [{"a": 1}, None, "x"]}}, "data", "list") == [{"a": 1}]
    with pytest.raises(PageError, match=r"data\.list is str, not a list"):
        records({"data": {"list": "none"}}, "data", "list")
    with pytest.raises(PageError, match="without data"):
        at([], "data")


def test_text_of() -> None:
    assert text_of({"a": "  ", "b": " x "}, "a", "b") == "x"
    assert text_of({"a": 202603083665282988}, "a") == "202603083665282988"
    assert text_of({"a": None, "b": [], "c": True}, "a", "b", "c", "d") is None


@pytest.mark.parametrize("digits", [4301, 100_000])
@pytest.mark.parametrize("sign", ["", "-"])
def test_a_number_that_python_refuses(digits: int, sign: str) -> None:
    with pytest.raises(PageError, match=r"^not JSON: a number has thousands of digits$"):
        json_answer(f'{{"list": [{sign}{"9" * digits}]}}')


def test_numbers_that_python_takes() -> None:
    assert json_answer("[1e999, 1e-999, -0, 1.5]")[3] == 1.5
