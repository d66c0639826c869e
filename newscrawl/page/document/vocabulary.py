"""The word lists and phrases of vocabulary.toml, as sets and compiled patterns."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from newscrawl.text.lazy_regex import lazy

# The parts of a phrase's pattern that are not literal; a backslash before a sign stays.
_VARIABLE = re.compile(
    r"\\\W[?*]|\\[a-z](?:[+*?]|\{.*?\})?|\(\?:.*?\)[?*]?|\[.*?\](?:[?*]|\{.*?\})?|[^\\](?:[?*]|\{.*?\})|[$^]"
)
_META = re.compile(r"[\\^$.|?*+()\[\]{}]")


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((files("newscrawl.page.document") / "vocabulary.toml").read_text(encoding="utf-8"))


def class_words(name: str) -> frozenset[str]:
    """The words of class names that the list `name` holds."""
    return frozenset(_tables()["classes"][name].split())


def tag_names(name: str) -> frozenset[str]:
    """The names of elements that the list `name` holds."""
    return frozenset(_tables()["tags"][name].split())


def region_names() -> dict[str, frozenset[str]]:
    """By word of a class name, the regions of a page that it stands for."""
    found: dict[str, set[str]] = {}
    for region, words in _tables()["regions"].items():
        for word in words.split():
            found.setdefault(word, set()).add(region)
    return {word: frozenset(names) for word, names in found.items()}


def pattern(name: str, *, before: str = "") -> re.Pattern[str]:
    """The alternatives of the list `name` as one pattern, after the pattern `before`; ignores case."""
    return lazy(f"{before}(?:{_joined(_tables()['patterns'][name])})", re.IGNORECASE)


def literal_phrases() -> tuple[tuple[str, str], ...]:
    """The phrases without special characters, each with its kind: `in` finds them faster than `re`."""
    kinds = _tables()["phrases"].items()
    return tuple((line, kind) for kind, lines in kinds for line in _lines(lines) if not _META.search(line))


def combined_phrase_pattern() -> re.Pattern[str]:
    """All other phrases in one pattern, with a named group for each kind; for lower-case text."""
    kinds = {
        kind: [line for line in _lines(lines) if _META.search(line)]
        for kind, lines in _tables()["phrases"].items()
    }
    return re.compile("|".join(f"(?P<{kind}>{'|'.join(lines)})" for kind, lines in kinds.items() if lines))


def phrase_patterns() -> tuple[tuple[str, str, str], ...]:
    """Each of those phrases: a literal part that every match contains, its pattern, its kind.

    Testing for the part with `in` first is faster than searching with `re`.
    """
    return tuple(
        (max((part.replace("\\", "") for part in _VARIABLE.split(line)), key=len), line, kind)
        for kind, lines in _tables()["phrases"].items()
        for line in _lines(lines)
        if _META.search(line)
    )


def guarded_patterns(name: str) -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    """Patterns for lower-case text, each with literal parts of which every match contains one.

    Testing for the parts with `in` first is ten times as fast as searching with `re`.
    """
    lines = (line.split(" -- ", 1) for line in _lines(_tables()["gated"][name]))
    return tuple((tuple(letters.split("/")), lazy(pattern)) for letters, pattern in lines)


def stopwords() -> dict[str, frozenset[str]]:
    """Stop words by language."""
    return {language: frozenset(row.split()) for language, row in _tables()["stopwords"].items()}


def _joined(lines: str) -> str:
    return "|".join(_lines(lines))


def _lines(lines: str) -> list[str]:
    return lines.strip("\n").split("\n")
