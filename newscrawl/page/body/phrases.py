"""Which kinds of phrases stand in a page's short texts: `share`, `photo`, `source` … (vocabulary.toml).

All texts are looked through at once, joined: a phrase that is nowhere on the page is looked for once and not
in each of them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from itertools import accumulate

from newscrawl.page.document import vocabulary

HEAD = 300  #: characters of a text in which phrases are looked for
# 2026 or 9:30, in a form of which re knows that it begins with a figure.
_DATE = re.compile(r"\d(?:(?<=1)9\d\d|(?<=2)0\d\d|\d?:\d\d)")
_CJK = re.compile(r"[\u3400-\u9fff]")
_PLAIN = vocabulary.plain_phrases()
_PLAIN_LATIN = tuple(pair for pair in _PLAIN if not _CJK.search(pair[0]))
_LINES = vocabulary.phrase_lines()
_NONE: frozenset[str] = frozenset()
_compiled = cache(re.compile)
_phrases = cache(vocabulary.phrases)


def kinds_in(texts: list[str]) -> dict[int, frozenset[str]]:
    """The kinds of the phrases in texts, by the number of each that has any; no text holds a line's end."""
    whole = "\n".join([text[:HEAD] for text in texts]).lower()
    ends = _ends(heads := whole.split("\n"))
    kinds = _of_patterns(whole, heads, ends)
    for phrase, kind in _PLAIN if _CJK.search(whole) else _PLAIN_LATIN:
        if phrase in whole:
            for number in _standing(phrase, whole, ends):
                kinds[number] = kinds.get(number, _NONE) | {kind}
    return kinds


def dated(texts: list[str]) -> set[int]:
    """The numbers of the texts in which a year or a time of day stands."""
    ends = _ends(texts)
    return {bisect_right(ends, match.start()) for match in _DATE.finditer("\n".join(texts))}


def _ends(texts: list[str]) -> list[int]:
    """Where each text ends in all of them, joined with line ends."""
    return [end - 1 for end in accumulate([len(text) + 1 for text in texts])]


def _of_patterns(whole: str, heads: list[str], ends: list[int]) -> dict[int, frozenset[str]]:
    """The kinds of what is more than letters, by the number of the text."""
    found: dict[int, frozenset[str]] = {}
    for part, pattern, kind in _LINES:
        if part in whole:
            search = _compiled(pattern).search
            for number in _standing(part, whole, ends):
                if search(heads[number]):
                    found[number] = found.get(number, _NONE) | {kind}
    for number, kinds in found.items():
        if len(kinds) > 1:  # of two that overlap only the first one counts
            found[number] = frozenset(match.lastgroup or "" for match in _phrases().finditer(heads[number]))
    return found


def _standing(part: str, whole: str, ends: list[int]) -> Iterator[int]:
    """The numbers of the texts that hold a part."""
    at = whole.find(part)
    while at >= 0:
        number = bisect_right(ends, at)
        yield number
        at = whole.find(part, ends[number])
