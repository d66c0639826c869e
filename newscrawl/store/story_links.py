"""Links new posts to stories that exist already, with one query to MongoDB per batch.

newscrawl.search.near_duplicates defines what a story is. The query's data is in the collection `story_marks`,
from which MongoDB removes old documents: the index stays small however many posts there are, and old posts
are not rewritten. If two processes store two reposts at the same moment, each becomes a story of its own, and
later reposts join one of them.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from pymongo.errors import BulkWriteError

from newscrawl.model.post import Story
from newscrawl.search.near_duplicates import asked_bands, is_same, kept_bands
from newscrawl.store.error_codes import is_away

if TYPE_CHECKING:
    from pymongo.asynchronous.collection import AsyncCollection

    from newscrawl.store.client import Document
    from newscrawl.store.record import Record

WINDOW = timedelta(days=14)  #: between the dates of two posts of one story
MARKS = "story_marks"  #: the collection
_CANDIDATES = 2_000  # per batch
_COMPARED = 5  # stories compared with one new post: those with the most bands in common
#: A band that this many stories share is an outlet's boilerplate and identifies nothing. Later posts are
#: stored without it, which bounds the posts per band.
_FREQUENT = 6
_REMEMBERED = 50_000  # frequent bands, some MB


class _StoryMarks(NamedTuple):
    story: Story
    date: datetime


#: Band -> first post of a story -> one post of that story, as a document, because few are decoded.
_ByBand = dict[int, dict[str, Mapping[str, Any]]]


class Stories:
    """Links posts to stories; one instance per writer."""

    def __init__(self, marks: AsyncCollection[Document]) -> None:
        self._marks = marks
        self._frequent: set[int] = set()  # learned from batch to batch

    async def link(self, records: Sequence[Record]) -> list[Record]:
        """The same records; reposts get the `first` of their story, and frequent bands are dropped."""
        by_id = {record.id: marks for record in records if (marks := _marks_of_record(record))}
        if len(self._frequent) > _REMEMBERED:
            self._frequent.clear()
        asked = {band for marks in by_id.values() for band in asked_bands(marks.story)}
        by_band = await self._candidates(list(by_id.values()), asked - self._frequent)
        linked: list[Record] = []
        for record in records:
            marks = by_id.get(record.id)
            if marks is None:
                linked.append(record)
                continue
            first = self._first_of(marks, by_band) or marks.story.first
            bands = kept_bands(marks.story, self._frequent)
            story = dataclasses.replace(marks.story, first=first, bands=bands)
            story_document = story.to_document()
            linked.append(dataclasses.replace(record, story=story_document))
            _add(by_band, {"story": story_document, "date": marks.date}, asked)
        return linked

    async def keep(self, linked: Sequence[Record]) -> None:
        """Stores the marks of posts, to find later reposts; existing marks stay."""
        documents = [document for record in linked if (document := _document(record))]
        if documents:
            try:
                await self._marks.insert_many(documents, ordered=False)
            except (
                BulkWriteError
            ) as error:  # otherwise duplicate keys, from an interrupted try or another process
                if is_away(error):
                    raise

    async def forget(self, ids: Sequence[str]) -> None:
        """Removes the marks of posts that were not stored."""
        await self._marks.delete_many({"_id": {"$in": list(ids)}})

    async def _candidates(self, batch: list[_StoryMarks], bands: set[int]) -> _ByBand:
        by_band: _ByBand = {}
        if not bands:
            return by_band
        dates = [marks.date for marks in batch]
        span = {"$gte": min(dates) - WINDOW, "$lte": max(dates) + WINDOW}
        wanted = {"story.bands": {"$in": sorted(bands)}, "date": span}
        found = self._marks.find(wanted, {"story": 1, "date": 1}, limit=_CANDIDATES, hint="bands")
        for post in await found.batch_size(_CANDIDATES).to_list():  # in one reply
            if "clauses" in post["story"]:
                _add(by_band, post, bands)
        return by_band

    def _first_of(self, marks: _StoryMarks, by_band: _ByBand) -> str | None:
        """The story that this post belongs to; None if it is new. Learns which bands are frequent."""
        near: dict[str, Mapping[str, Any]] = {}
        shared: Counter[str] = Counter()
        for band in asked_bands(marks.story):
            stories = by_band.get(band)
            if not stories:
                continue
            if len(stories) >= _FREQUENT:
                self._frequent.add(band)
            near |= stories
            shared.update(stories.keys())
        for first in sorted(shared, key=shared.__getitem__, reverse=True)[:_COMPARED]:
            other = _marks(near[first])
            if other and abs(other.date - marks.date) <= WINDOW and is_same(other.story, marks.story):
                return first
        return None


def _document(record: Record) -> Document | None:
    if not record.story or not record.story.get("bands"):
        return None
    return {"_id": record.id, "date": record.date, "stored": record.at, "story": dict(record.story)}


def _add(by_band: _ByBand, document: Mapping[str, Any], asked: set[int]) -> None:
    story = document["story"]
    for band in asked.intersection(story.get("bands", ())):
        by_band.setdefault(band, {}).setdefault(story["first"], document)


def _marks_of_record(record: Record) -> _StoryMarks | None:
    return _marks({"story": record.story, "date": record.date})


def _marks(document: Any) -> _StoryMarks | None:
    """The story marks of a document; None if it has none, or only marks of an older format."""
    story = document.get("story")
    if not story or "clauses" not in story:
        return None
    marks = Story(story["fingerprint"], story["first"], list(story.get("bands", ())), story["clauses"])
    return _StoryMarks(marks, document["date"])
