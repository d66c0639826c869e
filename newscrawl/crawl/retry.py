"""Retries: fetches the pages of rejects again, instead of reading the lists.

A retry is a run of the spider with different `arguments`, so a crawl does not treat it as its previous run.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from newscrawl.crawl.run import RunPlan
from newscrawl.crawl.spider import NewsSpider
from newscrawl.errors import UsageError
from newscrawl.model.draft import Entry
from newscrawl.model.ledger import RETRY, Ledger
from newscrawl.read.post_references import filters_for
from newscrawl.read.rejects import RejectFilter, Rejects
from newscrawl.text.dates import parse_date
from newscrawl.text.urls import canonical_url, check_address

if TYPE_CHECKING:
    from pymongo.database import Database

    from newscrawl.model.source import Source

Document = dict[str, Any]

_BATCH = 500  # articles per query for their rejects
_REJECT_SUFFIX = re.compile(r"#[0-9a-f]{12}$")  # a reject's `_id` is its article's plus this

A_POST = "a post by now"


@dataclass(frozen=True, slots=True)
class RetryFilter:
    """Which rejects of a spider; without conditions, all."""

    ids: tuple[str, ...] = ()  #: of articles or rejects, or URLs, as given by the user
    since: datetime | None = None  #: last seen at or after, UTC
    reason: str | None = None  #: part of one of its reasons, in any letter case
    limit: int | None = None  #: maximum number of pages, the newest

    def __str__(self) -> str:
        """`all`, or `reason "no title", limit 5`."""
        parts = [
            " ".join(self.ids),
            f"since {self.since:%Y-%m-%dT%H:%M:%SZ}" if self.since else "",
            f'reason "{self.reason}"' if self.reason else "",
            f"limit {self.limit}" if self.limit else "",
        ]
        return ", ".join(part for part in parts if part) or "all"


@dataclass(slots=True)
class RetryChoice:
    """The articles to fetch, newest reject first, and why others are skipped."""

    entries: list[Entry] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)  #: reason -> articles


class RetryLedger(Ledger):
    """The ledger of a run without lists. Pages rejected again are not a problem unless all are."""

    def _listing_problems(self) -> list[str]:
        if not self.pages or self.bad_again < self.pages:
            return []
        return [f"none of {self.pages} pages became a post; most often: {self._commonest()}"]


def retry_plan(choice: RetryChoice, criteria: RetryFilter) -> RunPlan:
    """The plan of a run that fetches the chosen articles and reads no list."""
    return RunPlan(
        entries=choice.entries,
        arguments={RETRY: str(criteria)},
        ledger=RetryLedger(skipped=Counter(choice.left_out)),
    )


def check_kind(kind: type[NewsSpider]) -> None:
    """Raises UsageError for a spider that needs arguments to know its source."""
    try:
        kind()
    except UsageError as error:
        raise UsageError(
            f"spider {kind.name} cannot retry single pages: it needs an argument that names its site;"
            f" crawl that again: newscrawl crawl {kind.name} -a NAME=VALUE"
        ) from error


def choose(database: Database[Document], kind: type[NewsSpider], criteria: RetryFilter) -> RetryChoice:
    """A spider's rejected articles that can be fetched again.

    Raises UsageError for an id without a reject of the spider, PyMongoError.
    """
    rejects, choice = Rejects(database), RetryChoice()
    now = datetime.now(UTC)
    ids = [article for word in criteria.ids for article in _articles_named(rejects, kind, word)]
    matching = RejectFilter(kind.name, criteria.since, criteria.reason, ids if criteria.ids else None)
    articles = rejects.articles(matching)
    while (criteria.limit is None or len(choice.entries) < criteria.limit) and (
        batch := list(islice(articles, _BATCH))
    ):
        posts = rejects.stored(batch)
        by_article = rejects.of_articles(kind.name, batch)
        for article in batch:
            if len(choice.entries) == criteria.limit:
                break
            found = A_POST if article in posts else _entry_of(by_article[article], kind, now)
            if isinstance(found, Entry):
                choice.entries.append(found)
            else:
                choice.left_out[found] += 1
    return choice


def _articles_named(rejects: Rejects, kind: type[NewsSpider], word: str) -> list[str]:
    """The ids of the articles named by a word. Raises UsageError if the spider has no reject of them."""
    name = _REJECT_SUFFIX.sub("", word.strip())
    [first, *_] = filters_for(name)
    condition = first["_id"]
    ids = {*(condition["$in"] if isinstance(condition, dict) else [condition]), f"{kind.name}:{name}"}
    if "://" in name:
        ids.add(kind.identity_of(name))
    spiders = rejects.spiders_of(ids)
    if ours := [article for article, spider in spiders.items() if spider == kind.name]:
        return ours
    if spiders:
        [other, *_] = spiders.values()
        remedy = f"it belongs to {other}: newscrawl retry {other} {word}"
    elif posts := rejects.stored(ids):
        remedy = f"it is a post: newscrawl show {min(posts)}"
    else:
        remedy = f"newscrawl rejects {kind.name} lists them"
    raise UsageError(f"{word!r} is not a reject of {kind.name}; {remedy}")


def _entry_of(rejects: list[Document], kind: type[NewsSpider], now: datetime) -> Entry | str:
    """An article's list entry, or why it cannot be fetched. `rejects`: newest first."""
    if not rejects:
        return A_POST  # stored since the last query
    listed = next((reject for reject in rejects if reject.get("listed")), None)
    entry = _entry_as_listed(listed, kind.source, now) if listed else _entry_by_url(rejects[0], kind)
    if entry is None:
        return "its list entry was not kept, and its URL is not enough"
    if entry.url is None:
        return "it has no page: all of it was in its list"
    try:
        check_address(entry.url)
    except UsageError:
        return "its URL is not an http address"
    return entry


def _entry_as_listed(reject: Document, source: Source, now: datetime) -> Entry:
    """The article's entry when it was rejected."""
    entry = Entry.from_values(reject["listed"] | {"id": reject["post"]})
    if entry.date and not _is_absolute(entry.date, source, reject["fetched"], now):
        return replace(entry, date=None)
    return entry


def _is_absolute(date: str, source: Source, then: datetime, now: datetime) -> bool:
    """Whether a list's date means the same now as then, unlike `3 hours ago`."""
    languages = (source.language, "zh" if source.language.startswith("zh") else "en", "en")
    parsed = [parse_date(date, zone=source.zone, now=at, languages=languages) for at in (then, now)]
    return all(parsed) and len({one.at for one in parsed if one}) == 1


def _entry_by_url(reject: Document, kind: type[NewsSpider]) -> Entry | None:
    """The entry of an article known only by its URL; None if that may not be the article's page."""
    url = reject["url"]
    if kind.read_article is not NewsSpider.read_article or kind.identity_of(url) != reject["post"]:
        return None
    address = canonical_url(url)
    return Entry(id=reject["post"], url=url, canonical_url=address, share_url=address)
