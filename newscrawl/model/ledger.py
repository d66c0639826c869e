"""The ledger of a run: what was listed, what was taken on, and how each page ended."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal[
    "stored", "updated", "unchanged", "duplicate", "gone", "withdrawn", "rejected", "failed", "spooled"
]
OUTCOMES: tuple[Outcome, ...] = (
    "stored",
    "updated",
    "unchanged",
    "duplicate",
    "gone",
    "withdrawn",
    "rejected",
    "failed",
    "spooled",
)
GOOD: frozenset[Outcome] = frozenset(
    {"stored", "updated", "unchanged", "duplicate", "gone", "withdrawn", "spooled"}
)
#: Outcomes of a page that is an article, so the site is up.
ALIVE: tuple[Outcome, ...] = ("stored", "updated", "unchanged", "duplicate")
MANY_GONE = 10  #: so many stored articles gone at once, and more than are there: it may be the site
MOST_BAD = 0.5  #: a run in which more than this part of the pages came to nothing is degraded
RETRY = "retry"  #: among the `arguments` of a run that read no list and asked again for rejects
ARCHIVE = "archive"  #: spider of runs that read WARC files of others, and of pages that no source declares
OLDER = "older than what is crawled"  #: what sitemaps leave out
NO_LONGER = "no longer the article"  #: reason of a page that came in place of a stored article
FEW_REPLACED = 3  #: so many of them in a run, and it is a bad one
FEW_PAGES = 10  #: … unless it had fewer pages than this


def source_text(spider: str, arguments: Mapping[str, str]) -> str:
    """A spider with its arguments: `site url=https://example.org`."""
    return " ".join([spider, *(f"{name}={value}" for name, value in arguments.items())])


@dataclass(slots=True)
class Ledger:
    """Counts of one run. A page is an article taken on: asked for, or whole in its list.

    `take` opens a page, `end` closes it with one outcome; `settle` ends what a stopped run left
    open as failed. Then pages = the sum of all outcomes.
    """

    lists: int = 0
    unchanged_lists: int = 0  #: … that showed what they showed before
    list_failures: Counter[str] = field(default_factory=Counter)  #: reason -> lists given up
    kept_lists: int = 0  #: … of which enough is kept to ask the next time whether they changed
    entries: int = 0  #: articles that the lists showed, repeats included
    known: int = 0  #: … held already and not to be asked for again
    repeated: int = 0  #: … shown before in this run
    old: int = 0  #: … published before `since`
    skipped: Counter[str] = field(default_factory=Counter)  #: members of lists that are no entries: reason
    pages: int = 0
    rendered: int = 0  #: pages, of lists too, that a browser was given; a second try counts again
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)  #: of rejects and failures
    why: dict[Outcome, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))  #: by end
    unbelieved: int = 0  #: of the gone, those that are not marked because so many are gone at once
    bad_again: int = 0  #: rejected or failed, as in an earlier run
    _failed_again: int = 0
    _again: set[str] = field(default_factory=set)
    _open: set[str] = field(default_factory=set)
    _spooled: set[str] = field(default_factory=set)
    _failed: set[str] = field(default_factory=set)
    _listed_as: dict[str, set[str]] = field(default_factory=dict)  # id -> ids that lists gave the article

    def take(self, page: str, *, again: bool = False) -> None:
        """Opens a page, by its article's id; `again`: an earlier run could make no post of it."""
        if page not in self._open:
            self._open.add(page)
            self.pages += 1
            if again:
                self._again.add(page)

    def rename(self, page: str, number: str) -> None:
        """An open page turns out to be another article's: it goes on under that one's id."""
        self._listed_as.setdefault(number, set()).update({page}, self._listed_as.get(page, ()))
        if page in self._open:
            self._open.remove(page)
            self._open.add(number)
        if page in self._again:
            self._again.remove(page)
            self._again.add(number)

    def end(self, page: str, outcome: Outcome, reason: str | None = None) -> None:
        """Closes a page. A second end changes nothing, but for a spooled page that was stored at last."""
        if page in self._spooled:
            self._spooled.remove(page)
            self.outcomes["spooled"] -= 1
        elif page in self._open:
            self._open.remove(page)
        else:
            return
        if outcome == "spooled":
            self._spooled.add(page)
        if outcome == "failed":
            self._failed.add(page)
        self.outcomes[outcome] += 1
        if reason:
            self.reasons[reason] += 1
            self.why[outcome][reason] += 1
        if page in self._again:
            self.bad_again += outcome in ("rejected", "failed")
            self._failed_again += outcome == "failed"

    @property
    def new_failures(self) -> int:
        """Pages that failed for the first time: the next run has to find them again."""
        return self.outcomes["failed"] - self._failed_again

    def settle(self) -> None:
        """Ends what is still open: the run stopped before it came to that page."""
        for page in list(self._open):
            self.end(page, "failed", "the run stopped first")

    @property
    def undone(self) -> set[str]:
        """The ids, as lists gave them, of the pages that have not come to an end that lasts: open, failed, or
        in the spool."""
        pages = self._open | self._failed | self._spooled
        return pages.union(*(self._listed_as.get(page, ()) for page in pages))

    @property
    def alive(self) -> int:
        """Pages that were articles."""
        return sum(self.outcomes[outcome] for outcome in ALIVE)

    @property
    def adds_up(self) -> bool:
        return self.pages == sum(self.outcomes.values()) + len(self._open)

    def problems(self) -> list[str]:
        """Why this run is not a good one; empty if it is."""
        return [*self._listing_problems(), *self._page_problems()]

    def _listing_problems(self) -> list[str]:
        found = [
            f"{count} list{'' if count == 1 else 's'} given up: {reason}"
            for reason, count in self.list_failures.items()
        ]
        if not self.lists:
            found.append("no list could be read" + ("" if found else ": the site is away, or it changed"))
        elif not self.entries and not self.skipped[OLDER]:
            told = ", ".join(f"{count} {reason}" for reason, count in self.skipped.most_common(3))
            found.append(
                "the lists were read and held no article: their form may have changed"
                + (f" ({told})" if told else "")
            )
        return found

    def _page_problems(self) -> list[str]:
        found = []
        good = sum(self.outcomes[outcome] for outcome in GOOD)
        pages = self.pages - self.bad_again  # what was bad before is no news
        if pages and not good:
            found.append(f"none of {pages} pages became a post; most often: {self._commonest()}")
        elif pages >= FEW_PAGES and good < pages * (1 - MOST_BAD):
            found.append(f"only {good} of {pages} pages were good; most often: {self._commonest()}")
        if (replaced := self.why.get("rejected", Counter())[NO_LONGER]) >= FEW_REPLACED:
            found.append(
                f"{replaced} pages are no longer the articles that are stored (a wall, or another layout);"
                " the posts were kept; -s NEWSCRAWL_REPLACE=True takes the pages all the same"
            )
        if self.unbelieved:
            found.append(
                f"{self.unbelieved} stored articles are gone and only {self.alive} are there: the site may be"
                " down or have moved; none was marked as withdrawn"
            )
        if waiting := self.outcomes["spooled"]:
            found.append(f"MongoDB is away: {waiting} posts wait in the spool; the next run stores them")
        if not self.adds_up:
            found.append(f"the counts do not add up: {self.pages} pages, {dict(self.outcomes)}")
        return found

    def _commonest(self) -> str:
        return self.reasons.most_common(1)[0][0] if self.reasons else "no reason given"

    def counts(self) -> dict[str, Any]:
        """As the run's document keeps them."""
        return {
            "lists": self.lists,
            "unchanged_lists": self.unchanged_lists,
            "kept_lists": self.kept_lists,
            "list_failures": dict(self.list_failures),
            "entries": self.entries,
            "known": self.known,
            "repeated": self.repeated,
            "old": self.old,
            "skipped": dict(self.skipped),
            "pages": self.pages,
            "rendered": self.rendered,
            **{outcome: self.outcomes[outcome] for outcome in OUTCOMES},
            "bad_again": self.bad_again,
            "reasons": dict(self.reasons.most_common(20)),
        }
