"""Articles that a page holds in its data alone."""

import html
import json

import pytest

from newscrawl.page import read_page
from newscrawl.page.body.embedded import embedded
from newscrawl.page.context import context_from
from newscrawl.page.document.parse import text_of

URL = "https://news.example.org/a/1.html"
PROSE = "The council said on Monday that the bridge, closed since May, would open again before the winter. "
TEXT = "".join(f"<p>{number}. {PROSE * 2}</p>" for number in range(1, 5))
STATE = json.dumps({"id": 1, "title": "Bridge opens before winter", "contentHtml": TEXT}, ensure_ascii=True)
ESCAPED = STATE.replace("<", "\\u003c")
HEAD = "<head><title>Bridge opens before winter</title></head>"


def page(script: str, shown: str = "") -> str:
    return f"<html lang=en>{HEAD}<body><div id=root>{shown}</div>{script}</body></html>"


SCRIPTS = [
    f"<script type=application/json>{ESCAPED}</script>",
    f"<script>window.__STATE__ = {ESCAPED};</script>",
    f"<script>self.push([1,{json.dumps('5:' + ESCAPED)}])</script>",
    f'<div data-props="{html.escape(ESCAPED)}"></div>',
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_html_in_data_is_the_body_of_a_page_that_shows_none(script: str) -> None:
    extraction = read_page(page(script), url=URL)
    assert extraction.body_rule == "html in data"
    assert extraction.body is not None
    assert [text_of(part)[:2] for part in extraction.body.iter("p")] == ["1.", "2.", "3.", "4."]


def test_a_page_with_a_text_keeps_it() -> None:
    assert embedded(context_from(page(SCRIPTS[0]), url=URL), PROSE * 4) is None
    extraction = read_page(page(SCRIPTS[0], f"<h1>Bridge opens before winter</h1><p>{PROSE * 5}"), url=URL)
    assert extraction.body_rule == "block classifier"


@pytest.mark.parametrize(
    "script",
    [
        SCRIPTS[0].replace("Bridge", "Cookie").replace("winter", "we start").replace("bridge", "cookie"),
        "<script>" + '"<p>' * 2_000 + "</script>",
        "<script>var x = 1</script>",
    ],
)
def test_what_is_about_something_else_or_nothing_is_no_article(script: str) -> None:
    assert embedded(context_from(page(script), url=URL), "") is None


def test_of_a_whole_state_and_the_article_alone_the_article_is_taken() -> None:
    more = json.dumps({"a": TEXT, "related": TEXT.replace("council", "theatre")}).replace("<", "\\u003c")
    found = embedded(context_from(page(f"<script>x={more}</script>{SCRIPTS[0]}"), url=URL), "")
    assert found is not None
    assert not any("theatre" in block.text for block in found.found.blocks)
