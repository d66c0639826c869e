"""Search words as people type them, and whether a post contains them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from newscrawl.errors import UsageError
from newscrawl.search.forms import pattern_of
from newscrawl.search.terms import CJK, LEAD, LEAD_CHARS, RUN, TEXT, TITLE, fold, is_cjk, rows_of

SEARCH_LIMIT = 200  #: characters of a search
_WORDS_LIMIT = 10
_ROWS_LIMIT = 32
_QUOTED = re.compile(r'"([^"]+)"|“([^”]+)”|(\S+)')
_LETTER = re.compile(r"[^\W_]")
_UNFIT = re.compile("[\0\ud800-\udfff]")  # cannot be stored in a database


@dataclass(frozen=True, slots=True)
class SearchWords:
    """Folded words, all of which a post must contain. With `whole`, parts of Latin words do not match."""

    words: tuple[str, ...]
    whole: bool = True

    def place(self, title: str, digest: str | None, text: str) -> int:
        """The first place that contains all words: TITLE, LEAD, TEXT; 0 if a word is missing."""
        patterns = [self._pattern(word) for word in self.words]
        seen = fold(title)
        for place, more in (
            (TITLE, ""),
            (LEAD, f"\n{digest or ''}\n{text[:LEAD_CHARS]}"),
            (TEXT, f"\n{text}"),
        ):
            seen += fold(more)
            if all(pattern.search(seen) for pattern in patterns):
                return place
        return 0

    def rows(self, place: int) -> list[int]:
        """The rows to AND for this place; empty if none of the words' terms can be looked up.

        The more terms there are, the fewer rows of each are used.
        """
        terms = [term for word in self.words for term in self._terms(word, place)]
        each = 6 if len(terms) == 1 else 4 if len(terms) == 2 else 3 if len(terms) <= 4 else 2
        rows = dict.fromkeys(row for term in terms for row in rows_of(term, place)[:each])
        return list(rows)[:_ROWS_LIMIT]

    def to_filter(self, place: int = TEXT) -> dict[str, Any]:
        """The MongoDB filter for posts that are not indexed yet.

        For TITLE it looks at the title only, for other places at everything.
        """
        fields = ("title",) if place == TITLE else ("title", "digest", "body.text")
        patterns = [self._pattern(word, server=True).pattern for word in self.words]
        return {"$and": [{"$or": [{field: {"$regex": one}} for field in fields]} for one in patterns]}

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the words occur in a text: (begin, end) pairs, in order, not overlapping."""
        every = "|".join(self._pattern(word, server=True).pattern for word in self.words)
        return [match.span() for match in re.finditer(every, text)]

    def _pattern(self, word: str, *, server: bool = False) -> re.Pattern[str]:
        body = pattern_of(word, cut=not self.whole or is_cjk(word)) if server else re.escape(word)
        if not self.whole:
            return re.compile(body)
        edge = rf"(?<![^\W_{CJK}])", rf"(?![^\W_{CJK}])"
        before = edge[0] if _is_latin(word[0]) else ""
        after = edge[1] if _is_latin(word[-1]) else ""
        return re.compile(f"{before}{body}{after}")

    def _terms(self, word: str, place: int) -> list[str]:
        found: list[str] = []
        for match in RUN.finditer(word):
            run = match.group()
            if is_cjk(run):
                single = [run] if place == TITLE and len(run) == 1 else []
                found += [run[i : i + 2] for i in range(len(run) - 1)] or single
            elif self.whole or (match.start() > 0 and match.end() < len(word)):
                found.append(run[:64])
        return found


def words_of(search: str) -> SearchWords:
    """Parses a search: words separated by spaces, phrases in quotes; a post must contain all of them.

    NUL and lone surrogates count as spaces.
    Raises UsageError if the search has no letter or digit, or is too long.
    """
    if not isinstance(search, str):
        raise UsageError(f"the words {search!r} are not a string; write them as '降准 央行'")
    if len(search) > SEARCH_LIMIT:
        raise UsageError(f"a search has at most {SEARCH_LIMIT} characters, not {len(search)}; shorten it")
    quoted = _QUOTED.finditer(_UNFIT.sub(" ", search))
    found = (fold(next(filter(None, match.groups()))).strip() for match in quoted)
    words = tuple(dict.fromkeys(word for word in found if _LETTER.search(word)))
    if not words:
        raise UsageError(f"no word to search for in {search[:40]!r}; give letters, characters or digits")
    if len(words) > _WORDS_LIMIT:
        raise UsageError(f"a search has at most {_WORDS_LIMIT} words, not {len(words)}; leave some out")
    return SearchWords(words)


def phrase_of(text: str) -> SearchWords:
    """Exactly these words in any case, width and script; parts of longer words match too."""
    return SearchWords((fold(text.strip()),), whole=False)


def _is_latin(character: str) -> bool:
    return bool(_LETTER.match(character)) and not is_cjk(character)
