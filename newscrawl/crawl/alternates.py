"""Twins: other addresses of one article (AMP, mobile, print) that only its page gives away."""

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
    """What one run's pages said of their own addresses.

    A site that gives one canonical address for many articles is not believed: the second article with
    another headline that claims it keeps its own. Nor is a page that another named as its original, and
    that names a third: two that name each other would both be the twin of what is never stored.
    """

    source: Source
    _claimed: dict[str, str] = field(default_factory=dict)  #: canonical address -> headline
    _originals: set[str] = field(default_factory=set)  #: identities of the addresses that were given

    def canonical(self, entry: Entry, said: str | None, title: str, fetched: str) -> str | None:
        """The article's own address, where the page fetched is another's twin; None where it is itself.

        `said` is what the page gives as its canonical address, `title` its headline.

        Only an address of the same source is taken, and only where the source numbers no articles.
        """
        if not said or entry.url is None:
            return None
        address = canonical_url(self.source.rewritten(said))
        own = {identity(entry.canonical_url), identity(fetched)}  # the same for http and https
        if identity(address) in own or own & self._originals or self.source.number_of(address):
            return None
        parts = urlsplit(address)
        if parts.path in ("", "/") or not self.source.covers(parts.hostname or ""):
            return None
        if not self.source.is_article(address) or self._claimed.setdefault(address, title) != title:
            return None
        self._originals.add(identity(address))
        return address
