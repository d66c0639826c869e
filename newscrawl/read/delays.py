"""How long after its publication an article is stored, by source: the delays that runs recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from newscrawl.model.ledger import source_text
from newscrawl.read.plan import Aggregate, Plan

DAY, WEEK = timedelta(days=1), timedelta(days=7)
STEP = 10  #: seconds to which delays are rounded


class Quantiles(NamedTuple):
    """The delays of so many posts, in seconds."""

    posts: int
    median: float
    p90: float


class Delays(NamedTuple):
    """Of a source; None if it stored no news with a date to the minute."""

    day: Quantiles | None  #: of runs that began in the last 24 hours
    week: Quantiles | None  #: … in the last 7 days


def delays(now: datetime) -> Plan[dict[str, Delays]]:
    """The delays of each source that stored news in the last 7 days; the key is `RunState.source`."""
    rows = yield Aggregate(
        "runs",
        [
            {"$match": {"started": {"$gte": now - WEEK}, "delays": {"$exists": True}}},
            {"$unwind": "$delays"},
            {
                "$group": {
                    "_id": {
                        "spider": "$spider",
                        "arguments": "$arguments",
                        "seconds": {"$multiply": [STEP, {"$round": {"$divide": ["$delays", STEP]}}]},
                    },
                    "week": {"$sum": 1},
                    "day": {"$sum": {"$cond": [{"$gte": ["$started", now - DAY]}, 1, 0]}},
                }
            },
        ],
    )
    days: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
    weeks: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
    for row in rows:
        key = row["_id"]
        source = source_text(key["spider"], key.get("arguments") or {})
        days[source].append((key["seconds"], row["day"]))
        weeks[source].append((key["seconds"], row["week"]))
    return {source: Delays(quantiles(days[source]), quantiles(weeks[source])) for source in sorted(weeks)}


def quantiles(counted: Iterable[tuple[float, int]]) -> Quantiles | None:
    """The quantiles of values, each with how often it came; None if none came."""
    values = sorted((value, count) for value, count in counted if count)
    posts = sum(count for _, count in values)
    return Quantiles(posts, _at(values, posts * 0.5), _at(values, posts * 0.9)) if posts else None


def _at(values: Iterable[tuple[float, int]], rank: float) -> float:
    """The first value that at least `rank` values do not exceed."""
    passed = 0
    for value, count in values:
        passed += count
        if passed >= rank:
            return float(value)
    return 0.0
