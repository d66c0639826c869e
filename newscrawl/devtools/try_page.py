"""Tries one page: shows every field with the rule that found it, and what would be stored or rejected."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from newscrawl.crawl.drafts import draft_of
from newscrawl.errors import NewscrawlError, UsageError
from newscrawl.model.draft import Entry
from newscrawl.model.post import Crawl
from newscrawl.model.source import Source
from newscrawl.page.date.zones import zone_of
from newscrawl.text.urls import check_address

if TYPE_CHECKING:
    from newscrawl.crawl.spider import NewsSpider
    from newscrawl.model.post import Post

MOST_PAGES = 30  # that one command requests: a home page, up to 22 lists, some articles


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes of a page, and where they came from."""

    body: bytes
    url: str
    content_type: str | None = None
    status: int | None = None
    asked: str | None = None  #: before redirects; None for a file


@dataclass(slots=True)
class Trial:
    """The result for a page: a post, or the reasons for its rejection."""

    url: str
    spider: str | None  #: whose declarations were used
    page_version: str | None
    post: Post | None = None
    reasons: tuple[str, ...] = ()
    origins: dict[str, str] = field(default_factory=dict)  #: field -> rule


def fetch(url: str, overrides: dict[str, Any]) -> Fetched:
    """Requests one page as a crawl would: robots.txt, User-Agent, retries, the newsroom if set.

    Raises UsageError for an invalid address, NewscrawlError if there is no response.
    """
    return fetch_on(url, overrides, lambda _: [])[0]


def fetch_on(url: str, overrides: dict[str, Any], follow: Callable[[Fetched], list[str]]) -> list[Fetched]:
    """As `fetch`, then requests the addresses that `follow` returns for each page; once per process.

    Returns the page at `url` and the others that answered, at most MOST_PAGES in all.
    """
    from scrapy import Request, Spider  # slow to import
    from scrapy.exceptions import IgnoreRequest

    from newscrawl.crawl.log import OneLineOfRobots
    from newscrawl.crawl.responses import error_reason
    from newscrawl.crawl.runner import check_settings, crawler_process, project_settings

    url = check_address(url)

    got: list[Fetched] = []
    failures: list[str] = []
    seen = {url}

    class OnePage(Spider):
        name = "try"
        handle_httpstatus_all = True

        async def start(self) -> Any:
            yield Request(url, self.parse, errback=self.failed, meta={"handle_httpstatus_list": _ERRORS})

        def parse(self, response: Any, **_: Any) -> Any:
            kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
            asked = response.request.meta.get("redirect_urls", [response.request.url])[0]
            got.append(Fetched(response.body, response.url, kind or None, response.status, asked))
            for further in follow(got[-1]):
                if len(seen) < MOST_PAGES and further not in seen:
                    seen.add(further)
                    yield response.follow(further, self.parse, errback=self.failed)

        def failed(self, failure: Any) -> None:
            error = failure.value
            failures.append(
                str(error) if isinstance(error, IgnoreRequest) else f"{error_reason(error)}: {error}"
            )

    settings = project_settings(overrides | {"ITEM_PIPELINES": {}})
    check_settings(settings)
    process = crawler_process(settings)
    logging.getLogger(OneLineOfRobots.LOGGER).addFilter(OneLineOfRobots())
    process.crawl(OnePage)
    process.start()
    if not got:
        raise NewscrawlError(
            f"{url} did not respond: {failures[0] if failures else 'the command was stopped'}"
        )
    return got


_ERRORS = list(range(400, 600))


def is_address(word: str) -> bool:
    """Whether a word of the command line is an address rather than a file name."""
    return "://" in word


def read_file(name: str, url: str | None) -> Fetched:
    """A saved page. Raises UsageError if it cannot be read or its address is missing."""
    path = Path(name)
    if not name or not path.exists():
        raise UsageError(
            f"{name!r} is neither a file nor an address; an address begins with https:// or http://"
        )
    if path.is_dir():
        raise UsageError(f"{name!r} is a folder; name a saved page in it, or an address")
    if not url:
        raise UsageError(f"{path} is a file; give the address that it came from with --url https://…")
    try:
        return Fetched(path.read_bytes(), check_address(url))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def spider_for(url: str, named: str | None) -> type[NewsSpider] | None:
    """The spider to read a page with: the named one, or the first one for the page's domain, or None."""
    from newscrawl.crawl.runner import sound_spiders, spider_class

    if named:
        return spider_class(named)
    host = urlsplit(url).hostname or ""
    return next((kind for kind in sound_spiders() if kind.source.covers(host)), None)


def unknown_site(url: str) -> Source:
    """The empty declaration of an unknown site."""
    host = urlsplit(url).hostname or ""
    domain = host if "." in host and not host.replace(".", "").isdigit() else "unknown.invalid"
    return Source(title=host or url, domain=domain.lower(), zone="UTC")


def read_trial(
    page: Fetched,
    kind: type[NewsSpider] | None,
    now: datetime | None = None,
    listed: Mapping[str, str] | None = None,
) -> Trial:
    """Reads a page with a spider's declarations, or with none, and runs the pipelines' functions.

    `now` is the moment (aware) from which relative dates count; the present if None. `listed` is what the
    article's list says of it: `title`, `date`, `outlet`, `digest`, as printed.
    """
    from newscrawl.errors import Unusable
    from newscrawl.normalize.steps import build_post, complete
    from newscrawl.page import read_page
    from newscrawl.text.urls import canonical_url, identity

    source = kind.source if kind else unknown_site(page.url)
    trial = Trial(page.url, kind.name if kind else None, None)
    if page.status and page.status >= 400:
        trial.reasons = (f"HTTP {page.status}",)
        return trial
    extraction = read_page(page.body, url=page.url, content_type=page.content_type, layouts=source.layouts)
    trial.page_version = extraction.layout
    canonical = canonical_url(extraction.canonical_url or page.url)
    number = kind.identity_of(page.url) if kind else identity(canonical)
    told = listed or {}
    entry = Entry(
        id=number,
        url=page.url,
        canonical_url=canonical,
        share_url=canonical,
        title=told.get("title"),
        date=told.get("date"),
        outlet=told.get("outlet"),
        digest=told.get("digest"),
    )
    now = now or datetime.now(UTC)
    draft = draft_of(entry, extraction, source, Crawl(trial.spider or "try", "try", now, page.status))
    if kind is None:  # as `crawl site` has it
        draft.zone = zone_of(page.url, extraction.language or source.language)
    try:
        trial.post = build_post(complete(draft, now), now)
    except Unusable as unusable:
        trial.reasons = unusable.reasons
    trial.origins = draft.crawl.origins
    return trial
