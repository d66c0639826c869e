"""The selection and the counts of a reread."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from newscrawl.crawl.reread.compare import FieldChange
from newscrawl.errors import UsageError
from newscrawl.jobs.code_stamp import code_stamp
from newscrawl.model.post import READER_VERSION
from newscrawl.warc.files import day_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EXAMPLES: Final = 3  #: per field and per reason
WHERE: Final = ("layout", "outlet", "reason")
_NO_LAYOUT: Final = "none"
_SLACK = timedelta(days=1)  # a page may be fetched a little before or after its file's day


@dataclass(frozen=True, slots=True)
class Selection:
    """Which kept pages to reread."""

    source: str | None = None  #: name of the spider
    since: datetime | None = None  #: of the fetch time, aware
    until: datetime | None = None  #: exclusive
    layout: str | None = None  #: of posts: their page layout; `none`: no declared one
    outlet: str | None = None  #: of posts: the outlet's slug or name
    reason: str | None = None  #: rejects only: this text is in one of the reasons

    @classmethod
    def of(
        cls, source: str | None, since: datetime | None, until: datetime | None, where: Iterable[str]
    ) -> Selection:
        """From the command's options. Raises UsageError for an invalid condition."""
        said: dict[str, str] = {}
        for words in where:
            name, equals, value = words.partition("=")
            if name not in WHERE or not equals or not value:
                raise UsageError(f"invalid --where {words!r}; use layout=NAME, outlet=SLUG or reason=TEXT")
            if name in said:
                raise UsageError(f"--where {name}=… is given twice; give it once")
            said[name] = value
        if "reason" in said and len(said) > 1:
            raise UsageError("--where reason=… selects rejects, which have neither layout nor outlet")
        return cls(source, since, until, **said)

    def takes_file(self, name: str) -> bool:
        """Whether a file may have selected pages, by its day."""
        day = day_of(name)
        return (self.since is None or day >= _day(self.since - _SLACK)) and (
            self.until is None or day <= _day(self.until + _SLACK)
        )

    def takes_page(self, spider: str, fetched: datetime) -> bool:
        """Whether a page is selected, by its note."""
        return (
            (self.source is None or spider == self.source)
            and (self.since is None or fetched >= self.since)
            and (self.until is None or fetched < self.until)
        )

    def takes_post(self, post: Mapping[str, Any]) -> bool:
        """Whether a stored post is selected."""
        source = post.get("source") or {}
        layout = post["crawl"].get("page_version") or _NO_LAYOUT
        return (
            self.reason is None
            and self.layout in (None, layout)
            and (self.outlet is None or self.outlet in (source.get("slug"), source.get("name")))
        )

    def takes_reject(self, reject: Mapping[str, Any]) -> bool:
        """Whether a reject is selected."""
        if self.layout is not None or self.outlet is not None:
            return False
        return self.reason is None or any(self.reason in reason for reason in reject["reasons"])

    def stamp(self) -> str:
        """Identifies a reread by its selection and all code that reads pages."""
        said = repr((sorted(asdict(self).items()), READER_VERSION, code_stamp()))
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


@dataclass(slots=True)
class Tally:
    """The outcomes of kept pages. A page counts once, in `outcomes`:

    `unchanged`, `changed`; `stored`: a reject that is a post now; `rejected`: still a reject; `would reject`:
    a post that the current rules reject, which stays; `edited`: a post edited by hand, which stays; `newer`:
    another page of the article is stored, or the post changed meanwhile; `gone`: has neither post nor reject;
    `no spider`; `failed`: reading it failed.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)  #: changed posts, by field
    examples: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)  #: field: id, before, after
    reasons: Counter[str] = field(default_factory=Counter)  #: of `would reject`, `no spider` and `failed`
    named: dict[str, list[str]] = field(default_factory=dict)  #: reason: some of the ids
    damaged: int = 0  #: unreadable bytes of files

    @property
    def read(self) -> int:
        """Pages reread."""
        skipped = sum(self.outcomes[name] for name in ("edited", "newer", "gone", "no spider"))
        return self.outcomes.total() - skipped

    def end(self, outcome: str, article: str = "", reason: str | None = None) -> None:
        """Counts a page."""
        self.outcomes[outcome] += 1
        if reason is not None:
            reason = f"{outcome}: {reason}"
            self.reasons[reason] += 1
            if len(named := self.named.setdefault(reason, [])) < EXAMPLES:
                named.append(article)

    def change(self, article: str, changes: Iterable[FieldChange]) -> None:
        """Counts a post's changed fields."""
        for change in changes:
            self.fields[change.field] += 1
            if len(shown := self.examples.setdefault(change.field, [])) < EXAMPLES:
                shown.append((article, change.before, change.after))

    def add(self, other: Tally) -> None:
        """Adds another process's counts."""
        self.outcomes += other.outcomes
        self.fields += other.fields
        self.reasons += other.reasons
        self.damaged += other.damaged
        for name, examples in other.examples.items():
            mine = self.examples.setdefault(name, [])
            mine += examples[: EXAMPLES - len(mine)]
        for name, ids in other.named.items():
            ours = self.named.setdefault(name, [])
            ours += ids[: EXAMPLES - len(ours)]
