"""What counts as the same word."""

from __future__ import annotations

import pytest

from newscrawl.search.terms import fold, terms_of


@pytest.mark.parametrize("unseen", ["\u00ad", "\u200b", "\u2060", "\ufeff"])
@pytest.mark.parametrize("word", ["supermarkt", "北方网讯"])
def test_a_word_pasted_with_characters_that_nobody_sees_is_that_word(word: str, unseen: str) -> None:
    pasted = f"{unseen}{word[:2]}{unseen}{word[2:]}{unseen}"
    assert fold(pasted) == word
    assert terms_of(fold(pasted)) == terms_of(word)
