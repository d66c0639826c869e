"""Whether a page that was fetched again is still the stored article. Pure functions.

A site may answer any address with a wall, an error or its home page, and status 200. Such pages must not
replace the stored post; a live blog, a corrected headline or a rewritten text must.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import Final

#: If the texts share less than this part of the smaller one's phrases, they are unrelated.
UNRELATED_TEXT: Final = 0.10
#: The same for the words of two titles.
UNRELATED_TITLE: Final = 0.25
#: A text with less than this part of its former characters has lost its article …
SHRUNK: Final = 0.25
SHRINKABLE: Final = 400  #: … if it had at least this many
LEAST_PHRASES: Final = 8  #: a stored text with fewer is too short to compare

_PHRASE = 3  # tokens
_LIMIT = 20_000  # characters examined
# A word, or one character of a script without spaces between words.
_TOKEN = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿]|[^\W_぀-ヿ㐀-䶿一-鿿豈-﫿]+")


def is_other_article(*, title: str, text: str, new_title: str, new_text: str) -> bool:
    """Whether the new state of a page is no longer the stored article: title and text share almost nothing
    with the stored ones, or the text shrank to a fraction.

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
    """The share of the smaller set that is also in the other; 0 if either is empty."""
    return len(ones & others) / max(1, min(len(ones), len(others)))


def _tokens(text: str) -> set[str]:
    """The words of a title; for Chinese and Japanese, pairs of neighbouring characters."""
    found = _split(text)
    pairs = {one + other for one, other in pairwise(found) if len(one) == len(other) == 1}
    return pairs | {token for token in found if len(token) > 1}


def _phrases(text: str) -> set[str]:
    found = _split(text)
    return {" ".join(found[index : index + _PHRASE]) for index in range(len(found) - _PHRASE + 1)}


def _split(text: str) -> list[str]:
    return _TOKEN.findall(unicodedata.normalize("NFKC", text[:_LIMIT]).casefold())
