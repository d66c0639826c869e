"""Keeps the responses that articles are read from, in WARC files; see newscrawl.warc.

A response is appended when its article is read, and is on disk before the post or reject that refers to it is
written to MongoDB.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from newscrawl.model.draft import Draft, Entry, Reject
from newscrawl.model.post import PageLocation, Post
from newscrawl.warc.files import pages_folder
from newscrawl.warc.page_writer import PageWriter
from newscrawl.warc.records import Answer, Earlier, Note, digest_of, group, need_warcio

if TYPE_CHECKING:
    from scrapy.http import Response

    from newscrawl.model.source import Source
    from newscrawl.store.known_articles import Known

logger = logging.getLogger(__name__)

#: The note's values for an undeclared site.
SITE: Final = ("title", "domain", "outlet", "language", "zone")
_AT = "kept_at"  # response meta


class PageKeeper:
    """Keeps the pages of a run, if they are to be kept.

    A full or broken disk does not end the crawl: `failure` is set, and no more pages are kept.
    """

    def __init__(
        self,
        spider: str,
        run: str,
        clock: Callable[[], datetime],
        *,
        keeps: bool = False,
        lists: bool = False,
    ) -> None:
        """Raises UsageError if pages are to be kept but warcio is missing or the folder is invalid."""
        self.failure: str | None = None
        self.count = 0  #: responses kept
        self._spider, self._run, self._clock = spider, run, clock
        self._lists = lists
        self._writer: PageWriter | None = None
        self._parts: dict[str, list[Response]] = defaultdict(list)  # of incomplete articles
        if keeps:
            need_warcio()
            self._writer = PageWriter(pages_folder(), clock)

    def add_part(self, post_id: str, response: Response) -> None:
        """Adds a further page of an article, to be kept with its first page."""
        if self._writer is not None:
            self._parts[post_id].append(response)

    def drop_parts(self, post_id: str) -> None:
        """Drops the further pages of a failed article."""
        self._parts.pop(post_id, None)

    def keep(
        self,
        response: Response,
        entry: Entry,
        fetched: datetime,
        known: Known | None = None,
        site: Source | None = None,
    ) -> PageLocation | None:
        """Keeps an article's page, once, with its further pages; returns its location. None: pages are not
        kept.

        fetched: the reference time of relative dates. known: the page's stored post. site: the source found
        by the crawl; None: as declared by the spider.
        """
        kept: PageLocation | None = response.meta.get(_AT) if response.request else None
        if self._writer is None or kept is not None:
            return kept
        now = self._clock()
        parts = self._parts.pop(entry.id, [])
        answers = [_answer(one, now) for one in (response, *parts)]
        digest = answers[0].digest
        earlier = None if parts else _earlier(known, digest, answers[0].url)
        note = Note(self._spider, self._run, fetched, entry, _site(site))
        location = self._append(answers, note, digest, earlier)
        if location is not None and earlier is not None and known is not None:
            location = known.page  # has the body
        if response.request:
            response.meta[_AT] = location
        return location

    def keep_listed(self, entry: Entry, fetched: datetime, site: Source | None = None) -> PageLocation | None:
        """Keeps a list's values for an article without a page of its own; as `keep`."""
        if self._writer is None:
            return None
        digest = digest_of((entry.text or entry.digest or "").encode("utf-8", "replace"))
        return self._append([], Note(self._spider, self._run, fetched, entry, _site(site)), digest)

    def keep_list(self, response: Response, *, wanted: bool = True) -> None:
        """Keeps a list's response, if lists are to be kept and this one is wanted."""
        if wanted and self._lists and self._writer is not None:
            self._append([_answer(response, self._clock())], None, "")

    async def sync(self) -> None:
        """Syncs all kept pages to disk."""
        if self._writer is not None:
            try:
                await asyncio.to_thread(self._writer.sync)
            except OSError as error:
                self._fail(error)

    def close(self) -> None:
        """Releases the file for the next run."""
        if self._writer is not None:
            try:
                self._writer.close()
            except OSError as error:
                self._fail(error)

    def _append(
        self, answers: Sequence[Answer], note: Note | None, digest: str, earlier: Earlier | None = None
    ) -> PageLocation | None:
        assert self._writer is not None
        try:
            file, offsets = self._writer.append(group(answers, note, earlier))
        except OSError as error:
            self._fail(error)
            return None
        self.count += len(answers)
        return PageLocation(file, offsets[0], digest)

    def _fail(self, error: OSError) -> None:
        self._writer = None
        self.failure = f"no more pages are kept: {error.strerror or error} ({pages_folder()})"
        logger.error("%s", self.failure)


def with_page(item: Any, location: PageLocation | None) -> Any:
    """The draft, post or reject, with its page's location."""
    if location is None:
        return item
    if isinstance(item, Draft | Post):
        item.crawl.page = location
        return item
    return replace(item, kept=location) if isinstance(item, Reject) else item


def _answer(response: Response, now: datetime) -> Answer:
    headers = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    ]
    address = str(response.ip_address) if response.ip_address else None
    return Answer(response.url, response.status, headers, response.body, now, address)


def _earlier(known: Known | None, digest: str, url: str) -> Earlier | None:
    """The earlier response of a stored post's page, if it had the same body."""
    if known is None or known.page is None or known.fetched is None or known.page.digest != digest:
        return None
    if not (pages_folder() / known.page.file).exists():
        return None  # pruned, or on another machine
    return Earlier(url, known.fetched)


def _site(source: Source | None) -> dict[str, str | None] | None:
    return {name: getattr(source, name) for name in SITE} if source else None
