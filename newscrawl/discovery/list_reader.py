"""The walk over a source's declared lists: first requests, replies read, what of them are articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from newscrawl.discovery.api import ask_api, read_api
from newscrawl.discovery.feed import read_feed
from newscrawl.discovery.list_page import ListItem, ListRequest, ListResponse, ListResult
from newscrawl.discovery.merge_items import dated, once
from newscrawl.discovery.section import numbered, read_count, read_section
from newscrawl.discovery.sitemap import read_sitemap
from newscrawl.model.lists import Api, Feed, Section, Sitemap
from newscrawl.model.source import Source
from newscrawl.text.urls import canonical_url, identity, is_web_address, joined

#: So many of one page of a list are taken, the first ones: no site publishes more in a week.
MOST_ITEMS = 5_000
MOST_OF_SITEMAP = 50_000  #: as the protocol allows


@dataclass(frozen=True, slots=True)
class ListReader:
    """One run's walk. `since` (aware): what sitemaps say is older is left out; `now` (aware)."""

    source: Source
    since: datetime
    now: datetime

    def first(self) -> Iterator[ListRequest]:
        """The first page of each entry; `cursor["list"]` is its index."""
        for i, entry in enumerate(self.source.lists):
            step = (
                self._ask(entry, 1, entry.start)
                if isinstance(entry, Api)
                else ListRequest(entry.url, {"page": 1})
            )
            yield _placed(step, i)

    def read(self, reply: ListResponse, cursor: Mapping[str, Any]) -> ListResult:
        """What the reply to a step holds: items that are articles, with canonical absolute addresses.

        Raises PageError where it is not what it should be.
        """
        i = cursor["list"]
        entry = self.source.lists[i]
        listed = self._read(entry, reply, cursor)
        most = MOST_OF_SITEMAP if isinstance(entry, Sitemap) else MOST_ITEMS
        taken = listed.items[:most]
        found = [article for item in taken if (article := self._article(item, reply.url))]
        items = [dated(item, getattr(entry, "date_format", None)) for item in once(found, self._same)]
        skipped = dict(listed.skipped)
        if len(listed.items) > most:
            skipped[f"items of a list's page after {most:,}"] = len(listed.items) - most
        if left_out := len(taken) - len(found):
            skipped["not an article's address"] = left_out
        if len(found) > len(items):
            skipped["twice in the list"] = len(found) - len(items)
        return ListResult(
            items,
            _further(_counted(listed.next, cursor), reply.url, i) if listed.next else None,
            [further for step in listed.others if (further := _further(step, reply.url, i))],
            skipped,
        )

    def _read(self, entry: object, reply: ListResponse, cursor: Mapping[str, Any]) -> ListResult:
        number = cursor.get("page", 1)
        match entry:
            case Feed():
                return read_feed(entry, reply)
            case Sitemap():
                return read_sitemap(entry, reply, self.since, self.now, cursor.get("depth", 0))
            case Section() if cursor.get("counting"):
                return ListResult([], numbered(entry, number + 1, read_count(entry, reply.text)))
            case Section():
                return read_section(entry, reply, number, cursor.get("last"))
            case Api():
                return read_api(entry, reply, number, partial(self._ask, entry))
        raise TypeError(f"{entry!r} is no list's entry")

    def _ask(self, api: Api, number: int, cursor: str) -> ListRequest:
        return ask_api(api, number, cursor, self.now, self.source.zone)

    def _article(self, item: ListItem, base: str) -> ListItem | None:
        """The item with the address that is asked for; None where that is no article's."""
        if item.url is None:
            return item if item.text else None
        whole = joined(base, item.url)
        url = self.address(whole) if whole and whole != base else None  # an empty link leads to the list
        return replace(item, url=url) if url else None

    def _same(self, url: str) -> str:
        return self.source.number_of(url) or identity(url)

    def address(self, url: str) -> str | None:
        """The canonical address of an article; None of what is none, or of another site."""
        address = canonical_url(self.source.rewritten(canonical_url(url)))
        if not self.source.is_article(
            address
        ):  # `…/c.html?from=list`: what `articles` ends before is no part
            address = address.partition("?")[0]
        if not is_web_address(address) or not self.source.is_article(address):
            return None
        if self.source.articles is None and not self.source.covers(urlsplit(address).hostname or ""):
            return None
        return address


def _counted(step: ListRequest, cursor: Mapping[str, Any]) -> ListRequest:
    """The step to the next page, with its number where the list itself numbers none, as feeds do."""
    return replace(step, cursor={"page": cursor.get("page", 1) + 1, **step.cursor})


def _further(step: ListRequest, base: str, index: int) -> ListRequest | None:
    """A list that the one at `base` names, its address made whole; None where that is no address."""
    url = joined(base, step.url)
    return _placed(replace(step, url=url), index) if url else None


def _placed(step: ListRequest, index: int) -> ListRequest:
    return replace(step, cursor={"page": 1, **step.cursor, "list": index})
