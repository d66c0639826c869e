"""Turns of phrase that a native reader stumbles over, each with the plain way to put it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")})
#: The phrase, what to write instead, a sentence that has it.
PHRASES = (
    (r"(is|are) no (valid|moment|article|post|address|list)\b", "is not a …", "Such a page is no article."),
    (r"lest\b", "so that … does not", "It is locked, lest two write."),
    (r"(to|can|may) be had\b", "available", "The page is to be had there."),
    (r"(is|are|was|were) told\b", "is notified, is reported", "Workers are told when to look."),
    (r"what (is|was|were|are) (kept|said|looked|taken)\b", "a noun", "Back up what is kept."),
    (r"who may (come|read|write|ask)\b", "who has access", "It says who may come."),
    (r"(is|are) asked (for|again|whether|by|how)\b", "is requested, is polled", "A list is asked again."),
    (r"came to nothing\b", "produced nothing", "A run that came to nothing exits 1."),
    (r"for ever\b", "without limit", "They grow for ever."),
    (r"in any case\b", "always, anyway", "It is crawled in any case."),
    (r"all the same\b", "nevertheless", "It was found all the same."),
    (r"(once|one|request) a (host|list|file|core)( and day)?\b", "per", "One request a host and day."),
    (r"\w+, too\b", "also, as well", "Lists are kept, too."),
    (r"blanks? between\b", "separated by spaces", "Hosts, blanks between."),
    (r"read whole\b", "read in full", "All lists are read whole."),
    (r"(goes|go) on (there|where)\b", "continues", "The same command goes on there."),
    (r"looks? at least\b", "check", "Two looks at least an hour apart."),
    (r"(begins?|begun|started|starts|found|read) anew\b", "starts over, again", "It is started anew."),
    (r"dear(est)?\b", "slow, expensive", "The dearest form takes 20 µs."),
    (r"MongoDB is away\b", "MongoDB is unavailable", "Posts wait while MongoDB is away."),
    (r"(archives|files) of others\b", "name them", "It reads WARC files of others."),
)  # fmt: skip
COMPILED = [
    (re.compile(rf"(?<!\w){phrase.replace(' ', chr(92) + 's+')}", re.IGNORECASE), plain)
    for phrase, plain, _ in PHRASES
]


def prose(text: str) -> str:
    """The text without code blocks and inline code; lines keep their numbers."""
    text = re.sub(r"```.*?```", lambda block: "\n" * block[0].count("\n"), text, flags=re.DOTALL)
    text = re.sub(r"^    .*$", "", text, flags=re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "`…`", text)


def found(text: str) -> list[str]:
    """What to change: line, phrase, and what to write instead."""
    text = prose(text)
    return [
        f"line {text.count(chr(10), 0, match.start()) + 1}: {' '.join(match[0].split())!r}; write: {plain}"
        for phrase, plain in COMPILED
        for match in phrase.finditer(text)
    ]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_is_in_plain_english(path: Path) -> None:
    assert found(path.read_text("utf-8")) == []


@pytest.mark.parametrize("sentence", [sentence for *_, sentence in PHRASES])
def test_each_phrase_is_found(sentence: str) -> None:
    assert found(f"# Title\n\n{sentence}\n")


def test_code_is_left_alone() -> None:
    assert found("`for ever`\n\n    for ever\n\n```\nfor ever\n```\n") == []
    assert found("One\n\n```\nx\n```\nthey grow for\never") == ["line 6: 'for ever'; write: without limit"]
