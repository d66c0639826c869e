"""The state of the crawls: last runs, posts per hour, how often fields are filled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from newscrawl.model.ledger import ARCHIVE, OUTCOMES, RETRY, source_text
from newscrawl.read.plan import NEWEST_FIRST, Aggregate, Distinct, Document, Find, Plan
from newscrawl.text.dates import CLOCK_DOUBT

HOURS = 48
_RUNS = 30
_SAMPLE = 500  # posts from which the rates are computed
_SAMPLED = {
    "crawl.spider": 1,
    "source.slug": 1,
    "authors": 1,
    "digest": 1,
    "body.chars": 1,
    "body.images.url": 1,
    "securities.code": 1,
    "date_info.precision": 1,
    "date_info.assumed": 1,
}
_HAS: dict[str, Callable[[Document], bool]] = {
    "source": lambda post: bool(post.get("source")),
    "time of day": lambda post: bool(post["date_info"]["precision"] != "day"),
    "stated zone": lambda post: "zone" not in post["date_info"]["assumed"],
    "body": lambda post: bool(post["body"]["chars"]),
    "authors": lambda post: bool(post["authors"]),
    "digest": lambda post: bool(post.get("digest")),
    "images": lambda post: bool(post["body"].get("images")),
    "securities": lambda post: bool(post["securities"]),
}


class Look(NamedTuple):
    """When a job asked the lists of a source last, crawled or only watched: such a poll leaves no run."""

    at: datetime  #: UTC
    host: str | None  #: the machine; None: not known
    watched: bool  #: whether a poll found nothing new, so that no crawl was started


@dataclass(frozen=True, slots=True)
class RunState:
    """One run of a spider."""

    spider: str
    arguments: dict[str, str]
    started: datetime  #: UTC
    finished: datetime | None  #: None while it runs, and after a kill
    complete: bool  #: whether everything that the lists showed was handled
    problems: list[str]
    outcomes: dict[str, int]  #: pages by outcome: stored, updated, unchanged, duplicate, rejected, failed
    looked: Look | None = None  #: of the last run of a spider; None: no job, or none that is known

    @property
    def source(self) -> str:
        """The spider with its arguments: `site url=https://example.org`."""
        return source_text(self.spider, self.arguments)


class Hour(NamedTuple):
    """How many posts were published in one hour."""

    begins: datetime  #: UTC
    posts: int


class FieldRate(NamedTuple):
    """The share of a spider's latest posts that have a field."""

    spider: str
    field: str
    rate: float  #: 0 to 1
    posts: int  #: number of posts examined


@dataclass(frozen=True, slots=True)
class State:
    """The whole state at one time."""

    sources: list[RunState]  #: the last run of each spider and its arguments, by name; no retries
    runs: list[RunState]  #: the latest, newest first
    hours: list[Hour]  #: the last 48, oldest first
    fields: list[FieldRate]
    newest: datetime | None  #: when the newest post was published, UTC


def state(now: datetime) -> Plan[State]:
    """The current state; `now` is aware. Runs dated in the future, by a wrong clock, do not count."""
    until = {"started": {"$lte": now + CLOCK_DOUBT}}
    crawls = yield from _crawls(until)
    runs = yield Find("runs", until, sort=[("started", -1)], limit=_RUNS)
    hours = yield from _hours(now)
    sample = yield Find("posts", {}, {**_SAMPLED, "date": 1}, NEWEST_FIRST, _SAMPLE)
    looks = yield from _looks()
    return State(
        [replace(run, looked=looks.get(run.source)) for run in map(_run, crawls)],
        [_run(one) for one in runs],
        hours,
        _rates(sample),
        sample[0]["date"] if sample else None,
    )


def _crawls(until: Document) -> Plan[list[Document]]:
    """The latest run of each spider and its arguments, by name; no retries, no archives that were read."""
    spiders = yield Distinct("runs", "spider")
    crawls: list[Document] = []
    for spider in sorted({name for one in spiders for name in one["values"]} - {ARCHIVE}):
        found = yield Distinct("runs", "arguments", {"spider": spider})
        given = [arguments for one in found for arguments in one["values"] if RETRY not in arguments]
        for arguments in sorted(given, key=str):
            wanted = {"spider": spider, "arguments": arguments, **until}
            crawls += yield Find("runs", wanted, sort=[("started", -1)], limit=1)
    return crawls


def _looks() -> Plan[dict[str, Look]]:
    """The last look at each source, by `RunState.source`. A copy of a file's job does not say its arguments:
    it counts for the spider without any."""
    fields = ("declared.spider", "declared.args", "spider", "host", "last_run.finished", "last_run.host")
    wanted = dict.fromkeys((*fields, "last_run.counts.watched"), 1)
    found: dict[str, Look] = {}
    for job in (yield Find("jobs", {"last_run": {"$ne": None}}, wanted)):
        declared, last = job.get("declared") or job, job["last_run"]
        arguments = sorted((declared.get("args") or {}).items())
        source = source_text(declared["spider"], dict(arguments))
        watched = bool((last.get("counts") or {}).get("watched"))
        look = Look(last["finished"], last.get("host") or job.get("host"), watched)
        if source not in found or found[source].at < look.at:
            found[source] = look
    return found


def _run(document: Document) -> RunState:
    counts = document.get("counts") or {}
    return RunState(
        document["spider"],
        dict(document.get("arguments") or {}),
        document["started"],
        document.get("finished"),
        bool(document.get("complete")),
        list(document.get("problems") or []),
        {name: counts[name] for name in OUTCOMES if counts.get(name)},
    )


def _hours(now: datetime) -> Plan[list[Hour]]:
    last = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    first = last - timedelta(hours=HOURS - 1)
    groups = yield Aggregate(
        "posts",
        [
            {"$match": {"date": {"$gte": first, "$lt": last + timedelta(hours=1)}}},
            {"$project": {"_id": 0, "date": 1}},
            {"$group": {"_id": {"$dateTrunc": {"date": "$date", "unit": "hour"}}, "posts": {"$sum": 1}}},
        ],
    )
    counted: dict[Any, int] = {group["_id"]: group["posts"] for group in groups}
    hours = [first + timedelta(hours=number) for number in range(HOURS)]
    return [Hour(hour, counted.get(hour, 0)) for hour in hours]


def _rates(sample: Sequence[Document]) -> list[FieldRate]:
    seen = Counter(post["crawl"]["spider"] for post in sample)
    filled = Counter(
        (post["crawl"]["spider"], field) for post in sample for field, has in _HAS.items() if has(post)
    )
    return [
        FieldRate(spider, field, filled[spider, field] / posts, posts)
        for spider, posts in sorted(seen.items())
        for field in _HAS
    ]
