"""How many runs there were, and how their pages ended: totals that only grow.

They are counted from the collection `runs`, so they are right whatever was killed. MongoDB removes old runs,
and a counter must not fall; so what is older than a few hours is added up once and kept (`meta`, `_id`
`totals`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from newscrawl.model.ledger import OUTCOMES

if TYPE_CHECKING:
    from pymongo.database import Database

Document = dict[str, Any]

SETTLED = timedelta(hours=6)  #: runs that began longer ago than this are added up
PATIENCE = timedelta(days=2)  #: a run without an end is waited for so long; then it was killed
FOLDED = timedelta(hours=1)  #: between two times of adding up
TOTALS = "totals"  #: `_id` in `meta`
_BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
_ENDED = {"$ne": ["$finished", None]}
_SUMS = {
    "good": {"$and": [_ENDED, {"$eq": [{"$size": {"$ifNull": ["$problems", []]}}, 0]}]},
    "bad": {"$and": [_ENDED, {"$gt": [{"$size": {"$ifNull": ["$problems", []]}}, 0]}]},
}


@dataclass(slots=True)
class Totals:
    """By source."""

    counts: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    last: dict[str, datetime] = field(default_factory=dict)  #: when the last run began

    def add(self, source: str, counts: Iterable[tuple[str, int]], last: datetime) -> None:
        """Adds runs of a source."""
        known = self.counts[source]
        for name, count in counts:
            known[name] += count
        self.last[source] = max(last, self.last.get(source, last))


def run_totals(database: Database[Document]) -> Totals:
    """All runs: what was added up, and what came since."""
    kept = database["meta"].find_one({"_id": TOTALS}) or {}
    totals = _from_document(kept)
    _count(database, totals, {"started": {"$gte": kept.get("until", _BEGIN)}})
    return totals


def fold(database: Database[Document], now: datetime) -> bool:
    """Adds up what is settled, if it is time; False if it was not, or another one did."""
    kept = database["meta"].find_one({"_id": TOTALS}) or {}
    since = kept.get("until", _BEGIN)
    until = _settled_until(database, now)
    if until - since < FOLDED:
        return False
    totals = _from_document(kept)
    _count(database, totals, {"started": {"$gte": since, "$lt": until}})
    sources = [
        {"source": source, "last": totals.last[source], "counts": dict(counts)}
        for source, counts in totals.counts.items()
    ]
    same: Document = {"_id": TOTALS, "until": kept.get("until")}
    done = database["meta"].find_one_and_update(
        same, {"$set": {"until": until, "sources": sources}}, {"_id": 1}
    )
    if done is None and not kept:
        database["meta"].update_one(
            {"_id": TOTALS}, {"$setOnInsert": {"until": until, "sources": sources}}, upsert=True
        )
    return done is not None or not kept


def _settled_until(database: Database[Document], now: datetime) -> datetime:
    """The start of the first run that may still be under way, or hours ago."""
    recent = {"started": {"$gte": now - PATIENCE, "$lt": now - SETTLED}, "finished": None}
    waited = database["runs"].find_one(recent, {"started": 1}, sort=[("started", 1)])
    until: datetime = waited["started"] if waited else now - SETTLED
    return until.replace(microsecond=until.microsecond // 1000 * 1000)


def _count(database: Database[Document], totals: Totals, wanted: Document) -> None:
    group: Document = {"_id": {"spider": "$spider", "url": "$arguments.url"}, "last": {"$max": "$started"}}
    group |= {name: {"$sum": {"$cond": [test, 1, 0]}} for name, test in _SUMS.items()}
    group |= {f"page_{end}": {"$sum": f"$counts.{end}"} for end in OUTCOMES}
    for row in database["runs"].aggregate([{"$match": wanted}, {"$group": group}]):
        named = row.pop("_id")
        last = row.pop("last")
        url = named.get("url")
        totals.add(f"{named['spider']} url={url}" if url else named["spider"], row.items(), last)


def _from_document(document: Document) -> Totals:
    totals = Totals()
    for each in document.get("sources", []):
        totals.add(each["source"], each["counts"].items(), each["last"])
    return totals
