"""The word lists and phrases of vocabulary.toml, ready to use."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from newscrawl.text.lazy_regex import lazy

# What of a phrase's pattern is not the very letters; a backslash before a sign is left.
_VARIABLE = re.compile(
    r"\\\W[?*]|\\[a-z](?:[+*?]|\{.*?\})?|\(\?:.*?\)[?*]?|\[.*?\](?:[?*]|\{.*?\})?|[^\\](?:[?*]|\{.*?\})|[$^]"
)
_META = re.compile(r"[\\^$.|?*+()\[\]{}]")


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((files("newscrawl.page.document") / "vocabulary.toml").read_text(encoding="utf-8"))


def classes(name: str) -> frozenset[str]:
    """Words of class names."""
    return frozenset(_tables()["classes"][name].split())


def tags(name: str) -> frozenset[str]:
    """Names of elements."""
    return frozenset(_tables()["tags"][name].split())


def regions() -> dict[str, frozenset[str]]:
    """Regions of a page by the word of a class name; a word may stand for several."""
    found: dict[str, set[str]] = {}
    for region, words in _tables()["regions"].items():
        for word in words.split():
            found.setdefault(word, set()).add(region)
    return {word: frozenset(names) for word, names in found.items()}


def pattern(name: str, *, before: str = "", after: str = "") -> re.Pattern[str]:
    """One of the patterns, its alternatives in a group between what stands `before` and `after` them."""
    return lazy(f"{before}(?:{_joined(_tables()['patterns'][name])}){after}", re.IGNORECASE)


def plain_phrases() -> tuple[tuple[str, str], ...]:
    """The phrases that are no more than letters, each with its kind: `in` finds them faster than `re`."""
    kinds = _tables()["phrases"].items()
    return tuple((line, kind) for kind, lines in kinds for line in _lines(lines) if not _META.search(line))


def phrases() -> re.Pattern[str]:
    """All other phrases in one pattern, a named group for each kind; for lower-case text."""
    kinds = {
        kind: [line for line in _lines(lines) if _META.search(line)]
        for kind, lines in _tables()["phrases"].items()
    }
    return re.compile("|".join(f"(?P<{kind}>{'|'.join(lines)})" for kind, lines in kinds.items() if lines))


def phrase_lines() -> tuple[tuple[str, str, str], ...]:
    """Each of those by itself: letters that are in every text in which it is found, its pattern, its kind.

    `in` tells faster that the letters are not there than `re` that the phrase is not.
    """
    return tuple(
        (max((part.replace("\\", "") for part in _VARIABLE.split(line)), key=len), line, kind)
        for kind, lines in _tables()["phrases"].items()
        for line in _lines(lines)
        if _META.search(line)
    )


def gated(name: str) -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    """Patterns for lower-case text, each behind letters of which one is in whatever it is found in.

    `in` tells ten times as fast that none of the letters are there.
    """
    lines = (line.split(" -- ", 1) for line in _lines(_tables()["gated"][name]))
    return tuple((tuple(letters.split("/")), lazy(pattern)) for letters, pattern in lines)


def stopwords() -> dict[str, frozenset[str]]:
    """Small words by language."""
    return {language: frozenset(row.split()) for language, row in _tables()["stopwords"].items()}


def _joined(lines: str) -> str:
    return "|".join(_lines(lines))


def _lines(lines: str) -> list[str]:
    return lines.strip("\n").split("\n")
