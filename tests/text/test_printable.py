"""Nothing that a site sends controls a terminal."""

from __future__ import annotations

import io
import json
import logging

import pytest

from newscrawl.cli.output import json_text, one_line
from newscrawl.text.printable import PrintableLog, printable

HOSTILE = ["\x1b]0;x\x07", "\x9b31m", "\u202e", "\u2066", "\u200f", "\r", "\x08", "\ud800", "\x00", "\x7f"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_control_gets_through(hostile: str) -> None:
    for made in (printable(f"北方网{hostile}新闻"), one_line(f"北方网{hostile}新闻")):
        assert not set(made) & set("\x1b\x07\x9b\u202e\u2066\u200f\r\x08\ud800\x00\x7f")
        assert made.startswith("北方网")
        assert made.endswith("新闻")


def test_text_stays_as_it_is() -> None:
    for text in (
        "北方网 新闻",
        "line\nline\tcell",
        "👩‍💻 ok",
        "naïve café",
        "",
        "می\u200cخواهم",
        "क्\u200cष",
        "\u0600۱۲",
    ):
        assert printable(text) == text


@pytest.mark.parametrize("hostile", [one for one in HOSTILE if one != "\ud800"])
def test_json_says_the_same_without_the_raw_characters(hostile: str) -> None:
    text = json_text({"title": f"a{hostile}b"})
    assert json.loads(text) == {"title": f"a{hostile}b"}
    assert not set(text) & set("\x1b\x07\x9b\u202e\u2066\u200f\r\x08\x00\x7f")


def test_log_lines_are_printable() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(PrintableLog())
    record = logging.LogRecord("x", logging.INFO, "f", 1, "List %s: %s", ("\x1b[2J", "\u202egone"), None)
    handler.handle(record)
    assert stream.getvalue() == "List [2J: gone\n"
