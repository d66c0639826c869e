"""Whether a page is the article that its list named. Pure functions.

A wall may be in any language and made by anybody; what it cannot have is the words of the article. So the
words of the list's title are looked for in the page's title and text. Of 1,066 article pages of the corpus 8
have a text without them, and each of these has them in its title.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from newscrawl.model.draft import CompleteDraft

#: Reason of a page that shares nothing with its list's title.
UNLIKE: Final = "not the article of the list"
#: A text that has fewer than this part of the title's words has nothing to do with it.
UNRELATED: Final = 0.15
#: A text that has fewer may be one that other addresses have as well.
DOUBTFUL: Final = 0.35
OWN: Final = 0.5  #: a long text with so many words of its page's title is an article
LEAST_WORDS: Final = 3  #: a title with fewer says too little to be looked for

_SHORTEST = 4  # letters of a word that is looked for; shorter ones are in every text
_STEM = 5  # letters of a word that are compared: its end changes with grammar
_LONG = 1_000  # characters
_LIMIT = 20_000  # characters of a text that are looked at
# Scripts without blanks between words, or with words of two letters and endings: Chinese, Japanese, Thai,
# Lao, Burmese, Khmer, Korean.
_DENSE = (
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\uac00-\ud7a3"
)
# Vowels and accents that are signs of their own and no letters to `re`.
_SIGNS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0970-\u0dff"
_TOKEN = re.compile(rf"[{_DENSE}]+|(?:[^\W\d_{_DENSE}]|[{_SIGNS}])+|\d+")
_IS_DENSE = re.compile(f"[{_DENSE}]")


def is_unlike_list(draft: CompleteDraft) -> bool:
    """Whether a page without a date of its own has no word of its list's title, in its title or its text."""
    title, text = _listed_title(draft), _page_text(draft)
    if not title or not text or _has_own_date(draft) or _is_whole(draft, text):
        return False
    share = share_of_title(title, *_page_titles(draft), text)
    return share is not None and share < UNRELATED


def is_doubtful(draft: CompleteDraft) -> bool:
    """Whether a post is to be compared with others of its run: its text has hardly a word of its list's
    title, and the page has no date of its own or shows another title.
    """
    title, text = _listed_title(draft), _page_text(draft)
    if not title or not text:
        return False
    share = share_of_title(title, text)
    if share is not None and share >= DOUBTFUL:
        return False
    shown = share_of_title(title, *_page_titles(draft))
    return not _has_own_date(draft) or (shown is not None and shown < DOUBTFUL)


def share_of_title(title: str, *texts: str) -> float | None:
    """Which part of the words of a list's title is in these texts; None if the title says too little.

    >>> share_of_title("Council approves the new bridge", "Councillors approve of a bridge.")
    1.0
    >>> share_of_title("Council approves the new bridge", "Checking your browser before you go on.")
    0.0
    """
    wanted = _stems(title)
    if len(wanted) < LEAST_WORDS:
        return None
    return len(wanted & _stems(*texts)) / len(wanted)


def _is_whole(draft: CompleteDraft, text: str) -> bool:
    """Whether a long text belongs to the page's own title: an article, though its list calls it otherwise,
    such as `Read the full story`, or in another language."""
    if len(text) < _LONG:
        return False
    return any((share_of_title(title, text) or 0) >= OWN for title in _page_titles(draft))


def _listed_title(draft: CompleteDraft) -> str | None:
    """None for a post that was made of its list alone, too."""
    return draft.entry.title if draft.entry is not None and draft.crawl.status is not None else None


def _page_text(draft: CompleteDraft) -> str:
    """What the page itself has as its text; not the digest of a list, which stands in for a missing one."""
    if draft.content is None or draft.crawl.origins.get("body") == "digest":
        return ""
    return draft.content.text


def _page_titles(draft: CompleteDraft) -> list[str]:
    return [title.value for title in draft.extraction.titles if title.origin != "list"]


def _has_own_date(draft: CompleteDraft) -> bool:
    return any(date.origin in ("page", "structured") for date in draft.extraction.dates)


def _stems(*texts: str) -> set[str]:
    """The beginnings of words; of dense scripts the pairs of neighbouring characters."""
    found: set[str] = set()
    for text in texts:
        for token in _TOKEN.findall(unicodedata.normalize("NFKC", text[:_LIMIT]).casefold()):
            if _IS_DENSE.match(token):
                found.update(one + other for one, other in pairwise(token))
            elif len(token) >= (2 if token.isdecimal() else _SHORTEST):
                found.add(token[:_STEM])
    return found
