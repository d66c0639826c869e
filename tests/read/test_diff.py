"""What changed between two states, as people read it."""

from __future__ import annotations

import dataclasses
import random

import pytest

from newscrawl.model.post import Attribution
from newscrawl.read.diff import DiffPiece, changes, paragraphs, words
from tests.store.posts import make_post


def shown(pieces: list[DiffPiece]) -> str:
    marks = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}", "skipped": "…"}
    return "".join(marks[piece.kind].format(piece.text) for piece in pieces)


WORDS = [
    ("央行降准0.25个百分点", "央行降准0.5个百分点", "央行降准[-0.25-]{+0.5+}个百分点"),
    ("同比增长3.5%。", "同比下降3.5%。", "同比[-增长-]{+下降+}3.5%。"),
    ("张三在北京表示", "李四在北京表示", "[-张三-]{+李四+}在北京表示"),
    ("把三成提高到四成", "把五成提高到六成", "把[-三-]{+五+}成提高到[-四-]{+六+}成"),
    ("涨三成五", "涨五成六", "涨[-三成五-]{+五成六+}"),
    ("The firm's profit rose", "The firm's profits fell", "The firm's [-profit rose-]{+profits fell+}"),
    ("一样", "一样", "一样"),
    ("", "新的", "{+新的+}"),
    ("旧的", "", "[-旧的-]"),
]


@pytest.mark.parametrize(("old", "new", "told"), WORDS)
def test_words(old: str, new: str, told: str) -> None:
    assert shown(words(old, new)) == told


def test_a_text_is_told_by_its_changed_paragraphs() -> None:
    old = "第一段，没有变化。\n\n" + "很长的开头，" * 20 + "增长3%，" + "很长的结尾，" * 20 + "\n\n第三段。"
    new = old.replace("3%", "5%") + "\n\n新的一段。"
    told = shown(paragraphs(old, new))
    assert "[-3%-]{+5%+}" in told
    assert "{+新的一段。+}" in told
    assert "没有变化" not in told
    assert len(told) < 160


@pytest.mark.parametrize("seed", range(30))
def test_both_texts_are_in_the_pieces(seed: int) -> None:
    """Whatever changed: what was gone and the same is the old text, what is new and the same the new."""
    chance = random.Random(seed)
    old = "".join(chance.choices("甲乙丙丁 ab12。，\n", k=60))
    new = "".join(c for c in old if chance.random() > 0.2) + "".join(chance.choices("戊己c3", k=5))
    pieces = words(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == new


def test_fields_that_changed_are_named() -> None:
    old = make_post(1, "旧文")
    source = Attribution("新华社", "xinhuashe", "来源：新华社", "info_line")
    new = make_post(1, "新文", title="更正", source=source, authors=["张三"], digest="摘要")
    told = {change.field: shown(change.pieces) for change in changes(old, new)}
    assert told == {
        "title": "[-第1篇-]{+更正+}",
        "source": "[-北方网-]{+新华社+}",
        "authors": "{+张三+}",
        "digest": "{+摘要+}",
        "body": "[-旧-]{+新+}文\n",
    }
    assert changes(old, dataclasses.replace(old)) == []


def test_a_huge_text_costs_little() -> None:
    chance = random.Random(1)
    old = "\n\n".join("".join(chance.choices("一二三四五六七八九十", k=200)) for _ in range(3000))
    new = "\n\n".join("".join(chance.choices("一二三四五六七八九十", k=200)) for _ in range(3000))
    pieces = paragraphs(old, new)  # all pairs of paragraphs, all pairs of words: minutes
    assert sum(len(piece.text) for piece in pieces if piece.kind == "new") > 500_000


def test_paragraphs_that_are_all_alike_cost_little() -> None:
    old = "\n\n".join(f"{'同' * 500}{number}" for number in range(600))
    new = "\n\n".join(f"异{'同' * 240}中{'同' * 250}{-number}" for number in range(600))
    pieces = paragraphs(old, new)  # word by word through all of them: seconds
    assert "".join(piece.text for piece in pieces if piece.kind != "gone").count("异") == 600
