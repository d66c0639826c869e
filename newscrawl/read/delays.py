"""How long after its publication an article is stored, by source: the delays that runs recorded."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from newscrawl.model.ledger import source_text
from newscrawl.read.plan import Aggregate, Document, Plan

DAY, WEEK = timedelta(days=1), timedelta(days=7)


class Quantiles(NamedTuple):
    """The delays of so many posts, in seconds."""

    posts: int
    median: float
    p90: float


class Delays(NamedTuple):
    """Of a source; None if it stored no news with a date to the minute."""

    day: Quantiles | None  #: of runs that began in the last 24 hours
    week: Quantiles | None  #: … in the last 7 days, if asked for


def delays(now: datetime, span: timedelta = WEEK) -> Plan[dict[str, Delays]]:
    """The delays of each source that stored news within `span` before `now`, by `RunState.source`.

    It reads the runs with news in that time; with DAY it costs a seventh, and `week` is None.
    """
    rows = yield Aggregate(
        "runs",
        [
            {"$match": with_news(now - span)},
            {
                "$group": {
                    "_id": {"spider": "$spider", "arguments": "$arguments"},
                    "runs": {"$push": {"lately": {"$gte": ["$started", now - DAY]}, "delays": "$delays"}},
                }
            },
        ],
    )
    found = {}
    for row in rows:
        source = source_text(row["_id"]["spider"], row["_id"].get("arguments") or {})
        day = [seconds for run in row["runs"] if run["lately"] for seconds in run["delays"]]
        all_of_them = [seconds for run in row["runs"] for seconds in run["delays"]]
        found[source] = Delays(quantiles(day), quantiles(all_of_them) if span > DAY else None)
    return dict(sorted(found.items()))


def with_news(since: datetime) -> Document:
    """The filter of runs that began since and stored news; `delays.0` is that of the partial index."""
    return {"started": {"$gte": since}, "delays.0": {"$exists": True}}


def quantiles(seconds: Sequence[float]) -> Quantiles | None:
    """The quantiles of delays; None if there are none."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    median, p90 = (ordered[math.ceil(part * len(ordered)) - 1] for part in (0.5, 0.9))
    return Quantiles(len(ordered), median, p90)
