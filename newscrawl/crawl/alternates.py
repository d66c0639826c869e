"""Alternate URLs of an article (AMP, mobile, print), found by the canonical URL on its page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newscrawl.text.urls import canonical_url, identity

if TYPE_CHECKING:
    from newscrawl.model.draft import Entry
    from newscrawl.model.source import Source


@dataclass(slots=True)
class Alternates:
    """The canonical URLs that the pages of one run have given.

    Two kinds of wrong ones are ignored. If many articles give the same canonical URL, the second with
    another headline keeps its own. A page that another page has given as its original keeps its own as
    well: two pages that name each other would otherwise both be skipped.
    """

    source: Source
    _titles: dict[str, str] = field(default_factory=dict)  #: canonical URL -> headline
    _originals: set[str] = field(default_factory=set)  #: identities of the canonical URLs

    def canonical(self, entry: Entry, declared: str | None, title: str, fetched: str) -> str | None:
        """The article's canonical URL if the page at `fetched` is an alternate; None if it is the original.

        `declared` is the canonical URL on the page, `title` its headline. Only a URL of the same source is
        accepted, and none that has an article number: those articles are identified without it.
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
