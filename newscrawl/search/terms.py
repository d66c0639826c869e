"""The searchable terms of a text: pairs of neighbouring CJK characters, whole words of other scripts."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

from newscrawl.search.bits import ROWS
from newscrawl.search.characters import simplify

TITLE, LEAD, TEXT = 3, 2, 1  #: where a term occurs; the title is the most relevant
LEAD_CHARS = 200  #: at the start of a text, which count for more than the rest

CJK = "\u3005\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
RUN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
_WORD_LIMIT = 64
_UNSEEN = "\u00ad\u200b\u2060\ufeff"  # soft hyphen, zero-width space, word joiner, byte order mark


def fold(text: str) -> str:
    """Folds full-width letters to half-width, capitals to lower case, traditional characters to simplified.

    Ligatures become their letters; the Turkish İ and ı become i, because I is the capital of both.
    Invisible characters are dropped: stored texts have none, but words pasted from a page may.

    >>> fold("ＡＩ芯片 TechWeb 證券"), fold("Straße Ⅷ ﬁ İstanbul ㈱")
    ('ai芯片 techweb 证券', 'strasse viii fi istanbul (株)')
    """
    for unseen in _UNSEEN:
        text = text.replace(unseen, "")
    folded = simplify(unicodedata.normalize("NFKC", text).casefold())
    return folded.replace("i\u0307", "i").replace("\u0131", "i")


def is_cjk(run: str) -> bool:
    """Whether a run is in a script that is indexed by pairs of characters: Han, kana, Hangul."""
    return run[0] >= "\u3005" and RUN.fullmatch(run) is not None and not run[0].isascii()


def terms_of(folded: str) -> set[str]:
    """The terms of a folded text.

    >>> sorted(terms_of("5g手机销量"))
    ['5g', '手机', '机销', '销量']
    """
    found: set[str] = set()
    for run in RUN.findall(folded):
        if is_cjk(run):
            found.update(map("".join, pairwise(run)))
        else:
            found.add(run[:_WORD_LIMIT])
    return found


def rows_of_post(title: str, digest: str | None, text: str) -> set[int]:
    """The rows in which a post's bit is set: for all its terms, and again for those in its lead and title.

    In a title, single CJK characters are terms too.
    """
    head = fold(title)
    top = terms_of(head)
    lead = top | terms_of(fold(f"{digest or ''}\n{text[:LEAD_CHARS]}"))
    rows: set[int] = set()
    for place, terms in (
        (TEXT, lead | terms_of(fold(text))),
        (LEAD, lead),
        (TITLE, top | {character for character in head if is_cjk(character)}),
    ):
        rows.update(*(rows_of(term, place) for term in terms))
    return rows


@lru_cache(maxsize=32_768)
def rows_of(term: str, place: int) -> tuple[int, ...]:
    """The six rows of a term in one place, by double hashing."""
    mixed = crc32(term.encode("utf-8", "replace"), place) * 0x9E3779B1 & 0xFFFFFFFF
    row, step = mixed % ROWS, mixed // ROWS % (ROWS - 1) + 1
    return tuple((row + number * step) % ROWS for number in range(6))
