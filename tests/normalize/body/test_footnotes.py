"""Marks of footnotes do not run into the words before them."""

from __future__ import annotations

import pytest
from lxml import html

from newscrawl.normalize.body import clean_body


def text(inner: str) -> str:
    element = html.fragment_fromstring(f"<div><p>On Monday{inner}, officials said.</p></div>")
    return clean_body(element, base_url="https://example.org/a")[0].text


@pytest.mark.parametrize(
    "mark",
    [
        "<sup><a href='#fn1'>1</a></sup>",
        "<a href='#cite_note-1'>[1]</a>",
        "<sup id=r1 class=reference><a href='#note-1'><span>[</span>12<span>]</span></a></sup>",
        "<a class=footnote-ref href='#fn:1'><sup>1</sup></a>",
        "<a href='#fn1'>†</a>",
        "<a href='#fn1'>（注1）</a>",
        "<a href='#ftn1'>[iv]</a>",
    ],
)
def test_a_mark_is_left_out(mark: str) -> None:
    assert text(mark) == "On Monday, officials said."


@pytest.mark.parametrize(
    ("inner", "kept"),
    [
        (" in 20 m<sup>2</sup>", "On Monday in 20 m2, officials said."),
        (" and <a href='#costs'>on costs</a>", "On Monday and on costs, officials said."),
        (" at <a href='/1'>1</a>", "On Monday at 1, officials said."),
    ],
)
def test_other_links_and_powers_stay(inner: str, kept: str) -> None:
    assert text(inner) == kept
