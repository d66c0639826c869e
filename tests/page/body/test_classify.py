"""The trees of the block classifier, and the figures that they look at."""

import json
import math
from importlib.resources import files
from typing import Any

import pytest

from newscrawl.page.body import classify
from newscrawl.page.body.classify import TREE_INPUTS, Trees, as_tree, probabilities, tree_inputs_of
from newscrawl.page.context import PageContext, context_from
from newscrawl.page.document.prose import BlockMeasures

URL = "https://news.example.org/a/1.html"
PROSE = "The council said on Monday that the bridge, closed since May, would open again before the winter. "


def look_at(body: str, language: str = "en") -> PageContext:
    return context_from(f"<html lang={language}><h1>Bridge</h1>{body}</html>", url=URL)


def rows_of(context: PageContext) -> list[list[float]]:
    tree, hints = context.tree, context.hints()
    return tree_inputs_of(tree, hints, BlockMeasures(tree.blocks, hints.title), [0.5] * len(tree.blocks))


def test_a_row_goes_down_each_tree_to_one_leaf() -> None:
    two = Trees(0.5, (as_tree([0, 1.0, -1, [1, 0.0, 2, 3]]), as_tree(0.25)))
    assert two.log_odds([1.0, 9.0]) == 0.5 - 1 + 0.25
    assert two.log_odds([1.1, 0.0]) == 0.5 + 2 + 0.25
    assert two.log_odds([1.1, 0.1]) == 0.5 + 3 + 0.25


def test_the_package_s_trees_ask_for_figures_that_there_are() -> None:
    table = json.loads((files("newscrawl.page.body") / "trees.json").read_text(encoding="utf-8"))
    assert tuple(table["figures"]) == TREE_INPUTS
    assert len(set(TREE_INPUTS)) == len(TREE_INPUTS)

    def check(tree: Any) -> None:
        if isinstance(tree, list):
            assert 0 <= tree[0] < len(TREE_INPUTS)
            assert math.isfinite(tree[1])
            check(tree[2])
            check(tree[3])
        else:
            assert math.isfinite(tree)

    for tree in table["trees"]:
        check(tree)
    assert len(classify.boosted_trees().trees) == len(table["trees"]) > 10


@pytest.mark.parametrize(
    "body", ["", "<p>x</p>", f"<p>{PROSE}</p>" * 30, "<ul>" + "<li><a href=/>x</a></li>" * 50 + "</ul>"]
)
def test_rows_are_finite_and_as_long_as_their_names(body: str) -> None:
    for row in rows_of(look_at(body)):
        assert len(row) == len(TREE_INPUTS)
        assert all(math.isfinite(value) for value in row)


def test_figures_tell_what_they_say() -> None:
    context = look_at(f"<div><p>{PROSE}</p><p hidden>see <a href=/x>more</a></p></div>")
    row = dict(zip(TREE_INPUTS, rows_of(context)[2], strict=True))
    assert (row["words"], row["characters"], row["is p"], row["is li"]) == (2, 8, 1, 0)
    assert (row["hidden"], row["lower case"], row["ends"], row["linked pieces"]) == (1, 1, 0, 1)
    assert (row["blocks"], row["after title"], row["judgement"]) == (3, 2, 0)


def test_trees_have_half_a_say_where_there_is_doubt_and_none_on_chinese_pages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(classify, "boosted_trees", lambda: Trees(-20.0, ()))
    english = f"<p>{PROSE}</p><p>More on this below</p>" * 4
    chinese = (
        "<p>市政府周一表示，五月起关闭的大桥将在入冬前重新开放，居民可以照常通行。</p><p>更多内容</p>" * 4
    )
    for language, body, asked in (("en", english, True), ("zh", chinese, False)):
        context = look_at(body, language)
        likely = probabilities(context.tree, context.hints())
        with monkeypatch.context() as patch:
            patch.setattr(classify, "SURE", 0)  # of no block the regressions are less sure
            alone = probabilities(context.tree, context.hints())
        odds = [math.log(p / (1 - p)) for p in alone]
        doubtful = [abs(value) < classify.SURE for value in odds]
        assert any(doubtful)
        wanted = [
            1 / (1 + math.exp(-(value - 20) / 2)) if doubt and asked else p
            for p, value, doubt in zip(alone, odds, doubtful, strict=True)
        ]
        assert likely == pytest.approx(wanted, abs=1e-8)
