"""Alternate URLs of an article (AMP, mobile, print), found by the canonical URL on its page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newscrawl.model.draft import Draft, Reject
from newscrawl.text.urls import canonical_url, identity

if TYPE_CHECKING:
    from scrapy.http import Response

    from newscrawl.crawl.worker.messages import ParseResult
    from newscrawl.model.draft import Entry
    from newscrawl.model.source import Source


@dataclass(frozen=True, slots=True)
class Alternate:
    """A page that names another one as canonical. It is kept as the article if the canonical page is gone or
    is something else."""

    entry: Entry
    result: ParseResult
    response: Response

    def is_same_article(self, canonical: ParseResult) -> bool:
        """Whether the canonical page is an article with the same headline."""
        item = canonical.item
        if isinstance(item, Reject) or (isinstance(item, Draft) and item.extraction.refused):
            return False
        return are_alike(canonical.title, self.result.title)


def are_alike(title: str, other: str) -> bool:
    """Whether two headlines may belong to one article: one contains the other, or one is empty.

    >>> are_alike("Council approves bridge", "Council approves bridge - AMP"), are_alike("News", "Council")
    (True, False)
    """
    letters, others = _letters(title), _letters(other)
    return letters in others or others in letters


def _letters(title: str) -> str:
    return "".join(character for character in title.casefold() if character.isalnum())


@dataclass(slots=True)
class Alternates:
    """The canonical URLs named by the pages of a run.

    A page keeps its own URL in three cases. Many articles name the same canonical URL, and its headline
    differs from the first. Another page names it as its original: two pages that name each other would both
    be skipped. It names the URL of another article, see `is_another_article`.
    """

    source: Source
    _titles: dict[str, str] = field(default_factory=dict)  #: canonical URL -> headline
    _originals: set[str] = field(default_factory=set)  #: identities of the canonical URLs
    _headlines: dict[str, set[str]] = field(default_factory=dict)  #: id -> headlines in lists and page

    def note(self, article: str, title: str | None) -> None:
        """Remembers an article's headline, so that no other article becomes its alternate."""
        if title:
            self._headlines.setdefault(article, set()).add(title)

    def is_another_article(self, article: str, *titles: str | None) -> bool:
        """Whether the article with this id is known and has none of these headlines."""
        known = self._headlines.get(article, ())
        return bool(known) and not any(
            are_alike(headline, title) for headline in known for title in titles if title
        )

    def canonical(self, entry: Entry, declared: str | None, title: str, fetched: str) -> str | None:
        """The article's canonical URL if the page at `fetched` is an alternate; None if it is the original.

        `declared` is the canonical URL on the page, `title` its headline. Only URLs of the same source
        without an article number are accepted: numbered articles do not need them.
        """
        if not declared or entry.url is None:
            return None
        address = canonical_url(self.source.rewritten(declared))
        own = {identity(entry.canonical_url), identity(fetched)}  # http and https have the same identity
        if identity(address) in own or own & self._originals or self.source.number_of(address):
            return None
        parts = urlsplit(address)
        if parts.path in ("", "/") or not self.source.covers(parts.hostname or ""):
            return None
        if not self.source.is_article(address) or self._titles.setdefault(address, title) != title:
            return None
        self._originals.add(identity(address))
        return address
