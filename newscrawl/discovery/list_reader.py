"""Reads the declared lists of a source: their first requests, and the articles in each response."""

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

NOT_AN_ARTICLE = "not an article's address"  #: why a link of a list is skipped


@dataclass(frozen=True, slots=True)
class ListReader:
    """For one run. `since` (aware): older entries of sitemaps are left out; `now` (aware)."""

    source: Source
    since: datetime
    now: datetime

    def first(self) -> Iterator[ListRequest]:
        """The request of each list's first page; `cursor["list"]` is the list's index."""
        for index, declared in enumerate(self.source.lists):
            request = (
                self._api_request(declared, 1, declared.start)
                if isinstance(declared, Api)
                else ListRequest(declared.url, {"page": 1})
            )
            yield _with_list(request, index)

    def read(self, response: ListResponse, cursor: Mapping[str, Any]) -> ListResult:
        """The items of a response that are articles, with canonical absolute URLs, and further requests.

        Raises PageError if the response is not such a list.
        """
        index = cursor["list"]
        declared = self.source.lists[index]
        result = self._read(declared, response, cursor)
        most = MOST_OF_SITEMAP if isinstance(declared, Sitemap) else MOST_ITEMS
        taken = result.items[:most]
        found = [article for item in taken if (article := self._article(item, response.url, declared))]
        items = [dated(item, getattr(declared, "date_format", None)) for item in once(found, self._identity)]
        skipped = dict(result.skipped)
        if len(result.items) > most:
            skipped[f"items of a list's page after {most:,}"] = len(result.items) - most
        if left_out := len(taken) - len(found):
            skipped[NOT_AN_ARTICLE] = left_out
        if len(found) > len(items):
            skipped["twice in the list"] = len(found) - len(items)
        return ListResult(
            items,
            _absolute(_numbered(result.next, cursor), response.url, index) if result.next else None,
            [request for other in result.others if (request := _absolute(other, response.url, index))],
            skipped,
        )

    def _read(self, declared: object, response: ListResponse, cursor: Mapping[str, Any]) -> ListResult:
        number = cursor.get("page", 1)
        match declared:
            case Feed():
                return read_feed(declared, response)
            case Sitemap():
                return read_sitemap(declared, response, self.since, self.now, cursor.get("depth", 0))
            case Section() if cursor.get("counting"):
                return ListResult([], numbered(declared, number + 1, read_count(declared, response.text)))
            case Section():
                return read_section(declared, response, number, cursor.get("last"))
            case Api():
                return read_api(declared, response, number, partial(self._api_request, declared))
        raise TypeError(f"{declared!r} is not a list that a source may declare")

    def _api_request(self, api: Api, number: int, cursor: str) -> ListRequest:
        return ask_api(api, number, cursor, self.now, self.source.zone)

    def _article(self, item: ListItem, base: str, declared: object) -> ListItem | None:
        """The item with the URL to fetch; None if it is not an article's."""
        if item.url is None:
            return item if item.text else None
        absolute = joined(base, item.url)
        # An empty link leads to the list itself.
        anywhere = getattr(declared, "anywhere", False)
        url = self.address(absolute, anywhere=anywhere) if absolute and absolute != base else None
        return replace(item, url=url) if url else None

    def _identity(self, url: str) -> str:
        return self.source.number_of(url) or identity(url)

    def address(self, url: str, *, anywhere: bool = False) -> str | None:
        """The canonical URL of an article; None if the URL is not an article's or, unless `anywhere`, is on
        another site."""
        address = canonical_url(self.source.rewritten(canonical_url(url)))
        if not self.source.is_article(address):  # `…/c.html?from=list`, where `articles` ends in `html$`
            address = address.partition("?")[0]
        if not is_web_address(address) or not self.source.is_article(address):
            return None
        if anywhere or self.source.articles is not None:
            return address
        return address if self.source.covers(urlsplit(address).hostname or "") else None


def _numbered(request: ListRequest, cursor: Mapping[str, Any]) -> ListRequest:
    """The request of the next page, with its number if the list does not set one, as with feeds."""
    return replace(request, cursor={"page": cursor.get("page", 1) + 1, **request.cursor})


def _absolute(request: ListRequest, base: str, index: int) -> ListRequest | None:
    """The request of a list that the one at `base` links to, with an absolute URL; None if invalid."""
    url = joined(base, request.url)
    return _with_list(replace(request, url=url), index) if url else None


def _with_list(request: ListRequest, index: int) -> ListRequest:
    return replace(request, cursor={"page": 1, **request.cursor, "list": index})
