"""Detects posts whose text may be a wall's: the same text under different addresses.

A post whose text has hardly a word of its list's title is held until the run ends, so that nothing must be
undone when a second copy comes. About one article in fifty is held.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from newscrawl.model.draft import Reject
from newscrawl.normalize.validate import share_of_title

if TYPE_CHECKING:
    from newscrawl.model.draft import Entry
    from newscrawl.model.post import Post

#: Reason for posts with the same text under different titles.
REPEATED: Final = "the same text as other pages"
MOST_HELD: Final = 2_000  #: posts; further ones are stored at once
_COMPARED = 4_000  # characters of a text
# Differs between copies: numbers, addresses, the visitor's IP.
_ASCII = re.compile(r"[!-~]+")
_VARIABLE = re.compile(r"[\d/@#:]")
_OWN = 0.5  # share of the list title's words in the page's title that makes it the article's headline
_WORD = re.compile(r"[^\W_]+")


@dataclass(slots=True)
class RepeatedTexts:
    """The doubtful posts of a run, by text."""

    _entries: dict[str, Entry] = field(default_factory=dict)  # post id -> list entry
    _held: dict[bytes, dict[str, tuple[Post, Entry]]] = field(default_factory=dict)
    _walls: set[bytes] = field(default_factory=set)
    _count: int = 0

    def doubt(self, post: str, entry: Entry) -> None:
        """Marks a post to be held when it comes."""
        self._entries[post] = entry

    def take(self, post: Post) -> tuple[bool, list[Reject]]:
        """Whether the post is held or rejected and must not be stored now, and the resulting rejects."""
        entry = self._entries.pop(post.id, None)
        if entry is None:
            return False, []
        text = _fingerprint(post.body.text, numbers=_shows_headline(post, entry))
        if text in self._walls:
            return True, [_reject(post, entry)]
        held = self._held.get(text, {})
        if any(entry.title != other.title for name, (_, other) in held.items() if name != post.id):
            self._walls.add(text)
            del self._held[text]
            self._count -= len(held)
            return True, [_reject(*pair) for pair in (*held.values(), (post, entry))]
        if self._count >= MOST_HELD:
            return False, []
        self._count += post.id not in held
        self._held.setdefault(text, held)[post.id] = (post, entry)
        return True, []

    def release(self) -> list[Post]:
        """Releases the posts whose text came under no other title."""
        posts = [post for held in self._held.values() for post, _ in held.values()]
        self._held.clear()
        self._count = 0
        return posts


def _shows_headline(post: Post, entry: Entry) -> bool:
    """Whether the page has its list's title: then different numbers are news, such as two days' weather, and
    not a wall's data about its visitor."""
    if post.crawl.origins.get("title", "").startswith("list"):
        return False
    return (share_of_title(entry.title or "", post.title) or 0) >= _OWN


def _fingerprint(text: str, *, numbers: bool) -> bytes:
    fixed = text[:_COMPARED]
    if not numbers:
        fixed = _ASCII.sub(lambda found: " " if _VARIABLE.search(found[0]) else found[0], fixed)
    words = _WORD.findall(fixed.casefold())
    return hashlib.blake2b(" ".join(words).encode("utf-8", "replace"), digest_size=16).digest()


def _reject(post: Post, entry: Entry) -> Reject:
    return Reject(
        id=post.id,
        url=post.url,
        reasons=(REPEATED,),
        spider=post.crawl.spider,
        run=post.crawl.run,
        fetched=post.crawl.fetched,
        values={"title": post.title, "body": post.body.text[:1000]},
        listed=entry,
        kept=post.crawl.page,
        reader=post.crawl.reader,
    )
