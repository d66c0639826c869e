"""Which fields a source's posts have, and whether they lost one that they always had: its pages changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newscrawl.model.ledger import Outcome
    from newscrawl.model.post import Post

#: Of posts published so long before they were fetched nothing is concluded: archives have other layouts.
RECENT = timedelta(days=7)
WINDOW = timedelta(days=30)  #: of the runs that a run is held against
LATEST, EARLIER = 10, 30  #: posts that have to lack a field, and that had it before
HAS, HAD = 0.3, 0.9  #: the part of the latest that have it at most, and of the earlier at least
_COMPARED = 300  # posts, of the earlier
POSTS = "posts"  #: under which the posts themselves are counted


def fields_of(post: Post) -> list[str]:
    """The names of the fields that a post has, of those that a source may give or not.

    `outlet`: that the page or the list names; `layout`: that the source declares.
    """
    has = {
        "minute": post.date_info.precision != "day",
        "outlet": post.source and post.source.origin != "site",
        "authors": post.authors,
        "editors": post.editors,
        "columns": post.categories[1:],
        "digest": post.digest,
        "text": post.body.chars,
        "images": post.body.images,
        "layout": post.crawl.page_version,
    }
    return [name for name, value in has.items() if value]


@dataclass(slots=True)
class FieldCounts:
    """How many of the posts that a run stored, or found changed, have which field."""

    counts: Counter[str] = field(default_factory=Counter)
    _waiting: dict[str, list[str]] = field(default_factory=dict)

    def take(self, post: Post) -> None:
        """A post on its way to the store, which does not count if it was old when it was fetched."""
        if post.crawl.fetched - post.date <= RECENT:
            self._waiting[post.id] = fields_of(post)

    def end(self, page: str, outcome: Outcome) -> None:
        """What became of it. One that is as it was says how the pages were, not how they are."""
        if outcome == "spooled":
            return
        names = self._waiting.pop(page, None)
        if names is not None and outcome in ("stored", "updated"):
            self.counts[POSTS] += 1
            self.counts.update(names)


@dataclass(frozen=True, slots=True)
class Lost:
    """A field that a source's posts had and have no more."""

    name: str
    latest: int  #: posts since it was lost
    left: int  #: … that have it
    earlier: int  #: posts before
    had: int  #: … that have it

    def __str__(self) -> str:
        few = f"{self.left} of" if self.left else "none of"
        return (
            f"{self.name}: {few} the latest {self.latest} posts have it, of the {self.earlier} before"
            f" {self.had} had: the pages may have changed; newscrawl try URL shows what is read"
        )


def lost_fields(now: Mapping[str, int], earlier: Sequence[Mapping[str, int]]) -> list[Lost]:
    """The fields that a source lost, by the counts of a run and of those before it, the latest first.

    A run that has the field again lost nothing, and one without posts tells nothing.
    """
    if not now.get(POSTS):
        return []
    names = {name for counts in earlier for name in counts} - {POSTS}
    found = (_lost(name, [now, *earlier]) for name in sorted(names))
    return [lost for lost in found if lost is not None]


def _lost(name: str, runs: Sequence[Mapping[str, int]]) -> Lost | None:
    """None where a field is still there, or never was in nearly all posts."""
    posts = left = 0
    since, latest, few = 0, 0, 0  # runs without it, the posts in them, and those of these that have it
    for number, counts in enumerate(runs, 1):
        posts += counts.get(POSTS, 0)
        left += counts.get(name, 0)
        if left <= HAS * posts:
            since, latest, few = number, posts, left
        elif number == 1:
            return None
    before, had = _summed(name, runs[since:])
    if latest < LATEST or before < EARLIER or had < HAD * before:
        return None
    return Lost(name, latest, few, before, had)


def _summed(name: str, runs: Iterable[Mapping[str, int]]) -> tuple[int, int]:
    posts = having = 0
    for counts in runs:
        if posts >= _COMPARED:
            break
        posts += counts.get(POSTS, 0)
        having += counts.get(name, 0)
    return posts, having
