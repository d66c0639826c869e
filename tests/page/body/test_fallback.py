"""trafilatura is asked where the classifier is unsure, and its answer becomes a body like ours."""

from typing import Any

import pytest
from lxml import html

from newscrawl.extract import extract_article
from newscrawl.page.body.fallback import ask, is_unsure
from newscrawl.page.context import context_from

URL = "https://example.org/a"
SENTENCE = "The council met on Tuesday evening, and after two hours it agreed on the new bridge. "
PAGE = f"""<html lang=en><body><article><h1>Council agrees on the bridge</h1>
<p>{SENTENCE * 2}</p><h2>What it costs</h2><p>{SENTENCE * 3}</p>
<ul><li>{SENTENCE}</li><li>{SENTENCE}</li></ul>
<table><tr><th>Year</th><th>Cost</th></tr><tr><td>2024</td><td>three million</td></tr></table>
<p>{SENTENCE * 2}</p></article></body></html>"""


def test_asked_is_only_where_doubtful_text_outweighs_what_is_taken() -> None:
    look = context_from(PAGE, url=URL)
    count = len(look.found.blocks)
    everything = range(count)
    assert not is_unsure(look, [0.99] * count, everything)
    assert is_unsure(look, [0.6] * count, everything)
    assert is_unsure(look, [0.01] * count, ())


def test_chinese_pages_never_ask() -> None:
    look = context_from(
        "<html lang=zh><body><p>今天上午，会议在北京召开，讨论了新的方案。</p></body></html>", url=URL
    )
    assert not is_unsure(look, [0.5] * len(look.found.blocks), ())


def test_the_answer_keeps_headings_lists_and_tables_but_not_the_title() -> None:
    look = context_from(PAGE, url=URL)
    body = ask(look)
    assert body is not None
    assert body.tag == "div"
    assert body.findtext(".//h2") == "What it costs"
    assert len(body.findall(".//li")) == 2
    assert [cell.text_content().strip() for cell in body.iter("th", "td")] == [
        "Year",
        "Cost",
        "2024",
        "three million",
    ]
    assert "Council agrees on the bridge" not in body.text_content()


def test_asking_leaves_the_page_as_it_was() -> None:
    look = context_from(PAGE, url=URL)
    before = html.tostring(look.found.root)
    ask(look)
    assert html.tostring(look.found.root) == before


@pytest.mark.parametrize("page", ["<p>x</p>", "<p></p><img src=a>", "<table><tr><td>" * 200])
def test_nothing_worth_an_answer_is_none(page: Any) -> None:
    assert ask(context_from(page, url=URL)) is None


def test_soft_hyphens_do_not_part_words() -> None:
    page = PAGE.replace("council", "coun\u00adcil").replace("evening", "eve&shy;ning")
    text = extract_article(page, url=URL).text
    assert "\u00ad" not in text
    assert "council met on Tuesday evening" in text
