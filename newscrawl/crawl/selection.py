"""Which of the articles that a list shows are taken on, and under which conditions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from newscrawl.errors import UsageError
from newscrawl.model.draft import Entry
from newscrawl.page.document.dates_in_text import in_url
from newscrawl.text.dates import parse_date

if TYPE_CHECKING:
    from scrapy import Request

    from newscrawl.crawl.run import Run
    from newscrawl.model.source import Source
    from newscrawl.store.archive import Known


REACH = timedelta(days=7)  #: how far back lists are walked where nobody says


@dataclass(frozen=True, slots=True)
class FetchTask:
    """An entry to take on; `conditions` are the headers of a conditional request."""

    entry: Entry
    conditions: dict[str, str] = field(default_factory=dict)
    again: bool = False  #: an earlier run could make no post of it


class EntrySelector:
    """Chooses from each page of a list: not what was shown before in this run, not what is older
    than `since`, not what is held already and can no longer change; at most `limit` articles.

    Without `since`, age keeps nothing out: it only ends the walk, `REACH` back.
    """

    def __init__(self, run: Run, source: Source, since: datetime | None, limit: int | None) -> None:
        self._run = run
        self.source = source
        self._since = since
        self._reach = since or datetime.now(UTC) - REACH
        self._left = limit
        self._taken: set[str] = set()
        self._lists: set[tuple[object, str]] = set()  # of those that lists name: entry and address
        self._dated: dict[str, datetime | None] = {}  # of the page at hand: each date is read once
        self._held: set[str] = set()  # of those taken, the ones that the database held before

    @property
    def full(self) -> bool:
        """Whether `limit` is reached."""
        return self._left == 0

    async def choose(self, entries: list[Entry]) -> list[FetchTask]:
        """The tasks of one page of a list, in its order; counts the others in the ledger."""
        ledger = self._run.ledger
        ledger.entries += len(entries)
        self._dated = {}
        fresh = [entry for entry in entries if self._is_first(entry)]
        recent = [entry for entry in fresh if not (self._since and self._is_before(self._since, entry))]
        ledger.old += len(fresh) - len(recent)
        addresses = {entry.id: entry.canonical_url for entry in recent}
        held = await self._run.archive.known(list(addresses), addresses, self._run.spider)
        self._held |= held.keys()
        tasks = [task for entry in recent if (task := self._task(entry, held.get(entry.id)))]
        return self._within_limit(tasks)

    def take_on(self, entries: list[Entry]) -> list[FetchTask]:
        """The tasks of articles that were chosen already, of which an earlier run could make no post."""
        self._taken |= {entry.id for entry in entries}
        return self._within_limit([FetchTask(entry, again=True) for entry in entries])

    def unasked(self, lists: list[Request]) -> list[Request]:
        """Those of the lists that a list names that none named before in this run: an index of sitemaps
        may name itself, or each of its sitemaps the index again."""
        first = {(one.cb_kwargs["cursor"].get("list"), one.url): one for one in reversed(lists)}
        new = [one for key, one in reversed(first.items()) if key not in self._lists]
        self._lists |= first.keys()
        return new

    def promises_more(self, entries: list[Entry], *, stop_at_known: bool) -> bool:
        """Whether older pages of the list may hold something to take.

        Not where all of this page is older than `since`, or than REACH; with `stop_at_known`, not where
        all of it was held already either.
        """
        newer = [entry for entry in entries if not self._is_before(self._reach, entry)]
        return bool(newer) and not (stop_at_known and all(entry.id in self._held for entry in newer))

    def _is_first(self, entry: Entry) -> bool:
        if entry.id in self._taken:
            self._run.ledger.repeated += 1
            return False
        self._taken.add(entry.id)
        return True

    def _listed_at(self, entry: Entry) -> datetime | None:
        """The latest moment, UTC, at which an article can be published by its list's date, or by the day
        in its address; None where neither can be read."""
        if entry.id not in self._dated:
            self._dated[entry.id] = self._read_date(entry)
        return self._dated[entry.id]

    def _read_date(self, entry: Entry) -> datetime | None:
        now = datetime.now(UTC)
        parsed = parse_date(entry.date or "", zone=self.source.zone, now=now)
        if parsed is None and (stamp := in_url(entry.url or "")):
            parsed = parse_date(stamp.day.isoformat(), zone=self.source.zone, now=now)
        if parsed is None:
            return None
        return min(now, parsed.at + timedelta(days=1)) if parsed.precision == "day" else parsed.at

    def instead(self, entry: Entry, number: str, url: str) -> FetchTask | None:
        """The task for the article that an entry's page is a twin of; None where that is taken on already:
        the entry is a duplicate then."""
        if number in self._taken:
            self._run.ledger.end(entry.id, "duplicate")
            return None
        self._taken.add(number)
        self._run.ledger.rename(entry.id, number)
        return FetchTask(replace(entry, id=number, url=url, canonical_url=url, share_url=url))

    def dates_any(self, entries: list[Entry]) -> bool:
        """Whether a page of a list says of any of its articles when it was published."""
        return any(self._listed_at(entry) for entry in entries)

    def _is_before(self, moment: datetime, entry: Entry) -> bool:
        at = self._listed_at(entry)
        return at is not None and at < moment

    def _task(self, entry: Entry, held: Known | None) -> FetchTask | None:
        if held is None:
            return FetchTask(entry)
        if held.id != entry.id and not entry.id.startswith("url:") and held.spider != self._run.spider:
            return FetchTask(entry)  # a spider of its own knows the site better than the one that came first
        ours = held.kind == "reject" or held.spider == self._run.spider
        if not (ours and self._may_change(entry, held)):
            self._run.ledger.known += 1
            return None
        if held.kind == "reject":
            return FetchTask(entry, again=True)
        if held.id != entry.id:  # what is unchanged would be noted under the entry's id
            return FetchTask(entry)
        given = {"If-None-Match": held.etag, "If-Modified-Since": held.last_modified}
        return FetchTask(entry, {name: value for name, value in given.items() if value})

    def _may_change(self, entry: Entry, held: Known) -> bool:
        at = held.date or self._listed_at(entry) or held.first_seen
        return datetime.now(UTC) - at < self.source.revisit

    def _within_limit(self, tasks: list[FetchTask]) -> list[FetchTask]:
        if self._left is not None:
            if len(tasks) > self._left:
                self._run.truncated = True
            tasks = tasks[: self._left]
            self._left -= len(tasks)
        for task in tasks:
            self._run.ledger.take(task.entry.id, again=task.again)
        return tasks


def positive(limit: str | int) -> int:
    """`limit` as a number. Raises UsageError for what is none, or below 1."""
    try:
        number = int(limit)
    except ValueError:
        number = 0
    if number < 1:
        raise UsageError(f"limit {limit!r} is not a number of articles, 1 or more")
    return number
