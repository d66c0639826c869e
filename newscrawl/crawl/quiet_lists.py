"""Compares a run's lists with earlier runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from newscrawl.discovery.list_reader import NOT_AN_ARTICLE
from newscrawl.model.list_history import ListHistory, ListReading, observe, sized
from newscrawl.model.lists import Api, Feed, Section
from newscrawl.model.quiet import problems, size_problems

if TYPE_CHECKING:
    from newscrawl.crawl.drafts import ListPage
    from newscrawl.model.source import ListSource, Source

MOST_LISTS = 200  #: watched lists per source
MOST_TOLD = 5  #: lists reported by name per run


@dataclass(slots=True)
class QuietLists:
    """Collects what a run reads from each list; `judge` reports what went quiet."""

    source: Source
    readings: dict[str | None, ListReading] = field(default_factory=dict)
    broken: set[str | None] = field(default_factory=set)  #: lists not read completely

    def read(
        self, name: str, page: ListPage, dates: Mapping[str, datetime | None], declared: ListSource | None
    ) -> None:
        """Adds a list's first page; `dates` are its articles' dates in the list."""
        if name not in self.readings and len(self.readings) >= MOST_LISTS:
            return
        reading = self.readings.setdefault(name, ListReading(name, mixed=_is_mixed(declared)))
        reading.add(dates, page.skipped.get(NOT_AN_ARTICLE, 0))
        whole = self.readings.setdefault(None, ListReading(None))
        whole.dates |= dates
        whole.pages += 1

    def unchanged(self, name: str, articles: int, declared: ListSource | None) -> None:
        """Adds an unchanged page of a list, with this number of articles."""
        if name not in self.readings and len(self.readings) >= MOST_LISTS:
            return
        self.readings.setdefault(name, ListReading(name, mixed=_is_mixed(declared))).add_unchanged(articles)
        self.readings.setdefault(None, ListReading(None)).unchanged_pages += 1

    def give_up(self, name: str | None) -> None:
        """Excludes a list and the whole source: the unread part may have the latest articles."""
        self.broken |= {name, None}

    def judge(
        self, before: Mapping[str | None, ListHistory], now: datetime
    ) -> tuple[list[str], dict[str | None, ListHistory]]:
        """The problems of the lists read, and their new histories."""
        histories, found = {}, {}
        for name, reading in self.readings.items():
            if name in self.broken or (reading.unchanged and name not in before):
                continue
            history = observe(before.get(name), reading, now)
            mixed = reading.mixed
            wrong = problems(history, now, zone=self.source.zone, quiet=self.source.quiet, mixed=mixed)
            if wrong:
                found[name] = wrong
            odd = any(size_problems(history, now, mixed=mixed))
            histories[name] = sized(history, now, odd=odd)
        return _told(found, single=len(self.readings) == 2), histories


def list_name(url: str, own: Mapping[str, object]) -> str:
    """The name of an undeclared list: its URL without the query, which may contain the time."""
    words = [url.partition("?")[0], *(f"{key}={value}" for key, value in own.items())]
    return " ".join(words)


def _told(found: Mapping[str | None, list[str]], *, single: bool) -> list[str]:
    """Each list's problems, the whole source first. A silent source is reported once for all its lists."""
    whole = [] if single else [f"the whole source: {problem}" for problem in found.get(None, [])]
    lists = [
        f"list {name}: {problem}"
        for name, wrong in found.items()
        for problem in wrong
        if name is not None and not (whole and "new " in problem)
    ]
    if len(lists) > MOST_TOLD:
        lists = [*lists[:MOST_TOLD], f"{len(lists) - MOST_TOLD} more problems of lists"]
    return whole + lists


def _is_mixed(declared: ListSource | None) -> bool:
    """Whether most links of a list may lead to other pages than articles."""
    if isinstance(declared, Feed | Api):
        return declared.mixed
    if isinstance(declared, Section):
        return declared.mixed or (declared.items is None and declared.links == ("a",))
    return True
