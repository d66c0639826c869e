"""Rights: what a source says of the use of an article, where and when it says so, and what follows from it.

newscrawl.text.usage_terms makes a Rights of statements. None of it is legal advice: docs/rights.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, get_args

Access = Literal["free", "metered", "paid", "unknown"]
Mining = Literal["reserved", "allowed", "unspecified"]
Place = Literal["robots.txt", "tdmrep.json", "header", "meta", "json-ld", "link", "markup", "text", "feed"]
Looked = Literal["robots.txt", "tdmrep.json", "header", "page", "feed"]

PLACES: Final[tuple[Place, ...]] = get_args(Place)
LOOKED: Final[tuple[Looked, ...]] = get_args(Looked)
#: Where must have been looked before a post counts as one that may be mined.
NEEDED: Final = frozenset({"robots.txt", "tdmrep.json", "header", "page"})


@dataclass(slots=True, frozen=True)
class Statement:
    """One thing that a source says of the use of an article."""

    place: Place  #: where it says so; `text` is a line of the page, mostly in its footer
    signal: str  #: which of its signs: `tdm-reservation`, `GPTBot`, `isAccessibleForFree`, `license` …
    value: str  #: as printed, shortened
    #: `reserved` or `allowed` (text and data mining); `free`, `metered` or `paid` (access); `forbidden` or
    #: `attribution` (reprints); a licence's id; None: nothing follows from it alone
    means: str | None = None
    at: datetime | None = None  #: when it was read, UTC; None: when the page was fetched
    url: str | None = None  #: of a licence, a policy or an offer of licences


@dataclass(slots=True, frozen=True)
class Stated:
    """What was found in some places, those that say nothing included."""

    looked: tuple[Looked, ...] = ()
    statements: tuple[Statement, ...] = ()

    def with_statements(self, other: Stated) -> Stated:
        """With those of a further page of the same article."""
        return Stated(self.looked, (*self.statements, *other.statements))


NOTHING: Final = Stated()


@dataclass(slots=True)
class Rights:
    """What a source says of the use of an article. Of contradicting statements the stricter one counts."""

    access: Access = "unknown"
    tdm: Mining = "unspecified"  #: text and data mining; `unspecified`: nothing is said of it
    tdm_allowed: bool = False  #: whether nothing reserves it, and all of NEEDED were looked at
    licence: str | None = None  #: id of SPDX, such as `CC-BY-4.0`; None: none, or another
    licence_url: str | None = None
    tdm_policy: str | None = None  #: URL of the terms on which it may be mined
    copyright: str | None = None  #: the line, as printed: `© 2026 Example Media`
    holder: str | None = None  #: of the copyright
    reprint: str | None = None  #: the notice that forbids reprints, as printed
    looked: list[Looked] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)

    @property
    def summary(self) -> tuple[object, ...]:
        """What is a new revision if it changes; another wording of the same is none."""
        return self.access, self.tdm, self.licence, self.reprint is not None


def summary_of(rights: Rights | None) -> str:
    """In a line: `free to read; text and data mining reserved; CC-BY-4.0`; empty if nothing is known."""
    if rights is None:
        return ""
    access = {"free": "free to read", "metered": "metered", "paid": "paid", "unknown": "access not stated"}
    mining = f"text and data mining {'not stated' if rights.tdm == 'unspecified' else rights.tdm}"
    found = "" if rights.tdm_allowed or rights.tdm == "reserved" else " (not everything could be looked at)"
    licence = rights.licence or rights.licence_url
    further = [f"licence {licence}"] if licence else []
    further += ["reprints forbidden"] if rights.reprint else []
    return "; ".join([access[rights.access], mining + found, *further])
