"""The indexes of each collection; docs/data.md says which queries they serve."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel


def _newest_first(name: str, *fields: str, **options: Any) -> IndexModel:
    """The index of a listing: each sorts by date, newest first, then by _id."""
    keys = [(field, ASCENDING) for field in fields]
    return IndexModel([*keys, ("date", DESCENDING), ("_id", ASCENDING)], name=name, **options)


def _oldest_first(name: str, field: str, **options: Any) -> IndexModel:
    """The index of who reads on from where he was."""
    return IndexModel([(field, ASCENDING), ("_id", ASCENDING)], name=name, **options)


_EVER = datetime(1, 1, 1, tzinfo=UTC)  # no date of MongoDB's is before it; null is not a date

#: Seconds after which MongoDB removes the account of a run. Fifty spiders every five minutes: 14,400 a day.
RUNS_KEPT = 180 * 24 * 3600
VALIDATORS_KEPT = 30 * 24 * 3600  #: seconds; of a list that is not asked for any more
ROBOTS_KEPT = 2 * 24 * 3600  #: seconds; it is used for one day

#: Seconds after which MongoDB removes a lease that nobody holds, whose token begins at 1 again, and a
#: scheduler that beats no more.
LEASES_KEPT = 30 * 24 * 3600

#: Seconds after which MongoDB removes what reposts of a post are found by: they are at most 14 days younger.
MARKS_KEPT = 16 * 24 * 3600

#: Indexes of older versions.
OBSOLETE = {"posts": ["story_bands"]}

INDEXES: dict[str, list[IndexModel]] = {
    "posts": [
        _newest_first("date"),
        _newest_first("category", "categories"),
        _newest_first("tag", "tags"),
        _newest_first("outlet", "source.slug"),
        _newest_first("security", "securities.code"),
        _newest_first("language", "language"),
        _newest_first("story", "story.first"),
        # Partial: only what the full-text index does not have yet.
        _newest_first("search", partialFilterExpression={"search_pending": True}),
        IndexModel([("canonical_url", ASCENDING)], name="canonical_url"),
        IndexModel([("crawl.spider", ASCENDING), ("first_seen", ASCENDING)], name="spider"),
        # Partial: only what was found gone and has not come back.
        IndexModel(
            [("crawl.spider", ASCENDING), ("gone.seen", ASCENDING)],
            name="gone",
            partialFilterExpression={"gone.seen": {"$exists": True}},
        ),
        # Partial: only where the page is kept.
        IndexModel(
            [("crawl.page.file", ASCENDING), ("crawl.reader", ASCENDING), ("crawl.page.offset", ASCENDING)],
            name="page",
            partialFilterExpression={"crawl.page.file": {"$exists": True}},
        ),
        # Partial: only what may be mined, or is said to be free.
        _newest_first("tdm_allowed", partialFilterExpression={"rights.tdm_allowed": True}),
        _newest_first("free", partialFilterExpression={"rights.access": "free"}),
        _oldest_first("first_seen", "first_seen"),
        # Partial: only what was revised. The others would all be null, in the random order of their `_id`.
        _oldest_first("updated", "updated", partialFilterExpression={"updated": {"$gte": _EVER}}),
        # Without `_id`, by which a new post would land anywhere in it, and not at its end.
        IndexModel([("schema_version", ASCENDING)], name="version"),
    ],
    "revisions": [
        IndexModel([("post", ASCENDING), ("revision", DESCENDING)], name="post"),
        IndexModel([("schema_version", ASCENDING)], name="version"),
    ],
    "story_marks": [
        IndexModel([("story.bands", ASCENDING), ("date", DESCENDING)], name="bands"),
        IndexModel([("stored", ASCENDING)], name="stored", expireAfterSeconds=MARKS_KEPT),
    ],
    "rejects": [
        IndexModel([("post", ASCENDING)], name="post"),
        IndexModel([("last_seen", DESCENDING)], name="last_seen"),
    ],
    "runs": [
        IndexModel([("spider", ASCENDING), ("started", DESCENDING)], name="spider"),
        IndexModel(
            [("spider", ASCENDING), ("arguments", ASCENDING), ("started", DESCENDING)], name="arguments"
        ),
        # Partial: only runs that stored news.
        IndexModel(
            [("started", DESCENDING), ("spider", ASCENDING)],
            name="delays",
            partialFilterExpression={"delays.0": {"$exists": True}},
        ),
        IndexModel([("started", DESCENDING)], name="started", expireAfterSeconds=RUNS_KEPT),
    ],
    "lists": [
        IndexModel([("spider", ASCENDING)], name="spider"),
        IndexModel([("read", ASCENDING)], name="read", expireAfterSeconds=RUNS_KEPT),
    ],
    "archives": [],
    "jobs": [
        IndexModel([("due", ASCENDING), ("_id", ASCENDING)], name="due", sparse=True),
        IndexModel([("lease.until", ASCENDING)], name="lease", sparse=True),
    ],
    "leases": [IndexModel([("until", ASCENDING)], name="until", expireAfterSeconds=LEASES_KEPT)],
    "heartbeats": [IndexModel([("at", ASCENDING)], name="at", expireAfterSeconds=LEASES_KEPT)],
    "alerts": [],
    "validators": [
        IndexModel([("spider", ASCENDING)], name="spider"),
        IndexModel([("confirmed", ASCENDING)], name="confirmed", expireAfterSeconds=VALIDATORS_KEPT),
    ],
    "robots": [IndexModel([("fetched", ASCENDING)], name="fetched", expireAfterSeconds=ROBOTS_KEPT)],
    "names": [],
    "reread_files": [],
}
