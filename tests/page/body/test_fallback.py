"""trafilatura is asked where the classifier is unsure, and its answer becomes a body like ours."""

import json
from html import escape
from typing import Any

import pytest
from lxml import etree, html

from newscrawl.extract import extract_article
from newscrawl.page import read_page
from newscrawl.page.body import fallback
from newscrawl.page.body.fallback import add_missing_blocks, ask_trafilatura, embedded_article
from newscrawl.page.body.select import is_unsure
from newscrawl.page.context import context_from
from newscrawl.page.document.parse import text_of

URL = "https://example.org/a"
SENTENCE = "The council met on Tuesday evening, and after two hours it agreed on the new bridge. "
PAGE = f"""<html lang=en><body><article><h1>Council agrees on the bridge</h1>
<p>{SENTENCE * 2}</p><h2>What it costs</h2><p>{SENTENCE * 3}</p>
<ul><li>{SENTENCE}</li><li>{SENTENCE}</li></ul>
<table><tr><th>Year</th><th>Cost</th></tr><tr><td>2024</td><td>three million</td></tr></table>
<p>{SENTENCE * 2}</p></article></body></html>"""


def test_asked_is_only_where_doubtful_text_outweighs_what_is_taken() -> None:
    context = context_from(PAGE, url=URL)
    count = len(context.tree.blocks)
    everything = range(count)
    assert not is_unsure(context, [0.99] * count, everything)
    assert is_unsure(context, [0.6] * count, everything)
    assert is_unsure(context, [0.01] * count, ())


def test_chinese_pages_never_ask() -> None:
    context = context_from(
        "<html lang=zh><body><p>今天上午，会议在北京召开，讨论了新的方案。</p></body></html>", url=URL
    )
    assert not is_unsure(context, [0.5] * len(context.tree.blocks), ())


def test_the_answer_keeps_headings_lists_and_tables_but_not_the_title() -> None:
    context = context_from(PAGE, url=URL)
    body = ask_trafilatura(context)
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
    context = context_from(PAGE, url=URL)
    before = html.tostring(context.tree.root)
    ask_trafilatura(context)
    assert html.tostring(context.tree.root) == before


@pytest.mark.parametrize("page", ["<p>x</p>", "<p></p><img src=a>", "<table><tr><td>" * 200])
def test_nothing_worth_an_answer_is_none(page: Any) -> None:
    assert ask_trafilatura(context_from(page, url=URL)) is None


def test_soft_hyphens_do_not_part_words() -> None:
    page = PAGE.replace("council", "coun\u00adcil").replace("evening", "eve&shy;ning")
    text = extract_article(page, url=URL).text
    assert "\u00ad" not in text
    assert "council met on Tuesday evening" in text


@pytest.mark.parametrize(
    ("quick", "slow", "taken"),
    [
        (200, 4_000, 4_000),  # a comment for an article: asked again, without haste
        (200, 300, None),  # next to nothing either way
        (700, 600, 700),  # little, but not so little
        (3_000, 0, 3_000),
    ],
)
def test_an_answer_is_taken_where_it_is_plausible_beside_the_page(
    monkeypatch: pytest.MonkeyPatch, quick: int, slow: int, taken: int | None
) -> None:
    def answer(_root: object, *, fast: bool) -> etree._Element:
        body = etree.Element("body")
        etree.SubElement(body, "p").text = "x" * (quick if fast else slow)
        return body

    monkeypatch.setattr(fallback, "_extracted", answer)
    context = context_from(f"<html lang=en><p>{SENTENCE * 60}</p>", url=URL)  # 5,000 characters
    found = ask_trafilatura(context)
    assert (None if found is None else len(found.text_content())) == taken


# --- What the classifier is sure of comes into another's text at its place.
MERGED_URL = "https://news.example.org/a/1.html"
PROSE = "The council said on Monday that the bridge, closed since May, would open again before the winter. "
FIRST, SECOND, THIRD = f"First, {PROSE}".strip(), f"Second, {PROSE}".strip(), f"Third, {PROSE}".strip()
MERGED_PAGE = f"<h1>Bridge opens</h1><p>{FIRST}<h2>What it costs</h2><p>{SECOND}<p>{THIRD}"


def joined(answer: str, likely: float = 0.95) -> list[tuple[str, str]]:
    context = context_from(MERGED_PAGE, url=MERGED_URL)
    body = html.fromstring(f"<div>{answer}</div>")
    add_missing_blocks(body, context, [0.0, *[likely] * 4], {1, 2, 3, 4})
    return [(str(part.tag), part.text_content()) for part in body]


def test_what_is_missing_is_put_where_it_stands_on_the_page() -> None:
    whole = [("p", FIRST), ("h2", "What it costs"), ("p", SECOND), ("p", THIRD)]
    assert joined(f"<p>{SECOND}</p>") == whole
    assert joined(f"<p>{FIRST}</p><p>{THIRD}</p>") == whole
    assert joined(f"<p>{FIRST}</p><h2>What it costs</h2><p>{SECOND}</p><p>{THIRD}</p>") == whole


def test_what_is_doubtful_is_not() -> None:
    assert joined(f"<p>{SECOND}</p>", likely=0.8) == [("p", SECOND)]


# --- Articles that a page holds in its data alone.
EMBEDDED_URL = "https://news.example.org/a/1.html"
EMBEDDED_PROSE = (
    "The council said on Monday that the bridge, closed since May, would open again before the winter. "
)
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
    f'<div data-props="{escape(ESCAPED)}"></div>',
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_html_in_data_is_the_body_of_a_page_that_shows_none(script: str) -> None:
    extraction = read_page(page(script), url=EMBEDDED_URL)
    assert extraction.body_rule == "html in data"
    assert extraction.body is not None
    assert [text_of(part)[:2] for part in extraction.body.iter("p")] == ["1.", "2.", "3.", "4."]


def test_a_page_with_a_text_keeps_it() -> None:
    assert embedded_article(context_from(page(SCRIPTS[0]), url=EMBEDDED_URL), EMBEDDED_PROSE * 4) is None
    extraction = read_page(
        page(SCRIPTS[0], f"<h1>Bridge opens before winter</h1><p>{PROSE * 5}"), url=EMBEDDED_URL
    )
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
    assert embedded_article(context_from(page(script), url=EMBEDDED_URL), "") is None


def test_of_a_whole_state_and_the_article_alone_the_article_is_taken() -> None:
    more = json.dumps({"a": TEXT, "related": TEXT.replace("council", "theatre")}).replace("<", "\\u003c")
    found = embedded_article(
        context_from(page(f"<script>x={more}</script>{SCRIPTS[0]}"), url=EMBEDDED_URL), ""
    )
    assert found is not None
    assert not any("theatre" in block.text for block in found.tree.blocks)
