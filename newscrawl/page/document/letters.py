"""Letters and figures of texts and class names, counted and cut out the quick way where a text allows it.

Most Western text is of one codec's characters: as bytes it is looked up in a table, in two thirds of
the time that a pattern takes.
"""

from __future__ import annotations

import re
from functools import lru_cache

_CODEC = "cp1252"
_SIGNS = bytes(range(256)).decode(_CODEC, "replace")
#: Letters as `a`, figures as `0`, all else as blanks.
_KINDS = bytes(ord("0" if one.isdecimal() else "a" if one.isalnum() else " ") for one in _SIGNS)
_NO_WORDS = bytes(code for code, one in enumerate(_SIGNS) if not one.isalnum())
_NO_WORD = re.compile(r"[\W_]+")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]{2,}(?![a-z])")
_TO_BLANKS = {code: " " for code in range(128) if not chr(code).islower()}
_BEGINNING = 20  # characters of a text
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def words_in(text: str) -> int:
    """Runs of letters and of figures, `the 2nd` has three; a CJK character counts as two thirds of one."""
    written = _as_bytes(text)
    if written is None:
        cjk = len(_CJK.findall(text))
        return cjk * 2 // 3 + len(_WORD.findall(_CJK.sub(" ", text) if cjk else text))
    kinds = written.translate(_KINDS)
    runs = len(kinds.split())
    return runs + kinds.count(b"a0") + kinds.count(b"0a") if b"0" in kinds else runs


def bare(text: str) -> str:
    """The text's letters and figures, nothing between them."""
    written = _as_bytes(text)
    return _NO_WORD.sub("", text) if written is None else written.translate(None, _NO_WORDS).decode(_CODEC)


def is_in(lower: str, plain: str) -> bool:
    """Whether a text's letters are in that; most begin with others, which tells it more quickly."""
    return bare(lower[:_BEGINNING]) in plain and bare(lower) in plain


@lru_cache(maxsize=20_000)
def tokens_of(names: str) -> frozenset[str]:
    """The lower-case words of class names: `articleBody-v2 nav_item` → article, body, nav, item."""
    names = names[:300]
    if names.isascii() and names.islower():  # most are: the same words, more quickly
        return frozenset([word for word in names.translate(_TO_BLANKS).split() if len(word) > 1])
    return frozenset([word.lower() for word in _PARTS.findall(names) if len(word) > 1])


def _as_bytes(text: str) -> bytes | None:
    """None where a character is not one of the codec's."""
    try:
        return text.encode("ascii" if text.isascii() else _CODEC)
    except UnicodeEncodeError:
        return None
