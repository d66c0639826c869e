"""Finds, for new posts, the story that is there already: one question to MongoDB a batch.

newscrawl.search.stories says what a story is. Two processes that store two reposts at the same moment see
neither's post: each becomes a story of its own, and later reposts join one of them.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from newscrawl.model.post import Story
from newscrawl.search.stories import asked_bands, is_same, kept_bands

if TYPE_CHECKING:
    from pymongo.asynchronous.collection import AsyncCollection

    from newscrawl.store.client import Document
    from newscrawl.store.record import Record

WINDOW = timedelta(days=14)  #: between the dates of two posts of one story
_CANDIDATES = 2_000  # of a batch
_COMPARED = 5  # stories with one new post, those with the most bands in common
#: Stories that share a band: it is an outlet's own words, and tells nothing. Later posts are stored without
#: it, so that no band leads to many more posts than this, however many there are.
_FREQUENT = 6
_REMEMBERED = 50_000  # frequent bands, some MB


class _There(NamedTuple):
    story: Story
    date: datetime


#: Of each band the stories that have it, each by one of its posts: as documents, for few are looked into.
_ByBand = dict[int, dict[str, Mapping[str, Any]]]


class Stories:
    """Links posts to stories, for one writer."""

    def __init__(self, posts: AsyncCollection[Document]) -> None:
        self._posts = posts
        self._frequent: set[int] = set()  # learned from batch to batch

    async def link(self, records: Sequence[Record]) -> list[Record]:
        """The same records, those of reposts with the story's `first`, none with a frequent band."""
        marked = {record.id: there for record in records if (there := _there_of(record))}
        if len(self._frequent) > _REMEMBERED:
            self._frequent.clear()
        asked = {band for there in marked.values() for band in asked_bands(there.story)}
        by_band = await self._candidates(list(marked.values()), asked - self._frequent)
        linked: list[Record] = []
        for record in records:
            there = marked.get(record.id)
            if there is None:
                linked.append(record)
                continue
            first = self._first_of(there, by_band) or there.story.first
            bands = kept_bands(there.story, self._frequent)
            story = dataclasses.replace(there.story, first=first, bands=bands)
            marks = story.to_document()
            linked.append(dataclasses.replace(record, story=marks))
            _add(by_band, {"story": marks, "date": there.date}, asked)
        return linked

    async def _candidates(self, batch: list[_There], bands: set[int]) -> _ByBand:
        by_band: _ByBand = {}
        if not bands:
            return by_band
        dates = [there.date for there in batch]
        span = {"$gte": min(dates) - WINDOW, "$lte": max(dates) + WINDOW}
        wanted = {"story.bands": {"$in": sorted(bands)}, "date": span}
        found = self._posts.find(wanted, {"story": 1, "date": 1}, limit=_CANDIDATES, hint="story_bands")
        for post in await found.batch_size(_CANDIDATES).to_list():  # in one answer
            if "clauses" in post["story"]:
                _add(by_band, post, bands)
        return by_band

    def _first_of(self, there: _There, by_band: _ByBand) -> str | None:
        """The story whose article this is; None where it is a new one. Learns which bands are frequent."""
        near: dict[str, Mapping[str, Any]] = {}
        shared: Counter[str] = Counter()
        for band in asked_bands(there.story):
            stories = by_band.get(band)
            if not stories:
                continue
            if len(stories) >= _FREQUENT:
                self._frequent.add(band)
            near |= stories
            shared.update(stories.keys())
        for first in sorted(shared, key=shared.__getitem__, reverse=True)[:_COMPARED]:
            other = _there(near[first])
            if other and abs(other.date - there.date) <= WINDOW and is_same(other.story, there.story):
                return first
        return None


def _add(by_band: _ByBand, document: Mapping[str, Any], asked: set[int]) -> None:
    story = document["story"]
    for band in asked.intersection(story["bands"]):
        by_band.setdefault(band, {}).setdefault(story["first"], document)


def _there_of(record: Record) -> _There | None:
    return _there({"story": record.story, "date": record.date})


def _there(document: Any) -> _There | None:
    """The marks in a document; None where it has none, or those of another time."""
    story = document.get("story")
    if not story or "clauses" not in story:
        return None
    marks = Story(story["fingerprint"], story["first"], list(story["bands"]), story["clauses"])
    return _There(marks, document["date"])
