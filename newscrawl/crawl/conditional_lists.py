"""Requests a run's lists conditionally: an unchanged list is not read, and leads to no new article.

The request of a list's first page carries the kept validators (newscrawl.model.list_validator). If the list
did not change, by a 304 or by the same bytes, the articles to read again are taken from the kept entries. A
list is kept only if the run finished and everything on all its pages read was stored, known or rejected: a
list whose article failed shows it to the next run again.

Neither conditional nor kept: runs with `since`, dry runs, runs with NEWSCRAWL_CONDITIONAL=False or
NEWSCRAWL_REPLACE=True, spiders with `conditional_lists = False`, and lists that lead to other lists. A run
with `limit` sends conditions, but keeps nothing. A POST has no conditions; its response is compared byte by
byte.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newscrawl.model.list_validator import (
    ListValidator,
    digest_of,
    patience_of,
    usable_etag,
    usable_last_modified,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy import Request
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

    from newscrawl.crawl.drafts import ListPage
    from newscrawl.model.draft import Entry
    from newscrawl.model.ledger import Ledger
    from newscrawl.model.source import Source
    from newscrawl.store.request_memory import RequestMemory

FIRST, PART = (
    "list_key",
    "list_of",
)  #: request meta: the list of a first page, the list of a further page
WHOLE = "list_whole"  #: request meta: no conditions
MOST_OPEN = 1_000  #: articles of a list that may be read again; a list with more is always read whole
_CUT = frozenset({"partial", "dataloss"})  # flags of a possibly truncated response
_REFUSED = frozenset({400, 412})  # some servers' response to conditions they do not understand
_NUMBER = re.compile(r"(?<!\d)\d{10}(?:\d{3}|\d{6})?(?!\d)", re.ASCII)
_SECRET = re.compile(r"auth|cookie|token|key|secret|sign", re.IGNORECASE)
_ABOUT_NOW = timedelta(days=2)


@dataclass(slots=True)
class ListVisit:
    """A list read in this run."""

    validator: ListValidator  #: to be kept
    ids: set[str] = field(default_factory=set)  #: of all its articles
    entries: dict[str, Entry] = field(default_factory=dict)  #: those that a later run may read again


@dataclass(slots=True)
class ConditionalLists:
    """The validators kept before the run, and those to keep after it."""

    kept: Mapping[str, ListValidator] = field(default_factory=dict)
    source: str = ""  #: prefix of this source's list keys
    variant: str = ""
    clock: Callable[[], datetime] | None = None  #: None: lists are neither conditional nor kept
    keeps: bool = False  #: whether this run keeps what it reads
    visits: dict[str, ListVisit] = field(default_factory=dict)
    asked: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)  #: key -> URL, own headers
    confirmed: dict[str, datetime] = field(default_factory=dict)  #: key -> when found unchanged
    broken: set[str] = field(default_factory=set)  #: keys of lists not read completely

    def ask(self, request: Request) -> Request:
        """The request of a list's first page with its conditions."""
        if self.clock is None:
            return request
        now = self.clock()
        key = self.source + key_of(request, now)
        request.meta[FIRST] = key
        self.asked[key] = (request.url, _open_headers(request))
        if request.method == "GET" and (kept := self._usable(key, now)):
            for name, value in kept.conditions(now).items():
                request.headers.setdefault(name, value)
        return request

    def unchanged(self, response: Response) -> ListValidator | None:
        """A list's kept validator, if the response shows no change."""
        key = _meta(response).get(FIRST)
        if key is None or self.clock is None or WHOLE in _meta(response):
            return None
        now = self.clock()
        kept = self._usable(key, now)
        if kept is None or response.url != kept.url or not _says_unchanged(response, kept):
            return None
        self.confirmed[key] = now
        return kept

    def whole_request(self, response: Response) -> Request | None:
        """The request without conditions, if the conditional response is useless: a 304 from another address
        than the kept one, a refusal, or an empty page. None otherwise."""
        request = response.request
        if request is None or WHOLE in request.meta or not _was_conditional(request):
            return None
        if response.status not in (304, *_REFUSED) and (response.status != 200 or response.body.strip()):
            return None
        whole = request.replace(dont_filter=True, meta={FIRST: request.meta[FIRST], WHOLE: True})
        for name in ("If-None-Match", "If-Modified-Since"):
            whole.headers.pop(name, None)
        return whole

    def read(self, response: Response, page: ListPage, open_entries: list[Entry]) -> None:
        """Adds a page of a list read whole."""
        key = self.key_of(response)
        if key is None or self.clock is None:
            return
        if FIRST in _meta(response):
            self.visits[key] = ListVisit(self._validator(key, response, len(page.entries)))
        if not page.entries or page.others or not _CUT.isdisjoint(response.flags):
            self.broken.add(key)  # it is empty, leads to other lists, or may be truncated
        if any(entry.url and entry.text for entry in open_entries):
            self.broken.add(key)  # the text is not kept, and may be the only one
        if visit := self.visits.get(key):
            visit.ids |= {entry.id for entry in page.entries}
            visit.entries |= {entry.id: replace(entry, text=None) for entry in open_entries if entry.url}

    def judge(self, response: Response, dates: Iterable[datetime | None], *, news: bool) -> None:
        """Sets how long a list's first page may count as unchanged, by its articles' dates. `news`: it showed
        new articles, so validators equal to the kept ones are unreliable."""
        visit = self.visits.get(_meta(response).get(FIRST, ""))
        if visit is None or self.clock is None:
            return
        before = self.kept.get(visit.validator.key)
        distrusted = before.distrusted if before else None
        if news and before and before.variant == self.variant and visit.validator.has_same_marks(before):
            distrusted = self.clock()
        visit.validator = replace(visit.validator, patience=patience_of(dates), distrusted=distrusted)

    def key_of(self, response: Response) -> str | None:
        """The key of a response's list."""
        meta = _meta(response)
        key: str | None = meta.get(FIRST) or meta.get(PART)
        return key

    def break_off(self, request: Request | None) -> None:
        """A page of a list was not requested or could not be read: the list is not kept. None: no list is."""
        if request is None:
            self.broken |= self.visits.keys()
        elif key := request.meta.get(FIRST) or request.meta.get(PART):
            self.broken.add(key)

    def to_keep(self, ledger: Ledger) -> list[ListValidator]:
        """The lists whose articles all have a final outcome."""
        if not self.keeps:
            return []
        undone = ledger.undone
        return [
            replace(visit.validator, entries=tuple(visit.entries.values()))
            for key, visit in self.visits.items()
            if key not in self.broken and not visit.ids & undone and len(visit.entries) <= MOST_OPEN
        ]

    def _usable(self, key: str, now: datetime) -> ListValidator | None:
        kept = self.kept.get(key)
        return kept if kept and kept.is_usable(self.variant, now) else None

    def _validator(self, key: str, response: Response, count: int) -> ListValidator:
        assert self.clock
        now = self.clock()
        return ListValidator(
            key=key,
            asked=self.asked[key][0],
            headers=self.asked[key][1],
            url=response.url,
            variant=self.variant,
            read=now,
            confirmed=now,
            patience=patience_of(()),
            count=count,
            digest=digest_of(response.body),
            etag=usable_etag(_header(response, "ETag"), now),
            last_modified=usable_last_modified(
                _header(response, "Last-Modified"), _header(response, "Date"), now
            ),
        )


def is_every_time(settings: BaseSettings, *, dry: bool) -> bool:
    """Whether a run reads every list whole, and every article that may still change."""
    return dry or not settings.getbool("NEWSCRAWL_CONDITIONAL") or settings.getbool("NEWSCRAWL_REPLACE")


async def conditional_lists(
    memory: RequestMemory,
    source: Mapping[str, Any],
    variant: str,
    clock: Callable[[], datetime],
    *,
    keeps: bool,
) -> ConditionalLists:
    """Those of a run; `source` from list_histories.source_key, `variant` from `variant_of`."""
    kept = await memory.validators(source)
    return ConditionalLists(kept, prefix_of(source), variant, clock, keeps=keeps)


def prefix_of(source: Mapping[str, Any]) -> str:
    """The prefix of a source's list keys; `source` from list_histories.source_key."""
    said = json.dumps([source["arguments"], source["newsroom"]], sort_keys=True)
    return f"{source['spider']}:{hashlib.sha256(said.encode()).hexdigest()[:12]}:"


_TABLES = ("DEFAULT_REQUEST_HEADERS", "NEWSCRAWL_HEADERS", "NEWSCRAWL_COOKIES")


def variant_of(kind: type, source: Source, settings: BaseSettings) -> str:
    """What affects the reading of a list besides its bytes: the source's declarations, the spider's file, and
    the headers of its requests. If one changes, every list is read whole."""
    try:
        code = Path(inspect.getsourcefile(kind) or "").read_bytes()
    except (OSError, TypeError):  # a class made in memory, as in tests
        code = b""
    said = [
        repr(source),
        digest_of(code),
        *(str(settings.get(name)) for name in ("USER_AGENT", "COOKIES_ENABLED", "NEWSCRAWL_NEWSROOM")),
        settings.get("NEWSCRAWL_PROXY") or "",
        *(json.dumps(settings.getdict(name), sort_keys=True, default=str) for name in _TABLES),
    ]
    return hashlib.sha256("\n".join(said).encode("utf-8", "replace")).hexdigest()[:32]


def key_of(request: Request, now: datetime) -> str:
    """The key of a request's list, independent of the time, which URLs may contain to avoid caches."""
    cursor = request.cb_kwargs.get("cursor") or {}
    said = [
        request.method,
        steady(request.url, now),
        steady(request.body.decode("latin-1"), now),
        steady(json.dumps(cursor, sort_keys=True, default=str), now),
    ]
    return hashlib.sha256("\n".join(said).encode("utf-8", "replace")).hexdigest()[:24]


def steady(text: str, now: datetime) -> str:
    """Replaces times near now in a text: seconds, milliseconds or microseconds since 1970.

    >>> from datetime import UTC
    >>> steady("/list?page=2&_=1700000000123", datetime(2023, 11, 14, tzinfo=UTC))
    '/list?page=2&_=now'
    """

    def told(match: re.Match[str]) -> str:
        seconds = int(match[0][:10])
        return "now" if abs(seconds - now.timestamp()) < _ABOUT_NOW.total_seconds() else match[0]

    return _NUMBER.sub(told, text)


def _open_headers(request: Request) -> dict[str, str]:
    """A request's headers without secrets, because readers of the database see them."""
    headers = {str(name): value for name, value in request.headers.to_unicode_dict().items()}
    return {name: value for name, value in headers.items() if not _SECRET.search(name)}


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _meta(response: Response) -> dict[str, Any]:
    return response.request.meta if response.request else {}


def _was_conditional(request: Request) -> bool:
    return FIRST in request.meta and (
        "If-None-Match" in request.headers or "If-Modified-Since" in request.headers
    )


def _says_unchanged(response: Response, kept: ListValidator) -> bool:
    if response.status == 304:
        return response.request is not None and _was_conditional(response.request)
    return response.status == 200 and bool(response.body) and digest_of(response.body) == kept.digest
