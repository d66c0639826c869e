"""Which blocks of a page belong to the body that its truth gives; what the classifier is trained on."""

from __future__ import annotations

import re

_NOT_WORDS = re.compile(r"[\W_]+")
_SHORT = 25  # letters and digits; shorter texts are matched by their place too
_GRAM = 8
UNKNOWN, OUT, IN = -1, 0, 1


def labels_of(texts: list[str], truth: str | dict[str, list[str]]) -> list[int]:
    """IN, OUT or UNKNOWN for each block's text. Of snippets only the blocks that hold one are known."""
    plain = [_plain(text) for text in texts]
    if isinstance(truth, dict):
        return _of_snippets(plain, truth)
    whole = _plain(truth)
    grams = _grams(whole)
    found = [_long(text, whole, grams) if len(text) >= _SHORT else UNKNOWN for text in plain]
    _judge_short(found, plain, whole, {_plain(line) for line in truth.splitlines()})
    _drop_repeats(found, plain, whole)
    return found


def _plain(text: str) -> str:
    return _NOT_WORDS.sub("", text.lower())


def _of_snippets(plain: list[str], truth: dict[str, list[str]]) -> list[int]:
    wanted = [_plain(snippet) for snippet in truth["with"]]
    unwanted = [_plain(snippet) for snippet in truth["without"]]

    def judge(text: str) -> int:
        if any(snippet and snippet in text for snippet in wanted):
            return IN
        return OUT if any(snippet and snippet in text for snippet in unwanted) else UNKNOWN

    return [judge(text) for text in plain]


def _grams(text: str) -> set[str]:
    return {text[i : i + _GRAM] for i in range(max(0, len(text) - _GRAM + 1))}


def _long(text: str, whole: str, grams: set[str]) -> int:
    if text in whole:
        return IN
    mine = [text[i : i + _GRAM] for i in range(0, len(text) - _GRAM + 1, 2)]
    return IN if sum(gram in grams for gram in mine) >= 0.6 * len(mine) else OUT


def _judge_short(found: list[int], plain: list[str], whole: str, lines: set[str]) -> None:
    """A short text is in if it is a line of the truth, or fits its neighbour there, near the long ones."""
    sure = [index for index, label in enumerate(found) if label == IN]
    first, last = (sure[0], sure[-1]) if sure else (0, len(plain))
    for index, text in enumerate(plain):
        if len(text) >= _SHORT or not text:
            continue
        near = first - 6 <= index <= last + 6
        fits = first <= index <= last and len(text) >= 3 and _fits(index, plain, whole)
        found[index] = IN if near and (text in lines or fits) else OUT


def _fits(index: int, plain: list[str], whole: str) -> bool:
    text = plain[index]
    before = plain[index - 1][-12:] if index else ""
    after = plain[index + 1][:12] if index + 1 < len(plain) else ""
    return bool((before and before + text in whole) or (after and text + after in whole))


def _drop_repeats(found: list[int], plain: list[str], whole: str) -> None:
    """Of a paragraph that stands twice on the page and once in the truth, keep the one among others."""
    places: dict[str, list[int]] = {}
    for index, text in enumerate(plain):
        if found[index] == IN and len(text) >= _SHORT:
            places.setdefault(text, []).append(index)
    for text, where in places.items():
        wanted = max(1, whole.count(text))
        where.sort(key=lambda index: -sum(label == IN for label in found[max(0, index - 4) : index + 5]))
        for index in where[wanted:]:
            found[index] = OUT
