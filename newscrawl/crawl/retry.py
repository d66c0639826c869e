"""Retrying: the pages of rejects are asked for again, in place of what lists show.

A retry is a run of the spider with `arguments` of its own, so that no crawl takes it for its predecessor.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from newscrawl.crawl.articles import ArticlePages
from newscrawl.crawl.spider import NewsSpider
from newscrawl.errors import UsageError
from newscrawl.model.draft import Entry
from newscrawl.model.ledger import RETRY, Ledger
from newscrawl.model.post import Security
from newscrawl.read.post_references import filters_for
from newscrawl.read.rejects import rejects_query
from newscrawl.text.dates import parse_date
from newscrawl.text.urls import canonical_url, check_address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pymongo.database import Database
    from scrapy import Request
    from scrapy.crawler import Crawler

    from newscrawl.model.source import Source

Document = dict[str, Any]

_TOGETHER = 500  # articles whose rejects are read with one query
_KEPT = ("post", "url", "fetched", "last_seen", "listed")
_NAMES = ("post", "spider")
_TUPLES = frozenset(("columns", "tags", "authors"))
_OF_REJECT = re.compile(r"#[0-9a-f]{12}$")  # what a reject's `_id` has behind its article's

A_POST = "a post by now"


@dataclass(frozen=True, slots=True)
class RetryFilter:
    """Which rejects of a spider; without anything, all."""

    ids: tuple[str, ...] = ()  #: of articles or of rejects, as people write them
    since: datetime | None = None  #: seen since then, UTC
    reason: str | None = None  #: a text within one of its reasons, in any case of letters
    limit: int | None = None  #: so many pages, the newest

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
    """The articles to ask for, newest reject first, and why others are not."""

    entries: list[Entry] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)  #: reason -> articles


class RetryLedger(Ledger):
    """Of a run without lists. That a page came to nothing again is no fault of it, unless all did."""

    def _listing_problems(self) -> list[str]:
        if not self.pages or self.bad_again < self.pages:
            return []
        return [f"none of {self.pages} pages became a post; most often: {self._commonest()}"]


class _Retry(NewsSpider):
    """What is put before a spider's class to make its retry of it."""

    chosen: ClassVar[RetryChoice]
    wanted: ClassVar[RetryFilter]

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.run.arguments = {RETRY: str(cls.wanted)}
        spider.run.ledger = RetryLedger(skipped=Counter(cls.chosen.left_out))
        return spider

    def first_lists(self) -> Iterable[Request]:
        return [self.article_request(task) for task in self.selector.take_on(self.chosen.entries)]


def retry_of(kind: type[NewsSpider], chosen: RetryChoice, wanted: RetryFilter) -> type[NewsSpider]:
    """A spider's class, asking for the chosen articles and for no list."""
    return type(kind.__name__, (_Retry, kind), {"chosen": chosen, "wanted": wanted, "__doc__": kind.__doc__})


def check_kind(kind: type[NewsSpider]) -> None:
    """Raises UsageError for a spider that says only with its arguments what its source is."""
    try:
        kind()
    except UsageError as error:
        raise UsageError(
            f"spider {kind.name} cannot ask for single pages again: it has to be told where its site is;"
            f" crawl that again: newscrawl crawl {kind.name} -a NAME=VALUE"
        ) from error


def choose(database: Database[Document], kind: type[NewsSpider], wanted: RetryFilter) -> RetryChoice:
    """What of a spider's rejects can be asked for again.

    Raises UsageError for an id that neither a reject of the spider nor a post has, PyMongoError.
    """
    chosen = RetryChoice()
    now = datetime.now(UTC)
    posts = _matching(database, kind, wanted)
    while (wanted.limit is None or len(chosen.entries) < wanted.limit) and (
        several := list(islice(posts, _TOGETHER))
    ):
        held = {one["_id"] for one in database["posts"].find({"_id": {"$in": several}}, {"_id": 1})}
        rejects = _rejects_of(database, kind, several)
        for post in several:
            if len(chosen.entries) == wanted.limit:
                break
            found = A_POST if post in held else _entry_of(rejects[post], kind, now)
            if isinstance(found, Entry):
                chosen.entries.append(found)
            else:
                chosen.left_out[found] += 1
    return chosen


def _matching(database: Database[Document], kind: type[NewsSpider], wanted: RetryFilter) -> Iterator[str]:
    """The ids of the articles whose rejects are wanted, each once, those seen last first."""
    query = rejects_query(kind.name, wanted.since, wanted.reason)
    if wanted.ids:
        query["post"] = {"$in": [post for word in wanted.ids for post in _named(database, kind, word)]}
    seen: set[str] = set()
    for reject in database["rejects"].find(query, {"post": 1}).sort("last_seen", -1):
        if reject["post"] not in seen:
            seen.add(reject["post"])
            yield reject["post"]


def _named(database: Database[Document], kind: type[NewsSpider], word: str) -> list[str]:
    """The ids of the articles that a word means. Raises UsageError where the spider has no reject of them."""
    name = _OF_REJECT.sub("", word.strip())
    [first, *_] = filters_for(name)
    meant = first["_id"]
    ids = {*(meant["$in"] if isinstance(meant, dict) else [meant]), f"{kind.name}:{name}"}
    if "://" in name:
        ids.add(kind.identity_of(name))
    spiders = {
        one["post"]: one["spider"] for one in database["rejects"].find({"post": {"$in": [*ids]}}, _NAMES)
    }
    if ours := [post for post, spider in spiders.items() if spider == kind.name]:
        return ours
    if spiders:
        [other, *_] = spiders.values()
        remedy = f"it is one of {other}: newscrawl retry {other} {word}"
    elif post := database["posts"].find_one({"_id": {"$in": [*ids]}}, {"_id": 1}):
        remedy = f"it is a post: newscrawl show {post['_id']}"
    else:
        remedy = f"newscrawl rejects {kind.name} lists them"
    raise UsageError(f"{word!r} is no reject of {kind.name}; {remedy}")


def _rejects_of(
    database: Database[Document], kind: type[NewsSpider], posts: Sequence[str]
) -> dict[str, list[Document]]:
    """The rejects of each of the articles, those seen last first, without their pages."""
    query = {"spider": kind.name, "post": {"$in": posts}}
    found: dict[str, list[Document]] = {post: [] for post in posts}
    for reject in database["rejects"].find(query, dict.fromkeys(_KEPT, 1)):
        found[reject["post"]].append(reject)
    return {post: sorted(several, key=_last_seen, reverse=True) for post, several in found.items()}


def _last_seen(reject: Document) -> datetime:
    return cast("datetime", reject["last_seen"])


def _entry_of(rejects: list[Document], kind: type[NewsSpider], now: datetime) -> Entry | str:
    """An article as its list showed it; or why it cannot be asked for."""
    if not rejects:
        return A_POST  # since the query before
    told = next((reject for reject in rejects if reject.get("listed")), None)
    entry = _listed(told, kind.source, now) if told else _by_address(rejects[0], kind)
    if entry is None:
        return "nothing is kept of its list, and its address does not tell enough"
    if entry.url is None:
        return "no page of its own, all of it was in its list"
    try:
        check_address(entry.url)
    except UsageError:
        return "no http address"
    return entry


def _listed(reject: Document, source: Source, now: datetime) -> Entry:
    """What the list said when the article was rejected."""
    names = {one.name for one in fields(Entry)}
    said = {name: value for name, value in reject["listed"].items() if name in names}
    said |= {name: tuple(value) for name, value in said.items() if name in _TUPLES}
    said["securities"] = tuple(Security(**one) for one in said.get("securities", ()))
    if date := said.get("date"):
        said["date"] = date if _is_lasting(date, source, reject["fetched"], now) else None
    return Entry(**{"url": None, **said, "id": reject["post"]})


def _is_lasting(date: str, source: Source, then: datetime, now: datetime) -> bool:
    """Whether a list's date means now what it meant then: not so `3 hours ago`."""
    languages = (source.language, "zh" if source.language.startswith("zh") else "en", "en")
    read = [parse_date(date, zone=source.zone, now=moment, languages=languages) for moment in (then, now)]
    return all(read) and len({parsed.at for parsed in read if parsed}) == 1


def _by_address(reject: Document, kind: type[NewsSpider]) -> Entry | None:
    """An article of which only the address is known; None where that is not the article's own page, as far
    as one can see."""
    url = reject["url"]
    if kind.read_article is not ArticlePages.read_article or kind.identity_of(url) != reject["post"]:
        return None
    own = canonical_url(url)
    return Entry(id=reject["post"], url=url, canonical_url=own, share_url=own)
