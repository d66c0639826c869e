"""Words are found whatever the case, width and script: in the index and, by MongoDB's patterns, before it."""

from __future__ import annotations

import re

import pytest

from newscrawl.search.wanted import SearchWords, phrase_of, words_of

FOUND = [
    ("Straße", "straße"),
    ("Straße", "STRASSE"),
    ("STRASSE", "Straße"),
    ("STRAẞE", "strasse"),
    ("ΟΔΟΣ", "οδός".replace("ό", "ο")),
    ("Οδυσσεύς", "ΟΔΥΣΣΕΎΣ"),
    ("İstanbul", "istanbul"),
    ("istanbul", "İSTANBUL"),
    ("ISPARTA", "ısparta"),
    ("oﬃce", "office"),
    ("office", "oﬃce"),
    ("ﬁnd", "FIND"),
    ("Ⅷ century", "viii"),
    ("VIII century", "Ⅷ"),
    ("㈱日立", "(株)日立"),
    ("㈱日立", "株"),
    ("㍿日立", "株式会社日立"),
    ("Cafe\u0301", "CAFÉ"),
    ("Café", "cafe\u0301"),
    ("ＡＩ芯片", "ai"),
    ("證券公司", "证券"),
    ("证券公司", "證券"),
    ("10㎏ of it", "10kg"),
    ("ﬀﬁx", "fffix"),
    ("Ǆungla", "džungla"),
]


def finds(wanted: SearchWords, text: str) -> bool:
    """As MongoDB is asked: a pattern for each word."""
    patterns = [part["$or"][0]["title"]["$regex"] for part in wanted.to_filter()["$and"]]
    return all(re.search(pattern, text) for pattern in patterns)


@pytest.mark.parametrize(("text", "words"), FOUND)
def test_every_way_of_writing_a_word_is_found(text: str, words: str) -> None:
    for wanted in (phrase_of(words), words_of(words)):
        assert wanted.place(text, None, ""), "by the index"
        assert finds(wanted, text), "by MongoDB"


@pytest.mark.parametrize(
    ("text", "words"), [("Strase", "straße"), ("ﬁnd", "final"), ("VII", "Ⅷ"), ("oﬃce", "ofice")]
)
def test_what_only_looks_alike_is_not_found(text: str, words: str) -> None:
    for wanted in (phrase_of(words), words_of(words)):
        assert not wanted.place(text, None, "")
        assert not finds(wanted, text)


@pytest.mark.parametrize("text", ["ﬁnal oﬃce", "Straße der STRASSE", "㈱日立", "İI ıi"])
def test_part_of_a_sign_is_found_by_both_or_by_neither(text: str) -> None:
    folded = phrase_of(text).words[0]
    for first in range(len(folded)):
        for last in range(first + 1, len(folded) + 1):
            if folded[first:last].strip():
                wanted = SearchWords((folded[first:last],), whole=False)
                assert finds(wanted, text) == bool(wanted.place(text, None, ""))


def test_patterns_stay_short() -> None:
    for word in ("f" * 200, "ffi" * 66, "viiixii" * 28):
        pattern = phrase_of(word).to_filter()["$and"][0]["$or"][0]["title"]["$regex"]
        assert len(pattern) < 200_000
