"""What counts as a change of an article."""

from __future__ import annotations

import re
from typing import Any

import pytest

from newscrawl.normalize.validate import content_hash

BEFORE: dict[str, Any] = {
    "title": "天津合作交流",
    "text": "第一段。\n\n第二段。",
    "outlet": "北方网",
    "images": ("https://a.example.com/d/1.jpg?w=690",),
}


def test_it_is_32_hex_digits() -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", content_hash(**BEFORE))
    assert re.fullmatch(r"[0-9a-f]{32}", content_hash(title="", text="\ud800"))


@pytest.mark.parametrize(
    "change",
    [
        {"title": " 天津  合作交流 "},
        {"text": "第一段。 第二段。\n"},
        {"images": ["https://b.example.com/e/1.jpg?w=300"]},
    ],
)
def test_what_is_no_change(change: dict[str, Any]) -> None:
    assert content_hash(**{**BEFORE, **change}) == content_hash(**BEFORE)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "天津合作交流硕果累累"},
        {"text": "第一段。\n\n第二段!"},
        {"outlet": "天津日报"},
        {"outlet": None},
        {"images": ()},
        {"images": ("https://a.example.com/d/2.jpg",)},
    ],
)
def test_what_is_one(change: dict[str, Any]) -> None:
    assert content_hash(**{**BEFORE, **change}) != content_hash(**BEFORE)


def test_a_word_that_moves_from_title_to_text_is_a_change() -> None:
    assert content_hash(title="ab", text="c") != content_hash(title="a", text="bc")
