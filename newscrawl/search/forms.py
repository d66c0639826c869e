"""Patterns for every spelling that `fold` unifies: `strasse` for Straße, `fi` for ﬁ, `viii` for Ⅷ.

MongoDB does not fold, so it searches posts that are not indexed yet by these patterns.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from newscrawl.search.characters import traditional
from newscrawl.search.terms import fold

# Ranges with characters that fold to others. Han characters, which are only simplified, are in `traditional`.
_RANGES = (
    (0x41, 0x5B), (0xA0, 0x3400), (0xA640, 0xAC00), (0xF900, 0xFFF0), (0x10400, 0x10600), (0x10780, 0x107C0),
    (0x10C80, 0x10D00), (0x118A0, 0x118E0), (0x16E40, 0x16E80), (0x1D400, 0x1D800), (0x1E030, 0x1E06E),
    (0x1E900, 0x1E950), (0x1EE00, 0x1EF00), (0x1F100, 0x1F260), (0x1FBF0, 0x1FBFA), (0x2F800, 0x2FA20),
)  # fmt: skip
_CLUSTER = 10  # maximum characters of a word covered by overlapping ligatures


def pattern_of(word: str, *, cut: bool) -> str:
    """A pattern, for Python and MongoDB, that matches every text that folds to the folded word.

    `cut`: the word may begin or end inside a character: 株 in ㈱.
    """
    steps = [_steps(word, at, cut=cut) for at in range(len(word))]
    made: list[str] = []
    at = 0
    while at < len(word):
        end = _cluster_end(steps, at)
        made.append(_alternatives(steps, at, end))
        at = end
    return "".join(made)


Steps = dict[int, str]  #: number of characters of the word -> a pattern for them


def _steps(word: str, at: int, *, cut: bool) -> Steps:
    found: Steps = {1: _one(word[at])}
    for length in range(2, min(_longest(), len(word) - at) + 1):
        if signs := _signs().get(word[at : at + length]):
            found[length] = _class(signs)
    if cut and len(word) - at < _longest():
        for part, signs in _parts().get(word[at:], {}).items():
            if part == "begin" or at == 0:
                length = len(word) - at
                found[length] = _either(found.get(length), _class(signs))
    if cut and at == 0:
        for length in range(1, min(_longest(), len(word)) + 1):
            if signs := _parts().get(word[:length], {}).get("end"):
                found[length] = _either(found.get(length), _class(signs))
    return found


def _cluster_end(steps: list[Steps], at: int) -> int:
    """The first position after `at` that no ligature crosses."""
    end = at + 1
    while at < end:
        end = max(end, at + max(length for length in steps[at]))
        at += 1
        if at == len(steps):
            break
    return end


def _alternatives(steps: list[Steps], at: int, end: int) -> str:
    if end - at > _CLUSTER:
        return "".join(step[1] for step in steps[at:end])
    made = [
        pattern + (_alternatives(steps, at + length, end) if at + length < end else "")
        for length, pattern in sorted(steps[at].items())
        if at + length <= end
    ]
    return made[0] if len(made) == 1 else f"(?:{'|'.join(made)})"


@cache
def _one(character: str) -> str:
    """A pattern for all forms of one character."""
    if character == " ":
        return "[ \u3000\u00a0]"
    forms = dict.fromkeys((character, *_signs().get(character, ""), *traditional().get(character, "")))
    composed = unicodedata.normalize("NFD", character)
    if len(composed) > 1:
        return _either(_class("".join(forms)), "".join(map(_one, composed)))
    return _class("".join(forms))


def _class(signs: str) -> str:
    if len(signs) == 1:
        return re.escape(signs)
    return "[" + "".join(sorted("\\" + one if one in "\\]^-[" else one for one in dict.fromkeys(signs))) + "]"


def _either(one: str | None, other: str) -> str:
    return other if one is None else f"(?:{one}|{other})"


@cache
def _signs() -> dict[str, str]:
    """Folded text -> the characters that fold to it."""
    found: dict[str, str] = {}
    for first, last in _RANGES:
        for character in map(chr, range(first, last)):
            folded = fold(character)
            if folded != character:
                found[folded] = found.get(folded, "") + character
    return found


@cache
def _longest() -> int:
    return min(8, max(map(len, _signs())))


@cache
def _parts() -> dict[str, dict[str, str]]:
    """Text -> the characters that fold to more than it: that begin with it, end with it, or contain it."""
    found: dict[str, dict[str, str]] = {}
    for folded, signs in _signs().items():
        for first in range(len(folded)):
            for last in range(first + 1, len(folded) + 1):
                if last - first == len(folded):
                    continue
                part = "begin" if first == 0 else "end" if last == len(folded) else "inside"
                by_part = found.setdefault(folded[first:last], {})
                by_part[part] = by_part.get(part, "") + signs
    return found
