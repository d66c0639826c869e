"""Selects the articles on a list to fetch, and their conditional headers."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from newscrawl.errors import UsageError
from newscrawl.model.draft import Entry
from newscrawl.model.rereads import is_due, is_look_for_return_due, is_retry_due
from newscrawl.page.document.dates_in_text import in_url
from newscrawl.text.dates import parse_date

if TYPE_CHECKING:
    from scrapy import Request

    from newscrawl.crawl.run import Run
    from newscrawl.model.source import Source
    from newscrawl.store.archive import Known, StoredArticle


REACH = timedelta(days=7)  #: how far back lists are followed without `since`
FEW_CHANGES = 3  #: changed articles that even a short list may announce at once


@dataclass(frozen=True, slots=True)
class FetchTask:
    """An entry to fetch; `conditions` are conditional request headers."""

    entry: Entry
    conditions: dict[str, str] = field(default_factory=dict)
    again: bool = False  #: an earlier run rejected or failed it
    known: Known | None = None  #: its stored post
    stored: StoredArticle | None = None  #: on no list: only check whether it is there


class EntrySelector:
    """Selects the articles to fetch from each page of a list.

    Leaves out articles seen before in this run, older than `since`, or stored and no longer able to change or
    not due for another reading (newscrawl.model.rereads; with `every_time` always due). Takes at most `limit`
    articles. Without `since`, no article is too old: age only ends the list, `REACH` back.
    """

    def __init__(
        self,
        run: Run,
        source: Source,
        since: datetime | None,
        limit: int | None,
        *,
        every_time: bool = False,
    ) -> None:
        self._run = run
        self.source = source
        self._since = since
        self._now = run.plan.clock
        self._every_time = every_time
        self._reach = since or self._now() - REACH
        self._left = limit
        self._taken: set[str] = set()
        self._lists: set[tuple[object, str]] = set()  # linked lists: index in `lists`, URL
        self._dates: dict[str, datetime | None] = {}  # on the current page: each date is parsed once
        self._asked: set[str] = set()  # taken articles to fetch
        self._due: list[StoredArticle] | None = None  # due for a look; None: not read yet
        self._known: set[str] = set()  # taken articles that were in the database before
        self._open: set[str] = set()  # taken articles that a later run may read again
        self._forgotten: set[str] = set()

    @property
    def full(self) -> bool:
        """Whether `limit` is reached."""
        return self._left == 0

    async def choose(self, entries: list[Entry]) -> list[FetchTask]:
        """The tasks of one page of a list, in its order; counts the others in the ledger."""
        ledger = self._run.ledger
        ledger.entries += len(entries)
        self._dates = {}
        fresh = [entry for entry in entries if self._is_first(entry)]
        recent = [entry for entry in fresh if not (self._since and self._is_before(self._since, entry))]
        ledger.old += len(fresh) - len(recent)
        addresses = {entry.id: entry.canonical_url for entry in recent}
        known = await self._run.archive.known(list(addresses), addresses, self._run.spider)
        self._known |= known.keys()
        self._forgotten |= {name for name, one in known.items() if one.kind == "forgotten"}
        self._open |= {entry.id for entry in recent if self._is_open(entry, known.get(entry.id))}
        announced = self._announced_changes(recent, known)
        tasks = [
            task
            for entry in recent
            if (task := self._task(entry, known.get(entry.id), announced=entry.id in announced))
        ]
        return self._within_limit(tasks)

    def open_entries(self, entries: Sequence[Entry]) -> list[Entry]:
        """The chosen articles that a later run may fetch although their list has not changed."""
        return [entry for entry in entries if entry.id in self._open]

    def shows_forgotten(self, entries: Sequence[Entry]) -> bool:
        """Whether a chosen list shows an article that is not to be kept."""
        return any(entry.id in self._forgotten for entry in entries)

    def all_known(self, entries: Sequence[Entry]) -> bool:
        """Whether all of these were in the database before this run chose among them."""
        return all(entry.id in self._known for entry in entries)

    def take(self, entries: Sequence[Entry]) -> list[FetchTask]:
        """Tasks for rejected articles, which are fetched in any case."""
        self._taken |= {entry.id for entry in entries}
        return self._within_limit([FetchTask(entry, again=True) for entry in entries])

    async def load_looks(self, limit: int) -> None:
        """Reads the stored articles due for another look, once.

        Not for a run with a `limit` of articles.
        """
        if self._due is None:
            source, run = self.source, self._run
            few = 0 if self._left is not None else limit
            domains = (source.domain, *source.domains)
            self._due = await run.archive.due(run.spider, domains, few) if few > 0 else []

    def looks(self, limit: int) -> list[FetchTask]:
        """Tasks for at most `limit` articles due for another look and not yet requested in this run, once.

        Gone ones come first, above all those that a second look would make withdrawn; those whose pages could
        not be read come last. The rest is in random order, so that the same ones do not always come first.
        """
        due = [stored for stored in self._due or [] if stored.entry.id not in self._asked]
        self._due = []
        random.shuffle(due)
        due.sort(key=lambda it: (it.failed, not it.known.gone, it.known.withdrawn))
        tasks = [_look_task(stored) for stored in due[:limit]]
        for task in tasks:
            self._run.ledger.take(task.entry.id, again=True)
        return tasks

    def new_lists(self, requests: list[Request]) -> list[Request]:
        """Requests for lists not yet requested in this run: a sitemap index may link to itself, or its
        sitemaps back to the index."""
        by_key = {
            (request.cb_kwargs["cursor"].get("list"), request.url): request for request in reversed(requests)
        }
        new = [request for key, request in reversed(by_key.items()) if key not in self._lists]
        self._lists |= by_key.keys()
        return new

    def promises_more(self, entries: list[Entry], *, stop_at_known: bool) -> bool:
        """Whether older pages of the list may have something to fetch.

        Not if all of this page is older than `since` or REACH or, with `stop_at_known`, was in the database
        before.
        """
        newer = [entry for entry in entries if not self._is_before(self._reach, entry)]
        return bool(newer) and not (stop_at_known and all(entry.id in self._known for entry in newer))

    def _is_first(self, entry: Entry) -> bool:
        if entry.id in self._taken:
            self._run.ledger.repeated += 1
            return False
        self._taken.add(entry.id)
        return True

    def _listed_at(self, entry: Entry) -> datetime | None:
        """The latest possible publication time (UTC) by the list's date, or by the day in the URL; None if
        neither can be parsed."""
        if entry.id not in self._dates:
            self._dates[entry.id] = self._read_date(entry)
        return self._dates[entry.id]

    def _read_date(self, entry: Entry) -> datetime | None:
        now = self._now()
        parsed = parse_date(entry.date or "", zone=self.source.zone, now=now)
        if parsed is None and (stamp := in_url(entry.url or "")):
            parsed = parse_date(stamp.day.isoformat(), zone=self.source.zone, now=now)
        if parsed is None:
            return None
        return min(now, parsed.at + timedelta(days=1)) if parsed.precision == "day" else parsed.at

    def instead(self, entry: Entry, canonical_id: str, url: str) -> FetchTask | None:
        """The task for the article of which an entry's page is an alternate; None if that is already taken:
        the entry is a duplicate."""
        if canonical_id in self._taken:
            self._run.ledger.end(entry.id, "duplicate")
            return None
        self._taken.add(canonical_id)
        self._run.ledger.rename(entry.id, canonical_id)
        return FetchTask(replace(entry, id=canonical_id, url=url, canonical_url=url, share_url=url))

    def dates_of(self, entries: list[Entry]) -> dict[str, datetime | None]:
        """Publication times (UTC) of the articles on a list page, by the list's dates and by id."""
        return {entry.id: self._listed_at(entry) for entry in entries}

    def dates_any(self, entries: list[Entry]) -> bool:
        """Whether any article on a list page has a date."""
        return any(self._listed_at(entry) for entry in entries)

    def _is_before(self, moment: datetime, entry: Entry) -> bool:
        at = self._listed_at(entry)
        return at is not None and at < moment

    def _task(self, entry: Entry, known: Known | None, *, announced: bool) -> FetchTask | None:
        if known is None:
            return FetchTask(entry)
        if known.id != entry.id and not entry.id.startswith("url:") and known.spider != self._run.spider:
            return FetchTask(entry)  # a site's own spider knows it better than the one that came first
        if not (self._is_ours(known) and self._is_due(entry, known, announced=announced)):
            self._run.ledger.known += 1
            return None
        if known.kind == "reject":
            return FetchTask(entry, again=True)
        if known.id != entry.id:  # an unchanged article would be recorded under the entry's id
            return FetchTask(entry)
        return FetchTask(entry, conditions_of(known), known=known)

    def _is_ours(self, known: Known) -> bool:
        """Whether this spider may read it again. A forgotten article is nobody's."""
        return known.kind == "reject" or known.spider == self._run.spider

    def _is_due(self, entry: Entry, known: Known, *, announced: bool) -> bool:
        """Whether a stored article is read again now."""
        now = self._now()
        if known.gone and (self._every_time or not known.gone_seen):
            return True
        if known.gone and known.gone_since and known.gone_seen:
            return is_look_for_return_due(now, known.gone_since, max(known.gone_seen, known.last_seen))
        if not self._may_change(entry, known):
            return False
        if self._every_time or announced or entry.url is None:  # articles in the list itself cost no request
            return True
        if known.failures:
            return is_retry_due(now, known.first_seen, known.last_seen, known.failures)
        return is_due(now, known.first_seen, known.last_seen, known.updated, known.revision)

    def _is_open(self, entry: Entry, known: Known | None) -> bool:
        """Whether a later run may read an article although its list is unchanged."""
        if known is None:
            at = self._listed_at(entry)
            return at is None or self._now() - at < self.source.revisit
        return self._is_ours(known) and (known.gone or self._may_change(entry, known))

    def _may_change(self, entry: Entry, known: Known) -> bool:
        at = known.date or self._listed_at(entry) or known.first_seen
        return self._now() - at < self.source.revisit

    def _announced_changes(self, entries: list[Entry], known: Mapping[str, Known]) -> set[str]:
        """The ids of stored articles that, by their list, changed after our last look.

        A list that announces many changes at once is ignored: it dates its own generation (a sitemap
        rewritten with `lastmod` now).
        """
        stored = [
            (entry, held)
            for entry in entries
            if entry.changed and (held := known.get(entry.id)) and held.kind != "forgotten"
        ]
        announced = {entry.id for entry, held in stored if self._changed_since(entry, held)}
        return announced if len(announced) <= max(FEW_CHANGES, len(stored) // 5) else set()

    def _changed_since(self, entry: Entry, known: Known) -> bool:
        now = self._now()
        parsed = parse_date(entry.changed or "", zone=self.source.zone, now=now)
        return parsed is not None and parsed.precision != "day" and known.last_seen < parsed.at <= now

    def _within_limit(self, tasks: list[FetchTask]) -> list[FetchTask]:
        if self._left is not None:
            if len(tasks) > self._left:
                self._run.truncated = True
            tasks = tasks[: self._left]
            self._left -= len(tasks)
        for task in tasks:
            self._run.ledger.take(task.entry.id, again=task.again)
        self._asked |= {task.entry.id for task in tasks}
        return tasks


def _look_task(stored: StoredArticle) -> FetchTask:
    return FetchTask(stored.entry, conditions_of(stored.known), again=True, known=stored.known, stored=stored)


def conditions_of(known: Known) -> dict[str, str]:
    """The headers of a conditional request for a stored article."""
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in headers.items() if value}


def positive(limit: str | int) -> int:
    """`limit` as a number. Raises UsageError if it is not a number, or below 1."""
    try:
        number = int(limit)
    except ValueError:
        number = 0
    if number < 1:
        raise UsageError(f"limit {limit!r} is not a number of articles; use 1 or more")
    return number
