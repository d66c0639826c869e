"""The lists of a run, asked conditionally: one that did not change is not read, and asks for no new article.

What is kept of a list (newscrawl.model.list_validator) is sent with the request of its first page. If that
says that nothing changed, by a 304 or by the same bytes, the articles that may be read again are taken from
what is kept. A list is kept only if the run came to its end and everything that the list showed, on all
pages that were read, was stored, known or rejected: a list whose article failed shows it to the next run
again.

Not asked conditionally, and not kept: runs with `since`, dry runs, runs with NEWSCRAWL_CONDITIONAL=False or
NEWSCRAWL_REPLACE=True, spiders with `conditional_lists = False`, and lists that lead to other lists. A run
with `limit` asks, but keeps nothing. A POST carries no conditions; its answer is compared byte by byte.
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
)  #: of a request's meta: the first page of which list, a further page of which
WHOLE = "list_whole"  #: of a request's meta: it is not to be conditional
MOST_OPEN = 1_000  #: articles of a list that may be read again; one with more of them is always read whole
_CUT = frozenset({"partial", "dataloss"})  # flags of a response of which the end may be missing
_REFUSED = frozenset({400, 412})  # how some servers answer conditions that they do not understand
_NUMBER = re.compile(r"(?<!\d)\d{10}(?:\d{3}|\d{6})?(?!\d)", re.ASCII)
_SECRET = re.compile(r"auth|cookie|token|key|secret|sign", re.IGNORECASE)
_ABOUT_NOW = timedelta(days=2)


@dataclass(slots=True)
class ListVisit:
    """A list that this run reads."""

    validator: ListValidator  #: to be kept
    ids: set[str] = field(default_factory=set)  #: of all articles that it showed
    entries: dict[str, Entry] = field(default_factory=dict)  #: those that a later run may read again


@dataclass(slots=True)
class ConditionalLists:
    """What is kept of the lists before the run, and what is to be kept after it."""

    kept: Mapping[str, ListValidator] = field(default_factory=dict)
    source: str = ""  #: begins the keys of the lists of this source
    variant: str = ""
    clock: Callable[[], datetime] | None = None  #: None: lists are neither asked conditionally nor kept
    keeps: bool = False  #: whether this run keeps what it reads
    visits: dict[str, ListVisit] = field(default_factory=dict)
    asked: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)  #: key -> URL, own headers
    confirmed: dict[str, datetime] = field(default_factory=dict)  #: key -> when it was found unchanged
    broken: set[str] = field(default_factory=set)  #: keys of lists of which something could not be read

    def ask(self, request: Request) -> Request:
        """The request of a list's first page, with its conditions."""
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
        """What is kept of a list, if the response says that it did not change."""
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
        """The request once more and without conditions, for an answer to conditions that is of no use: a 304
        of another address than the one that is kept, a refusal, or an empty page. None for any other."""
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
        """Adds a page of a list that was read whole."""
        key = self.key_of(response)
        if key is None or self.clock is None:
            return
        if FIRST in _meta(response):
            self.visits[key] = ListVisit(self._validator(key, response, len(page.entries)))
        if not page.entries or page.others or not _CUT.isdisjoint(response.flags):
            self.broken.add(key)  # it says nothing, leads to other lists, or may have been cut short
        if any(entry.url and entry.text for entry in open_entries):
            self.broken.add(key)  # the text is not kept, and may be all there is
        if visit := self.visits.get(key):
            visit.ids |= {entry.id for entry in page.entries}
            visit.entries |= {entry.id: replace(entry, text=None) for entry in open_entries if entry.url}

    def judge(self, response: Response, dates: Iterable[datetime | None], *, news: bool) -> None:
        """Sets how long the first page of a list may be taken for unchanged, by its articles' dates. With
        `news`, it showed new articles: if its marks are those that are kept, they say nothing."""
        visit = self.visits.get(_meta(response).get(FIRST, ""))
        if visit is None or self.clock is None:
            return
        before = self.kept.get(visit.validator.key)
        distrusted = before.distrusted if before else None
        if news and before and before.variant == self.variant and visit.validator.has_same_marks(before):
            distrusted = self.clock()
        visit.validator = replace(visit.validator, patience=patience_of(dates), distrusted=distrusted)

    def key_of(self, response: Response) -> str | None:
        """Of which list a response is a page."""
        meta = _meta(response)
        key: str | None = meta.get(FIRST) or meta.get(PART)
        return key

    def break_off(self, request: Request | None) -> None:
        """A page of a list could not be read, or is not asked for: the list is not kept. None: no list is."""
        if request is None:
            self.broken |= self.visits.keys()
        elif key := request.meta.get(FIRST) or request.meta.get(PART):
            self.broken.add(key)

    def to_keep(self, ledger: Ledger) -> list[ListValidator]:
        """The lists of which everything has come to an end that lasts."""
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
    """Whether a run reads every list whole, and each article that may still change."""
    return dry or not settings.getbool("NEWSCRAWL_CONDITIONAL") or settings.getbool("NEWSCRAWL_REPLACE")


async def conditional_lists(
    memory: RequestMemory,
    source: Mapping[str, Any],
    variant: str,
    clock: Callable[[], datetime],
    *,
    keeps: bool,
) -> ConditionalLists:
    """Those of a run of a source; `source` as of list_histories.source_key, `variant` as of `variant_of`."""
    kept = await memory.validators(source)
    return ConditionalLists(kept, prefix_of(source), variant, clock, keeps=keeps)


def prefix_of(source: Mapping[str, Any]) -> str:
    """How the keys of a source's lists begin; `source` as of list_histories.source_key."""
    said = json.dumps([source["arguments"], source["newsroom"]], sort_keys=True)
    return f"{source['spider']}:{hashlib.sha256(said.encode()).hexdigest()[:12]}:"


_TABLES = ("DEFAULT_REQUEST_HEADERS", "NEWSCRAWL_HEADERS", "NEWSCRAWL_COOKIES")


def variant_of(kind: type, source: Source, settings: BaseSettings) -> str:
    """What the reading of a list rests on besides its bytes: the source's declarations, the file of the
    spider's class, and what its requests say of us. If one of them changes, every list is read whole."""
    try:
        code = Path(inspect.getsourcefile(kind) or "").read_bytes()
    except (OSError, TypeError):  # made in memory, as by a test
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
    """Which list a request is for, whatever time it was made at: addresses may hold the time, so that no
    cache answers."""
    cursor = request.cb_kwargs.get("cursor") or {}
    said = [
        request.method,
        steady(request.url, now),
        steady(request.body.decode("latin-1"), now),
        steady(json.dumps(cursor, sort_keys=True, default=str), now),
    ]
    return hashlib.sha256("\n".join(said).encode("utf-8", "replace")).hexdigest()[:24]


def steady(text: str, now: datetime) -> str:
    """A text without the times in it: seconds, milliseconds or microseconds since 1970 of about now.

    >>> from datetime import UTC
    >>> steady("/list?page=2&_=1700000000123", datetime(2023, 11, 14, tzinfo=UTC))
    '/list?page=2&_=now'
    """

    def told(match: re.Match[str]) -> str:
        seconds = int(match[0][:10])
        return "now" if abs(seconds - now.timestamp()) < _ABOUT_NOW.total_seconds() else match[0]

    return _NUMBER.sub(told, text)


def _open_headers(request: Request) -> dict[str, str]:
    """The headers of a request that are no secret: readers of the database see what is kept."""
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
