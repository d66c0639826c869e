"""Names without a class or `By` near the title: beside the date, as links, behind the text."""

from __future__ import annotations

import pytest

from newscrawl.extract import extract_article

TEXT = (
    "<p>The council said on Monday that the bridge, closed since May, would open again soon for all.</p>" * 4
)


def authors(above: str = "", below: str = "", head: str = "") -> list[str]:
    article = f"<article><h1>Bridge opens</h1>{above}{TEXT}{below}</article>"
    page = f"<html lang=en><title>Bridge opens</title>{head}{article}"
    return extract_article(page, url="https://news.example.org/a").authors


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("<p>Ada Lindqvist | Senior Writer | July 2, 2025</p>", ["Ada Lindqvist"]),
        ("<p>July 2, 2025 • Ada Lindqvist in Project Management</p>", ["Ada Lindqvist"]),
        ("<div>Ada Lindqvist</div><div>7 min read</div>", ["Ada Lindqvist"]),
        ("<div>Ada Lindqvist, Bo Cole</div><div>2 July 2025</div>", ["Ada Lindqvist", "Bo Cole"]),
        ("<div><a href=/authors/ada>Ada Lindqvist</a></div>", ["Ada Lindqvist"]),
        ("<div><a href=/topics/ada>Ada Lindqvist</a></div>", []),
        ("<div>Ada Lindqvist</div>", []),
        ("<div>Digital Marketing</div><div>7 min read</div>", []),
        ("<div>Harbour News</div><div>2 July 2025</div>", []),
        ("<nav>Ada Lindqvist</nav><div>2 July 2025</div>", []),
    ],
)
def test_names_below_the_title(line: str, names: list[str]) -> None:
    assert authors(line) == names


def test_a_name_below_the_title_and_in_a_box_below_the_text() -> None:
    assert authors("<div>Ada Lindqvist</div>", "<div>Ada Lindqvist</div>") == ["Ada Lindqvist"]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("<p>Written by Ada Lindqvist and Bo Cole</p>", ["Ada Lindqvist", "Bo Cole"]),
        ("<p>Written by</p><p>Ada Lindqvist</p>", ["Ada Lindqvist"]),
        ("<div>Article by<br>Ada Lindqvist</div>", ["Ada Lindqvist"]),
        ("<p>This post was written by Ada Lindqvist, Head of Ports</p>", ["Ada Lindqvist"]),
        ("<p>Posted by Ada Lindqvist on 2 July 2025 in harbours.</p>", ["Ada Lindqvist"]),
        ("<p>Contributors: Ada Lindqvist</p>", ["Ada Lindqvist"]),
        ("<p>More posts by Ada Lindqvist</p>", ["Ada Lindqvist"]),
        ("<div class=author-card><h3>Ada Lindqvist</h3></div>", ["Ada Lindqvist"]),
        ("<p>Written by Ada Lindqvist</p><p>Written by Bo Cole</p>", []),
        ("<p>Written by hand</p>", []),
        ("<div class=comments><p>Posted by Ada Lindqvist</p></div>", []),
        ("<div class=testimonial><p class=author>Ada Lindqvist</p></div>", []),
    ],
)
def test_credits_below_the_text(line: str, names: list[str]) -> None:
    filler = "<p>Read the rules of the harbour before you come.</p>" * 40
    assert authors(below=filler + line) == names


def test_whom_the_data_names_goes_before_a_credit() -> None:
    head = '<meta name="author" content="Bo Cole">'
    below = "<p>Read the rules of the harbour.</p>" * 40 + "<p>Written by Ada Lindqvist</p>"
    assert authors(below=below, head=head) == ["Bo Cole"]
