"""The generic body: blocks, classifier, selection, and what is cut out of the tree."""

import json
import math
from importlib.resources import files
from pathlib import Path

import pytest

from newscrawl.page import read_page
from newscrawl.page.body.classify import model, neighbour_rows, probabilities
from newscrawl.page.body.cut_out import cut_out
from newscrawl.page.body.features import features_of
from newscrawl.page.body.select import select_blocks
from newscrawl.page.context import context_from
from newscrawl.page.document.blocks import MOST_BLOCKS, block_tree
from newscrawl.page.document.parse import parse, text_of
from newscrawl.page.document.prose import BlockMeasures

URL = "https://news.example.org/a/1.html"
PAGES = Path(__file__).parent / "pages"
PROSE = "The council said on Monday that the bridge, closed since May, would open again before the winter. "


def texts(page: str) -> list[str]:
    return [block.text for block in block_tree(parse(page, url=URL)).blocks]


def test_blocks_end_at_block_tags_and_line_breaks() -> None:
    page = "<div>one <b>bold</b> word<br>two<p>three</p>four<script>x</script> five</div>"
    page += "<li><a href=/>six</a></li>"
    assert texts(page) == ["one bold word", "two", "three", "four five", "six"]


def test_links_are_counted() -> None:
    blocks = block_tree(parse("<p><a href=/x>four</a> and <a name=x>no</a></p>", url=URL)).blocks
    assert [block.linked for block in blocks] == [4]


def test_hidden_elements_are_marked() -> None:
    blocks = block_tree(
        parse("<div style='display: none'><p>x</p></div><p hidden>y</p><p>z</p>", url=URL)
    ).blocks
    assert [block.node.hidden for block in blocks] == [True, True, False]


def test_a_page_of_too_many_blocks_is_read_in_part() -> None:
    assert len(texts("<p>x</p>" * (MOST_BLOCKS + 10))) == MOST_BLOCKS


def test_comments_do_not_count_as_the_page_s_prose() -> None:
    page = (
        f"<h1>A</h1><div id=story><p>{PROSE}</p></div><div class=comments>" + f"<p>{PROSE}</p>" * 5 + "</div>"
    )
    context = context_from(page, url=URL)
    measures = BlockMeasures(context.tree.blocks, context.title.node)
    assert measures.top is not None
    assert measures.top.element.get("id") == "story"
    assert "comment" in measures.regions(context.tree.blocks[-1].node)


def test_every_block_has_named_features_and_a_probability() -> None:
    context = context_from((PAGES / "city.html").read_bytes(), url=URL)
    names = features_of(
        context.tree, context.hints(), BlockMeasures(context.tree.blocks, context.hints().title)
    )
    assert len(names) == len(context.tree.blocks)
    assert any(one is None for one in names)
    likely = probabilities(context.tree, context.hints())
    assert all(0 < p < 1 for p in likely)


def test_context_is_of_one_width_whatever_the_page() -> None:
    width = len(model().long) + len(model().short)
    for page in ("<p>x</p>", f"<p>{PROSE}</p>" * 9, "<p>x</p>" * 30):
        blocks = block_tree(parse(page, url=URL)).blocks
        for first in ([0.9] * len(blocks), [0.001] * len(blocks)):
            rows = neighbour_rows(blocks, first)
            assert {len(row) for row in rows} == {width}
            assert all(math.isfinite(value) for row in rows for value in row)


def test_the_model_says_what_it_is() -> None:
    table = json.loads((files("newscrawl.page.body") / "blocks.json").read_text(encoding="utf-8"))
    assert table["name"]
    assert table["made"]
    assert table["corpus"]
    assert table["cross_validated"]["gne"] > 0.9


@pytest.mark.parametrize(
    "line",
    [
        "责任编辑：李四",
        "（文章来源：新华网）",
        "郑重声明：本文不构成投资建议。",
        "相关阅读",
        "打开微信，扫一扫",
    ],
)
def test_furniture_is_never_selected(line: str) -> None:
    context = context_from(f"<h1>题目在这里</h1><p>{line}</p><p>正文第一段。</p>", url=URL)
    assert select_blocks(context.tree, context.hints(), [0.99] * 3) == {2}


def test_a_link_between_two_selected_items_is_selected() -> None:
    context = context_from(
        "<ul><li>one item</li><li><a href=/x>linked item</a></li><li>last item</li></ul>", url=URL
    )
    assert select_blocks(context.tree, context.hints(), [0.9, 0.003, 0.9]) == {0, 1, 2}
    assert select_blocks(context.tree, context.hints(), [0.9, 0.003, 0.1]) == {0}


def test_what_is_not_chosen_is_cut_out() -> None:
    page = """<div id=a><h2>Head</h2>stray<br>kept line<p>one</p><div class=share>share<img src=s.png></div>
    <figure><img src=1.jpg></figure><table><tr><td>1</td><td></td></tr></table><script>x</script>
    <p>two</p><p>bye</p></div>"""
    tree = block_tree(parse(page, url=URL))
    wanted = {"Head", "kept line", "one", "1", "two"}
    element = cut_out(tree, {block.index for block in tree.blocks if block.text in wanted})
    assert element is not None
    assert element.get("id") == "a"
    assert [text for text in element.itertext() if text.strip()] == ["Head", "kept line", "one", "1", "two"]
    assert [image.get("src") for image in element.iter("img")] == ["1.jpg"]
    assert len(list(element.iter("td"))) == 2
    assert not list(element.iter("script"))


def test_nothing_chosen_is_no_body() -> None:
    assert cut_out(block_tree(parse("<p>x</p>", url=URL)), set()) is None


def test_an_articlebody_twice_as_long_as_the_page_s_text_is_taken() -> None:
    written = (PROSE * 6).strip()
    article = f'{{"@type":"NewsArticle","articleBody":"{written}"}}'
    page = f'<script type="application/ld+json">{article}</script><h1>x</h1>'
    extraction = read_page(page, url=URL)
    assert extraction.body_rule == "json-ld articleBody"
    assert extraction.body is not None
    assert text_of(extraction.body) == written


@pytest.mark.slow
def test_deep_and_wide_pages_end() -> None:
    deep = "<div class=comment>" * 1900 + f"<p>{PROSE}</p>" + "</div>" * 1900
    assert read_page(deep, url=URL).titles == []
    wide = "<div>" + f"<p>{PROSE}</p>" * 2000 + "</div>"
    extraction = read_page("<h1>Rain</h1>" + wide, url=URL)
    assert extraction.body is not None
