"""The indexes of each collection; docs/data.md says which queries they serve."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel


def _newest_first(name: str, *fields: str, **options: Any) -> IndexModel:
    """An index for listings, which sort by date, newest first, then by _id."""
    keys = [(field, ASCENDING) for field in fields]
    return IndexModel([*keys, ("date", DESCENDING), ("_id", ASCENDING)], name=name, **options)


def _oldest_first(name: str, field: str, **options: Any) -> IndexModel:
    """An index for readers that continue from a position."""
    return IndexModel([(field, ASCENDING), ("_id", ASCENDING)], name=name, **options)


_EVER = datetime(1, 1, 1, tzinfo=UTC)  # before any date in MongoDB; null is not a date

#: Seconds after which MongoDB removes a run. Fifty spiders every five minutes make 14,400 a day.
RUNS_KEPT = 180 * 24 * 3600
VALIDATORS_KEPT = 30 * 24 * 3600  #: seconds; for lists no longer requested
ROBOTS_KEPT = 2 * 24 * 3600  #: seconds; used for one day

#: Seconds after which MongoDB removes a lease that nobody holds (its token restarts at 1), and a scheduler
#: without heartbeats.
LEASES_KEPT = 30 * 24 * 3600

#: Seconds after which MongoDB removes a post's story marks: reposts are at most 14 days younger.
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
        # Partial: only posts not yet in the full-text index.
        _newest_first("search", partialFilterExpression={"search_pending": True}),
        IndexModel([("canonical_url", ASCENDING)], name="canonical_url"),
        IndexModel([("crawl.spider", ASCENDING), ("first_seen", ASCENDING)], name="spider"),
        # Partial: only posts found gone and not back.
        IndexModel(
            [("crawl.spider", ASCENDING), ("gone.seen", ASCENDING)],
            name="gone",
            partialFilterExpression={"gone.seen": {"$exists": True}},
        ),
        # Partial: only posts whose page is kept.
        IndexModel(
            [("crawl.page.file", ASCENDING), ("crawl.reader", ASCENDING), ("crawl.page.offset", ASCENDING)],
            name="page",
            partialFilterExpression={"crawl.page.file": {"$exists": True}},
        ),
        # Partial: only what may be mined, or is said to be free.
        _newest_first("tdm_allowed", partialFilterExpression={"rights.tdm_allowed": True}),
        _newest_first("free", partialFilterExpression={"rights.access": "free"}),
        _oldest_first("first_seen", "first_seen"),
        # Partial: only revised posts. All others would be null, in the random order of their `_id`.
        _oldest_first("updated", "updated", partialFilterExpression={"updated": {"$gte": _EVER}}),
        # Without `_id`, which would place a new post anywhere instead of at the end.
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
    "webhooks": [],
    "webhook_queue": [
        IndexModel([("webhook", ASCENDING), ("post", ASCENDING), ("seq", ASCENDING)], name="post"),
        IndexModel([("webhook", ASCENDING), ("made", ASCENDING)], name="made"),
    ],
    "dead_letters": [IndexModel([("webhook", ASCENDING), ("at", ASCENDING)], name="webhook")],
    "names": [],
    "reread_files": [],
    "forgotten": [IndexModel([("keys", ASCENDING)], name="keys")],
}
