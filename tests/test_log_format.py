from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from newscrawl import log_format
from newscrawl.cli.logs import complain
from newscrawl.errors import UsageError


@pytest.fixture
def line() -> Iterator[Any]:
    """What a record is as a line; as an object."""
    formatter = log_format.json_formatter()

    def make(message: str, *arguments: object, **more: Any) -> dict[str, Any]:
        extra = more.pop("extra", {})
        record = logging.getLogger("newscrawl.test").makeRecord(
            "newscrawl.test", logging.WARNING, "f", 1, message, arguments, more.get("exc_info"), None, extra
        )
        text = formatter.format(record)
        assert "\n" not in text
        plain: dict[str, Any] = json.loads(text)
        return plain

    yield make
    log_format._fields.clear()
    log_format.choose("text")


def test_a_line_is_one_object(line: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCRAWL_JOB", "news")
    log_format.note(spider="eastmoney", run="eastmoney-1")
    said = line("two\nlines: %s", "东方财富", extra={"seconds": 0.5})
    assert said["message"] == "two\nlines: 东方财富"
    assert (said["level"], said["logger"]) == ("WARNING", "newscrawl.test")
    assert (said["spider"], said["run"], said["job"], said["seconds"]) == (
        "eastmoney",
        "eastmoney-1",
        "news",
        0.5,
    )
    assert said["time"].endswith("+00:00")
    assert "request" not in said


def test_an_exception_is_a_field(line: Any) -> None:
    try:
        raise ValueError("mongodb://user:p4ssword@example.org/ is away")
    except ValueError:
        said = line("failed", exc_info=sys.exc_info())
    assert "ValueError: mongodb://user:***@example.org/ is away" in said["exception"]


def test_no_secrets_and_no_controls(line: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://user:t0psecret@127.0.0.1/")
    said = line("\x1b[2J %s", "https://me:p4ssword@proxy.example.org", extra={"path": "/?k=t0psecret"})
    assert said["message"] == "[2J https://me:***@proxy.example.org"
    assert said["path"] == "/?k=***"


def test_scrapys_objects_are_named(line: Any) -> None:
    class Spider:
        name = "eastmoney"

    assert line("opened", extra={"spider": Spider(), "crawler": object()})["spider"] == "eastmoney"
    assert "crawler" not in line("opened", extra={"crawler": object()})


def test_a_request_is_named(line: Any) -> None:
    token = log_format.request_id.set("abc")
    try:
        assert line("slow")["request"] == "abc"
    finally:
        log_format.request_id.reset(token)


def test_complaints_are_lines_too(line: Any, caplog: pytest.LogCaptureFixture, capsys: Any) -> None:
    complain("no such spider")
    assert capsys.readouterr().err == "newscrawl: no such spider\n"
    log_format.choose("json")
    complain("no such spider")
    assert capsys.readouterr().err == ""
    assert caplog.messages == ["no such spider"]


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(UsageError, match="'yaml' is neither text nor json"):
        log_format.choose("yaml")
