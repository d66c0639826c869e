"""Whether a page that was read again is still the article that is stored. Pure functions.

A site may answer any address with a wall, an error or its home page, and status 200. What is stored must
not be replaced by that; a live blog, a corrected headline or a rewritten text must replace it.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import Final

#: Of the smaller text's phrases the other one has fewer than this: they have next to nothing in common.
UNRELATED_TEXT: Final = 0.10
#: The same of the words of two titles.
UNRELATED_TITLE: Final = 0.25
#: A text that is left with less than this part of its characters has lost its article …
SHRUNK: Final = 0.25
SHRINKABLE: Final = 400  #: … if it had so many characters
LEAST_PHRASES: Final = 8  #: a stored text with fewer says too little to be compared

_PHRASE = 3  # tokens
_LIMIT = 20_000  # characters that are looked at
# A word, or one character of a script that has no blanks between words.
_TOKEN = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿]|[^\W_぀-ヿ㐀-䶿一-鿿豈-﫿]+")


def is_other_article(*, title: str, text: str, new_title: str, new_text: str) -> bool:
    """Whether a new state of a page is not the stored article: title and text share next to nothing with
    the stored ones, or the text shrank to a fraction.

    >>> is_other_article(
    ...     title="Council votes for the bridge", text="The council voted on Monday for a new bridge. " * 20,
    ...     new_title="Just a moment...", new_text="Checking your browser before you access the site.",
    ... )
    True
    """
    if len(text) >= SHRINKABLE and len(new_text) < SHRUNK * len(text):
        return True
    phrases = _phrases(text)
    if len(phrases) < LEAST_PHRASES or _share(_tokens(title), _tokens(new_title)) >= UNRELATED_TITLE:
        return False
    return _share(phrases, _phrases(new_text)) < UNRELATED_TEXT


def _share(ones: set[str], others: set[str]) -> float:
    """How much of the smaller set is in the other; 0 where either is empty."""
    return len(ones & others) / max(1, min(len(ones), len(others)))


def _tokens(text: str) -> set[str]:
    """The words of a title; of Chinese and Japanese the pairs of neighbouring characters."""
    found = _split(text)
    pairs = {one + other for one, other in pairwise(found) if len(one) == len(other) == 1}
    return pairs | {token for token in found if len(token) > 1}


def _phrases(text: str) -> set[str]:
    found = _split(text)
    return {" ".join(found[index : index + _PHRASE]) for index in range(len(found) - _PHRASE + 1)}


def _split(text: str) -> list[str]:
    return _TOKEN.findall(unicodedata.normalize("NFKC", text[:_LIMIT]).casefold())
