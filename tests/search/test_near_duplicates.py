"""Reposts are told from other articles; the figures are benchmarks.stories'."""

from __future__ import annotations

import pytest

from benchmarks.stories import judge, pairs, scores
from benchmarks.story_pairs import invented
from newscrawl.model.post import Story
from newscrawl.search.near_duplicates import CLAUSES, distance, is_same, story_of

ARTICLE = invented(1)[0]


def marks(text: str) -> Story:
    story = story_of("eastmoney:1", text)
    assert story is not None
    return story


def test_recall_and_precision_stay_above_their_floors() -> None:
    judged = judge(pairs(invented(60), count=60))
    precision, recall = scores(judged)
    assert precision == 1.0, judged
    assert recall >= 0.97, judged
    assert judged["half of the paragraphs cut"][2] >= 54


@pytest.mark.parametrize(
    "other",
    [
        ARTICLE.replace("，", ",").replace("。", "."),
        ARTICLE.replace("\n\n", "\n"),
        ARTICLE.replace("1", "１"),
        "【转载】" + ARTICLE,
        ARTICLE.upper(),
    ],
)
def test_what_a_reprint_changes_makes_no_other_story(other: str) -> None:
    assert is_same(marks(ARTICLE), marks(other))
    assert set(marks(ARTICLE).bands) & set(marks(other).bands)


def test_flashes_are_the_same_only_where_their_words_are() -> None:
    one, same, other = "央行：下调0.5个百分点", "央行,下调 0.5 个百分点", "央行：下调0.25个百分点"
    assert is_same(marks(one), marks(same))
    assert not is_same(marks(one), marks(other))


def test_a_short_piece_is_not_the_roundup_that_holds_it() -> None:
    flash = "\n\n".join(invented(1))
    roundup = "\n\n".join(invented(20))
    assert not is_same(marks(flash), marks(roundup))


def test_nothing_has_no_story() -> None:
    for text in ("", " \n", "。，！", "一"):
        assert story_of("eastmoney:1", text) is None


def test_the_marks_are_bounded_and_the_same_everywhere() -> None:
    story = marks("\n".join(f"第{n}句话说的是第{n}件事，完全不同。" for n in range(5_000)))
    assert len(story.clauses) == CLAUSES * 8
    assert len(story.bands) == 8
    assert all(0 <= band < 2**63 for band in story.bands)
    # Written into databases: another value here is another kind of marks, and needs a migration.
    sentence = marks("中国人民银行决定下调存款准备金率")
    assert (sentence.fingerprint, sentence.clauses) == ("07d0781f34299397", "dac80205")
    assert sentence.bands == [4752456521341363429, 7965508101, 12260475397]
    assert marks("中国经济𠮷发展😀稳中向好").fingerprint == "4890550208004209"


def test_fingerprints_of_near_texts_are_near() -> None:
    near = marks(ARTICLE[:-20])
    far = marks(invented(2)[1])
    assert distance(marks(ARTICLE), near) <= 6 < distance(marks(ARTICLE), far)
